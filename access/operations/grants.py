"""Grants after they are issued: suspended and reinstated, ended once and for a reason.

What ends or suspends a grant does so to those that renew it: a renewal is no way round.
"""

import datetime as dt
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from access.choices import GrantEndKind, ItemStanding, RevocationReason
from access.events import Event
from access.models import Grant, GrantEnd, GrantItem
from access.operations.close_outs import _ask
from access.operations.gate_needs import _follow_body
from access.operations.issuing import _planned_end
from registry import audit
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.errors import Conflict, Forbidden
from registry.policies import check_own, check_role
from registry.versions import change_from, end_at


class GrantOver(Conflict):
    code = "grant_ended"
    text = _("The grant has ended.")


class GrantStandingUnchanged(Conflict):
    code = "grant_standing_unchanged"
    text = _("The grant is %(standing)s: this step does not apply.")


class ClockOnly(Forbidden):
    """Expiry is the clock passing the end: nobody does it."""

    code = "clock_only"
    text = _("Only the passing of time ends a grant so.")


@command
def suspend(command: Command, *, grant: UUID, reason: str) -> Grant:
    """The grant opens no door from this commit on, until it is reinstated.

    Raises RoleMissing, NotFound, Stale, GrantOver, GrantStandingUnchanged.
    """
    return _change_standing(command, grant, reason=reason, standing=ItemStanding.SUSPENDED)


@command
def reinstate(command: Command, *, grant: UUID, reason: str) -> Grant:
    """A suspended grant opens the door again. Raises as `suspend`."""
    return _change_standing(command, grant, reason=reason, standing=ItemStanding.IN_FORCE)


@command
def revoke(command: Command, *, grant: UUID, reason: RevocationReason, text: str = "") -> Grant:
    """End the grant, for a reason, from this commit on. Raises RoleMissing, NotFound, Stale, GrantOver."""
    check_role(command.by, Role.RESTRICTOR)
    row = lock(Grant.objects.visible_to(command.by), grant, command, what="grant")
    _revoke(command, row, reason=reason, text=text, clock=read_clock(command, row))
    return row


@command
def surrender(command: Command, *, grant: UUID) -> Grant:
    """The holder gives the grant back, from this commit on.

    Raises NotFound, NotYours, RoleMissing, Stale, GrantOver.
    """
    row = lock(Grant.objects.visible_to(command.by), grant, command, what="grant")
    if command.by.is_staff:
        check_role(command.by, Role.INTAKE)
    else:
        check_own(command.by, row.organization_id)
    _surrender(command, row, clock=read_clock(command, row))
    return row


@command
def expire(command: Command, *, grant: UUID) -> Grant:
    """Write down that the grant's time is over, dated at its end. The answer was no since then anyway,
    but for a grant that was renewed: its successor has taken over at that moment.

    Raises ClockOnly, NotFound, GrantOver (ended otherwise, or not yet at its end).
    """
    if command.by != SYSTEM:
        raise ClockOnly
    row = lock(Grant.objects.all(), grant, command, what="grant")
    clock = read_clock(command, row)
    over_at = _planned_end(row)
    if hasattr(row, "end") or over_at is None or over_at > clock.recorded:
        raise GrantOver
    renewed = _is_renewed_without_gap(row, over_at)
    kind = GrantEndKind.SUPERSEDED if renewed else GrantEndKind.EXPIRED
    _write_end(command, row, clock, kind=kind, reason="", ended_at=over_at, planned=over_at)
    if renewed:
        audit.record(
            Event.GRANT_SUPERSEDED,
            row,
            command,
            occurred_at=over_at,
            successor=row.successor.id,
        )
    else:
        audit.record(Event.GRANT_EXPIRED, row, command, occurred_at=over_at)
    return row


def find_expired(*, at: dt.datetime, limit: int = 200) -> list[UUID]:
    """Grants whose last item has run out and whose end is not written down yet."""
    ended = (
        Grant.objects.filter(
            end__isnull=True, items__recorded__upper_inf=True, items__valid__upper_inf=False
        )
        .annotate(over_at=Max("items__valid__endswith"))
        .filter(over_at__lte=at)
        .order_by("over_at", "id")
    )
    return list(ended.values_list("id", flat=True)[:limit])


