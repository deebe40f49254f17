"""How a period is counted: strictly, and as the law extends it. Pure: no database and no clock.

Days and longer follow the calendar on the wall of a zone, so that a change to summer time moves no day;
hours are elapsed time. Where a period closes is exclusive and in UTC: a day closes with the midnight after it.

Regulation (EEC, Euratom) No 1182/71: the hour or day of the event is not counted (3(1)). Hours end with the
last hour (3(2)(a)), days with the last day (3(2)(b)). Weeks, months and years end on the same weekday or
date, or on the last day of a shorter month (3(2)(c), which prevails over 3(1): C-171/03). What ends on a day
off and is not in hours goes on to the end of the next working day (3(4)). Two days or more hold at least
two working days (3(5)). What is counted backward is never extended.
"""

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass, replace
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registry.calendars import (
    DAY,
    BeyondCalendar,
    Holidays,
    HolidaysNotKnown,
    HolidayYear,
    WorkingDays,
    walk_weekdays,
)
from registry.choices import Direction, Extension, Unit
from registry.errors import Invalid

_LARGEST = 99_999
_HOUR = dt.timedelta(hours=1)
_HOURS_OF_TWO_DAYS = 48
_MONTHS = 12


class PeriodUnreadable(Invalid):
    code = "period_unreadable"
    text = gettext_lazy(
        "“%(given)s” is no period: give a number, then hours, days, working days, weeks, months or years."
    )


class ZoneUnknown(Invalid):
    code = "zone_unknown"
    text = gettext_lazy("“%(given)s” is no time zone.")


class Article(StrEnum):
    """Why a period closes when it does. Kept with what was counted; never changes its meaning."""

    START_NOT_COUNTED = "Reg. 1182/71 Art. 3(1)"
    END_OF_HOUR = "Reg. 1182/71 Art. 3(2)(a)"
    END_OF_DAY = "Reg. 1182/71 Art. 3(2)(b)"
    SAME_DATE = "Reg. 1182/71 Art. 3(2)(c)"
    WORKING_DAYS = "Reg. 1182/71 Art. 2(2)"
    NEXT_WORKING_DAY = "Reg. 1182/71 Art. 3(4)"
    TWO_WORKING_DAYS = "Reg. 1182/71 Art. 3(5)"
    LAST_DAY_OFF = "Last day off"


class Flag(StrEnum):
    """What must be told beside the moments. Kept with what was counted; never changes its meaning."""

    HOLIDAYS_NOT_KNOWN = "holidays_not_known"
    WEEKDAYS_ONLY = "weekdays_only"
    HOUR_NOT_KNOWN = "hour_not_known"
    INTERPRETATION = "interpretation"
    NO_NUMBER = "no_number"

    @property
    def sentence(self) -> str:
        """For a person, in the language in force."""
        sentences = {
            Flag.HOLIDAYS_NOT_KNOWN: _(
                "The holidays of a year that it needs are not known, so the later moment cannot be said."
            ),
            Flag.WEEKDAYS_ONLY: _("Counted on weekdays alone: holidays would move it."),
            Flag.HOUR_NOT_KNOWN: _(
                "The hour is not known: counted from the beginning of the day."
            ),
            Flag.INTERPRETATION: _("That the later moment may be used is an interpretation."),
            Flag.NO_NUMBER: _("The rule names no number, so there is nothing to count."),
        }
        return sentences[self]


@dataclass(frozen=True, slots=True)
class Period:
    """So many hours, days, …; at least one."""

    quantity: int
    unit: Unit

    def __str__(self) -> str:
        count = self.quantity
        words = {
            Unit.HOURS: ngettext("%(count)d hour", "%(count)d hours", count),
            Unit.DAYS: ngettext("%(count)d day", "%(count)d days", count),
            Unit.WORKING_DAYS: ngettext("%(count)d working day", "%(count)d working days", count),
            Unit.WEEKS: ngettext("%(count)d week", "%(count)d weeks", count),
            Unit.MONTHS: ngettext("%(count)d month", "%(count)d months", count),
            Unit.YEARS: ngettext("%(count)d year", "%(count)d years", count),
        }
        return words[self.unit] % {"count": count}


