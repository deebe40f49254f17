"""Recusal: a person takes no part in one request, and everybody can see it."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import RequestStatus
from access.events import Event
from access.models import AccessRequest, Recusal
from access.operations.claim_rows import _let_go
from access.operations.request_steps import _said
from access.operations.stage_rows import _follow_stages
from access.workflow import OPEN
from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict
from registry.policies import check_role

REVIEW_ROLES = (Role.INTAKE, Role.REVIEWER, Role.DECIDER, Role.COUNTERSIGNER)
"""Whoever may have a step to take on a request."""


class RecusedAlready(Conflict):
    code = "recused_already"
    text = _("You have recused yourself from this request already.")


class RecusalTooLate(Conflict):
    """What has been ruled on stands until it is superseded."""

    code = "recusal_too_late"
    text = _("A request that is %(status)s is in nobody's hands.")


@command
def recuse(command: Command, *, request: UUID, reason: str) -> AccessRequest:
    """Take no part in this request from now on, and let it go.

    What one has found of it counts no more.

    Raises NotFound, RoleMissing, RecusalTooLate, TextMissing, RecusedAlready.
    """
    check_role(command.by, *REVIEW_ROLES)
    row = lock(
        AccessRequest.objects.visible_to(command.by), request, command, what="access request"
    )
    if row.status not in OPEN:
        raise RecusalTooLate(status=RequestStatus(row.status).label)
    clock = read_clock(command, row)
    with violation_means("recusal_once_per_person", RecusedAlready()):
        Recusal.objects.create(
            request=row,
            person=command.by.key,
            reason=_said(reason, "reason"),
            recused_at=clock.at,
            changed_at=clock.at,
        )
    if row.claims.filter(released_at__isnull=True, person=command.by.id).exists():
        _let_go(command, row, clock=clock)
    touch(row, clock)
    _follow_stages(row, clock)
    audit.record(
        Event.REQUEST_RECUSED, row, command, occurred_at=clock.at, private={"reason": reason}
    )
    return row
