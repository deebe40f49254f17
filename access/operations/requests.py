"""Access requests on their way: drafted, submitted, returned, held, withdrawn."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access import workflow
from access.choices import PrimaryPurpose, ProgramStatus, RequestStatus
from access.events import Event
from access.forms import Answers
from access.models import AccessRequest, Grant, Program, ReviewPolicy, Tier
from access.operations.claim_rows import _take_in_hand
from access.operations.deny_list import _refuse_denied
from access.operations.on_behalf import Asked, _check_drafter, _note_asked
from access.operations.reapplying import _refuse_barred
from access.operations.request_steps import _move, _said, _take
from access.operations.submissions import (
    _carry_answers,
    _check_complete,
    _find_form,
    _keep_submission,
    _write_answers,
)
from access.operations.terms import _require_acceptance
from access.queries.claims import find_holder
from access.queries.eligibility import find_requirements
from access.queries.screening import asks_screening
from access.workflow import Step
from registry import audit
from registry.actors import ActorKind
from registry.commands import Clock, Command, command, read_clock
from registry.constraints import violation_means
from registry.errors import Conflict, NotFound, WorldsApart
from registry.models import Organization, User
from registry.operations.screening_runs import _enroll


class ProgramClosed(Conflict):
    code = "program_closed"
    text = _("The program takes no requests: it is %(status)s.")


class RequestAlreadyOpen(Conflict):
    code = "request_already_open"
    text = _("The organization has an open request for this tier and purpose already.")


class PolicyMissing(Conflict):
    code = "review_policy_missing"
    text = _("No review policy is in force for this tier.")


@command
def draft(
    command: Command,
    *,
    organization: UUID,
    tier: UUID,
    purpose: PrimaryPurpose,
    justification: str = "",
    answers: Answers | None = None,
    asked: Asked | None = None,
) -> AccessRequest:
    """A request not yet submitted, by the organization itself or by intake on its behalf, which it is told of.

    It keeps the form in force, and is never refused for what the answers to it say. Raises NotFound
    (organization, tier), NotYours, RoleMissing, EvidenceMissing, WorldsApart, AnswersUnwritable, AnswersTooLong.
    """
    applicant = Organization.objects.visible_to(command.by).filter(pk=organization).first()
    if applicant is None:
        raise NotFound("organization")
    _check_drafter(command, organization, asked)
    wanted = Tier.objects.select_related("program").filter(pk=tier).first()
    if wanted is None:
        raise NotFound("tier")
    if wanted.program.synthetic != applicant.synthetic:
        raise WorldsApart
    clock = read_clock(command)
    row = _open_draft(
        command,
        organization=applicant,
        tier=wanted,
        purpose=purpose,
        justification=justification,
        clock=clock,
    )
    _write_answers(command, row, answers or {}, clock=clock)
    _note_asked(command, row, asked, clock=clock)
    return row


@command
def submit(command: Command, *, request: UUID, accepts_terms: int | None = None) -> AccessRequest:
    """Hand the draft in. It pins the review policy and accepts the terms that bind now.

    Raises NotFound, NotYours, RoleMissing, StepNotOpen, TextMissing, AnswersIncomplete, ProgramClosed,
    PolicyMissing, TermsNotAccepted, RequestAlreadyOpen, DenyListed, ReapplyBarredUntil, ReapplyBarred.
    """
    row, _found, clock = _take(command, request, Step.SUBMIT)
    _check_whole(row)
    _check_open(row.tier.program, clock)
    _hand_in(command, row, accepts_terms=accepts_terms, clock=clock)
    return row


@command
def take_up(command: Command, *, request: UUID) -> AccessRequest:
    """Review begins. Who takes it up has it in hand, where nobody has yet.

    Raises NotFound, RoleMissing, OwnRequest, Recused, ConflictOfInterest, StepNotOpen.
    """
    return _take_up(command, request)


@command
def return_(command: Command, *, request: UUID, note: str) -> AccessRequest:
    """Ask the organization to change its request. Raises as `take_up`, and TextMissing."""
    return _note(command, request, step=Step.RETURN, note=note)


@command
def hold(command: Command, *, request: UUID, note: str) -> AccessRequest:
    """Put it aside, telling the organization why. Raises as `take_up`, and TextMissing."""
    return _note(command, request, step=Step.HOLD, note=note)


@command
def resume(command: Command, *, request: UUID) -> AccessRequest:
    """Go on with what was on hold. Raises as `take_up`."""
    return _resume(command, request)


@command
def resubmit(
    command: Command,
    *,
    request: UUID,
    justification: str | None = None,
    answers: Answers | None = None,
) -> AccessRequest:
    """Hand it in again, with what was saved since and what is said here.

    Raises NotFound, NotYours, RoleMissing, StepNotOpen, TextMissing, AnswersUnwritable, AnswersTooLong,
    AnswersIncomplete, DenyListed.
    """
    row, found, clock = _take(command, request, Step.RESUBMIT)
    if justification is not None:
        row.justification = justification
    _write_answers(command, row, answers or {}, clock=clock)
    _check_whole(row)
    _refuse_denied(row.organization_id, row.tier)
    row.note_to_applicant = ""
    _keep_submission(command, row, clock=clock)
    _move(row, found.target, clock, "justification", "note_to_applicant")
    audit.record(
        found.event,
        row,
        command,
        occurred_at=clock.at,
        private={"justification": row.justification},
    )
    return row


@command
def withdraw(command: Command, *, request: UUID) -> AccessRequest:
    """The organization no longer asks. Raises NotFound, NotYours, RoleMissing, StepNotOpen."""
    row, found, clock = _take(command, request, Step.WITHDRAW)
    _move(row, found.target, clock)
    audit.record(found.event, row, command, occurred_at=clock.at)
    return row


def _open_draft(
    command: Command,
    *,
    organization: Organization,
    tier: Tier,
    purpose: str,
    justification: str,
    clock: Clock,
    renews: Grant | None = None,
    copied_from: AccessRequest | None = None,
) -> AccessRequest:
    """A draft with the form in force; with `copied_from` it begins with that request's answers."""
    row = AccessRequest.objects.create(
        organization=organization,
        tier=tier,
        purpose=purpose,
        justification=justification,
        renews=renews,
        copied_from=copied_from,
        form=_find_form(tier),
        status=RequestStatus.DRAFT,
        created_by=command.by.key,
        created_at=clock.at,
        changed_at=clock.at,
    )
    audit.record(
        Event.REQUEST_DRAFTED,
        row,
        command,
        occurred_at=clock.at,
        tier=tier.id,
        purpose=purpose,
        renews=None if renews is None else renews.id,
        copied_from=None if copied_from is None else copied_from.id,
        form=None if row.form is None else row.form.number,
        private={"justification": justification},
    )
    if copied_from is not None:
        _carry_answers(command, copied_from, row, clock=clock)
    return row


