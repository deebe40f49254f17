"""What every step on an access request has in common: locked, asked of state and person, moved and dated."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access import policies, workflow
from access.choices import RequestStatus
from access.models import AccessRequest, Pause
from access.operations.stage_rows import _follow_stages
from access.queries.conflicts import check_impartial
from access.workflow import Move, Step
from registry.commands import Clock, Command, lock, read_clock, touch
from registry.errors import Invalid


class TextMissing(Invalid):
    code = "text_missing"
    text = _("“%(field)s” must not be empty.")


def _take(command: Command, request: UUID, step: Step) -> tuple[AccessRequest, Move, Clock]:
    """Lock the request and see that this actor may take this step from its status.

    Staff who have recused themselves, or have an interest in the organization, take none: whatever takes
    a step for staff raises Recused and ConflictOfInterest too.
    """
    visible = AccessRequest.objects.visible_to(command.by).select_related(
        "organization", "tier__program", "review_policy", "form"
    )
    row = lock(visible, request, command, what="access request")
    policies.check_may(step, row, command.by)
    clock = read_clock(command, row)
    if step not in policies.APPLICANT_STEPS:
        check_impartial(row, command.by)
    found = workflow.move(step, RequestStatus(row.status))
    return row, found, clock


def _move(row: AccessRequest, target: RequestStatus, clock: Clock, *fields: str) -> None:
    """Write the status and the named fields; a closed request is dated, an open one is not.

    The clock stops with a status that waits for somebody, and goes on with the next; stages open and close.
    """
    if RequestStatus(row.status) in workflow.PAUSED:
        for pause in row.pauses.filter(ended_at__isnull=True):
            pause.ended_at = clock.at
            touch(pause, clock, "ended_at")
    if (kind := workflow.PAUSED.get(target)) is not None:
        Pause.objects.create(request=row, kind=kind, began_at=clock.at, changed_at=clock.at)
    row.status = target
    row.closed_at = clock.at if target in workflow.CLOSED else None
    touch(row, clock, "status", "closed_at", *fields)
    _follow_stages(row, clock)


def _said(text: str, field: str) -> str:
    if not text.strip():
        raise TextMissing(field=field)
    return text
