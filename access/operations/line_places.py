"""Places within an expansion's capacity: taken by approvals, waited for in order, offered by a person's act.

All of it under the lock of the envelope, so that of two approvals of the last place one waits.
"""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.events import Event
from access.models import AccessRequest, Expansion, LinePlace
from access.operations.expansions import _lock_envelope, _lock_line
from access.queries.line_places import count_taken, list_waiting
from access.workflow import OPEN
from registry import audit
from registry.choices import Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.errors import Conflict
from registry.policies import check_role


class CapacityReached(Conflict):
    """The line can be approved once a place is free and offered to it; until then it waits."""

    code = "capacity_reached"
    text = _("The expansion has %(capacity)s places and none for this line: it must wait for one.")


class NoPlaceFree(Conflict):
    code = "no_place_free"
    text = _("All %(capacity)s places of the expansion are taken.")


class NobodyWaits(Conflict):
    code = "nobody_waits"
    text = _("No line of the expansion waits for a place.")


class WaitsAlready(Conflict):
    code = "waits_already"
    text = _("The line waits for a place already, or was offered one.")


class NotWaiting(Conflict):
    code = "not_waiting"
    text = _("The line neither waits for a place nor was offered one.")


class LineClosed(Conflict):
    code = "line_closed"
    text = _("The request of this line is %(status)s.")


@command
def change_capacity(command: Command, *, expansion: UUID, capacity: int | None) -> Expansion:
    """From now on so many lines may hold access; none means without bound. Nobody loses what they hold.

    Raises RoleMissing, NotFound, Stale.
    """
    check_role(command.by, Role.DECIDER)
    row = lock(Expansion.objects.all(), expansion, command, what="expansion")
    clock = read_clock(command, row)
    before, row.capacity = row.capacity, capacity
    touch(row, clock, "capacity")
    audit.record(
        Event.EXPANSION_CAPACITY_CHANGED,
        row,
        command,
        occurred_at=clock.at,
        before=before,
        capacity=capacity,
    )
    return row


@command
def prioritize(
    command: Command, *, expansion: UUID, request: UUID, priority: int | None
) -> Expansion:
    """Rank a line: the least number is offered a place first, and a line without one after all others.

    Raises RoleMissing, NotFound, ExpansionClosed.
    """
    check_role(command.by, Role.DECIDER)
    row = _lock_envelope(command, expansion)
    line = _lock_line(command, row, request)
    clock = read_clock(command, row)
    _rank(command, row, line, priority=priority, clock=clock)
    touch(row, clock)
    return row


@command
def wait(command: Command, *, expansion: UUID, request: UUID) -> Expansion:
    """Put a line on the waiting list. Raises RoleMissing, NotFound, ExpansionClosed, LineClosed, WaitsAlready."""
    check_role(command.by, Role.DECIDER)
    row = _lock_envelope(command, expansion)
    line = _lock_line(command, row, request)
    if line.status not in OPEN:
        raise LineClosed(status=line.get_status_display())
    clock = read_clock(command, row)
    if not _wait_for_place(command, line, clock=clock):
        raise WaitsAlready
    touch(row, clock)
    return row


@command
def offer(command: Command, *, expansion: UUID) -> Expansion:
    """Offer the next free place to the line that is first in order; it can be approved from now on.

    Raises RoleMissing, NotFound, Stale, ExpansionClosed, NobodyWaits, NoPlaceFree.
    """
    check_role(command.by, Role.DECIDER)
    row = _lock_envelope(command, expansion)
    first = list_waiting(row).first()
    if first is None:
        raise NobodyWaits
    if row.capacity is not None and count_taken(row) >= row.capacity:
        raise NoPlaceFree(capacity=row.capacity)
    line = _lock_line(command, row, first.id)
    clock = read_clock(command, row)
    LinePlace.objects.filter(request=line).update(offered_at=clock.at, offered_by=command.by.key)
    touch(row, clock)
    audit.record(Event.LINE_OFFERED, line, command, occurred_at=clock.at, expansion=row.id)
    return row


@command
def give_up(command: Command, *, expansion: UUID, request: UUID) -> Expansion:
    """Take a line off the waiting list, or its offered place back. Raises RoleMissing, NotFound, ExpansionClosed,
    NotWaiting."""
    check_role(command.by, Role.DECIDER)
    row = _lock_envelope(command, expansion)
    line = _lock_line(command, row, request)
    clock = read_clock(command, row)
    if not _leave_list(line):
        raise NotWaiting
    touch(row, clock)
    audit.record(Event.LINE_LEFT, line, command, occurred_at=clock.at, expansion=row.id)
    return row


def _check_place(line: AccessRequest) -> None:
    """Inside an approval, with the envelope locked: there is a place, and nobody waits for it.

    Raises CapacityReached.
    """
    if line.expansion_id is None:
        return
    envelope = Expansion.objects.get(pk=line.expansion_id)
    if envelope.capacity is None:
        return
    if LinePlace.objects.filter(request=line, offered_at__isnull=False).exists():
        return
    others = list_waiting(envelope).exclude(pk=line.pk)
    if count_taken(envelope) >= envelope.capacity or others.exists():
        raise CapacityReached(capacity=envelope.capacity)


def _wait_for_place(command: Command, line: AccessRequest, *, clock: Clock) -> bool:
    """Put a locked line at its place in the waiting list; whether that changed anything."""
    place, _fresh = LinePlace.objects.get_or_create(request=line)
    if place.waits_since is not None:
        return False
    place.waits_since = clock.recorded
    place.save(update_fields=["waits_since"])
    audit.record(
        Event.LINE_WAITS, line, command, occurred_at=clock.at, expansion=line.expansion_id
    )
    return True


def _leave_list(line: AccessRequest) -> bool:
    """Without a claim on any place; whether there was one. The priority stays."""
    changed = LinePlace.objects.filter(request=line, waits_since__isnull=False).update(
        waits_since=None, offered_at=None, offered_by=""
    )
    return bool(changed)


def _rank(
    command: Command,
    envelope: Expansion,
    line: AccessRequest,
    *,
    priority: int | None,
    clock: Clock,
) -> None:
    LinePlace.objects.update_or_create(request=line, defaults={"priority": priority})
    audit.record(
        Event.EXPANSION_LINE_RANKED,
        envelope,
        command,
        occurred_at=clock.at,
        request=line.id,
        priority=priority,
    )
