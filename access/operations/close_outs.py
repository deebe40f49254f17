"""After the end: what became of data and access, as the holder attests it."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.events import Event
from access.models import CloseOut, Grant
from registry import audit
from registry.choices import Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.errors import Conflict
from registry.policies import check_own, check_role

PERIOD = dt.timedelta(days=30)


class CloseOutAttested(Conflict):
    code = "close_out_attested"
    text = _("The close-out has been attested already.")


class CloseOutWithdrawn(Conflict):
    code = "close_out_withdrawn"
    text = _("The grant was renewed: its close-out is asked for no more.")


@command
def attest(
    command: Command,
    *,
    close_out: UUID,
    data_deleted: bool,
    access_returned: bool,
    evidence: str = "",
) -> CloseOut:
    """The holder says, once, what became of data and access; intake may write it down for it.

    An attested no is kept as one and stays on the list of what staff look at.

    Raises NotFound, NotYours, RoleMissing, Stale, CloseOutAttested, CloseOutWithdrawn.
    """
    visible = CloseOut.objects.visible_to(command.by).select_related("grant")
    row = lock(visible, close_out, command, what="close-out")
    if command.by.is_staff:
        check_role(command.by, Role.INTAKE)
    else:
        check_own(command.by, row.grant.organization_id)
    if row.attested_at is not None:
        raise CloseOutAttested
    if row.withdrawn_at is not None:
        raise CloseOutWithdrawn
    clock = read_clock(command, row)
    row.data_deleted, row.access_returned = data_deleted, access_returned
    row.evidence = evidence
    row.attested_by, row.attested_at = command.by.key, clock.recorded
    said = ("data_deleted", "access_returned", "evidence", "attested_by", "attested_at")
    touch(row, clock, *said)
    audit.record(
        Event.CLOSE_OUT_ATTESTED,
        row,
        command,
        occurred_at=clock.recorded,
        grant=row.grant_id,
        data_deleted=data_deleted,
        access_returned=access_returned,
        private={"evidence": evidence},
    )
    return row


def _ask(grant: Grant, *, ended_at: dt.datetime, clock: Clock) -> CloseOut | None:
    """Ask for the close-out of a grant that ends. Not where it was over before the registry knew of it."""
    if ended_at <= grant.issued_at:
        return None
    return CloseOut.objects.create(
        grant=grant,
        asked_at=clock.recorded,
        due_at=clock.recorded + PERIOD,
        changed_at=clock.at,
    )


def _withdraw(command: Command, grant: Grant, *, clock: Clock) -> None:
    """Ask no more for the close-out of a lapsed grant that is renewed: its holder keeps what it had.

    One that was attested stays as it was said.
    """
    row = (
        CloseOut.objects.awaited()
        .select_for_update(of=("self",), no_key=True)
        .filter(grant=grant)
        .first()
    )
    if row is None:
        return
    row.withdrawn_at = clock.recorded
    touch(row, clock, "withdrawn_at")
    audit.record(
        Event.CLOSE_OUT_WITHDRAWN, row, command, occurred_at=clock.recorded, grant=grant.id
    )
