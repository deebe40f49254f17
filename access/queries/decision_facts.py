"""From a row of the decision's statement to the facts that the rule reads."""

import datetime as dt
from typing import Any
from uuid import UUID

from access.decision import Facts, Item, Named, Need, Person, Stop, Terms, Unsettled, Wait


def read_facts(row: dict[str, Any]) -> Facts:
    """The facts about one question."""
    return Facts(
        at=dt.datetime.fromisoformat(row["at"]),
        visible=row["visible"],
        writable=row["writable"],
        organizations=tuple(
            Named(UUID(named["id"]), named["standing"]) for named in row["organizations"]
        ),
        models=tuple(
            Named(UUID(named["id"]), named["standing"], _uuid(named["release"]))
            for named in row["models"]
        ),
        persons=tuple(
            Person(
                UUID(person["id"]),
                person["established"],
                _moment(person["changes_at"]),
                person["absence"],
            )
            for person in row["persons"]
        ),
        items=tuple(_read_item(item) for item in row["items"]),
        stops=tuple(read_stop(stop) for stop in row["stops"]),
        changes=tuple(dt.datetime.fromisoformat(text) for text in row["changes"]),
    )


def _read_item(row: dict[str, Any]) -> Item:
    return Item(
        grant=UUID(row["grant"]),
        program=UUID(row["program"]),
        program_status=row["program_status"],
        starts_at=_moment(row["starts_at"]),
        ends_at=_moment(row["ends_at"]),
        standing=row["standing"],
        actions=frozenset(row["actions"]),
        surfaces=frozenset(row["surfaces"]),
        release=_uuid(row["release"]),
        terms_accepted=row["terms_accepted"],
        ended=row["ended"],
        terms_change_at=_moment(row["terms_change_at"]),
        purpose=row["purpose"],
        terms=None if row["terms"] is None else Terms(UUID(row["terms"]), row["terms_number"]),
        origin=row["origin"],
        wait=Wait(_moment(row["waits_until"])) if row["waits"] else None,
        conditions=tuple(map(read_condition, row["conditions"])),
        needs=tuple(map(read_need, row["needs"])),
    )


def read_condition(row: dict[str, Any]) -> Unsettled:
    return Unsettled(UUID(row["id"]), row["code"], dt.datetime.fromisoformat(row["due_at"]))


def read_need(row: dict[str, Any]) -> Need:
    return Need(
        kind=row["kind"],
        code=row["code"],
        standing=row["standing"],
        starts_at=dt.datetime.fromisoformat(row["starts_at"]),
        ends_at=_moment(row["ends_at"]),
    )


def read_stop(row: dict[str, Any]) -> Stop:
    return Stop(
        id=UUID(row["id"]),
        programs=frozenset(UUID(program) for program in row["programs"]),
        outside_by=row["outside_by"],
        excepted=row["excepted"],
        exceptions_complete=row["exceptions_complete"],
        ends_at=_moment(row["ends_at"]),
        changes_at=_moment(row["changes_at"]),
        kind=row["kind"],
    )


def _moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
