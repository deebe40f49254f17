"""Conditions of grants: from the decision to the answer at the decision point."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from access.choices import ConditionFinding, ConditionStanding, Reason
from access.models import Condition, ConditionEvidence, ConditionVersion, Grant
from access.operations import conditions, reviews, successions
from access.operations.conditions import Requirement
from registry.choices import Role
from registry.errors import NotFound
from registry.models import AuditEvent
from registry.policies import RoleMissing
from tests import make
from tests.asking import ask

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TICK = dt.timedelta(microseconds=1)


def asked_for(**more: object) -> Requirement:
    said = {"code": "phishing-resistant-mfa", "text": "Sign in with phishing-resistant MFA."}
    return Requirement(**(said | more))  # type: ignore[arg-type]


def conditional(due_at: dt.datetime | None = None) -> Condition:
    """A condition on a grant in force, due in ten days unless said otherwise."""
    said = asked_for(due_at=due_at or now() + 10 * DAY)
    return make.grant(conditions=(said,)).conditions.get()


def standing(row: Condition) -> str:
    return ConditionVersion.objects.current().get(condition=row, valid__upper_inf=True).standing


def handed_in(row: Condition) -> Condition:
    return conditions.hand_in(
        make.by(make.client(row.grant.organization)), condition=row.id, text="Keys for all."
    ).value


def reviewed(row: Condition, finding: ConditionFinding) -> Condition:
    return conditions.review(
        make.by(make.staff(Role.REVIEWER)), condition=row.id, finding=finding
    ).value


class TestTheAnswer:
    def test_a_condition_refuses_from_the_moment_it_is_due_and_not_before(self) -> None:
        row = conditional()
        due_at = row.versions.get().due_at
        before, after = ask(row.grant, as_of=due_at - TICK), ask(row.grant, as_of=due_at)
        assert before.decision
        assert (after.decision, after.reason) == (False, Reason.CONDITION_UNMET)

    def test_what_is_not_yet_due_shows_with_its_date(self) -> None:
        row = conditional()
        due_at = row.versions.get().due_at
        answer = ask(row.grant)
        assert [(said.code, said.due_at) for said in answer.conditions] == [(row.code, due_at)]
        assert answer.next_change_at == due_at

    @pytest.mark.parametrize("standing", ["handed_in", "not_met"])
    def test_what_is_handed_in_or_found_wanting_refuses_when_due(self, standing: str) -> None:
        row = handed_in(conditional())
        if standing == "not_met":
            reviewed(row, ConditionFinding.NOT_MET)
        due_at = row.versions.current().get(valid__upper_inf=True).due_at
        assert ask(row.grant, as_of=due_at).reason == Reason.CONDITION_UNMET

    def test_what_is_met_refuses_nothing_and_shows_no_more(self) -> None:
        row = reviewed(handed_in(conditional()), ConditionFinding.MET)
        answer = ask(row.grant, as_of=now() + 20 * DAY)
        assert answer.decision
        assert answer.conditions == ()

    def test_meeting_it_does_not_rewrite_what_was_refused(self) -> None:
        grant = make.grant(conditions=(asked_for(),))
        row = grant.conditions.get()
        refused = ask(grant)
        moment = now()
        reviewed(handed_in(row), ConditionFinding.MET)
        assert refused.reason == Reason.CONDITION_UNMET
        assert ask(grant).decision
        assert ask(grant, as_of=moment).reason == Reason.CONDITION_UNMET

    def test_one_of_another_grant_does_not_refuse(self) -> None:
        row = conditional()
        other = make.grant(None, row.grant.tier)
        assert ask(other, as_of=now() + 20 * DAY).decision


class TestApproveWithConditions:
    def test_one_without_a_date_is_due_at_the_start(self) -> None:
        grant = make.grant(conditions=(asked_for(),))
        assert ask(grant).reason == Reason.CONDITION_UNMET
        version = grant.conditions.get().versions.get()
        assert version.due_at == grant.items.get().valid.lower

    def test_it_waits_for_the_countersignature(self) -> None:
        make.policy("double", countersigned=True)
        request = make.assessed(None, make.tier(review_policy="double"))
        words = make.ruling(conditions=(asked_for(),))
        reviews.approve(make.by(make.staff(Role.DECIDER)), request=request.id, ruling=words)
        assert not Condition.objects.exists()
        reviews.countersign(make.by(make.staff(Role.COUNTERSIGNER)), request=request.id)
        row = Condition.objects.get()
        assert row.code == "phishing-resistant-mfa"
        assert row.decision == request.decisions.get()

    def test_two_of_one_code_are_refused_and_nothing_is_left(self) -> None:
        request = make.assessed()
        words = make.ruling(conditions=(asked_for(), asked_for()))
        with pytest.raises(conditions.ConditionTwice):
            reviews.approve(make.by(make.staff(Role.DECIDER)), request=request.id, ruling=words)
        request.refresh_from_db()
        assert request.status == "in_review"

    def test_one_without_words_is_refused(self) -> None:
        words = make.ruling(conditions=(asked_for(text=" "),))
        with pytest.raises(conditions.WordsMissing):
            reviews.approve(
                make.by(make.staff(Role.DECIDER)), request=make.assessed().id, ruling=words
            )


class TestBounds:
    def test_what_binds_the_use_is_on_the_grant_and_goes_over_to_its_renewal(self) -> None:
        words = {
            "use_scope": "Own systems only.",
            "limits": "Two hundred runs a day.",
            "personnel_scope": "The response team.",
        }
        grant = make.grant(None, make.tier(grant_days=30), **words)
        successor = successions.renew(
            make.by(make.staff(Role.DECIDER)), grant=grant.id, reason="Fine."
        ).value
        assert grant.bounds() == successor.bounds() == words


class TestHandIn:
    def test_the_holder_hands_in_and_it_waits_for_a_review(self) -> None:
        row = handed_in(conditional())
        assert standing(row) == ConditionStanding.HANDED_IN
        assert ConditionEvidence.objects.get().text == "Keys for all."

    def test_its_words_are_not_in_the_record(self) -> None:
        handed_in(conditional())
        event = AuditEvent.objects.latest("id")
        assert event.name == "condition.handed_in"
        assert "Keys" not in str(event.details)

    def test_another_organization_knows_of_no_such_condition(self) -> None:
        row = conditional()
        with pytest.raises(NotFound):
            conditions.hand_in(
                make.by(make.client(make.organization())), condition=row.id, text="Ours."
            )

    def test_staff_need_intake(self) -> None:
        with pytest.raises(RoleMissing):
            conditions.hand_in(
                make.by(make.staff(Role.REVIEWER)), condition=conditional().id, text="Seen."
            )

    def test_a_settled_condition_takes_nothing_more(self) -> None:
        row = reviewed(handed_in(conditional()), ConditionFinding.MET)
        with pytest.raises(conditions.ConditionSettled):
            handed_in(row)

    def test_it_needs_words(self) -> None:
        row = conditional()
        with pytest.raises(conditions.WordsMissing):
            conditions.hand_in(
                make.by(make.client(row.grant.organization)), condition=row.id, text=" "
            )


class TestReview:
    def test_not_met_is_handed_in_anew(self) -> None:
        row = reviewed(handed_in(conditional()), ConditionFinding.NOT_MET)
        assert standing(row) == ConditionStanding.NOT_MET
        reviewed(handed_in(row), ConditionFinding.MET)
        assert standing(row) == ConditionStanding.MET
        findings = row.evidence.order_by("handed_in_at").values_list("finding", flat=True)
        assert list(findings) == ["not_met", "met"]

    def test_not_by_who_handed_it_in(self) -> None:
        row, both = conditional(), make.staff(Role.INTAKE, Role.REVIEWER)
        conditions.hand_in(make.by(both), condition=row.id, text="On its behalf.")
        with pytest.raises(conditions.OwnEvidence):
            conditions.review(make.by(both), condition=row.id, finding=ConditionFinding.MET)

    def test_the_database_will_not_have_it_either(self) -> None:
        row = handed_in(conditional())
        evidence = row.evidence.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            ConditionEvidence.objects.filter(pk=evidence.pk).update(
                finding="met", reviewed_by=evidence.handed_in_by, reviewed_at=now()
            )

    def test_nothing_to_review_is_a_refusal(self) -> None:
        with pytest.raises(conditions.NothingHandedIn):
            reviewed(conditional(), ConditionFinding.MET)

    def test_a_partner_does_not_review(self) -> None:
        row = handed_in(conditional())
        with pytest.raises(RoleMissing):
            conditions.review(
                make.by(make.client(row.grant.organization)),
                condition=row.id,
                finding=ConditionFinding.MET,
            )


class TestWaive:
    def test_needs_a_reason_and_opens_the_door(self) -> None:
        grant = make.grant(conditions=(asked_for(),))
        row, decider = grant.conditions.get(), make.staff(Role.DECIDER)
        with pytest.raises(conditions.WordsMissing):
            conditions.waive(make.by(decider), condition=row.id, reason="")
        conditions.waive(make.by(decider), condition=row.id, reason="Air-gapped.")
        assert standing(row) == ConditionStanding.WAIVED
        assert ask(grant).decision

    def test_not_by_who_handed_evidence_in(self) -> None:
        row, both = conditional(), make.staff(Role.INTAKE, Role.DECIDER)
        conditions.hand_in(make.by(both), condition=row.id, text="On its behalf.")
        with pytest.raises(conditions.OwnEvidence):
            conditions.waive(make.by(both), condition=row.id, reason="Enough.")

    def test_needs_a_decider(self) -> None:
        with pytest.raises(RoleMissing):
            conditions.waive(
                make.by(make.staff(Role.REVIEWER)), condition=conditional().id, reason="?"
            )


def test_a_condition_can_be_asked_of_grants_of_any_origin_only_by_decision_or_campaign() -> None:
    grant: Grant = make.grant()
    with pytest.raises(IntegrityError), transaction.atomic():
        Condition.objects.create(
            grant=grant, code="x", text="y", imposed_by="z", imposed_at=now(), changed_at=now()
        )
