"""When a stage is due: derived from its opening, its deadline and the pauses. Pure.

A working day counts where it ended and the clock was running at its end; so a pause within one day costs
nothing, and one over three midnights moves the end by as many working days as it took.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from access.pauses import Span, open_pause
from access.stages.document import Deadline, Reconsideration
from registry.calendars import DAY, Holidays, HolidaysNotKnown, WorkingDays, run
from registry.periods import begin_day


@dataclass(frozen=True, slots=True)
class Due:
    """The UTC moment at which a stage's time is over, exclusive; None where that cannot be said.

    `missing` then names the holiday table that is not known; where it is empty too, the clock stands still.
    """

    at: dt.datetime | None
    missing: str = ""

    @property
    def stands_still(self) -> bool:
        return self.at is None and not self.missing


def reckon_due(
    opened_at: dt.datetime,
    deadline: Deadline | Reconsideration,
    *,
    pauses: Sequence[Span],
    holidays: Holidays,
) -> Due:
    """When so many working days have been counted since the opening. The day of the opening is not counted."""
    zone = deadline.calendar.zone
    work = WorkingDays(deadline.calendar, holidays)
    lasting = open_pause(pauses)
    left = deadline.working_days
    try:
        for day in run(opened_at.astimezone(zone).date() + DAY, DAY):
            closes_at = begin_day(day + DAY, zone)
            if lasting is not None and lasting.began_at <= closes_at:
                break
            left -= not _stands_still(pauses, closes_at) and work.holds(day)
            if not left:
                return Due(closes_at)
    except HolidaysNotKnown as unknown:
        return Due(None, f"holidays:{deadline.calendar}:{unknown.year}")
    return Due(None)


def _stands_still(pauses: Iterable[Span], at: dt.datetime) -> bool:
    return any(
        pause.began_at <= at and (pause.ended_at is None or at < pause.ended_at)
        for pause in pauses
    )