def _is_renewed_without_gap(row: Grant, over_at: dt.datetime) -> bool:
    """Whether a successor holds from the grant's end on, or held when its own end came."""
    successor = Grant.objects.filter(renews=row).first()
    if successor is None:
        return False
    row.successor = successor
    return successor.items.current().filter(valid__startswith=over_at).exists()


def _surrender(command: Command, row: Grant, *, clock: Clock) -> None:
    """End a locked grant as given back. Raises GrantOver."""
    for one in (row, *_renewals(row)):
        _end(command, one, kind=GrantEndKind.SURRENDERED, reason="", clock=clock)
        audit.record(
            Event.GRANT_SURRENDERED,
            one,
            command,
            occurred_at=clock.recorded,
            planned_end=one.end.planned_end,
        )


def _revoke(
    command: Command, row: Grant, *, reason: RevocationReason, text: str, clock: Clock
) -> None:
    """End a locked grant, and those that renew it, for a reason. Raises GrantOver."""
    for one in (row, *_renewals(row)):
        _end(command, one, kind=GrantEndKind.REVOKED, reason=reason, clock=clock)
        audit.record(
            Event.GRANT_REVOKED,
            one,
            command,
            occurred_at=clock.recorded,
            reason=reason,
            planned_end=one.end.planned_end,
            private={"text": text},
        )


def _change_standing(
    command: Command, grant: UUID, *, reason: str, standing: ItemStanding
) -> Grant:
    check_role(command.by, Role.RESTRICTOR)
    row = lock(Grant.objects.visible_to(command.by), grant, command, what="grant")
    _stand(command, row, reason=reason, standing=standing, clock=read_clock(command, row))
    return row


def _stand(
    command: Command, row: Grant, *, reason: str, standing: ItemStanding, clock: Clock
) -> None:
    """Suspend or reinstate a locked grant. Raises GrantOver, GrantStandingUnchanged."""
    if all(item.standing == standing for item in _open(row, clock)):
        raise GrantStandingUnchanged(standing=standing.label)
    suspended = standing is ItemStanding.SUSPENDED
    for one in (row, *_renewals(row)):
        for item in _open(one, clock):
            change_from(item, at=clock.end, recorded=clock.recorded, standing=standing)
        touch(one, clock)
        audit.record(
            Event.GRANT_SUSPENDED if suspended else Event.GRANT_REINSTATED,
            one,
            command,
            occurred_at=clock.recorded,
            private={"reason": reason},
        )
    _follow_body(command, row.organization_id)


def _renewals(row: Grant) -> list[Grant]:
    """The grants that renew this one and have not ended, locked in their order."""
    found, last = list[Grant](), row
    while True:
        following = (
            Grant.objects.select_for_update(of=("self",), no_key=True)
            .filter(renews=last, end__isnull=True)
            .first()
        )
        if following is None:
            return found
        found.append(following)
        last = following


def _end(command: Command, row: Grant, *, kind: GrantEndKind, reason: str, clock: Clock) -> None:
    items = _open(row, clock)
    planned = _planned_end(row)
    for item in items:
        end_at(item, at=clock.end, recorded=clock.recorded)
    _write_end(
        command, row, clock, kind=kind, reason=reason, ended_at=clock.recorded, planned=planned
    )
    _follow_body(command, row.organization_id)


def _write_end(
    command: Command,
    row: Grant,
    clock: Clock,
    *,
    kind: GrantEndKind,
    reason: str,
    ended_at: dt.datetime,
    planned: dt.datetime | None = None,
) -> None:
    row.end = GrantEnd.objects.create(
        grant=row,
        kind=kind,
        reason=reason,
        ended_at=ended_at,
        planned_end=planned,
        ended_by=command.by.key,
        recorded_at=clock.recorded,
    )
    if kind is not GrantEndKind.SUPERSEDED:
        _ask(row, ended_at=ended_at, clock=clock)
    touch(row, clock)


def _open(row: Grant, clock: Clock) -> list[GrantItem]:
    """Items that still run or are yet to begin. Raises GrantOver where there are none."""
    items = [
        item
        for item in row.items.current().order_by("id")
        if item.valid.upper is None or item.valid.upper > clock.recorded
    ]
    if not items or GrantEnd.objects.filter(grant=row).exists():
        raise GrantOver
    return items
