"""What is read off the clock of a duty: how it stands, and what it has crossed. Pure: rows go in as facts.

Nothing is counted and nothing kept: every moment follows from where the clock starts and where it ends, so
that whoever looks late sees the same crossings as whoever looks in time. All moments are aware; an end is
exclusive, and the duty is met before it.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from notifications.choices import AlertKind, ClockState
from registry.periods import Flag

FRACTIONS = ((AlertKind.HALF_LEFT, 2), (AlertKind.QUARTER_LEFT, 4), (AlertKind.TENTH_LEFT, 10))
"""What is announced of the time left, and the part that is left then."""
_FRACTION_KINDS = frozenset(kind for kind, _part in FRACTIONS)
_SOON, _URGENT = 4, 10
_FLAGS = {
    "no_recipient": AlertKind.NO_RECIPIENT,
    "no_table": AlertKind.NO_TABLE,
    Flag.HOLIDAYS_NOT_KNOWN: AlertKind.NO_TABLE,
}
_ORDER = (
    *dict.fromkeys(_FLAGS.values()),
    *(kind for kind, _part in FRACTIONS),
    AlertKind.DECIDED_UNTOLD,
    AlertKind.TARGET_PASSED,
    AlertKind.LATEST_PASSED,
    AlertKind.ESCALATED,
)
"""Of two crossings at one moment the later in this order outweighs the other."""


class Crossing(NamedTuple):
    """Something that a clock came past, and when."""

    kind: AlertKind
    crossed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Patience:
    """For how long nobody need own a duty, or tell of access given, before others hear; and how long it may be late."""

    unowned: dt.timedelta
    late: dt.timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """The facts of one open duty that its clock is read from.

    `flags` are those of the obligation; `owned` is whether somebody has it in hand; `follows_access`
    whether access was given that the duty tells of.
    """

    anchor_at: dt.datetime
    opened_at: dt.datetime
    target_due: dt.datetime | None
    latest_due: dt.datetime | None
    owned: bool = False
    follows_access: bool = False
    flags: frozenset[str] = field(default_factory=frozenset)

    @property
    def starts_at(self) -> dt.datetime:
        """Where the time begins that is left: a duty due before its anchor has it from its opening."""
        if self.target_due is None or self.anchor_at < self.target_due:
            return self.anchor_at
        return self.opened_at

    def moment_with_left(self, part: int) -> dt.datetime | None:
        """When one `part`-th of the time is left; None where there is no time to divide."""
        if self.target_due is None or self.starts_at >= self.target_due:
            return None
        return self.target_due - (self.target_due - self.starts_at) / part


def read_state(clock: Clock, *, at: dt.datetime) -> ClockState:
    """How the clock stands at a moment. Past its target and not past the latest moment is not overdue yet."""
    if clock.target_due is None:
        return ClockState.UNDATED
    if at >= clock.target_due:
        may_be_in_time = clock.latest_due is None or at < clock.latest_due
        return ClockState.LATE if may_be_in_time else ClockState.OVERDUE
    for part, state in ((_URGENT, ClockState.URGENT), (_SOON, ClockState.SOON)):
        moment = clock.moment_with_left(part)
        if moment is None or at >= moment:
            return state
    return ClockState.RUNNING


def find_pending(
    clock: Clock, announced: Collection[Crossing], *, at: dt.datetime, patience: Patience
) -> list[Crossing]:
    """What the clock has crossed by `at` and is not announced, in the order in which it crossed it.

    A crossing is its kind and its moment, so that a clock set anew is announced anew. Those that rest on
    the patience of this installation are announced once, however the patience changes.
    """
    crossed = [*_cross_dues(clock, announced), *_cross_patience(clock, announced, patience)]
    pending = {crossing for crossing in crossed if crossing.crossed_at <= at} - set(announced)
    return sorted(pending, key=_weigh)


def choose_told(pending: list[Crossing], *, opened_at: dt.datetime) -> Crossing | None:
    """The one of several crossings that people hear of: the last, which says all that the others would.

    None where the time had run so far before the duty was opened: the mail of its opening says that.
    """
    if not pending:
        return None
    last = pending[-1]
    is_old = last.kind in _FRACTION_KINDS and last.crossed_at <= opened_at
    return None if is_old else last


def _weigh(crossing: Crossing) -> tuple[dt.datetime, int]:
    return crossing.crossed_at, _ORDER.index(crossing.kind)


def _cross_dues(clock: Clock, announced: Collection[Crossing]) -> list[Crossing]:
    found = [
        Crossing(kind, clock.opened_at)
        for flag, kind in _FLAGS.items()
        if flag in clock.flags and not any(known.kind is kind for known in announced)
    ]
    for kind, part in FRACTIONS:
        moment = clock.moment_with_left(part)
        if moment is not None:
            found.append(Crossing(kind, moment))
    if clock.target_due is not None:
        found.append(Crossing(AlertKind.TARGET_PASSED, clock.target_due))
    if clock.latest_due is not None:
        found.append(Crossing(AlertKind.LATEST_PASSED, clock.latest_due))
    return found


def _cross_patience(
    clock: Clock, announced: Collection[Crossing], patience: Patience
) -> list[Crossing]:
    found = []
    alone_until = clock.opened_at + patience.unowned
    escalated = [known for known in announced if known.kind is AlertKind.ESCALATED]
    if not clock.owned and not escalated:
        found.append(Crossing(AlertKind.ESCALATED, alone_until))
    if clock.target_due is not None and not any(
        known.crossed_at >= clock.target_due for known in escalated
    ):
        found.append(Crossing(AlertKind.ESCALATED, clock.target_due + patience.late))
    if clock.follows_access and not any(
        known.kind is AlertKind.DECIDED_UNTOLD for known in announced
    ):
        found.append(Crossing(AlertKind.DECIDED_UNTOLD, alone_until))
    return found
