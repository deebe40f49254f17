"""Reconsideration of a refusal: asked for once a decision, with a clock of its own, and ruled on by others.

It is no second request: while it waits the request stays declined. Either the decision is upheld, or the request goes
into review again, where a new decision may supersede it.
"""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import ReconsiderationOutcome, RequestStatus
from access.events import Event
from access.forms import Answers
from access.models import AccessRequest, Expansion, Grant, Reconsideration
from access.operations.expansions import _reopen
from access.operations.on_behalf import Asked, _check_drafter
from access.operations.request_steps import _move, _said, _take
from access.operations.requests import RequestAlreadyOpen
from access.operations.reviews import AccessWasGiven, _lock_parents
from access.operations.submissions import _check_complete, _keep_submission, _write_answers
from access.policies import OwnDecision, check_not_asked_by
from access.queries.conflicts import check_impartial
from access.queries.reconsiderations import (
    find_asked,
    find_due,
    find_offer,
    find_pending,
    list_rulers,
)
from access.queries.stages import rules_of
from access.workflow import OPEN, Step, move
from registry import audit
from registry.actors import SYSTEM, Actor
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Forbidden
from registry.policies import check_role
from registry.queries.rules import holidays_in_force


class ReconsiderationNotOffered(Conflict):
    code = "reconsideration_not_offered"
    text = _("By its review policy, a decision on this request is not reconsidered.")


class ReconsiderationTooLate(Conflict):
    code = "reconsideration_too_late"
    text = _("A reconsideration of this decision could be asked for until %(until)s.")


class ReconsiderationAsked(Conflict):
    """Once a decision: what came of it stands."""

    code = "reconsideration_asked"
    text = _("A reconsideration of this decision was asked for on %(asked_at)s already.")


class NoReconsideration(Conflict):
    code = "no_reconsideration"
    text = _("No reconsideration of this request waits for a ruling.")


class ReconsiderationOfTheClock(Forbidden):
    code = "reconsideration_of_the_clock"
    text = _("Only the passing of time announces this.")


@command
def ask_reconsideration(
    command: Command,
    *,
    request: UUID,
    reasons: str,
    answers: Answers | None = None,
    asked: Asked | None = None,
) -> AccessRequest:
    """The organization, or intake on its behalf, asks to have a refusal reconsidered, with reasons.

    `answers` are merged into those that were handed in, which stay on record as they were; files are attached
    while it waits. Raises NotFound, Stale, NotYours, RoleMissing, EvidenceMissing, TextMissing, StepNotOpen,
    AccessWasGiven, ReconsiderationNotOffered, ReconsiderationTooLate, ReconsiderationAsked, RequestAlreadyOpen,
    AnswersUnwritable, AnswersTooLong, AnswersIncomplete.
    """
    rows = AccessRequest.objects.visible_to(command.by).select_related(
        "organization", "tier__program", "review_policy", "form"
    )
    row = lock(rows, request, command, what="access request")
    _check_drafter(command, row.organization_id, asked)
    clock = read_clock(command, row)
    _said(reasons, "reasons")
    _check_may_be_asked(row, clock)
    made = Reconsideration.objects.create(
        request=row,
        decision=row.decisions.order_by("-number")[0],
        reasons=reasons,
        asked_by=command.by.key,
        asked_at=clock.at,
        asked_of="" if asked is None else asked.by,
        evidence="" if asked is None else asked.evidence,
        changed_at=clock.at,
    )
    if answers and _write_answers(command, row, answers, clock=clock):
        _check_complete(row)
        _keep_submission(command, row, clock=clock)
    touch(row, clock)
    audit.record(
        Event.RECONSIDERATION_ASKED,
        row,
        command,
        occurred_at=clock.at,
        reconsideration=made.id,
        decision=made.decision.number,
        due_at=find_due(made, holidays=holidays_in_force(clock.recorded)).at,
        private={"reasons": reasons},
    )
    return row


@command
def uphold(
    command: Command, *, request: UUID, applicant_text: str, internal_text: str = ""
) -> AccessRequest:
    """The decision stands, with words for the organization. By somebody who took no part in it.

    Raises NotFound, Stale, NoReconsideration, RoleMissing, OwnRequest, Recused, ConflictOfInterest, OwnDecision,
    TextMissing.
    """
    rows = AccessRequest.objects.visible_to(command.by).select_related(
        "organization", "tier__program", "review_policy"
    )
    row = lock(rows, request, command, what="access request")
    pending = find_pending(row)
    if pending is None:
        raise NoReconsideration
    check_not_asked_by(row, command.by)
    check_impartial(row, command.by)
    _check_may_rule(pending, command.by)
    _said(applicant_text, "applicant_text")
    clock = read_clock(command, row)
    pending.applicant_text, pending.internal_text = applicant_text, internal_text
    _rule(
        command,
        pending,
        ReconsiderationOutcome.UPHELD,
        "applicant_text",
        "internal_text",
        clock=clock,
    )
    touch(row, clock)
    audit.record(
        Event.RECONSIDERATION_UPHELD,
        row,
        command,
        occurred_at=clock.at,
        reconsideration=pending.id,
        decision=pending.decision.number,
        private={"applicant_text": applicant_text, "internal_text": internal_text},
    )
    return row


