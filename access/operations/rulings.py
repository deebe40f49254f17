"""What a decision on a request says, and how it is made on locked rows: by one person, signed by another."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from access.choices import DecisionReason, Outcome, RequestStatus, StageKind
from access.events import Event
from access.models import AccessRequest, RequestDecision
from access.operations.conditions import Requirement, _state
from access.operations.deny_list import _refuse_denied
from access.operations.deputations import _act_for, say_for
from access.operations.eligibility import _check_eligible
from access.operations.findings import _follow
from access.operations.issuing import _issue
from access.operations.line_places import _check_place
from access.operations.position_weighing import (
    _add_conditions,
    _check_did_not_override,
    _check_unheld,
)
from access.operations.reapplying import _reapply_terms
from access.operations.request_steps import _move, _said
from access.policies import OwnDecision, PolicyRules
from access.queries.deputies import stand_together
from access.queries.reviewers import check_place
from access.queries.stages import list_assessors, rules_of
from access.stages.progress import StageProgress, asks_for_signature, find_obstacles
from access.workflow import Step, move
from registry import audit
from registry.commands import Clock, Command, touch
from registry.constraints import violation_means
from registry.errors import Conflict


class AssessmentsMissing(Conflict):
    code = "assessments_missing"
    text = _("The review policy asks for %(needed)s assessments; there are %(found)s.")


class StagesIncomplete(Conflict):
    """What must come before is open, or an objection blocks it; `stages` are the keys."""

    code = "stages_incomplete"
    text = _("By the review policy, these stages come first: %(stages)s.")


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


def _approve(
    command: Command, row: AccessRequest, ruling: Ruling, *, clock: Clock
) -> AccessRequest:
    """Rule that access is given. The request and its parents are locked; step and person are checked."""
    move(Step.APPROVE, RequestStatus(row.status))
    _refuse_denied(row.organization_id, row.tier)
    _check_eligible(row, clock=clock)
    rules, progress = rules_of(row), _follow(row, clock)
    acted_for = _check_ready(command, row, progress, outcome=Outcome.APPROVED)
    _check_did_not_override(row, {command.by.key, acted_for})
    weighed = _check_unheld(command, row, rules, clock=clock)
    _check_place(row)
    decision = _decide(
        command, row, ruling, outcome=Outcome.APPROVED, acted_for=acted_for, clock=clock
    )
    _state(decision, ruling.conditions, clock=clock)
    _add_conditions(decision, weighed, clock=clock)
    if not asks_for_signature(progress):
        return _conclude(command, row, decision, clock=clock)
    _move(row, RequestStatus.AWAITING_COUNTERSIGNATURE, clock)
    audit.record(
        Event.REQUEST_DECISION_PROPOSED,
        row,
        command,
        occurred_at=clock.at,
        decision=decision.number,
        **say_for(acted_for),
    )
    return row


def _countersign(command: Command, row: AccessRequest, *, clock: Clock) -> AccessRequest:
    """Sign the approval. The request and its parents are locked; step and role are checked."""
    _refuse_denied(row.organization_id, row.tier)
    _check_eligible(row, clock=clock)
    decision = row.decisions.order_by("-number")[0]
    rules, progress = rules_of(row), _follow(row, clock)
    acted_for = ""
    for stage in rules.stages:
        if stage.kind is StageKind.COUNTERSIGNATURE:
            acted_for = _act_for(check_place(stage, row, command.by)) or acted_for
    deciders = {decision.decided_by, decision.decided_for}
    _check_other_eyes(command, acted_for, deciders | list_assessors(row))
    if stand_together(deciders, command.by.key):
        raise OwnDecision  # a deputy of the decider is no second pair of eyes
    _check_complete(rules, progress, Outcome.APPROVED)
    weighed = _check_unheld(command, row, rules, clock=clock)
    _add_conditions(decision, weighed, clock=clock)
    decision.countersigned_by, decision.countersigned_at = command.by.key, clock.at
    decision.countersigned_for = acted_for
    touch(decision, clock, "countersigned_by", "countersigned_for", "countersigned_at")
    return _conclude(command, row, decision, clock=clock)


def _decline(
    command: Command, row: AccessRequest, ruling: Ruling, *, clock: Clock
) -> AccessRequest:
    """Rule that access is not given. The request is locked; step and person are checked."""
    found = move(Step.DECLINE, RequestStatus(row.status))
    _said(ruling.applicant_text, "applicant_text")
    acted_for = _check_ready(command, row, _follow(row, clock), outcome=Outcome.DECLINED)
    decision = _decide(
        command, row, ruling, outcome=Outcome.DECLINED, acted_for=acted_for, clock=clock
    )
    _move(row, found.target, clock)
    audit.record(
        found.event,
        row,
        command,
        occurred_at=clock.at,
        decision=decision.number,
        reason=ruling.reason,
        **say_for(acted_for),
    )
    return row


def _check_ready(
    command: Command,
    row: AccessRequest,
    progress: Sequence[StageProgress],
    *,
    outcome: Outcome,
) -> str:
    """The person may decide this, and what comes before the decision is complete. As whose deputy, or empty."""
    rules = rules_of(row)
    acted_for = _act_for(check_place(rules.decision, row, command.by))
    if rules.four_eyes:
        _check_other_eyes(command, acted_for, list_assessors(row) | set(_overrulers(row)))
    _check_complete(rules, progress, outcome)
    return acted_for


def _check_other_eyes(command: Command, acted_for: str, involved: Collection[str]) -> None:
    """Whoever acts, and whose deputy they are in it, are one pair of eyes. Raises OwnDecision."""
    eyes = {command.by.key, acted_for} - {""}
    if not eyes.isdisjoint(involved):
        raise OwnDecision


def _check_complete(
    rules: PolicyRules, progress: Sequence[StageProgress], outcome: Outcome
) -> None:
    obstacles = find_obstacles(rules, progress, outcome)
    if not obstacles:
        return
    if rules.version == 1:
        raise AssessmentsMissing(needed=obstacles[0].needed, found=obstacles[0].found)
    raise StagesIncomplete(stages=", ".join(said.stage.key for said in obstacles))


def _assessors(row: AccessRequest) -> list[str]:
    current = row.assessments.filter(superseded_by__isnull=True).order_by("assessed_at", "id")
    return list(current.values_list("assessed_by", flat=True))


def _overrulers(row: AccessRequest) -> list[str]:
    """Who resolved a dispute by setting an objection aside has taken a side."""
    return list(row.resolutions.exclude(overruled=[]).values_list("resolved_by", flat=True))


def _decide(
    command: Command,
    row: AccessRequest,
    ruling: Ruling,
    *,
    outcome: Outcome,
    acted_for: str,
    clock: Clock,
) -> RequestDecision:
    earlier = row.decisions.order_by("-number").first()
    if earlier is not None:  # who decided once does not decide the same request again
        _check_other_eyes(command, acted_for, {earlier.decided_by, earlier.decided_for})
    declined = outcome is Outcome.DECLINED
    rule, again_at = _reapply_terms(row, earlier, clock) if declined else ("", None)
    with violation_means("decision_number_once", DecidedMeanwhile()):
        return RequestDecision.objects.create(
            request=row,
            number=row.decisions.count() + 1,
            supersedes=earlier,
            decided_before_by="" if earlier is None else earlier.decided_by,
            reapply_rule=rule,
            reapply_at=again_at,
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
            decided_for=acted_for,
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
