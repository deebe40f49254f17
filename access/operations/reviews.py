"""Review: assessed by some, decided by another, countersigned by a third where the policy says so."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import Finding
from access.events import Event
from access.models import AccessRequest, Assessment, Expansion, Program
from access.operations.deputations import _act_for, say_for
from access.operations.findings import _choose_stage, _dispute_objections, _follow
from access.operations.request_steps import _move, _said, _take
from access.operations.rulings import Ruling, _approve, _countersign, _decline
from access.operations.stage_rows import _follow_stages
from access.workflow import Step
from registry import audit
from registry.commands import Command, command, lock, read_clock, touch
from registry.errors import Conflict


class LineMovedMeanwhile(Conflict):
    code = "line_moved_meanwhile"
    text = _("The request has just been put into another expansion: look again.")


class AccessWasGiven(Conflict):
    """One request leads to one grant: what was given and taken away is asked for anew."""

    code = "access_was_given"
    text = _("Access was given under this request and has ended: it takes a new request.")


@command
def assess(
    command: Command,
    *,
    request: UUID,
    finding: Finding,
    reasons: str,
    stage: str | None = None,
    acting_for: str | None = None,
) -> AccessRequest:
    """One reviewer's finding in a stage. A second one by the same reviewer supersedes the first.

    Without `stage`, in the one that is open to this person. `acting_for` is the username of somebody whose
    deputy they are, where they take that person's place and could take their own. An objection that blocks
    the stage, by the review policy, makes the request disputed in the same act.

    Raises NotFound (request, stage), RoleMissing, NotInTeam, NotTheirDeputy, OwnRequest, NotInReview,
    StageNotOpen, StageNotNamed, TextMissing, DeputationOver.
    """
    visible = AccessRequest.objects.visible_to(command.by)
    row = lock(
        visible.select_related("organization", "tier__program", "review_policy"),
        request,
        command,
        what="access request",
    )
    clock = read_clock(command, row)
    before = _follow(row, clock)
    chosen, deputation = _choose_stage(command, row, before, named=stage, acting_for=acting_for)
    acted_for = _act_for(deputation)
    earlier = row.assessments.filter(
        stage=chosen.key, assessed_by=command.by.key, superseded_by__isnull=True
    ).first()
    Assessment.objects.create(
        request=row,
        stage=chosen.key,
        finding=finding,
        reasons=_said(reasons, "reasons"),
        assessed_by=command.by.key,
        acted_for=acted_for,
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
        stage=chosen.key,
        finding=finding,
        private={"reasons": reasons},
        **say_for(acted_for),
    )
    _follow_stages(row, clock)
    _dispute_objections(command, row, before, clock=clock)
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

    Raises NotFound, RoleMissing, NotInTeam, OwnRequest, StepNotOpen, OwnDecision, AssessmentsMissing,
    StagesIncomplete, PositionBlocks, OverrideMissing, OwnOverride, CapacityReached, DenyListed,
    RequirementsUnmet, WordsMissing, ConditionTwice, and what issuing a grant raises.
    """
    _lock_parents(request)
    row, _found, clock = _take(command, request, Step.APPROVE)
    return _approve(command, row, ruling, clock=clock)


@command
def countersign(command: Command, *, request: UUID) -> AccessRequest:
    """A second person signs the approval, and the grant follows.

    Raises NotFound, RoleMissing, NotInTeam, OwnRequest, StepNotOpen, OwnDecision, StagesIncomplete,
    PositionBlocks, OverrideMissing, DenyListed, RequirementsUnmet, and what issuing a grant raises.
    """
    _lock_parents(request)
    row, _found, clock = _take(command, request, Step.COUNTERSIGN)
    return _countersign(command, row, clock=clock)


@command
def decline(command: Command, *, request: UUID, ruling: Ruling) -> AccessRequest:
    """Rule that access is not given; the applicant is told why.

    Where an objection blocks a stage, what comes after it need not be waited for.

    Raises NotFound, RoleMissing, NotInTeam, OwnRequest, StepNotOpen, OwnDecision, AssessmentsMissing,
    StagesIncomplete, TextMissing.
    """
    row, _found, clock = _take(command, request, Step.DECLINE)
    return _decline(command, row, ruling, clock=clock)


def _lock_parents(request: UUID) -> None:
    """Lock program, then expansion: a position that blocks, a place and a closing expansion wait their turn.

    Nothing is refused here for not being there: `_take` answers for what the actor may see. Raises
    LineMovedMeanwhile.
    """
    parents = AccessRequest.objects.filter(pk=request).values_list(
        "tier__program_id", "expansion_id"
    )
    for program, expansion in list(parents):
        Program.objects.select_for_update(no_key=True).get(pk=program)
        if expansion is not None:
            Expansion.objects.select_for_update(no_key=True).get(pk=expansion)
        if parents.get() != (program, expansion):
            # It went into another envelope before this lock was had, and that one's places are not ours.
            raise LineMovedMeanwhile
