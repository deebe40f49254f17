"""What acts on waiting periods share: opened with a grant, counted anew, written down as over. Of locked rows."""

import datetime as dt
from typing import Any

from django.db.models import Min

from access.choices import WaitEnd
from access.events import Event
from access.models import Grant, ReviewPolicy, WaitingPeriod, WaitingPeriodVersion
from access.policies import read_policy
from access.queries.waiting import find_anchor
from access.waiting import Reckoned, reckon
from registry import audit
from registry.actors import SYSTEM
from registry.calendars import Holidays
from registry.commands import Clock, Command, touch
from registry.queries.rules import holidays_in_force
from registry.versions import correct, end_at, open_version, span


def _wait(command: Command, row: Grant, policy: ReviewPolicy, *, clock: Clock) -> None:
    """Open the periods of the edition that the grant is given under, in the transaction that issues it.

    The program is locked: a fact that comes in meanwhile waits for this, or has been seen.
    """
    rules = read_policy(policy.document).waiting
    if not rules:
        return
    holidays = holidays_in_force(clock.recorded)
    waits = []
    for place, rule in enumerate(rules):
        period = WaitingPeriod.objects.create(
            grant=row,
            policy=policy,
            place=place,
            basis=rule.basis,
            citation=rule.citation,
            bindingness=rule.bindingness,
            since=rule.since,
            opened_at=clock.recorded,
            changed_at=clock.at,
        )
        anchor_at = find_anchor(rule, row)
        reckoned = reckon(rule, anchor_at, holidays)
        if _is_over(reckoned, clock):
            assert reckoned.ends_at is not None
            _write_end(command, period, clock, how=WaitEnd.CLOCK, ended_at=reckoned.ends_at)
            continue
        version = WaitingPeriodVersion(
            waiting_period=period,
            grant=row,
            anchor_at=anchor_at,
            missing=reckoned.missing,
            how=reckoned.how,
            valid=span(clock.start(), reckoned.ends_at),
        )
        open_version(version, recorded=clock.recorded)
        waits.append((period, reckoned))
    if waits:
        ends = [reckoned.ends_at for _period, reckoned in waits]
        audit.record(
            Event.GRANT_WAITS,
            row,
            command,
            occurred_at=clock.recorded,
            periods=[period.id for period, _reckoned in waits],
            ends_at=None if None in ends else max(end for end in ends if end is not None),
        )


def _recount(command: Command, row: Grant, clock: Clock, *, holidays: Holidays) -> bool:
    """Whether anything runs. Periods whose count gives another end say so from now on."""
    running = changed = False
    for period in _unwritten(row):
        version = _current(period)
        if version is None or not _runs(version, clock):
            continue
        running = True
        rule = read_policy(period.policy.document).waiting[period.place]
        anchor_at = find_anchor(rule, row)
        reckoned = reckon(rule, anchor_at, holidays)
        if (reckoned.ends_at, reckoned.missing) == (version.valid.upper, version.missing):
            continue
        changed = True
        said = {"missing": reckoned.missing, "how": reckoned.how, "anchor_at": anchor_at}
        if _is_over(reckoned, clock):
            end_at(version, at=clock.end, recorded=clock.recorded, **said)
            _write_end(command, period, clock, how=WaitEnd.CLOCK, ended_at=clock.recorded)
        else:
            until = span(version.valid.lower, reckoned.ends_at)
            correct(version, recorded=clock.recorded, valid=until, **said)
        over = period.ended_at is not None
        _record(
            Event.GRANT_WAIT_ENDED if over else Event.GRANT_WAIT_COUNTED,
            command,
            row,
            period=period,
            occurred_at=clock.recorded,
            ends_at=reckoned.ends_at,
            missing=reckoned.missing,
        )
    if changed:
        touch(row, clock)
        _open_if_over(command, row, clock=clock, occurred_at=clock.recorded)
    return running


def _write_end(
    command: Command, period: WaitingPeriod, clock: Clock, *, how: WaitEnd, ended_at: dt.datetime
) -> None:
    """Whoever's act it came to light with, a clock's end is the system's to write down."""
    by = command.by if how is WaitEnd.ACT else SYSTEM
    period.ended_by, period.ended_at, period.ended_how = by.key, ended_at, how
    touch(period, clock, "ended_by", "ended_at", "ended_how")


def _open_if_over(command: Command, row: Grant, *, clock: Clock, occurred_at: dt.datetime) -> None:
    """Say that the grant opens where nothing of it waits any more. The grant is locked: it is said once.

    Of one that begins later it is said then (`say_opened`).
    """
    if hasattr(row, "end") or _unwritten(row):
        return
    begins_at = row.items.current().aggregate(first=Min("valid__startswith"))["first"]
    if begins_at is not None and begins_at > clock.recorded:
        row.opens_at = begins_at
        touch(row, clock, "opens_at")
        return
    audit.record(Event.GRANT_OPENED, row, command, occurred_at=occurred_at)


def _unwritten(row: Grant) -> list[WaitingPeriod]:
    return list(
        row.waiting_periods.filter(ended_at__isnull=True)
        .select_related("policy")
        .order_by("place")
    )


def _runs(version: WaitingPeriodVersion, clock: Clock) -> bool:
    return version.valid.upper is None or version.valid.upper > clock.recorded


def _is_over(reckoned: Reckoned, clock: Clock) -> bool:
    return reckoned.ends_at is not None and reckoned.ends_at <= clock.recorded


def _record(
    event: Event,
    command: Command,
    row: Grant,
    *,
    period: WaitingPeriod,
    occurred_at: dt.datetime,
    **details: Any,
) -> None:
    audit.record(
        event,
        row,
        command,
        occurred_at=occurred_at,
        period=period.id,
        bindingness=period.bindingness,
        private={"basis": period.end_basis, "fact": period.end_fact},
        **details,
    )


def _current(period: WaitingPeriod) -> WaitingPeriodVersion | None:
    """What is known of it now; None where it was over before its grant began."""
    return period.versions.current().order_by("-valid").first()
