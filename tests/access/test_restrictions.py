"""Restrictions win over grants, from their commit to the commit that lifts them."""

from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from access.choices import Reason, RestrictionBasis, RestrictionKind
from access.models import Grant, Restriction
from access.operations import person_classes, restrictions
from access.operations.restrictions import Exempted, Wording
from access.queries.restrictions import holders_within
from access.queries.scopes import Scope
from access.queries.stops import measure_reach
from registry.actors import Actor
from registry.choices import AssertionKind, JurisdictionKind, JurisdictionRole, RelationKind, Role
from registry.errors import NotFound
from registry.models import AuditEvent, Jurisdiction
from registry.operations import jurisdictions, members, relations
from registry.policies import RoleMissing
from tests import make
from tests.asking import ask
from tests.registry.test_reliances import end, relate

pytestmark = pytest.mark.django_db
WORDING = Wording("June order", "Access is stopped by order.", "Told on the telephone.")


def restrict(scope: Scope, by: Actor | None = None, **more: object) -> Restriction:
    return restrictions.restrict(
        make.by(by or make.staff(Role.RESTRICTOR)),
        kind=RestrictionKind.ORDER,
        basis=RestrictionBasis.ORDER,
        wording=WORDING,
        scope=scope,
        **more,  # type: ignore[arg-type]
    ).value


def model_of(grant: Grant) -> UUID:
    return grant.tier.ai_models.get().id


class TestRestrict:
    def test_refuses_from_its_commit_and_not_before(self) -> None:
        grant = make.grant()
        before = grant.items.get().valid.lower
        restriction = restrict(Scope(ai_models=(model_of(grant),)))
        answer = ask(grant)
        assert (answer.decision, answer.reason) == (False, Reason.RESTRICTED)
        assert answer.stop == restriction.id
        assert ask(grant, as_of=before).decision

    def test_covers_an_organization_by_any_jurisdiction_and_its_unions(self) -> None:
        intake = make.staff(Role.INTAKE)
        for slug, kind, unions in (
            ("eu", JurisdictionKind.UNION, None),
            ("fr", JurisdictionKind.STATE, {"eu": None}),
        ):
            jurisdictions.register(
                make.by(intake), slug=slug, name=slug, kind=kind, member_of=unions
            )
        place = (("fr", JurisdictionRole.PROCESSING_SITE),)
        french = make.grant(make.organization(jurisdictions=place))
        other = make.grant()
        union = Jurisdiction.objects.get(slug="eu")
        restrict(Scope(jurisdictions=(union.id,)))
        assert not ask(french).decision
        assert ask(other).decision

    def test_covers_whom_a_vendor_hosts(self) -> None:
        grant, vendor = make.grant(), make.organization()
        restrict(Scope(vendors=(vendor.id,)))
        assert ask(grant).decision
        relations.register(
            make.by(make.staff(Role.INTAKE)),
            subject=vendor.id,
            kind=RelationKind.HOSTS,
            to=grant.organization_id,
        )
        assert not ask(grant).decision

    def test_covers_whoever_rests_on_a_vendor_behind_a_vendor_in_answer_preview_and_effect(
        self,
    ) -> None:
        grant, stranger, host, cloud = (
            *(make.grant(), make.grant()),
            *(make.organization(), make.organization()),
        )
        relate(cloud, host, RelationKind.SUB_PROCESSOR_OF)
        relate(host, grant.organization)
        scope = Scope(vendors=(cloud.id,))
        assert measure_reach(scope, at=now()).organizations == 1
        version = restrict(scope).versions.current().get()
        for decision in (ask(grant), ask(grant, as_of=now())):
            assert decision.reason == Reason.RESTRICTED
        assert ask(stranger).decision
        assert holders_within(version, at=now()) == [grant.organization_id]
        end(cloud, host, RelationKind.SUB_PROCESSOR_OF)
        assert ask(grant).decision

    def test_covers_a_program(self) -> None:
        grant, other = make.grant(), make.grant()
        restrict(Scope(programs=(grant.program_id,)))
        assert not ask(grant).decision
        assert ask(other).decision

    def test_dimensions_narrow_each_other(self) -> None:
        grant, stranger = make.grant(), make.organization()
        restrict(Scope(ai_models=(model_of(grant),), organizations=(stranger.id,)))
        assert ask(grant).decision

    def test_needs_a_scope(self) -> None:
        with pytest.raises(restrictions.RestrictionCoversNothing):
            restrict(Scope())
        assert not Restriction.objects.exists()

    def test_refuses_a_scope_that_nobody_knows(self) -> None:
        with pytest.raises(NotFound, match="model"):
            restrict(Scope(ai_models=(make.organization().id,)))

    def test_needs_a_restrictor(self) -> None:
        with pytest.raises(RoleMissing):
            restrict(Scope(programs=(make.program().id,)), by=make.staff(Role.DECIDER))

    def test_concerns_the_holders_it_stops(self) -> None:
        grant, _other = make.grant(), make.grant()
        restrict(Scope(ai_models=(model_of(grant),)))
        event = AuditEvent.objects.filter(name="restriction.imposed").get()
        assert event.organizations == [grant.organization_id]

    def test_keeps_its_confidential_basis_out_of_the_record(self) -> None:
        restrict(Scope(programs=(make.program().id,)))
        event = AuditEvent.objects.filter(name="restriction.imposed").get()
        assert "telephone" not in str(event.details)


