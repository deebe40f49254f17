"""Review: assessed by some, decided by another, countersigned by a third where the policy says so."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access import policies
from access.choices import DecisionReason, Finding, Outcome, RequestStatus
from access.events import Event
from access.models import AccessRequest, Assessment, Expansion, Program, RequestDecision
from access.operations.conditions import Requirement, _state
from access.operations.deny_list import _refuse_denied
from access.operations.issuing import _issue
from access.operations.requests import RequestAlreadyOpen, _move, _said, _take
from access.policies import OwnDecision, PolicyRules, read_policy
from access.queries.conflicts import check_impartial
from access.queries.positions import blocking
from access.workflow import ASSESSABLE, Step
from registry import audit
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict


class NotInReview(Conflict):
    code = "not_in_review"
    text = _("A request that is %(status)s cannot be assessed.")


class AssessmentsMissing(Conflict):
    code = "assessments_missing"
    text = _("The review policy asks for %(needed)s assessments; there are %(found)s.")


class PositionBlocks(Conflict):
    code = "position_blocks"
    text = _("By the review policy, a position of %(authority)s holds this request back.")


class DecidedMeanwhile(Conflict):
    code = "decided_meanwhile"
    text = _("Somebody else has just decided this request.")


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a decision says: its coded reason, the words for the applicant and those that stay here.

    `starts_at` and `ends_at` bound the grant of an approval; without them it begins when it is
    recorded and lasts as long as the tier says. Scope, limits and personnel are
    words that bind the holder; `conditions` are what it must do, and by when.
    """

    reason: DecisionReason
    applicant_text: str
    internal_text: str = ""
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    use_scope: str = ""
    limits: str = ""
    personnel_scope: str = ""
    conditions: tuple[Requirement, ...] = ()


@command
def assess(command: Command, *, request: UUID, finding: Finding, reasons: str) -> AccessRequest:
    """One reviewer's finding. A second one by the same reviewer supersedes the first.

    Raises NotFound, RoleMissing, OwnRequest, Recused, ConflictOfInterest, NotInReview, TextMissing.
    """
    row = lock(
        AccessRequest.objects.visible_to(command.by), request, command, what="access request"
    )
    policies.check_may_assess(row, command.by)
    clock = read_clock(command, row)
    check_impartial(row, command.by, at=clock.recorded)
    if row.status not in ASSESSABLE:
        raise NotInReview(status=RequestStatus(row.status).label)
    earlier = row.assessments.filter(
        assessed_by=command.by.key, superseded_by__isnull=True
    ).first()
    Assessment.objects.create(
        request=row,
        finding=finding,
        reasons=_said(reasons, "reasons"),
        assessed_by=command.by.key,
        assessed_at=clock.at,
        supersedes=earlier,
        changed_at=clock.at,
    )
    touch(row, clock)
    audit.record(
        Event.REQUEST_ASSESSED,
        row,
        command,
        occurred_at=clock.at,
        finding=finding,
        private={"reasons": reasons},
    )
    return row


@command
def escalate(command: Command, *, request: UUID, reason: str) -> AccessRequest:
    """Say that this cannot be decided as it stands; somebody must resolve the dispute.

    Raises NotFound, RoleMissing, OwnRequest, StepNotOpen, TextMissing.
    """
    row, found, clock = _take(command, request, Step.ESCALATE)
    _said(reason, "reason")
    _move(row, found.target, clock)
    audit.record(found.event, row, command, occurred_at=clock.at, private={"reason": reason})
    return row


@command
def approve(command: Command, *, request: UUID, ruling: Ruling) -> AccessRequest:
    """Rule that access is given. A grant follows at once, or after a countersignature.

    Raises NotFound, RoleMissing, OwnRequest, StepNotOpen, OwnDecision, AssessmentsMissing,
    PositionBlocks, DenyListed, WordsMissing, ConditionTwice, and what issuing a grant raises.
    """
    _lock_parents(request)
    row, found, clock = _take(command, request, Step.APPROVE)
    _refuse_denied(row.organization_id, row.tier)
    rules = _rules(row)
    _check_assessed(row, rules, command)
    _check_positions(row, rules, clock)
    decision = _decide(command, row, ruling, outcome=Outcome.APPROVED, clock=clock)
    _state(decision, ruling.conditions, clock=clock)
    if rules.countersigned:
        assert found.proposed is not None
        _move(row, found.proposed, clock)
        audit.record(
            Event.REQUEST_DECISION_PROPOSED,
            row,
            command,
            occurred_at=clock.at,
            decision=decision.number,
        )
        return row
    return _conclude(command, row, decision, clock=clock)


