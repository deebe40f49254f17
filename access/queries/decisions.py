"""The decision point's facts, in one statement and so in one snapshot, and its answer."""

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from access.decision import Answer, Facts, Item, Named, Person, Question, Stop, decide
from access.queries.decision_sql import build_statement
from registry.errors import Invalid, KnownInFuture

_REVISION = re.compile(r"[0-9]{1,20}")


class RevisionUnreadable(Invalid):
    code = "revision_unreadable"
    text = _("“%(revision)s” is not a revision that this registry has given out.")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it was put. Identifiers are a slug, a UUID or `scheme:value`.

    `member` belongs to `organization`; `version` says that `model` names a released version. `as_of` is
    the moment asked about, `known_at` the state of knowledge; without them it is now. `revision` asks to
    see at least the change that returned it.
    """

    organization: str
    model: str
    action: str
    member: str | None = None
    version: bool = False
    surface: str | None = None
    as_of: dt.datetime | None = None
    known_at: dt.datetime | None = None
    revision: str | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The answer, the database's moment at which it was given, and the revision it has seen."""

    answer: Answer
    evaluated_at: dt.datetime
    revision: str


def evaluate(asked: Asked) -> Evaluation:
    """Answer from one statement. Raises RevisionUnreadable, KnownInFuture."""
    if asked.revision is not None and not _REVISION.fullmatch(asked.revision):
        raise RevisionUnreadable(revision=asked.revision)
    rows = _fetch(asked)
    now = _moment(rows[0]["now"])
    assert now is not None
    if asked.known_at is not None and asked.known_at > now:
        raise KnownInFuture
    question = Question(asked.action, asked.surface, member_named=asked.member is not None)
    answer = decide(question, _read_facts(rows))
    return Evaluation(answer, now, rows[0]["revision"])


@dataclass(frozen=True, slots=True)
class Held:
    """What the decision point says of one organization that was ever granted the model, for any action."""

    organization: UUID
    answer: Answer
    origin: str
    since: dt.datetime | None
    until: dt.datetime | None


def evaluate_holders(
    model: UUID, *, as_of: dt.datetime, known_at: dt.datetime | None
) -> list[Held]:
    """The same rule over the same facts, for every organization that was ever granted the model."""
    asked = Asked(organization="", model=str(model), action="", as_of=as_of, known_at=known_at)
    held = []
    for row in _fetch(asked, everyone=True):
        if row["organization"] is None:
            continue
        facts = _read_facts([row])
        answer = decide(Question(None), facts)
        item = (
            next(
                (item for item in reversed(row["items"]) if UUID(item["grant"]) == answer.grant),
                None,
            )
            or row["items"][-1]
        )
        own = [piece for piece in row["items"] if piece["grant"] == item["grant"]]
        held.append(
            Held(
                organization=UUID(row["organization"]),
                answer=answer,
                origin=item["origin"],
                since=_moment(own[0]["starts_at"]),
                until=_moment(own[-1]["ends_at"]),
            )
        )
    return held


def _fetch(asked: Asked, *, everyone: bool = False) -> list[dict[str, Any]]:
    statement = build_statement(
        organization=None if everyone else asked.organization,
        model=asked.model,
        member=asked.member,
        version=asked.version,
        past=asked.known_at is not None,
    )
    values = {
        "organization": asked.organization,
        "organization_value": _value(asked.organization),
        "organization_scheme": _scheme(asked.organization),
        "model": asked.model,
        "model_value": _value(asked.model),
        "model_scheme": _scheme(asked.model),
        "member": asked.member,
        "as_of": asked.as_of,
        "known_at": asked.known_at,
        "revision": asked.revision,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]


def _read_facts(rows: list[dict[str, Any]]) -> Facts:
    """Facts about one question. Several rows mean that its identifier names several organizations."""
    first = rows[0]
    at = _moment(first["at"])
    assert at is not None
    return Facts(
        at=at,
        visible=first["visible"],
        organizations=tuple(
            Named(UUID(row["organization"]), row["standing"])
            for row in rows
            if row["organization"] is not None
        ),
        models=tuple(_read_named(row) for row in first["models"]),
        persons=tuple(
            Person(UUID(row["id"]), row["established"], _moment(row["changes_at"]))
            for row in first["persons"]
        ),
        items=tuple(_read_item(row) for row in first["items"]),
        stops=tuple(_read_stop(row) for row in first["stops"]),
        changes=tuple(
            moment for text in first["changes"] if (moment := _moment(text)) is not None
        ),
    )


def _read_named(row: dict[str, Any]) -> Named:
    return Named(UUID(row["id"]), row["standing"], _uuid(row.get("release")))


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
    )


def _read_stop(row: dict[str, Any]) -> Stop:
    return Stop(
        id=UUID(row["id"]),
        programs=frozenset(UUID(program) for program in row["programs"]),
        outside_by=row["outside_by"],
        excepted=row["excepted"],
        exceptions_complete=row["exceptions_complete"],
        ends_at=_moment(row["ends_at"]),
    )


def _moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _scheme(identifier: str) -> str:
    return identifier.partition(":")[0]


def _value(identifier: str) -> str:
    return identifier.partition(":")[2]
