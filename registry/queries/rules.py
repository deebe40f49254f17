"""Which editions of rules and holiday tables are in force, and what changed between two."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, QuerySet

from registry.calendars import Holidays, HolidayYear
from registry.errors import NotFound
from registry.models import HolidayTable, ObligationRule
from registry.models.enacted import Enacted
from registry.rules import RuleDocument, read_rule

E = TypeVar("E", bound=Enacted)


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """An edition in force, and what it says. Whether it applies yet is for `document.standing` to say."""

    edition: ObligationRule
    document: RuleDocument


@dataclass(frozen=True, slots=True)
class Change:
    """One place in which an edition says something else. None where it says nothing there."""

    place: str
    before: str | None
    after: str | None


def rules_in_force(at: dt.datetime) -> list[RuleInForce]:
    """Every rule's newest edition that was in force at a moment, by slug: one query."""
    rows = _newest(ObligationRule.objects.all(), at, "slug")
    return [RuleInForce(row, read_rule(row.document)) for row in rows]


def find_rule(slug: str, at: dt.datetime) -> RuleInForce:
    """One rule's edition in force at a moment. Raises NotFound."""
    row = _newest(ObligationRule.objects.filter(slug=slug), at, "slug").first()
    if row is None:
        raise NotFound("rule")
    return RuleInForce(row, read_rule(row.document))


def tables_in_force(at: dt.datetime | None = None) -> list[HolidayYear]:
    """The newest table in force of every calendar and year, at a moment or now: one query."""
    rows = _newest(HolidayTable.objects.all(), at, "calendar", "year")
    return [
        HolidayYear(row.calendar, row.year, frozenset(row.days), row.citation, row.number)
        for row in rows
    ]


def holidays_in_force(at: dt.datetime | None = None) -> Holidays:
    """What one counts with: the tables in force, and the years that are computed."""
    return Holidays(tables_in_force(at))


def newer_in_force(model: type[Enacted], *same: str) -> Exists:
    """Whether a newer edition of the same thing is in force, to annotate editions with."""
    newer = model._default_manager.filter(
        number__gt=OuterRef("number"),
        enacted_at__isnull=False,
        **{name: OuterRef(name) for name in same},
    )
    return Exists(newer)


def find_predecessor(row: ObligationRule) -> ObligationRule | None:
    """What an edition is to be compared with: the newest before it that was in force, else the one before it."""
    before = ObligationRule.objects.filter(slug=row.slug, number__lt=row.number)
    in_force = before.filter(enacted_at__isnull=False).order_by("-number").first()
    return in_force or before.order_by("-number").first()


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What a document says differently from another, place by place, in the order of the later one."""
    old, new = dict(_flatten(before)), dict(_flatten(after))
    return [
        Change(place, old.get(place), new.get(place))
        for place in dict.fromkeys([*new, *old])
        if old.get(place) != new.get(place)
    ]


def _newest(rows: QuerySet[E], at: dt.datetime | None, *same: str) -> QuerySet[E]:
    moment = {"enacted_at__isnull": False} if at is None else {"enacted_at__lte": at}
    return rows.filter(**moment).order_by(*same, "-number").distinct(*same)


def _flatten(said: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every value with its place; the members of a list by their names, where they have names."""
    if isinstance(said, Mapping):
        for name, inner in said.items():
            yield from _flatten(inner, f"{place}.{name}".removeprefix("."))
    elif isinstance(said, list) and all(isinstance(inner, Mapping) for inner in said):
        for number, inner in enumerate(said):
            yield from _flatten(inner, f"{place}.{inner.get('name', inner.get('key', number))}")
    elif isinstance(said, list):
        yield place, ", ".join(map(str, said))
    else:
        yield place, str(said)