@command
def countersign(command: Command, *, request: UUID) -> AccessRequest:
    """A second person signs the approval, and the grant follows.

    Raises NotFound, RoleMissing, OwnRequest, StepNotOpen, OwnDecision, PositionBlocks,
    DenyListed, and what issuing a grant raises.
    """
    _lock_parents(request)
    row, _found, clock = _take(command, request, Step.COUNTERSIGN)
    _refuse_denied(row.organization_id, row.tier)
    decision = row.decisions.order_by("-number")[0]
    involved = {decision.decided_by, *_assessors(row)}
    if command.by.key in involved:
        raise OwnDecision
    _check_positions(row, _rules(row), clock)
    decision.countersigned_by, decision.countersigned_at = command.by.key, clock.at
    touch(decision, clock, "countersigned_by", "countersigned_at")
    return _conclude(command, row, decision, clock=clock)


@command
def decline(command: Command, *, request: UUID, ruling: Ruling) -> AccessRequest:
    """Rule that access is not given; the applicant is told why.

    Raises NotFound, RoleMissing, OwnRequest, StepNotOpen, OwnDecision, AssessmentsMissing, TextMissing.
    """
    row, found, clock = _take(command, request, Step.DECLINE)
    _said(ruling.applicant_text, "applicant_text")
    _check_assessed(row, _rules(row), command)
    decision = _decide(command, row, ruling, outcome=Outcome.DECLINED, clock=clock)
    _move(row, found.target, clock)
    audit.record(
        found.event,
        row,
        command,
        occurred_at=clock.at,
        decision=decision.number,
        reason=ruling.reason,
    )
    return row


@command
def reconsider(command: Command, *, request: UUID, reason: str) -> AccessRequest:
    """Take up a declined request again; the earlier decision stays on record.

    Raises NotFound, RoleMissing, OwnRequest, StepNotOpen, TextMissing, RequestAlreadyOpen.
    """
    row, found, clock = _take(command, request, Step.RECONSIDER)
    _said(reason, "reason")
    with violation_means("access_request_one_open", RequestAlreadyOpen()):
        _move(row, found.target, clock)
    audit.record(found.event, row, command, occurred_at=clock.at, private={"reason": reason})
    return row


def _lock_parents(request: UUID) -> None:
    """Lock program, then expansion: a position that blocks and a closing expansion wait their turn.

    Nothing is refused here for not being there: `_take` answers for what the actor may see.
    """
    found = AccessRequest.objects.filter(pk=request).values_list(
        "tier__program_id", "expansion_id"
    )
    for program, expansion in found:
        Program.objects.select_for_update(no_key=True).get(pk=program)
        if expansion is not None:
            Expansion.objects.select_for_update(no_key=True).get(pk=expansion)


def _rules(row: AccessRequest) -> PolicyRules:
    assert row.review_policy is not None  # pinned at submission, and the database sees to it
    return read_policy(row.review_policy.document)


def _check_assessed(row: AccessRequest, rules: PolicyRules, command: Command) -> None:
    assessors = _assessors(row)
    if rules.four_eyes and command.by.key in assessors:
        raise OwnDecision
    counted = set(assessors) - set(row.recusals.values_list("person", flat=True))
    needed = max((stage.needed for stage in rules.stages if not stage.is_signed), default=0)
    if len(counted) < needed:
        raise AssessmentsMissing(needed=needed, found=len(counted))


def _check_positions(row: AccessRequest, rules: PolicyRules, clock: Clock) -> None:
    for version in blocking(row, rules, at=clock.recorded):
        raise PositionBlocks(authority=version.position.authority.organization.name)


def _assessors(row: AccessRequest) -> list[str]:
    current = row.assessments.filter(superseded_by__isnull=True).order_by("assessed_at", "id")
    return list(current.values_list("assessed_by", flat=True))


def _decide(
    command: Command, row: AccessRequest, ruling: Ruling, *, outcome: Outcome, clock: Clock
) -> RequestDecision:
    with violation_means("decision_number_once", DecidedMeanwhile()):
        return RequestDecision.objects.create(
            request=row,
            number=row.decisions.count() + 1,
            outcome=outcome,
            reason=ruling.reason,
            applicant_text=ruling.applicant_text,
            internal_text=ruling.internal_text,
            starts_at=ruling.starts_at,
            ends_at=ruling.ends_at,
            use_scope=ruling.use_scope,
            limits=ruling.limits,
            personnel_scope=ruling.personnel_scope,
            asked_by=row.submitted_by,
            assessed_by=next(iter(reversed(_assessors(row))), ""),
            decided_by=command.by.key,
            decided_at=clock.at,
            changed_at=clock.at,
        )


def _conclude(
    command: Command, row: AccessRequest, decision: RequestDecision, *, clock: Clock
) -> AccessRequest:
    """The request is approved and its grant issued, in one transaction."""
    _move(row, RequestStatus.APPROVED, clock)
    audit.record(
        Event.REQUEST_APPROVED,
        row,
        command,
        occurred_at=clock.at,
        decision=decision.number,
        reason=decision.reason,
    )
    _issue(command, row, decision, clock=clock)
    return row
