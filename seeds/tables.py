"""The holiday tables shipped with the project, and what is left to propose of them."""

import csv
import datetime as dt
from collections import defaultdict
from pathlib import Path

from registry.calendars import Calendar, HolidayYear

FOLDER = Path(__file__).parent / "holidays"


def read_tables() -> list[HolidayYear]:
    """Each calendar's years from `seeds/holidays/<calendar>.csv`, oldest first. A year not there is not known."""
    return [
        table
        for path in sorted(FOLDER.glob("*.csv"))
        for table in _read_years(Calendar(path.stem), path.read_text(encoding="utf-8"))
    ]


def _read_years(calendar: Calendar, text: str) -> list[HolidayYear]:
    days: dict[int, set[dt.date]] = defaultdict(set)
    places: dict[int, set[str]] = defaultdict(set)
    for row in csv.DictReader(text.splitlines()):
        day = dt.date.fromisoformat(row["date"])
        days[day.year].add(day)
        places[day.year].add(row["published_in"])
    return [
        HolidayYear(calendar, year, frozenset(days[year]), "; ".join(sorted(places[year])))
        for year in sorted(days)
    ]
