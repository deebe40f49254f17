"""Waiting periods: counted anew, ended by an act, written down once their clock has ended them. Never by silence."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import WaitEnd
from access.events import Event
from access.models import Grant, WaitingPeriod, WaitingPeriodVersion
from access.operations.waiting_rows import (
    _current,
    _open_if_over,
    _record,
    _recount,
    _runs,
    _unwritten,
    _write_end,
)
from registry import audit
from registry.actors import SYSTEM
from registry.choices import Bindingness, Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.errors import Conflict, Forbidden, Invalid, NotFound
from registry.policies import check_role
from registry.queries.rules import holidays_in_force
from registry.versions import end_at


class WaitOver(Conflict):
    code = "wait_over"
    text = _("This waiting period is over.")


class OpeningNotDue(Conflict):
    code = "opening_not_due"
    text = _("Nothing is to be said of this grant's beginning, or not yet.")


class WaitUnfounded(Invalid):
    code = "wait_unfounded"
    text = _("Say on which basis it ends, and which fact has come in.")


class WaitNeedsAnother(Forbidden):
    """Where law makes access wait, one person asks that it end and another ends it."""

    code = "wait_needs_another"
    text = _("You asked for this yourself: another person must end what law makes wait.")


class ClockEndsWaits(Forbidden):
    """That a period has run out is the clock's to say: nobody does it."""

    code = "clock_ends_waits"
    text = _("Only the passing of time ends a waiting period so.")


@command
def end_waiting(
    command: Command, *, grant: UUID, waiting: UUID, basis: str = "", fact: str = ""
) -> Grant:
    """End a waiting period from this commit on, because of a fact that came in; for law: ask, then another ends it.

    The second person confirms what the first has said. Raises RoleMissing, NotFound, Stale, WaitOver,
    WaitUnfounded, WaitNeedsAnother.
    """
    check_role(command.by, Role.DECIDER, Role.COUNTERSIGNER)
    row = lock(Grant.objects.visible_to(command.by), grant, command, what="grant")
    period = row.waiting_periods.select_for_update(of=("self",)).filter(pk=waiting).first()
    if period is None:
        raise NotFound("waiting period")
    clock = read_clock(command, row)
    version = _running(period, clock)
    by_law = period.bindingness == Bindingness.LAW
    if not period.end_asked_by:
        if not basis.strip() or not fact.strip():
            raise WaitUnfounded
        period.end_asked_by, period.end_asked_at = command.by.key, clock.at
        period.end_basis, period.end_fact = basis, fact
        touch(period, clock, "end_asked_by", "end_asked_at", "end_basis", "end_fact")
        if by_law:
            touch(row, clock)
            _record(
                Event.GRANT_WAIT_END_ASKED, command, row, period=period, occurred_at=clock.recorded
            )
            return row
    elif period.end_asked_by == command.by.key:
        raise WaitNeedsAnother
    end_at(version, at=clock.end, recorded=clock.recorded, missing="")
    _write_end(command, period, clock, how=WaitEnd.ACT, ended_at=clock.recorded)
    touch(row, clock)
    _record(Event.GRANT_WAIT_ENDED, command, row, period=period, occurred_at=clock.recorded)
    _open_if_over(command, row, clock=clock, occurred_at=clock.recorded)
    return row


@command
def write_over(command: Command, *, grant: UUID) -> Grant:
    """Write down which of a grant's periods have run out; with the last of them, that it opens. Once.

    Access was given from the end on anyway. Raises ClockEndsWaits, NotFound, WaitOver (there is nothing to
    write down).
    """
    if command.by != SYSTEM:
        raise ClockEndsWaits
    row = lock(Grant.objects.all(), grant, command, what="grant")
    clock = read_clock(command, row)
    ended = hasattr(row, "end")
    moments = [
        moment
        for period in _unwritten(row)
        if (moment := _write_one(command, period, clock, grant_ended=ended)) is not None
    ]
    if not moments:
        raise WaitOver
    touch(row, clock)
    if not ended:
        _open_if_over(command, row, clock=clock, occurred_at=max(moments))
    return row


@command
def say_opened(command: Command, *, grant: UUID) -> Grant:
    """Say, once, that a grant opens which had waited before it began, dated at its beginning.

    Access was given from the beginning on anyway. Raises ClockEndsWaits, NotFound, OpeningNotDue.
    """
    if command.by != SYSTEM:
        raise ClockEndsWaits
    row = lock(Grant.objects.all(), grant, command, what="grant")
    clock = read_clock(command, row)
    opens_at = row.opens_at
    if opens_at is None or opens_at > clock.recorded or hasattr(row, "end"):
        raise OpeningNotDue
    row.opens_at = None
    touch(row, clock, "opens_at")
    audit.record(Event.GRANT_OPENED, row, command, occurred_at=opens_at)
    return row


@command
def recount(command: Command, *, grant: UUID) -> Grant:
    """Count a grant's periods anew, from the facts and holiday tables that are known now.

    Raises RoleMissing, NotFound, WaitOver (nothing runs).
    """
    if command.by != SYSTEM:
        check_role(command.by, Role.AUTHORITY_DESK, Role.DECIDER)
    row = lock(Grant.objects.all(), grant, command, what="grant")
    clock = read_clock(command, row)
    if not _recount(command, row, clock, holidays=holidays_in_force(clock.recorded)):
        raise WaitOver
    return row


def _write_one(
    command: Command, period: WaitingPeriod, clock: Clock, *, grant_ended: bool
) -> dt.datetime | None:
    """When the period was over; None where it still runs."""
    version = _current(period)
    assert version is not None  # one that was over at once is written down with its grant
    if not _runs(version, clock):
        over_at = version.valid.upper
        assert over_at is not None
        _write_end(command, period, clock, how=WaitEnd.CLOCK, ended_at=over_at)
        return over_at
    if not grant_ended:
        return None
    end_at(version, at=clock.end, recorded=clock.recorded, missing="")
    _write_end(command, period, clock, how=WaitEnd.GRANT_ENDED, ended_at=clock.recorded)
    return clock.recorded


def _running(period: WaitingPeriod, clock: Clock) -> WaitingPeriodVersion:
    """Raises WaitOver."""
    version = _current(period)
    if period.ended_at is not None or version is None or not _runs(version, clock):
        raise WaitOver
    return version
