"""Read a world that is kept as YAML: its sections, and the moments, periods and facts in their rows.

A world is a folder. Every file in it holds lists under the names of sections; files that share one add up.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from registry.choices import Precision, SourceGrade
from registry.operations.facts import CitationSaid, FactSaid, Period

Row = Mapping[str, Any]


def read_world(folder: Path, sections: Collection[str]) -> dict[str, list[Row]]:
    """The rows of every section, in the order of the files. Raises ValueError for an unknown section."""
    found: dict[str, list[Row]] = {section: [] for section in sections}
    for path in sorted(folder.glob("*.yaml")):
        for section, rows in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if section not in found:
                raise ValueError(f"{path.name}: there is no section {section!r}")
            found[section].extend(_one_by_one(rows))
    return found


def read_moment(said: dt.date | dt.datetime | None) -> dt.datetime | None:
    """A day begins at midnight UTC."""
    if said is None or isinstance(said, dt.datetime):
        return said
    return dt.datetime(said.year, said.month, said.day, tzinfo=dt.UTC)


def read_period(row: Row) -> Period:
    """From `since` up to, not including, `until`; without it the period stays open."""
    return Period(read_moment(row["since"]), read_moment(row.get("until")))


def read_happening(row: Row) -> Period:
    """The period of an event: without an end it lasts as long as its precision tells."""
    period, precision = read_period(row), Precision(row["precision"])
    if period.end is not None or period.start is None:
        return period
    return Period.lasting(period.start, precision)


def read_fact(row: Row) -> FactSaid:
    """The statement, its precision and its sources: each a slug, a grade and, where told, a passage."""
    return FactSaid(
        statement=row["statement"],
        precision=Precision(row["precision"]),
        citations=read_citations(row),
    )


def read_citations(row: Row) -> tuple[CitationSaid, ...]:
    """The sources of a row: each a slug, a grade and, where told, a passage."""
    return tuple(
        CitationSaid(source, SourceGrade(grade), *passage)
        for source, grade, *passage in row["sources"]
    )


def _one_by_one(rows: list[Row]) -> Iterator[Row]:
    """A row that names several organizations says the same of each: one fact each, with its own key."""
    for row in rows:
        if "organizations" not in row:
            yield row
            continue
        for slug in row["organizations"]:
            yield {**row, "key": f"{row['key']}/{slug}", "organization": slug}
