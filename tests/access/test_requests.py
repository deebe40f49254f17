"""Access requests on their way."""

import pytest

from access.choices import PrimaryPurpose, ProgramStatus, RequestStatus
from access.models import AccessRequest, TermsAcceptance
from access.operations import programs, questions, request_steps, requests, terms
from access.policies import OwnRequest
from access.workflow import StepNotOpen
from registry.choices import Role
from registry.errors import NotFound, WorldsApart
from registry.models import AuditEvent
from registry.policies import NotYours, RoleMissing
from tests import make

pytestmark = pytest.mark.django_db


class TestDraft:
    def test_an_organization_drafts_for_itself(self) -> None:
        organization, tier = make.organization(), make.tier()
        partner = make.client(organization)
        row = requests.draft(
            make.by(partner),
            organization=organization.id,
            tier=tier.id,
            purpose=PrimaryPurpose.USE,
            justification="Because.",
        ).value
        assert (row.status, row.created_by) == (RequestStatus.DRAFT, partner.key)

    def test_another_organization_is_not_there(self) -> None:
        tier, other = make.tier(), make.organization()
        with pytest.raises(NotFound, match="organization"):
            requests.draft(
                make.by(make.client(make.organization())),
                organization=other.id,
                tier=tier.id,
                purpose=PrimaryPurpose.USE,
                justification="Because.",
            )
        assert not AccessRequest.objects.exists()

    def test_staff_need_the_role_intake(self) -> None:
        with pytest.raises(RoleMissing):
            requests.draft(
                make.by(make.staff(Role.DECIDER)),
                organization=make.organization().id,
                tier=make.tier().id,
                purpose=PrimaryPurpose.USE,
                justification="Because.",
            )

    def test_a_synthetic_organization_asks_for_nothing_real(self) -> None:
        synthetic = make.organization(synthetic=True)
        with pytest.raises(WorldsApart):
            make.draft(synthetic, make.tier())


class TestSubmit:
    def test_pins_the_policy_in_force(self) -> None:
        row = make.draft()
        policy = make.policy("standard", assessments=2)
        submitted = requests.submit(make.by(make.staff(Role.INTAKE)), request=row.id).value
        assert submitted.status == RequestStatus.SUBMITTED
        assert submitted.review_policy == policy

    def test_accepts_the_terms_that_bind_now(self) -> None:
        tier = make.tier()
        make.terms(tier.program)
        row = make.submitted(None, tier)
        acceptance = TermsAcceptance.objects.get()
        assert (acceptance.organization, acceptance.edition.number) == (row.organization, 1)

    @pytest.mark.parametrize("said", [None, 7])
    def test_refuses_other_terms_and_writes_nothing(self, said: int | None) -> None:
        tier = make.tier()
        make.terms(tier.program)
        row = make.draft(None, tier)
        events = AuditEvent.objects.count()
        with pytest.raises(terms.TermsNotAccepted):
            requests.submit(make.by(make.staff(Role.INTAKE)), request=row.id, accepts_terms=said)
        row.refresh_from_db()
        assert row.status == RequestStatus.DRAFT
        assert not TermsAcceptance.objects.exists()
        assert AuditEvent.objects.count() == events

    @pytest.mark.parametrize(
        "status", [ProgramStatus.ANNOUNCED, ProgramStatus.CLOSED, ProgramStatus.ENDED]
    )
    def test_refuses_a_program_that_takes_no_requests(self, status: ProgramStatus) -> None:
        row = make.draft()
        programs.change_status(
            make.by(make.staff(Role.ADMINISTRATOR)), program=row.tier.program_id, status=status
        )
        with pytest.raises(requests.ProgramClosed):
            requests.submit(make.by(make.staff(Role.INTAKE)), request=row.id)

    def test_refuses_a_second_open_request_of_the_same_kind(self) -> None:
        first = make.submitted()
        second = make.draft(first.organization, first.tier)
        with pytest.raises(requests.RequestAlreadyOpen):
            requests.submit(make.by(make.staff(Role.INTAKE)), request=second.id)

    def test_another_purpose_is_another_kind(self) -> None:
        first = make.submitted()
        second = make.submitted(first.organization, first.tier, purpose=PrimaryPurpose.EVALUATION)
        assert second.status == RequestStatus.SUBMITTED

    def test_refuses_an_empty_justification(self) -> None:
        row = make.draft(justification="  ")
        with pytest.raises(request_steps.TextMissing):
            requests.submit(make.by(make.staff(Role.INTAKE)), request=row.id)

    def test_refuses_a_tier_without_a_policy_in_force(self) -> None:
        row = make.draft()
        row.tier.review_policy = "unwritten"
        row.tier.save()
        with pytest.raises(requests.PolicyMissing):
            requests.submit(make.by(make.staff(Role.INTAKE)), request=row.id)

    def test_another_organizations_request_is_not_there(self) -> None:
        row = make.draft()
        stranger = make.client(make.organization())
        with pytest.raises(NotFound, match="access request"):
            requests.submit(make.by(stranger), request=row.id)


