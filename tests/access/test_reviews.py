"""Review: assess, then decide, four eyes."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from access.choices import DecisionReason, Finding, RequestStatus
from access.models import Grant, GrantItem, RequestDecision
from access.operations import reconsiderations, request_steps, requests, reviews, rulings
from access.operations.findings import NotInReview
from access.operations.issuing import EndBeforeStart, GrantOverlaps, OrganizationNotActive
from access.policies import OwnDecision, OwnRequest
from access.workflow import StepNotOpen
from registry.choices import Role
from registry.models import AuditEvent
from registry.operations import organizations
from registry.policies import RoleMissing
from tests import make

pytestmark = pytest.mark.django_db


class TestAssess:
    def test_a_second_finding_of_one_reviewer_supersedes_the_first(self) -> None:
        reviewer, row = make.staff(Role.REVIEWER), make.in_review()
        for finding in (Finding.OPPOSES, Finding.SUPPORTS):
            reviews.assess(make.by(reviewer), request=row.id, finding=finding, reasons="Seen.")
        assert row.assessments.count() == 2
        assert row.assessments.filter(superseded_by__isnull=True).get().finding == Finding.SUPPORTS

    def test_only_what_is_in_review_is_assessed(self) -> None:
        with pytest.raises(NotInReview):
            reviews.assess(
                make.by(make.staff(Role.REVIEWER)),
                request=make.submitted().id,
                finding=Finding.SUPPORTS,
                reasons="Seen.",
            )

    def test_who_handed_it_in_does_not_assess_it(self) -> None:
        both = make.staff(Role.INTAKE, Role.REVIEWER)
        row = make.draft()
        requests.submit(make.by(both), request=row.id)
        requests.take_up(make.by(make.staff(Role.REVIEWER)), request=row.id)
        with pytest.raises(OwnRequest):
            reviews.assess(
                make.by(both), request=row.id, finding=Finding.SUPPORTS, reasons="Mine."
            )


class TestApprove:
    def test_issues_a_grant_with_an_item_for_each_model(self) -> None:
        tier = make.tier(None, make.ai_model(), make.ai_model())
        grant = make.grant(None, tier)
        assert grant.items.count() == 2
        assert grant.request is not None
        assert grant.request.status == RequestStatus.APPROVED

    def test_the_grant_begins_when_it_is_recorded_and_lasts_as_the_tier_says(self) -> None:
        item = make.grant(None, make.tier(grant_days=90)).items.get()
        assert item.valid.lower == item.recorded.lower
        assert make.end_of(item) - make.start_of(item) == dt.timedelta(days=90)

    def test_no_grant_begins_before_it_is_recorded(self) -> None:
        item = make.grant(starts_at=make.MORNING - dt.timedelta(days=9)).items.get()
        assert item.valid.lower == item.recorded.lower

    def test_refuses_an_end_before_the_start_and_writes_nothing(self) -> None:
        row = make.assessed()
        events = AuditEvent.objects.count()
        with pytest.raises(EndBeforeStart):
            reviews.approve(
                make.by(make.staff(Role.DECIDER)),
                request=row.id,
                ruling=make.ruling(ends_at=make.MORNING - dt.timedelta(days=900)),
            )
        row.refresh_from_db()
        assert row.status == RequestStatus.IN_REVIEW
        assert not RequestDecision.objects.exists()
        assert not Grant.objects.exists()
        assert AuditEvent.objects.count() == events

    def test_refuses_a_grant_that_overlaps_one(self) -> None:
        held = make.grant()
        again = make.assessed(held.organization, held.tier)
        with pytest.raises(GrantOverlaps):
            reviews.approve(
                make.by(make.staff(Role.DECIDER)), request=again.id, ruling=make.ruling()
            )
        assert GrantItem.objects.count() == 1

    def test_refuses_who_handed_it_in(self) -> None:
        both = make.staff(Role.INTAKE, Role.DECIDER)
        row = make.draft()
        requests.submit(make.by(both), request=row.id)
        requests.take_up(make.by(make.staff(Role.REVIEWER)), request=row.id)
        with pytest.raises(OwnRequest):
            reviews.approve(make.by(both), request=row.id, ruling=make.ruling())

    def test_refuses_who_assessed_it(self) -> None:
        both, row = make.staff(Role.REVIEWER, Role.DECIDER), make.in_review()
        reviews.assess(make.by(both), request=row.id, finding=Finding.SUPPORTS, reasons="Seen.")
        with pytest.raises(OwnDecision):
            reviews.approve(make.by(both), request=row.id, ruling=make.ruling())

    def test_refuses_before_it_is_assessed(self) -> None:
        with pytest.raises(rulings.AssessmentsMissing):
            reviews.approve(
                make.by(make.staff(Role.DECIDER)),
                request=make.in_review().id,
                ruling=make.ruling(),
            )

    def test_refuses_what_has_been_decided(self) -> None:
        with pytest.raises(StepNotOpen):
            reviews.approve(
                make.by(make.staff(Role.DECIDER)),
                request=make.declined().id,
                ruling=make.ruling(),
            )

    def test_needs_a_decider(self) -> None:
        with pytest.raises(RoleMissing):
            reviews.approve(
                make.by(make.staff(Role.REVIEWER)),
                request=make.assessed().id,
                ruling=make.ruling(),
            )

    def test_grants_nothing_to_an_organization_that_is_suspended(self) -> None:
        row = make.assessed()
        organizations.suspend(
            make.by(make.staff(Role.RESTRICTOR)), organization=row.organization_id, reason="?"
        )
        with pytest.raises(OrganizationNotActive):
            reviews.approve(
                make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling()
            )


class TestCountersign:
    def test_only_the_second_signature_issues_the_grant(self) -> None:
        row = make.awaiting_countersignature()
        assert row.status == RequestStatus.AWAITING_COUNTERSIGNATURE
        assert not Grant.objects.exists()
        signed = reviews.countersign(make.by(make.staff(Role.COUNTERSIGNER)), request=row.id).value
        assert signed.status == RequestStatus.APPROVED
        assert Grant.objects.get().request == row

    def test_the_decider_does_not_countersign(self) -> None:
        row = make.awaiting_countersignature()
        decider = make.same(row.decisions.get().decided_by, Role.COUNTERSIGNER)
        with pytest.raises(OwnDecision):
            reviews.countersign(make.by(decider), request=row.id)

    @pytest.mark.parametrize(
        ("field", "constraint"),
        [
            ("asked_by", "decision_not_by_the_one_who_asked"),
            ("assessed_by", "decision_not_by_its_assessor"),
            ("countersigned_by", "countersigner_is_not_the_decider"),
        ],
    )
    def test_the_database_keeps_the_persons_apart(self, field: str, constraint: str) -> None:
        decision = make.awaiting_countersignature().decisions.get()
        setattr(decision, field, decision.decided_by)
        decision.countersigned_at = decision.decided_at
        decision.countersigned_by = decision.countersigned_by or "user:another"
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            decision.save()


class TestDecline:
    def test_tells_the_applicant_why(self) -> None:
        decision = make.declined().decisions.get()
        assert (decision.reason, decision.applicant_text) == (DecisionReason.CAPACITY, "Not now.")

    def test_refuses_silence(self) -> None:
        with pytest.raises(request_steps.TextMissing):
            reviews.decline(
                make.by(make.staff(Role.DECIDER)),
                request=make.assessed().id,
                ruling=make.ruling(applicant_text=""),
            )


class TestEscalateAndReconsider:
    def test_a_dispute_can_be_resolved_by_a_decision(self) -> None:
        row = make.assessed()
        reviews.escalate(make.by(make.staff(Role.REVIEWER)), request=row.id, reason="Split.")
        approved = reviews.approve(
            make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling()
        ).value
        assert approved.status == RequestStatus.APPROVED

    def test_a_reconsidered_request_keeps_its_first_decision(self) -> None:
        row = make.declined()
        reconsiderations.reconsider(
            make.by(make.staff(Role.DECIDER)), request=row.id, reason="Appeal."
        )
        reviews.approve(make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling())
        outcomes = row.decisions.order_by("number").values_list("number", "outcome")
        assert list(outcomes) == [(1, "declined"), (2, "approved")]

    def test_a_request_is_not_reconsidered_beside_an_open_one(self) -> None:
        row = make.declined()
        make.submitted(row.organization, row.tier)
        with pytest.raises(requests.RequestAlreadyOpen):
            reconsiderations.reconsider(
                make.by(make.staff(Role.DECIDER)), request=row.id, reason="Appeal."
            )