@dataclass(frozen=True, slots=True)
class Counting:
    """Where one counts, and what extends. Working days and extensions need a calendar.

    `hours_hold_two_working_days` reads Art. 3(5) as reaching hours as well; Art. 3(4) never does.
    """

    zone: ZoneInfo
    calendar: str | None = None
    extension: Extension = Extension.NONE
    hours_hold_two_working_days: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """The last day, in the zone, and the UTC moment at which it is over; for hours that moment and its day."""

    day: dt.date
    closes_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """When a period closes: counted strictly, and at the latest.

    `latest` is None exactly where `missing` names the year whose holidays it needs. `articles` made it what
    it is; `tables` were looked into.
    """

    target: Closing
    latest: Closing | None
    articles: tuple[Article, ...] = ()
    tables: tuple[HolidayYear, ...] = ()
    missing: int | None = None
    flags: frozenset[Flag] = frozenset()

    @property
    def basis(self) -> str:
        """Why it closes when it does, in citations: what is kept beside the moments."""
        said = ["; ".join(self.articles)] if self.articles else ["Counted strictly"]
        said += [f"Holidays {table}" for table in self.tables]
        if self.missing is not None:
            said.append(f"Holidays of {self.missing} not known")
        return ". ".join(said) + "."


def read_period(text: str) -> Period:
    """“2 days”, “1 week”, “5 working days”. Raises PeriodUnreadable."""
    number, _space, words = " ".join(text.lower().replace("_", " ").split()).partition(" ")
    name = words.replace(" ", "_")
    unit = next(
        (unit for unit in Unit if name in {unit.value, unit.value.removesuffix("s")}), None
    )
    plain = number.isascii() and number.isdigit() and len(number) <= len(str(_LARGEST))
    if unit is None or not plain or int(number) == 0:
        raise PeriodUnreadable(given=text)
    return Period(int(number), unit)


@dataclass(frozen=True, slots=True)
class _Task:
    """One count: what to count, where, in which direction."""

    period: Period
    counting: Counting
    forward: bool
    work: WorkingDays | None

    @property
    def signed(self) -> int:
        return self.period.quantity if self.forward else -self.period.quantity

    @property
    def lawful(self) -> bool:
        return self.counting.extension is Extension.REGULATION_1182

    def close(self, day: dt.date) -> Closing:
        return Closing(day, begin_day(day + DAY, self.counting.zone))

    def close_hour(self, moment: dt.datetime) -> Closing:
        return Closing(moment.astimezone(self.counting.zone).date(), moment.astimezone(dt.UTC))