def _check_whole(row: AccessRequest) -> None:
    """Raises TextMissing where there is only the justification, AnswersIncomplete where there is a form."""
    if row.form is None:
        _said(row.justification, "justification")
    _check_complete(row)


def _hand_in(
    command: Command, row: AccessRequest, *, accepts_terms: int | None, clock: Clock
) -> None:
    """Submit a draft that may be: pin the policy and accept the terms.

    Raises DenyListed, PolicyMissing, TermsNotAccepted, RequestAlreadyOpen, ReapplyBarredUntil, ReapplyBarred.
    """
    warned = _refuse_denied(row.organization_id, row.tier)
    found = workflow.move(Step.SUBMIT, RequestStatus(row.status))
    row.review_policy = _find_policy(row.tier)
    row.requirements = find_requirements(row.tier)
    row.terms = _require_acceptance(
        command, row.organization, row.tier.program, accepts=accepts_terms, clock=clock
    )
    row.submitted_by, row.submitted_at = command.by.key, clock.at
    changed = ("review_policy", "requirements", "terms", "submitted_by", "submitted_at")
    _keep_submission(command, row, clock=clock)
    if asks_screening(row):
        _enroll(command, [row.organization_id])
    with violation_means("access_request_one_open", RequestAlreadyOpen()):
        _move(row, found.target, clock, *changed)
    # After the index has let it in: it may have waited there for a refusal of the same to commit.
    _refuse_barred(row, clock)
    audit.record(
        found.event,
        row,
        command,
        occurred_at=clock.at,
        tier=row.tier_id,
        purpose=row.purpose,
        policy=f"{row.review_policy.slug} {row.review_policy.number}",
        terms=None if row.terms is None else row.terms.number,
        deny_entries=warned,
    )


def _take_up(command: Command, request: UUID) -> AccessRequest:
    row, found, clock = _take(command, request, Step.TAKE_UP)
    row.taken_up_by = command.by.key
    if command.by.kind is ActorKind.USER and find_holder(row) is None:
        _take_in_hand(command, row, User.objects.get(pk=command.by.id or ""), clock=clock)
    _move(row, found.target, clock, "taken_up_by")
    audit.record(found.event, row, command, occurred_at=clock.at)
    return row


def _resume(command: Command, request: UUID) -> AccessRequest:
    row, found, clock = _take(command, request, Step.RESUME)
    row.note_to_applicant = ""
    _move(row, found.target, clock, "note_to_applicant")
    audit.record(found.event, row, command, occurred_at=clock.at)
    return row


def _note(command: Command, request: UUID, *, step: Step, note: str) -> AccessRequest:
    row, found, clock = _take(command, request, step)
    row.note_to_applicant = _said(note, "note")
    _move(row, found.target, clock, "note_to_applicant")
    audit.record(found.event, row, command, occurred_at=clock.at, private={"note": note})
    return row


def _check_open(program: Program, clock: Clock) -> None:
    status = ProgramStatus(program.versions.as_of(clock.recorded).get().status)
    if status is not ProgramStatus.OPEN:
        raise ProgramClosed(status=status.label)


def _find_policy(tier: Tier) -> ReviewPolicy:
    """The edition in force for the tier. Raises PolicyMissing."""
    found = (
        ReviewPolicy.objects.filter(slug=tier.review_policy, enacted_at__isnull=False)
        .order_by("-number")
        .first()
    )
    if found is None:
        raise PolicyMissing
    return found