class TestTakeUp:
    def test_somebody_has_it_in_hand(self) -> None:
        reviewer = make.staff(Role.REVIEWER)
        row = requests.take_up(make.by(reviewer), request=make.submitted().id).value
        assert (row.status, row.taken_up_by) == (RequestStatus.IN_REVIEW, reviewer.key)

    def test_nobody_takes_up_what_they_handed_in(self) -> None:
        both = make.staff(Role.INTAKE, Role.REVIEWER)
        row = make.draft()
        requests.submit(make.by(both), request=row.id)
        with pytest.raises(OwnRequest):
            requests.take_up(make.by(both), request=row.id)

    def test_a_partner_does_not_review(self) -> None:
        row = make.submitted()
        with pytest.raises(RoleMissing):
            requests.take_up(make.by(make.client(row.organization)), request=row.id)


class TestReturnAndResubmit:
    def test_the_organization_reads_why_and_hands_it_in_again(self) -> None:
        row = make.request_in(RequestStatus.RETURNED)
        assert row.note_to_applicant == "Say more."
        partner = make.client(row.organization)
        again = requests.resubmit(
            make.by(partner), request=row.id, justification="At length."
        ).value
        assert (again.status, again.justification) == (RequestStatus.SUBMITTED, "At length.")
        assert again.note_to_applicant == ""


class TestAskAndAnswer:
    def test_the_request_waits_for_the_answer(self) -> None:
        row = make.request_in(RequestStatus.QUESTION_OPEN)
        answered = questions.answer(
            make.by(make.client(row.organization)), request=row.id, answer="Therefore."
        ).value
        question = answered.questions.get()
        assert (answered.status, question.answer) == (RequestStatus.IN_REVIEW, "Therefore.")

    def test_an_empty_question_is_refused(self) -> None:
        row = make.in_review()
        with pytest.raises(request_steps.TextMissing):
            questions.ask(make.by(make.staff(Role.REVIEWER)), request=row.id, question=" ")
        row.refresh_from_db()
        assert row.status == RequestStatus.IN_REVIEW


class TestHoldAndResume:
    def test_what_is_on_hold_goes_on(self) -> None:
        row = make.request_in(RequestStatus.ON_HOLD)
        resumed = requests.resume(make.by(make.staff(Role.REVIEWER)), request=row.id).value
        assert resumed.status == RequestStatus.IN_REVIEW


class TestWithdraw:
    def test_the_organization_no_longer_asks(self) -> None:
        row = make.in_review()
        withdrawn = requests.withdraw(make.by(make.client(row.organization)), request=row.id).value
        assert withdrawn.status == RequestStatus.WITHDRAWN
        assert withdrawn.closed_at is not None

    def test_a_closed_request_stays_closed(self) -> None:
        row = make.request_in(RequestStatus.APPROVED)
        with pytest.raises(StepNotOpen):
            requests.withdraw(make.by(make.staff(Role.INTAKE)), request=row.id)

    def test_a_reviewer_does_not_withdraw_for_the_organization(self) -> None:
        with pytest.raises(NotYours):
            requests.withdraw(make.by(make.staff(Role.REVIEWER)), request=make.in_review().id)
