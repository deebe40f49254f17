"""What positions do by the pinned policy: they hold, are overridden by others, add conditions, or inform."""

from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from access.choices import LegalForce, Marking, Outcome, RequestStatus, Stance
from access.models import AccessRequest, Condition, PositionOverride, RequestDecision
from access.operations import position_overrides, position_weighing, positions, recusals, reviews
from access.operations.positions import About, Narrowed
from access.policies import OwnRequest
from access.queries.conflicts import Recused
from access.queries.positions import explain_lines
from registry.actors import Actor
from registry.choices import JurisdictionKind, JurisdictionRole, OrganizationKind, Role
from registry.operations import jurisdictions
from registry.policies import RoleMissing
from tests import make
from tests import positions as making

pytestmark = pytest.mark.django_db


def approve(row: AccessRequest, by: Actor | None = None) -> AccessRequest:
    return reviews.approve(
        make.by(by or make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling()
    ).value


class TestApprove:
    def test_a_political_objection_is_overridden_by_two_others_and_no_fewer(self) -> None:
        row = making.request()
        held = making.take(row)
        with pytest.raises(position_weighing.OverrideMissing) as refused:
            approve(row)
        assert refused.value.values["position"] == str(held.id)
        assert refused.value.values["missing"] == 2
        making.override(row, held)
        with pytest.raises(position_weighing.OverrideMissing):
            approve(row)
        making.override(row, held, make.staff(Role.COUNTERSIGNER))
        assert approve(row).status == RequestStatus.APPROVED

    def test_an_order_is_overridden_by_nobody(self) -> None:
        row = making.request()
        held = making.take(row, force=LegalForce.ORDER)
        with pytest.raises(position_overrides.NothingToOverride):
            making.override(row, held)
        with pytest.raises(position_weighing.PositionBlocks):
            approve(row)

    def test_a_condition_comes_with_the_approval_by_itself(self) -> None:
        row = making.request()
        making.take(row, Stance.CONDITIONAL)
        approve(row)
        assert Condition.objects.get(grant__request=row).code == "yearly-report"

    def test_a_statement_made_later_holds_anew(self) -> None:
        row = making.request()
        held = making.take(row)
        for _ in range(2):
            making.override(row, held)
        positions.supersede(
            make.by(make.staff(Role.AUTHORITY_DESK)), position=held.id, stated=making.stated()
        )
        with pytest.raises(position_weighing.OverrideMissing):
            approve(row)

    def test_does_not_name_what_the_decider_may_not_read(self) -> None:
        row = making.request()
        held = making.take(row, force=LegalForce.LAW, marking=Marking.CONFIDENTIAL)
        with pytest.raises(position_weighing.PositionBlocks) as refused:
            approve(row)
        assert refused.value.values["position"] is None
        assert held.authority.organization.name not in str(refused.value)


class TestOverride:
    def test_who_overrode_does_not_decide(self) -> None:
        row, person = making.request(), make.staff(Role.DECIDER)
        held = making.take(row)
        making.override(row, held, person)
        making.override(row, held)
        with pytest.raises(position_weighing.OwnOverride):
            approve(row, person)

    def test_nobody_counts_twice_nor_without_a_role_nor_for_their_own_request(self) -> None:
        row, person = making.request(), make.staff(Role.DECIDER)
        held = making.take(row)
        making.override(row, held, person)
        with pytest.raises(position_overrides.OverriddenAlready):
            making.override(row, held, person)
        with pytest.raises(RoleMissing):
            making.override(row, held, make.staff(Role.REVIEWER))
        with pytest.raises(OwnRequest):
            making.override(row, held, make.same(row.submitted_by, Role.DECIDER))

    def test_who_has_recused_themselves_overrides_nothing(self) -> None:
        row, person = making.request(), make.staff(Role.DECIDER)
        held = making.take(row)
        recusals.recuse(make.by(person), request=row.id, reason="A friend works there.")
        with pytest.raises(Recused):
            making.override(row, held, person)

    def test_the_database_holds_both_orders(self) -> None:
        row = making.request()
        held = making.take(row)
        person = make.staff(Role.DECIDER)
        making.override(row, held, person)
        with pytest.raises(ProgrammingError), transaction.atomic():
            RequestDecision.objects.create(
                request=row,
                number=1,
                outcome=Outcome.APPROVED,
                reason="criteria_met",
                asked_by=row.submitted_by,
                decided_by=person.key,
                decided_at=now(),
                changed_at=now(),
            )
        with pytest.raises(ProgrammingError), transaction.atomic():
            PositionOverride.objects.create(
                request=row,
                position=held,
                statement=held.versions.get(),
                reasons="Mine.",
                overridden_by=row.submitted_by,
                overridden_at=now(),
                changed_at=now(),
            )


class TestScopes:
    def test_a_class_of_organizations_is_held_and_no_other(self) -> None:
        jurisdictions.register(
            make.by(make.staff(Role.INTAKE)), slug="fr", name="France", kind=JurisdictionKind.STATE
        )
        row = make.assessed(
            make.organization(jurisdictions=(("fr", JurisdictionRole.PROCESSING_SITE),)),
            make.tier(review_policy=making.policy()),
        )
        other = make.assessed(None, row.tier)
        about = About(program=row.tier.program_id)
        narrowed = Narrowed(jurisdiction="fr", organization_kind=OrganizationKind.COMPANY)
        making.take(row, force=LegalForce.LAW, about=about, narrowed=narrowed)
        assert approve(other).status == RequestStatus.APPROVED
        with pytest.raises(position_weighing.PositionBlocks):
            approve(row)


class TestExplainLines:
    def test_tells_each_line_which_position_holds_it_in_a_fixed_number_of_queries(self) -> None:
        first = making.request()
        held = making.take(first, force=LegalForce.LAW)
        making.take(first, Stance.SUPPORTS)
        more = [make.assessed(None, first.tier) for _ in range(3)]

        def ask(pks: list[UUID]) -> int:
            rows = list(
                AccessRequest.objects.filter(pk__in=pks).select_related("tier", "review_policy")
            )
            with CaptureQueriesContext(connection) as queries:
                found = explain_lines(rows, make.staff(Role.DECIDER), at=now())
            for told in found.values():
                assert [one.holds for one in told] == [True, False]
                assert told[0].position == held
                assert "Rule 1" in told[0].why
            return len(queries)

        assert ask([first.id]) == ask([row.id for row in (first, *more)])

    def test_tells_a_partner_nothing(self) -> None:
        row = making.request()
        making.take(row)
        client = make.client(row.organization)
        assert explain_lines([row], client, at=now()) == {row.id: []}
