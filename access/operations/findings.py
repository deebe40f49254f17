"""Findings in the stages of a review: which stage one is about, and what an objection does. Of locked rows."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from access.choices import RequestStatus, StageState
from access.models import AccessRequest, Deputation
from access.operations.request_steps import _move
from access.queries.reviewers import check_may_act
from access.queries.stages import find_progress
from access.stages import Stage
from access.stages.progress import StageProgress
from access.workflow import ASSESSABLE, Step, move
from registry import audit
from registry.choices import Role
from registry.commands import Clock, Command
from registry.errors import Conflict, Forbidden, Invalid, NotFound
from registry.policies import check_role


class NotInReview(Conflict):
    code = "not_in_review"
    text = _("A request that is %(status)s cannot be assessed.")


class StageNotOpen(Conflict):
    code = "stage_not_open"
    text = _("The stage “%(stage)s” takes no findings: it %(state)s.")


class StageNotNamed(Invalid):
    code = "stage_not_named"
    text = _("Say in which stage: %(stages)s.")


def _follow(row: AccessRequest, clock: Clock) -> tuple[StageProgress, ...]:
    """Where the stages stand, without saying who is missing. A draft has none yet."""
    if row.review_policy is None:
        return ()
    return find_progress(row, at=clock.recorded, with_people=False)


def _choose_stage(
    command: Command,
    row: AccessRequest,
    progress: Sequence[StageProgress],
    *,
    named: str | None,
    acting_for: str | None = None,
) -> tuple[Stage, Deputation | None]:
    """The stage that a finding is about: the named one, or the one open to this person; and as whose deputy."""
    _refuse_draft(command, row)
    asked = [said for said in progress if not said.stage.is_signed and not said.stage.consults]
    if named is not None:
        asked = [said for said in asked if said.stage.key == named]
        if not asked:
            raise NotFound("stage")
    allowed, refusal = [], None
    places: dict[str, Deputation | None] = {}
    for said in asked:
        try:
            places[said.stage.key] = check_may_act(
                said.stage, row, command.by, acting_for=acting_for
            )
        except Forbidden as forbidden:
            refusal = refusal or forbidden
        else:
            allowed.append(said)
    if not allowed:
        raise refusal or NotFound("stage")
    if row.status not in ASSESSABLE:
        raise NotInReview(status=RequestStatus(row.status).label)
    chosen = _narrow(allowed, named=named)
    return chosen, places[chosen.key]


def _refuse_draft(command: Command, row: AccessRequest) -> None:
    """A draft has no policy, so no stage says who may act."""
    if row.review_policy is None:
        check_role(command.by, Role.REVIEWER)
        raise NotInReview(status=RequestStatus(row.status).label)


def _narrow(allowed: Sequence[StageProgress], *, named: str | None) -> Stage:
    """Of the stages that a person may act in, the one that takes a finding. What is open goes before the rest."""
    taking = [said for said in allowed if said.takes_findings]
    if not taking:
        first = allowed[0]
        raise StageNotOpen(stage=first.stage.key, state=first.state.label)
    pending = [said for said in taking if said.state is not StageState.COMPLETE] or taking
    if named is None and len(pending) > 1:
        raise StageNotNamed(stages=", ".join(said.stage.key for said in pending))
    return pending[0].stage


def _dispute_objections(
    command: Command, row: AccessRequest, before: Sequence[StageProgress], *, clock: Clock
) -> None:
    """An objection that blocks a stage is a disagreement that somebody must resolve."""
    blocked = {said.stage.key for said in before if said.state is StageState.BLOCKED}
    found = [
        said.stage.key
        for said in _follow(row, clock)
        if said.state is StageState.BLOCKED and said.stage.key not in blocked
    ]
    if not found or row.status != RequestStatus.IN_REVIEW:
        return
    escalated = move(Step.ESCALATE, RequestStatus(row.status))
    _move(row, escalated.target, clock)
    audit.record(escalated.event, row, command, occurred_at=clock.at, stages=found)