class TestExempt:
    def test_a_named_exception_is_not_stopped(self) -> None:
        tier = make.tier()
        excepted, stopped = make.grant(None, tier), make.grant(None, tier)
        restriction = restrict(
            Scope(programs=(tier.program_id,)),
            exceptions=(Exempted(excepted.organization_id, "Annex A"),),
        )
        assert ask(excepted).decision
        assert not ask(stopped).decision
        restrictions.exempt(
            make.by(make.staff(Role.RESTRICTOR)),
            restriction=restriction.id,
            exempted=Exempted(stopped.organization_id, "Annex B"),
        )
        assert ask(stopped).decision

    def test_the_same_exception_is_not_made_twice(self) -> None:
        grant = make.grant()
        exempted = Exempted(grant.organization_id, "Annex A")
        restriction = restrict(Scope(programs=(grant.program_id,)), exceptions=(exempted,))
        with pytest.raises(restrictions.AlreadyExempted):
            restrictions.exempt(
                make.by(make.staff(Role.RESTRICTOR)),
                restriction=restriction.id,
                exempted=exempted,
            )

    def test_an_incomplete_list_leaves_the_unlisted_not_known(self) -> None:
        grant = make.grant()
        restrict(Scope(programs=(grant.program_id,)), exceptions_complete=False)
        assert ask(grant).reason is Reason.NOT_KNOWN_WHETHER_EXCEPTED


class TestAClassOfPersons:
    @pytest.fixture
    def grant(self) -> Grant:
        grant = make.grant()
        person_classes.define(
            make.by(make.staff(Role.RESTRICTOR)),
            slug="foreign-national",
            name="Foreign nationals",
            definition="Whoever is not a US person.",
            instrument="15 CFR 772.1",
            outside_by=AssertionKind.US_PERSON,
        )
        restrict(Scope(programs=(grant.program_id,), person_class="foreign-national"))
        return grant

    @staticmethod
    def attest(grant: Grant, *, holds: bool, reviewed: bool = True) -> str:
        partner = make.client(grant.organization)
        member = members.enroll(
            make.by(partner), organization=grant.organization_id, reference="ada@example"
        ).value
        members.attest(
            make.by(partner),
            member=member.id,
            kind=AssertionKind.US_PERSON,
            holds=holds,
            evidence="Form I-9 seen",
        )
        if reviewed:
            members.review(
                make.by(make.staff(Role.RESTRICTOR)),
                member=member.id,
                kind=AssertionKind.US_PERSON,
            )
        return member.reference

    def test_without_a_person_the_answer_is_no(self, grant: Grant) -> None:
        assert ask(grant).reason is Reason.PERSON_NOT_ESTABLISHED

    def test_who_is_outside_the_class_may_continue(self, grant: Grant) -> None:
        assert ask(grant, member=self.attest(grant, holds=True)).decision

    def test_who_is_in_the_class_may_not(self, grant: Grant) -> None:
        member = self.attest(grant, holds=False)
        assert ask(grant, member=member).reason is Reason.RESTRICTED

    def test_an_assertion_counts_only_once_it_is_reviewed(self, grant: Grant) -> None:
        member = self.attest(grant, holds=True, reviewed=False)
        assert ask(grant, member=member).reason is Reason.PERSON_NOT_ESTABLISHED

    def test_a_member_of_another_organization_is_not_known(self, grant: Grant) -> None:
        other = make.grant()
        member = self.attest(other, holds=True)
        assert ask(grant, member=member).reason is Reason.UNKNOWN_MEMBER


class TestLift:
    def test_takes_two_people(self) -> None:
        grant = make.grant()
        first = make.staff(Role.RESTRICTOR)
        restriction = restrict(Scope(programs=(grant.program_id,)), by=first)
        asked = restrictions.lift(make.by(first), restriction=restriction.id).value
        assert asked.lifted_at is None
        assert not ask(grant).decision
        with pytest.raises(restrictions.SecondPersonNeeded):
            restrictions.lift(make.by(first), restriction=restriction.id)
        restrictions.lift(make.by(make.staff(Role.RESTRICTOR)), restriction=restriction.id)
        assert ask(grant).decision

    def test_the_database_keeps_the_two_apart(self) -> None:
        restriction = restrict(Scope(programs=(make.program().id,)))
        with pytest.raises(IntegrityError, match="lifted_by_two"), transaction.atomic():
            Restriction.objects.update(
                lift_asked_by="user:x",
                lift_asked_at=make.MORNING,
                lifted_by="user:x",
                lifted_at=make.MORNING,
            )
        assert restriction.lifted_at is None

    def test_the_past_stays_restricted(self) -> None:
        grant = make.grant()
        restriction = restrict(Scope(programs=(grant.program_id,)))
        during = restriction.versions.get().valid.lower
        for _ in range(2):
            restrictions.lift(make.by(make.staff(Role.RESTRICTOR)), restriction=restriction.id)
        assert ask(grant).decision
        assert not ask(grant, as_of=during).decision
        assert not ask(grant, as_of=during, known_at=during).decision

    def test_a_lifted_restriction_is_over(self) -> None:
        restriction = restrict(Scope(programs=(make.program().id,)))
        for _ in range(2):
            restrictions.lift(make.by(make.staff(Role.RESTRICTOR)), restriction=restriction.id)
        with pytest.raises(restrictions.RestrictionOver):
            restrictions.lift(make.by(make.staff(Role.RESTRICTOR)), restriction=restriction.id)
