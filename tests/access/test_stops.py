"""Before a stop: whom it reaches, what it is called, which enforcement points must apply it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from access.models import Grant, Tier
from access.operations.restrictions import (
    Exempted,
    NotConfirmed,
    RestrictionCoversNothing,
    check_confirmed,
)
from access.queries.restrictions import holders_within
from access.queries.scopes import Scope, list_scope, name_scope
from access.queries.stops import list_reached, measure_reach, points_concerned
from registry.choices import JurisdictionKind, JurisdictionRole, RelationKind, Role
from registry.commands import read_clock
from registry.models import Jurisdiction
from registry.operations import identifiers, jurisdictions, relations
from registry.versions import correct
from tests import make, stops
from tests.asking import ask

pytestmark = pytest.mark.django_db


@pytest.fixture
def tier() -> Tier:
    return make.tier()


def of_model(tier: Tier, person_class: str | None = None) -> Scope:
    return Scope(ai_models=(tier.ai_models.get().id,), person_class=person_class)


class TestReach:
    def test_counts_organizations_grants_members_and_surfaces(self, tier: Tier) -> None:
        first, second = make.grant(None, tier), make.grant(None, tier)
        make.grant()
        for holds in (True, False, None):
            stops.member(first.organization, holds=holds)
        intake = make.staff(Role.INTAKE)
        for account in ("aws:1", "aws:2"):
            identifiers.register(
                make.by(intake), organization=second.organization_id, identifier=account
            )
        reach = measure_reach(of_model(tier), at=now())
        assert (reach.organizations, reach.grants, reach.members, reach.surfaces) == (2, 2, 3, 2)
        assert (reach.continuing, reach.stopped_members, reach.stopped_organizations) == (0, 3, 2)

    def test_of_a_class_of_persons_it_says_who_could_continue(self, tier: Tier) -> None:
        stops.person_class()
        mixed, foreign, silent = (make.grant(None, tier).organization for _ in range(3))
        stops.member(mixed, holds=True)
        stops.member(mixed, holds=True)
        stops.member(mixed, holds=False)
        stops.member(foreign, holds=False)
        stops.member(foreign, holds=True, reviewed=False)
        stops.member(foreign, holds=None)
        reach = measure_reach(of_model(tier, stops.CLASS), at=now())
        assert (reach.continuing, reach.inside, reach.unclear) == (2, 2, 2)
        assert reach.continuing_organizations == 1
        assert reach.stopped_organizations == 2
        assert reach.without_members == 1
        assert silent.members.count() == 0

    def test_what_it_foretells_is_what_the_decision_point_answers(self, tier: Tier) -> None:
        stops.person_class()
        grant = make.grant(None, tier)
        people = [stops.member(grant.organization, holds=holds) for holds in (True, False, None)]
        scope = of_model(tier, stops.CLASS)
        foretold = measure_reach(scope, at=now()).continuing
        stops.stop(scope)
        allowed = [ask(grant, member=person.reference).decision for person in people]
        assert allowed == [True, False, False]
        assert foretold == sum(allowed)

    def test_the_excepted_are_told_apart(self, tier: Tier) -> None:
        excepted, _other = make.grant(None, tier), make.grant(None, tier)
        left_out = [excepted.organization_id]
        reach = measure_reach(of_model(tier), at=now(), excepted=left_out)
        assert (reach.organizations, reach.excepted, reach.grants) == (1, 1, 1)
        rows = list_reached(of_model(tier), at=now(), excepted=left_out)
        assert {row.slug for row in rows if row.excepted} == {excepted.organization.slug}

    def test_the_list_goes_on_where_the_last_page_ended(self, tier: Tier) -> None:
        slugs = sorted(make.grant(None, tier).organization.slug for _ in range(5))
        first = list_reached(of_model(tier), at=now(), limit=3)
        rest = list_reached(of_model(tier), at=now(), after=first[-1].slug, limit=3)
        assert [row.slug for row in (*first, *rest)] == slugs

    def test_a_line_shows_the_first_surfaces_and_how_many_there_are(self, tier: Tier) -> None:
        grant = make.grant(None, tier)
        for number in range(7):
            identifiers.register(
                make.by(make.staff(Role.INTAKE)),
                organization=grant.organization_id,
                identifier=f"aws:{number}",
            )
        (row,) = list_reached(of_model(tier), at=now())
        assert row.surface_count == 7
        assert list(row.surfaces) == [f"aws:{number}" for number in range(5)]

    def test_reaches_whom_the_restriction_then_stops_by_every_dimension(self, tier: Tier) -> None:
        intake = make.staff(Role.INTAKE)
        jurisdictions.register(make.by(intake), slug="eu", name="EU", kind=JurisdictionKind.UNION)
        jurisdictions.register(
            make.by(intake),
            slug="fr",
            name="FR",
            kind=JurisdictionKind.STATE,
            member_of={"eu": None},
        )
        french = make.organization(jurisdictions=(("fr", JurisdictionRole.SUBSIDIARY),))
        grant, hosted, vendor = (
            make.grant(french, tier),
            make.grant(None, tier),
            make.organization(),
        )
        relations.register(
            make.by(intake), subject=vendor.id, kind=RelationKind.HOSTS, to=hosted.organization_id
        )
        for scope, held in (
            (Scope(jurisdictions=(Jurisdiction.objects.get(slug="eu").id,)), grant),
            (Scope(vendors=(vendor.id,)), hosted),
            (Scope(organizations=(french.id,)), grant),
            (Scope(programs=(tier.program_id,), organizations=(french.id,)), grant),
        ):
            assert [row.slug for row in list_reached(scope, at=now())] == [held.organization.slug]
            version = stops.stop(scope).versions.get()
            assert holders_within(version, at=now()) == [held.organization_id]

    def test_costs_as_many_queries_for_many_as_for_few(self, tier: Tier) -> None:
        stops.person_class()
        scope = of_model(tier, stops.CLASS)

        def cost() -> int:
            with CaptureQueriesContext(connection) as queries:
                measure_reach(scope, at=now())
                list_reached(scope, at=now())
                points_concerned(scope, at=now())
            return len(queries)

        make.grant(None, tier)
        few = cost()
        for _ in range(5):
            stops.member(make.grant(None, tier).organization, holds=True)
            stops.point()
        assert cost() == few


class TestName:
    def test_one_of_a_kind_is_called_by_its_slug_and_several_by_their_number(self) -> None:
        stops.person_class()
        model, other = make.ai_model("lantern"), make.ai_model("sentinel")
        assert name_scope(Scope(ai_models=(model.id,))) == "lantern"
        both = Scope(ai_models=(model.id, other.id), person_class=stops.CLASS)
        assert name_scope(both) == "2 models + foreign-national"
        assert list_scope(both) == [("models", ["Model", "Model"])]

    def test_only_the_very_name_confirms(self) -> None:
        scope = Scope(ai_models=(make.ai_model("lantern").id,))
        check_confirmed(scope, " lantern ")
        for typed in ("", "Lantern", "lantern + foreign-national"):
            with pytest.raises(NotConfirmed, match="lantern"):
                check_confirmed(scope, typed)
        with pytest.raises(RestrictionCoversNothing):
            check_confirmed(Scope(), "")


class TestPointsConcerned:
    def test_a_stop_of_a_model_concerns_every_point_of_its_world(self, tier: Tier) -> None:
        first, second = stops.point("aws"), stops.point("api")
        stops.point("aws", owner=make.organization(synthetic=True))
        found = points_concerned(of_model(tier), at=now())
        assert found == [first, second]

    def test_a_stop_of_some_organizations_concerns_those_that_serve_them(self) -> None:
        bound, unbound = make.grant(), make.grant()
        serving, other = stops.point("aws"), stops.point("gcp:7")
        self.bind(bound, "aws:1")
        scope = Scope(organizations=(bound.organization_id,))
        assert points_concerned(scope, at=now()) == [serving]
        anywhere = Scope(organizations=(unbound.organization_id,))
        assert points_concerned(anywhere, at=now()) == [serving, other]

    @staticmethod
    def bind(grant: Grant, surface: str) -> None:
        """A later version of the item that names its surface."""
        correct(
            grant.items.get(),
            recorded=read_clock(make.by(make.staff())).recorded,
            surfaces=[surface],
        )


class TestExceptions:
    def test_are_part_of_the_restriction(self, tier: Tier) -> None:
        excepted, stopped = make.grant(None, tier), make.grant(None, tier)
        stops.stop(of_model(tier), exceptions=(Exempted(excepted.organization_id, "Annex A"),))
        assert ask(excepted).decision
        assert not ask(stopped).decision