def read_zone(name: str) -> ZoneInfo:
    """A zone by its IANA name. Raises ZoneUnknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ZoneUnknown(given=name) from unknown


def count(
    event: dt.datetime | dt.date,
    period: Period,
    counting: Counting,
    *,
    holidays: Holidays,
    direction: Direction = Direction.AFTER,
) -> Counted:
    """When the period from an event (an aware moment, or a day of the zone) is over. Raises BeyondCalendar."""
    work = None if counting.calendar is None else WorkingDays(counting.calendar, holidays)
    task = _Task(period, counting, direction is Direction.AFTER, work)
    try:
        if period.unit is Unit.HOURS:
            return _count_hours(event, task)
        zone = counting.zone
        day = event.astimezone(zone).date() if isinstance(event, dt.datetime) else event
        if period.unit is Unit.WORKING_DAYS:
            return _count_working_days(day, task)
        return _count_days(day, task)
    except OverflowError as beyond:
        raise BeyondCalendar from beyond


def begin_day(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The UTC moment at which a day begins in a zone."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(dt.UTC)


def _count_hours(event: dt.datetime | dt.date, task: _Task) -> Counted:
    flags = frozenset[Flag]()
    if not isinstance(event, dt.datetime):
        event, flags = begin_day(event, task.counting.zone), frozenset({Flag.HOUR_NOT_KNOWN})
    # In UTC, so that adding hours is elapsed time; in the zone, it would be the clock on the wall.
    moment = event.astimezone(dt.UTC)
    length = task.signed * _HOUR
    strict = task.close_hour(moment + length)
    if not task.lawful:
        return Counted(strict, strict, flags=flags)
    # The hour of the event is not counted: forward the period begins after it, backward it ends before it.
    local = event.astimezone(task.counting.zone)
    hour = moment - dt.timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
    latest = task.close_hour(hour + length + (_HOUR if task.forward else dt.timedelta()))
    counted = Counted(
        strict, latest, (Article.START_NOT_COUNTED, Article.END_OF_HOUR), flags=flags
    )
    reached = (
        task.counting.hours_hold_two_working_days and task.period.quantity >= _HOURS_OF_TWO_DAYS
    )
    if not reached or not task.forward or task.work is None:
        return counted
    return _hold_two_hours(counted, local.date(), task, work=task.work)


def _hold_two_hours(counted: Counted, day: dt.date, task: _Task, *, work: WorkingDays) -> Counted:
    """Art. 3(5) read as reaching hours: two whole working days after the day of the event."""
    try:
        enough = task.close(work.hold_two(day + DAY, day))
    except HolidaysNotKnown as unknown:
        return _unknown(counted, unknown, work)
    assert counted.latest is not None
    tables = tuple(work.used.values())
    if enough.closes_at <= counted.latest.closes_at:
        return replace(counted, tables=tables)
    articles = (*counted.articles, Article.TWO_WORKING_DAYS)
    return replace(counted, latest=enough, articles=articles, tables=tables)


def _count_working_days(day: dt.date, task: _Task) -> Counted:
    if task.work is None:
        raise ValueError("working days are those of a calendar")
    step, quantity = (DAY if task.forward else -DAY), task.period.quantity
    articles = (Article.WORKING_DAYS, Article.START_NOT_COUNTED) if task.lawful else ()
    try:
        closing = task.close(task.work.walk(day, quantity, step))
    except HolidaysNotKnown as unknown:
        closing = task.close(walk_weekdays(day, quantity, step))
        weekdays = Counted(closing, None, articles, flags=frozenset({Flag.WEEKDAYS_ONLY}))
        return _unknown(weekdays, unknown, task.work)
    return Counted(closing, closing, articles, tuple(task.work.used.values()))


def _count_days(day: dt.date, task: _Task) -> Counted:
    last = _add(day, task.period.unit, task.signed)
    strict = task.close(last)
    articles: tuple[Article, ...] = ()
    if task.lawful:
        in_days = task.period.unit is Unit.DAYS
        articles = (
            (Article.START_NOT_COUNTED, Article.END_OF_DAY) if in_days else (Article.SAME_DATE,)
        )
    if task.counting.extension is Extension.NONE or not task.forward:
        return Counted(strict, strict, articles)
    if task.work is None:
        raise ValueError("an extension is that of a calendar")
    try:
        end, moved = _extend(day, last, task, work=task.work)
    except HolidaysNotKnown as unknown:
        return _unknown(Counted(strict, None, articles), unknown, task.work)
    return Counted(strict, task.close(end), (*articles, *moved), tuple(task.work.used.values()))


def _extend(
    day: dt.date, last: dt.date, task: _Task, *, work: WorkingDays
) -> tuple[dt.date, list[Article]]:
    """The last day as the law moves it, and by which articles. Raises HolidaysNotKnown."""
    moved = []
    end = work.first_from(last)
    if end != last:
        moved.append(Article.NEXT_WORKING_DAY if task.lawful else Article.LAST_DAY_OFF)
    of_two_days = task.period.unit is not Unit.DAYS or task.period.quantity > 1
    if task.lawful and of_two_days:
        enough = work.hold_two(day + DAY, end)
        if enough != end:
            moved.append(Article.TWO_WORKING_DAYS)
        end = enough
    return end, moved


def _unknown(counted: Counted, unknown: HolidaysNotKnown, work: WorkingDays) -> Counted:
    return replace(
        counted,
        latest=None,
        tables=tuple(work.used.values()),
        missing=unknown.year,
        flags=counted.flags | {Flag.HOLIDAYS_NOT_KNOWN},
    )


def _add(day: dt.date, unit: Unit, quantity: int) -> dt.date:
    """The same weekday or date, so much later; the last day of a month that lacks the date."""
    if unit is Unit.DAYS:
        return day + quantity * DAY
    if unit is Unit.WEEKS:
        return day + 7 * quantity * DAY
    months = quantity * (_MONTHS if unit is Unit.YEARS else 1)
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise BeyondCalendar
    return day.replace(
        year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1])
    )
