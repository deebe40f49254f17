"""Holiday tables: the days off of one calendar and year, proposed by one person, in force by another's act."""

import datetime as dt
from collections.abc import Collection, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry.calendars import Calendar
from registry.commands import Command, Done, command
from registry.errors import Invalid
from registry.events import Event
from registry.models import HolidayTable
from registry.operations.editions import (
    Outcome,
    _enact,
    _lock_proposed,
    _propose,
    digest,
)
from registry.operations.editions import enact_each as _enact_each


class HolidaysUnreadable(Invalid):
    """A table must be whole: an empty one would be a year without holidays."""

    code = "holidays_unreadable"
    text = _("The holidays cannot be used: %(problem)s.")


@command
def propose(
    command: Command, *, calendar: Calendar, year: int, days: Collection[dt.date], citation: str
) -> HolidayTable:
    """The next edition of a calendar's year, not yet in force. `citation` is where it was published.

    Raises RoleMissing, HolidaysUnreadable, EditionUnchanged, EditionProposedMeanwhile.
    """
    if not citation.strip():
        raise HolidaysUnreadable(problem=_("it is not said where they were published"))
    if not days:
        raise HolidaysUnreadable(problem=_("no day is named"))
    stray = min((day for day in days if day.year != year), default=None)
    if stray is not None:
        raise HolidaysUnreadable(
            problem=_("%(day)s is not in %(year)s") % {"day": stray, "year": year}
        )
    ordered = sorted(set(days))
    content = [calendar.value, year, [day.isoformat() for day in ordered], citation]
    return _propose(
        command,
        HolidayTable(
            calendar=calendar,
            year=year,
            days=ordered,
            citation=citation,
            sha256=digest(content),
        ),
        HolidayTable.objects.filter(calendar=calendar, year=year),
        constraint="holiday_table_number_once",
        event=Event.HOLIDAYS_PROPOSED,
        calendar=calendar,
        year=year,
    )


@command
def enact(command: Command, *, table: UUID) -> HolidayTable:
    """From now on this edition is counted with; what was counted before keeps its dates until it is counted anew.

    Raises RoleMissing, NotFound, Stale, OwnEdition, EditionInForce, EditionOvertaken.
    """
    row = _lock_proposed(command, HolidayTable.objects.all(), table, what="holiday table")
    return _enact(
        command,
        row,
        HolidayTable.objects.filter(calendar=row.calendar, year=row.year),
        event=Event.HOLIDAYS_ENACTED,
        calendar=row.calendar,
        year=row.year,
    )


def enact_each(command: Command, *, tables: Sequence[HolidayTable]) -> list[Outcome]:
    """Put several in force, each on its own; what is refused is in the outcome."""
    return _enact_each(command, tables, _enact_one)


def _enact_one(command: Command, table: UUID) -> Done[HolidayTable]:
    return enact(command, table=table)
