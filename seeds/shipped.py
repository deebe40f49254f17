"""What is shipped with the project as data, to be proposed and put in force: rules and holiday tables."""

import csv
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from registry.actors import Command
from registry.calendars import Calendar, HolidayYear
from registry.models import HolidayTable, ObligationRule
from registry.operations import holiday_tables, obligation_rules
from registry.operations.editions import Outcome, digest
from registry.queries.rules import tables_in_force
from registry.rules import write_rule

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Proposed:
    """The editions proposed just now, and how many documents had been proposed before, word for word."""

    rules: tuple[ObligationRule, ...]
    tables: tuple[HolidayTable, ...]
    unchanged: int


def read_rules() -> list[dict[str, Any]]:
    """The documents of `seeds/rules/*.yaml`: a file for each regime, a list of rules in each."""
    return [
        document
        for path in sorted((_HERE / "rules").glob("*.yaml"))
        for document in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def read_tables() -> list[HolidayYear]:
    """The years of `seeds/holidays/<calendar>.csv`, oldest first. A year that is not there is not known."""
    return [
        table
        for path in sorted((_HERE / "holidays").glob("*.csv"))
        for table in _read_years(Calendar(path.stem), path.read_text(encoding="utf-8"))
    ]


def propose_shipped(command: Command) -> Proposed:
    """Propose whatever was never proposed before, whoever proposed it. Raises what `propose` raises."""
    known = set(ObligationRule.objects.values_list("slug", "sha256"))
    documents, tables = read_rules(), read_tables()
    rules = [
        obligation_rules.propose(command, document=document).value
        for document in documents
        if (document["slug"], digest(write_rule(document))) not in known
    ]
    years = [
        holiday_tables.propose(
            command,
            calendar=Calendar(table.calendar),
            year=table.year,
            days=table.days,
            citation=table.citation,
        ).value
        for table in tables
        if not _find_editions(table)
    ]
    unchanged = len(documents) + len(tables) - len(rules) - len(years)
    return Proposed(tuple(rules), tuple(years), unchanged)


def enact_shipped(command: Command) -> list[Outcome]:
    """Put in force what is shipped and another person proposed, where nothing of the kind is in force yet.

    Nobody's own edition is touched: not one that waits, nor one in force. Refusals are in the outcomes.
    """
    digests = {digest(write_rule(document)) for document in read_rules()}
    rules = ObligationRule.objects.filter(sha256__in=digests).exclude(
        slug__in=ObligationRule.objects.filter(enacted_at__isnull=False).values("slug")
    )
    in_force = {(table.calendar, table.year) for table in tables_in_force()}
    tables = [
        row
        for table in read_tables()
        if (table.calendar, table.year) not in in_force
        for row in _find_editions(table)
    ]
    return [
        *holiday_tables.enact_each(command, tables=tables),
        *obligation_rules.enact_each(command, rules=list(rules.order_by("slug", "number"))),
    ]


def _find_editions(table: HolidayYear) -> list[HolidayTable]:
    """The editions that say the same."""
    editions = HolidayTable.objects.filter(
        calendar=table.calendar, year=table.year, citation=table.citation
    )
    return [row for row in editions if frozenset(row.days) == table.days]


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
