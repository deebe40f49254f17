"""Whose days off count, and which days are worked. Pure: the tables are passed in.

A year of which nobody has said the holidays is not known. It is never a year without holidays.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from zoneinfo import ZoneInfo

import holidays
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from registry.errors import Invalid

DAY = dt.timedelta(days=1)
_SATURDAY = 5
_LAWFUL_MINIMUM = 2
"""Art. 3(5): the working days that a period of two days or more holds at least."""


class BeyondCalendar(Invalid):
    """A period leads out of the years that can be written."""

    code = "beyond_calendar"
    text = _("The period ends in a year that no calendar reaches.")


class HolidaysNotKnown(Invalid):
    """Nobody has said which days of this year are off."""

    code = "holidays_not_known"
    text = _("The holidays of %(year)s are not known for the calendar %(calendar)s.")

    def __init__(self, calendar: str, year: int) -> None:
        super().__init__(calendar=calendar, year=year)
        self.year = year


class Calendar(TextChoices):
    """Where the action is to be taken: its days off count."""

    EU_COMMISSION = "eu-commission", _("European Commission, Brussels")
    US = "us", _("United States, federal")
    US_CA = "us-ca", _("California")
    US_NY = "us-ny", _("New York")
    US_IL = "us-il", _("Illinois")

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the calendar's days begin and end."""
        return ZoneInfo(_ZONES[self])

    @property
    def is_computed(self) -> bool:
        """Whether the library computes its years, so that none needs a table."""
        return self.value in _SUBDIVISIONS


_ZONES: Mapping[str, str] = {
    Calendar.EU_COMMISSION: "Europe/Brussels",
    Calendar.US: "America/New_York",
    Calendar.US_CA: "America/Los_Angeles",
    Calendar.US_NY: "America/New_York",
    Calendar.US_IL: "America/Chicago",
}
_SUBDIVISIONS: Mapping[str, str | None] = {
    Calendar.US: None,
    Calendar.US_CA: "CA",
    Calendar.US_NY: "NY",
    Calendar.US_IL: "IL",
}


@dataclass(frozen=True, slots=True)
class HolidayYear:
    """The days off of one calendar in one year, and who says so. Saturdays and Sundays need no mention.

    `edition` is the registry's own number of the table; None where it is not the registry's.
    """

    calendar: str
    year: int
    days: frozenset[dt.date]
    citation: str
    edition: int | None = None

    def __str__(self) -> str:
        edition = "" if self.edition is None else f", edition {self.edition}"
        return f"{self.calendar} {self.year}{edition}: {self.citation}"


class Holidays:
    """The tables that one may count with. A table that was given goes before a computed year."""

    def __init__(self, tables: Iterable[HolidayYear] = ()) -> None:
        self._tables = {(table.calendar, table.year): table for table in tables}

    def find(self, calendar: str, year: int) -> HolidayYear:
        """The table for one year of a calendar. Raises HolidaysNotKnown."""
        found = self._tables.get((calendar, year)) or compute_year(calendar, year)
        if found is None:
            raise HolidaysNotKnown(calendar, year)
        return found


@lru_cache(maxsize=512)
def compute_year(calendar: str, year: int) -> HolidayYear | None:
    """A year of a calendar of the United States, as the library has it.

    None for other calendars, and for years that the library does not cover: it would answer with no
    holidays at all.
    """
    if calendar not in _SUBDIVISIONS:
        return None
    state = _SUBDIVISIONS[calendar]
    category = holidays.GOVERNMENT if state is None else holidays.PUBLIC
    found = holidays.country_holidays("US", subdiv=state, years=[year], categories=(category,))
    if not found.start_year <= year <= found.end_year:
        return None
    citation = f"python-holidays {version('holidays')}"
    return HolidayYear(calendar, year, frozenset(found), citation)


@dataclass(slots=True)
class WorkingDays:
    """The working days of one calendar: neither Saturday, Sunday nor holiday (Reg. 1182/71 Art. 2(2)).

    Remembers in `used` which tables it looked into. Every method raises HolidaysNotKnown.
    """

    calendar: str
    holidays: Holidays
    used: dict[int, HolidayYear] = field(default_factory=dict)

    def holds(self, day: dt.date) -> bool:
        """Whether the day is worked. A Saturday or Sunday needs no table."""
        if day.weekday() >= _SATURDAY:
            return False
        table = self.holidays.find(self.calendar, day.year)
        self.used[day.year] = table
        return day not in table.days

    def first_from(self, day: dt.date) -> dt.date:
        """The day itself where it is worked, else the next that is."""
        return next(day for day in run(day, DAY) if self.holds(day))

    def walk(self, day: dt.date, quantity: int, step: dt.timedelta) -> dt.date:
        """So many working days away, the day itself not counted."""
        for later in run(day + step, step):
            quantity -= self.holds(later)
            if not quantity:
                return later
        raise BeyondCalendar

    def hold_two(self, start: dt.date, end: dt.date) -> dt.date:
        """`end`, or the later day on which the second working day since `start` has passed (Art. 3(5)).

        A day of which it is not known whether it is worked matters only where two others are not found.
        """
        found, unknown = 0, None
        for day in run(start, DAY):
            if day > end and unknown is not None:
                raise unknown
            try:
                found += self.holds(day)
            except HolidaysNotKnown as gap:
                unknown = unknown or gap
                if day > end:
                    raise
            if found == _LAWFUL_MINIMUM:
                return max(day, end)
        raise BeyondCalendar


def walk_weekdays(day: dt.date, quantity: int, step: dt.timedelta) -> dt.date:
    """So many weekdays away, whatever the holidays."""
    for later in run(day + step, step):
        quantity -= later.weekday() < _SATURDAY
        if not quantity:
            return later
    raise BeyondCalendar


def run(day: dt.date, step: dt.timedelta) -> Iterator[dt.date]:
    """Day after day, from the first on. Raises OverflowError where the years end."""
    while True:
        yield day
        day += step