@command
def reconsider(command: Command, *, request: UUID, reason: str) -> AccessRequest:
    """Take up a declined request again; the earlier decision stays on record until another supersedes it.

    Where the organization asked for it, by somebody who took no part in the decision. An expansion that was
    closed over the request is open again.

    Raises NotFound, RoleMissing, OwnRequest, Recused, ConflictOfInterest, OwnDecision, StepNotOpen, TextMissing,
    RequestAlreadyOpen, AccessWasGiven, LineMovedMeanwhile.
    """
    _lock_parents(request)
    row, found, clock = _take(command, request, Step.RECONSIDER)
    _said(reason, "reason")
    if Grant.objects.filter(request=row).exists():
        raise AccessWasGiven
    pending = find_pending(row)
    if pending is not None:
        _check_may_rule(pending, command.by)
        _rule(command, pending, ReconsiderationOutcome.REOPENED, clock=clock)
    with violation_means("access_request_one_open", RequestAlreadyOpen()):
        _move(row, found.target, clock)
    if row.expansion_id is not None:
        _reopen(command, Expansion.objects.get(pk=row.expansion_id), row, clock=clock)
    audit.record(
        found.event,
        row,
        command,
        occurred_at=clock.at,
        reconsideration=None if pending is None else pending.id,
        private={"reason": reason},
    )
    return row


@command
def announce_overdue(command: Command, *, reconsideration: UUID) -> Reconsideration:
    """Tell, once, that a reconsideration has not been ruled on in time. The decision stands meanwhile.

    Raises ReconsiderationOfTheClock, NotFound, NoReconsideration.
    """
    if command.by != SYSTEM:
        raise ReconsiderationOfTheClock
    found = Reconsideration.objects.filter(pk=reconsideration).values_list("request", flat=True)
    request = lock(
        AccessRequest.objects.select_related("review_policy"),
        found.first(),
        command,
        what="reconsideration",
    )
    row = Reconsideration.objects.select_related("request__review_policy").get(pk=reconsideration)
    clock = read_clock(command, request, row)
    due = find_due(row, holidays=holidays_in_force(clock.recorded)).at
    late = due is not None and due <= clock.at
    if row.outcome or row.overdue_told_at is not None or not late:
        raise NoReconsideration
    terms = rules_of(request).reconsideration
    row.overdue_told_at = clock.at
    touch(row, clock, "overdue_told_at")
    audit.record(
        Event.RECONSIDERATION_OVERDUE,
        request,
        command,
        occurred_at=clock.at,
        reconsideration=row.id,
        due_at=due,
        also=[] if terms is None else list(terms.by),
    )
    return row


def may_rule(request: AccessRequest, actor: Actor) -> bool:
    """Whether the actor may rule on the reconsideration that waits; for the buttons on a screen."""
    pending = find_pending(request)
    if pending is None:
        return False
    try:
        check_not_asked_by(request, actor)
        _check_may_rule(pending, actor)
    except Forbidden:
        return False
    return True


def _check_may_be_asked(row: AccessRequest, clock: Clock) -> None:
    move(Step.RECONSIDER, RequestStatus(row.status))
    if Grant.objects.filter(request=row).exists():
        raise AccessWasGiven
    earlier = find_asked(row)
    if earlier is not None:
        raise ReconsiderationAsked(asked_at=earlier.asked_at.isoformat())
    offer = find_offer(row)
    if offer is None:
        raise ReconsiderationNotOffered
    if not offer.is_open(clock.at):
        assert offer.until is not None
        raise ReconsiderationTooLate(until=offer.until.isoformat())
    same = AccessRequest.objects.filter(
        organization=row.organization_id, tier=row.tier_id, purpose=row.purpose, status__in=OPEN
    )
    if same.exists():
        raise RequestAlreadyOpen


def _check_may_rule(row: Reconsideration, actor: Actor) -> None:
    """Raises RoleMissing, OwnDecision."""
    terms = rules_of(row.request).reconsideration
    assert terms is not None  # it could not be asked for else
    check_role(actor, *terms.by)
    if actor.key in list_rulers(row):
        raise OwnDecision


def _rule(
    command: Command,
    row: Reconsideration,
    outcome: ReconsiderationOutcome,
    *fields: str,
    clock: Clock,
) -> None:
    row.outcome, row.ruled_by, row.ruled_at = outcome, command.by.key, clock.at
    touch(row, clock, "outcome", "ruled_by", "ruled_at", *fields)
