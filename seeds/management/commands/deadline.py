"""`manage.py deadline`: by when, counted strictly and as the law extends it."""

import datetime as dt
import json
import sys
from argparse import ArgumentParser
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError

from registry.calendars import Calendar, Holidays, HolidayYear
from registry.choices import Direction, Extension
from registry.errors import DomainError
from registry.periods import Closing, Counted, Counting, count, read_period, read_zone
from registry.queries.rules import tables_in_force
from seeds.tables import read_tables

_YEAR_MISSING = 2


class Command(BaseCommand):
    help = (
        "Say by when, as JSON on one line: target_due (counted strictly), latest_due (as the law extends "
        "it) and basis. Exit status 2, with latest_due null, where the holidays of a year are not known."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--event", required=True, metavar="MOMENT", help="a day, or an ISO 8601 moment"
        )
        parser.add_argument(
            "--period",
            required=True,
            help="“2 days”: a number of hours, days, working days, weeks, months or years",
        )
        parser.add_argument("--calendar", required=True, help=f"one of {', '.join(Calendar)}")
        parser.add_argument(
            "--zone", help="in which days begin, and moments without an offset are told"
        )
        parser.add_argument("--backward", action="store_true", help="before the event, not after")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["calendar"] not in Calendar.values:
            known = ", ".join(Calendar)
            raise CommandError(f"There is no calendar “{options['calendar']}”. Known: {known}.")
        calendar = Calendar(options["calendar"])
        try:
            zone = read_zone(options["zone"]) if options["zone"] else calendar.zone
            counted = count(
                _read_event(options["event"], zone),
                read_period(options["period"]),
                Counting(zone, calendar, _find_extension(calendar)),
                holidays=_find_holidays(),
                direction=Direction.BEFORE if options["backward"] else Direction.AFTER,
            )
        except DomainError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(json.dumps(_write(counted, zone)))
        if counted.missing is not None:
            self.stderr.write(
                f"The holidays of {counted.missing} are not known for {calendar}, so the latest moment "
                "cannot be said."
            )
            sys.exit(_YEAR_MISSING)


def _read_event(text: str, zone: ZoneInfo) -> dt.datetime | dt.date:
    """A day, or an aware moment; one without an offset is told in the zone. Raises CommandError."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        pass
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as wrong:
        raise CommandError(f"“{text}” is neither a day nor a moment in ISO 8601.") from wrong
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def _find_extension(calendar: Calendar) -> Extension:
    return Extension.LAST_DAY if calendar.is_computed else Extension.REGULATION_1182


def _find_holidays() -> Holidays:
    """The tables in force, and those shipped for what the registry has none of, or cannot be asked about."""
    try:
        in_force = tables_in_force()
    except (OperationalError, ProgrammingError):
        in_force = []
    return Holidays([*read_tables(), *in_force])


def _write(counted: Counted, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "target_due": _write_closing(counted.target),
        "latest_due": None if counted.latest is None else _write_closing(counted.latest),
        "basis": {
            "zone": zone.key,
            "articles": list(counted.articles),
            "tables": [_write_table(table) for table in counted.tables],
            "missing_year": counted.missing,
            "flags": sorted(counted.flags),
        },
    }


def _write_closing(closing: Closing) -> dict[str, str]:
    moment = closing.closes_at.isoformat().replace("+00:00", "Z")
    return {"day": closing.day.isoformat(), "closes_at": moment}


def _write_table(table: HolidayYear) -> dict[str, Any]:
    if table.edition is not None:
        origin = "registry"
    else:
        origin = "computed" if Calendar(table.calendar).is_computed else "shipped"
    return {
        "calendar": table.calendar,
        "year": table.year,
        "from": origin,
        "edition": table.edition,
        "citation": table.citation,
    }
