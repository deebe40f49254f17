"""A disagreement is a state that somebody must resolve: neither silence nor a click ends it."""

from uuid import UUID

from access.choices import Finding, StageState
from access.models import AccessRequest, DisputeResolution
from access.operations.request_steps import _move, _said, _take
from access.policies import OwnDecision
from access.queries.stages import find_progress, list_assessors, rules_of
from access.workflow import Step
from registry import audit
from registry.commands import Command, command


@command
def resolve(command: Command, *, request: UUID, reasons: str, overrules: bool) -> AccessRequest:
    """End a dispute, with reasons: the objections are set aside, or they stand and only a refusal is left.

    What an authority objects is not set aside here: the policy says what a position does. Who sets an
    objection aside does not decide the request, where the policy asks for four eyes.

    Raises NotFound, RoleMissing, OwnRequest, StepNotOpen, OwnDecision, TextMissing.
    """
    row, found, clock = _take(command, request, Step.RESOLVE)
    findings = row.assessments.filter(superseded_by__isnull=True).order_by("assessed_at", "id")
    if rules_of(row).four_eyes and command.by.key in list_assessors(row):
        raise OwnDecision
    blocked = {
        said.stage.key
        for said in find_progress(row, at=clock.recorded, with_people=False)
        if said.state is StageState.BLOCKED
    }
    objections = [
        said.id for said in findings if said.finding == Finding.OPPOSES and said.stage in blocked
    ]
    overruled = objections if overrules else []
    DisputeResolution.objects.create(
        request=row,
        overruled=overruled,
        reasons=_said(reasons, "reasons"),
        resolved_by=command.by.key,
        resolved_at=clock.at,
        changed_at=clock.at,
    )
    _move(row, found.target, clock)
    audit.record(
        found.event,
        row,
        command,
        occurred_at=clock.at,
        overruled=overruled,
        private={"reasons": reasons},
    )
    return row
