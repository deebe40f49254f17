"""Mandates: which authority receives what rules address to a key. One for each key and world."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict
from registry.events import Event
from registry.models import Authority, Mandate
from registry.policies import check_role


class MandateHeld(Conflict):
    code = "mandate_held"
    text = _("Another authority receives for “%(key)s”: end its mandate first.")


class MandateEnded(Conflict):
    code = "mandate_ended"
    text = _("The mandate has ended already.")


@command
def register(command: Command, *, key: str, authority: UUID, basis: str) -> Mandate:
    """The authority receives what rules address to the key, in its own world.

    Raises RoleMissing, NotFound, MandateHeld.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    body = lock(
        Authority.objects.select_related("organization"), authority, command, what="authority"
    )
    clock = read_clock(command)
    row = Mandate(
        key=key,
        authority=body,
        synthetic=body.organization.synthetic,
        basis=basis,
        registered_by=command.by.key,
        registered_at=clock.recorded,
        changed_at=clock.at,
    )
    with violation_means("mandate_one_authority_per_key_and_world", MandateHeld(key=key)):
        row.save(force_insert=True)
    audit.record(
        Event.MANDATE_REGISTERED,
        row,
        command,
        occurred_at=clock.at,
        key=key,
        authority=body.id,
        synthetic=row.synthetic,
    )
    return row


@command
def end(command: Command, *, mandate: UUID) -> Mandate:
    """The authority no longer receives for the key. What it was to receive stays addressed to it.

    Raises RoleMissing, NotFound, Stale, MandateEnded.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    row = lock(Mandate.objects.all(), mandate, command, what="mandate")
    if row.ended_at is not None:
        raise MandateEnded
    clock = read_clock(command, row)
    row.ended_at = clock.recorded
    touch(row, clock, "ended_at")
    audit.record(
        Event.MANDATE_ENDED,
        row,
        command,
        occurred_at=clock.at,
        key=row.key,
        authority=row.authority_id,
        synthetic=row.synthetic,
    )
    return row
