"""The decision point's questions and answers: facts in one statement and so in one snapshot, then the rule."""

import datetime as dt
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from access.decision import Answer, Facts, Question, decide
from access.queries.decision_facts import read_facts
from access.queries.decision_plain import Plain, find_plain, read_plain
from access.queries.decision_sources import candidates, given
from access.queries.decision_sql import COLUMNS, build_statement
from registry.errors import DomainError, Invalid, KnownInFuture

Rule = Callable[[Question, Facts], Answer]

_REVISION = re.compile(r"[0-9]{1,18}")
_CANONICAL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


class RevisionUnreadable(Invalid):
    code = "revision_unreadable"
    text = _("“%(revision)s” is not a revision that this registry has given out.")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it was put. Identifiers are a slug, a UUID or `scheme:value`.

    `member` belongs to `organization`; `version` says that `model` names a released version. `as_of` is
    the moment asked about, `known_at` the state of knowledge; without them it is now. `revision` asks to
    see at least the change that returned it. `action` None asks for any action at all.
    """

    organization: str
    model: str
    action: str | None
    member: str | None = None
    version: bool = False
    surface: str | None = None
    as_of: dt.datetime | None = None
    known_at: dt.datetime | None = None
    revision: str | None = None

    @property
    def question(self) -> Question:
        return Question(self.action, self.surface, member_named=self.member is not None)

    @property
    def is_past(self) -> bool:
        """Whether another moment than now is asked about."""
        return self.as_of is not None or self.known_at is not None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The answer with its question and facts, the database's moment, and the revision it has seen."""

    asked: Asked
    facts: Facts
    answer: Answer
    evaluated_at: dt.datetime
    revision: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Facts about one candidate, and what its source says of it: its `key` in the order, and more."""

    facts: Facts
    label: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Candidates in their order. `writable` as in the facts, known also where there are none."""

    candidates: tuple[Candidate, ...]
    evaluated_at: dt.datetime
    revision: str
    writable: bool


def evaluate(asked: Asked, *, rule: Rule = decide) -> Evaluation:
    """Answer from one statement. Raises RevisionUnreadable, KnownInFuture."""
    found = evaluate_all([asked], rule=rule)[0]
    if isinstance(found, DomainError):
        raise found
    return found


def evaluate_all(
    questions: Sequence[Asked], *, rule: Rule = decide
) -> list[Evaluation | DomainError]:
    """Answer all in their order, from one statement whatever their number; a refusal in the place of a
    question that cannot be answered: RevisionUnreadable, KnownInFuture."""
    forms = {find_plain_form(asked) for asked in questions}
    if len(forms) == 1 and (form := forms.pop()) is not None:
        found = _evaluate_plain(questions, form, rule)
        if found is not None:
            return found
    return evaluate_in_full(questions, rule=rule)


def evaluate_plain(asked: Asked, found: Plain, *, rule: Rule = decide) -> Evaluation:
    """The answer to a plain question from what was found, while it is quiet."""
    facts = read_plain(found)
    answer = rule(asked.question, facts)
    return Evaluation(asked, facts, answer, found.moment.now, found.moment.revision)


def evaluate_in_full(
    questions: Sequence[Asked], *, rule: Rule = decide
) -> list[Evaluation | DomainError]:
    """The same by the statement that can answer every question, whatever the questions are."""
    found: dict[int, Evaluation | DomainError] = {
        number: RevisionUnreadable(revision=asked.revision)
        for number, asked in enumerate(questions)
        if asked.revision is not None and not _REVISION.fullmatch(asked.revision)
    }
    sound = [(number, asked) for number, asked in enumerate(questions) if number not in found]
    for row in _fetch_given(sound) if sound else []:
        asked = questions[row["number"]]
        found[row["number"]] = _evaluate_row(asked, row, rule)
    return [found[number] for number in range(len(questions))]


def gather(
    kind: str,
    asked: Asked,
    *,
    after: Sequence[str] | None = None,
    limit: int | None = None,
    own: UUID | None = None,
    only: UUID | None = None,
) -> Gathered:
    """The facts about each candidate of a kind (see `decision_sources`), from one statement.

    `own` is the organization that may be named although it is undisclosed, `only` the one that may be
    found at all. Raises RevisionUnreadable, KnownInFuture.
    """
    if asked.revision is not None and not _REVISION.fullmatch(asked.revision):
        raise RevisionUnreadable(revision=asked.revision)
    past = asked.known_at is not None
    values = _split(asked) | {
        "after": None if after is None else list(after),
        "limit": limit,
        "own": own,
        "only": only,
        "organization_given": bool(asked.organization),
    }
    rows = _run(build_statement(candidates(kind, past=past), past=past), values)
    now = dt.datetime.fromisoformat(rows[0]["now"])
    if asked.known_at is not None and asked.known_at > now:
        raise KnownInFuture
    found = [
        Candidate(read_facts(row), row["label"] or {}) for row in rows if row["number"] is not None
    ]
    return Gathered(tuple(found), now, rows[0]["revision"], rows[0]["writable"])


def find_plain_form(asked: Asked) -> tuple[str, str] | None:
    """Which forms its two identifiers have, where the question is plain (see `decision_plain`)."""
    if asked.member or asked.version or asked.is_past or asked.revision is not None:
        return None
    if ":" in asked.organization or ":" in asked.model:
        return None
    return _name_form(asked.organization), _name_form(asked.model)


def _name_form(identifier: str) -> str:
    return "uuid" if _CANONICAL.fullmatch(identifier) else "slug"


def _evaluate_plain(
    questions: Sequence[Asked], form: tuple[str, str], rule: Rule
) -> list[Evaluation | DomainError] | None:
    """None while any of what was found is not quiet."""
    organization, model = form
    pairs = [(asked.organization, asked.model) for asked in questions]
    found = find_plain(pairs, organization=organization, model=model)
    if found is None:
        return None
    return [
        evaluate_plain(asked, plain, rule=rule)
        for asked, plain in zip(questions, found, strict=True)
    ]


def _evaluate_row(asked: Asked, row: dict[str, Any], rule: Rule) -> Evaluation | DomainError:
    now = dt.datetime.fromisoformat(row["now"])
    if asked.known_at is not None and asked.known_at > now:
        return KnownInFuture()
    facts = read_facts(row)
    return Evaluation(asked, facts, rule(asked.question, facts), now, row["revision"])


def _fetch_given(questions: list[tuple[int, Asked]]) -> list[dict[str, Any]]:
    """One statement; of two halves where both the present and a past state of knowledge are asked about."""
    texts, values = [], dict[str, Any]()
    for suffix, past in (("now", False), ("then", True)):
        half = [(n, asked) for n, asked in questions if (asked.known_at is not None) is past]
        if not half:
            continue
        texts.append(f"({build_statement(given(suffix), past=past)})")
        split = [_split(asked) for _n, asked in half]
        values[f"number_{suffix}"] = [number for number, _asked in half]
        for name, _type in COLUMNS:
            values[f"{name}_{suffix}"] = [one[name] for one in split]
    return _run(" UNION ALL ".join(texts), values)


def _run(statement: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]


def _split(asked: Asked) -> dict[str, Any]:
    """The question's columns: of each identifier the form that it has, and none of the others."""
    return {
        **_forms("organization", asked.organization),
        **_forms("model", asked.model),
        "is_release": asked.version,
        "member_uuid": _uuid(asked.member),
        "member_reference": None if _uuid(asked.member) else asked.member,
        "as_of": asked.as_of,
        "known_at": asked.known_at,
        "revision": asked.revision,
    }


def _forms(subject: str, identifier: str) -> dict[str, Any]:
    uuid = _uuid(identifier)
    scheme, colon, value = identifier.partition(":")
    return {
        f"{subject}_uuid": uuid,
        f"{subject}_slug": None if uuid or colon else identifier,
        f"{subject}_scheme": scheme if colon else None,
        f"{subject}_value": value if colon else None,
    }


def _uuid(text: str | None) -> UUID | None:
    if text is None:
        return None
    return UUID(text) if _CANONICAL.fullmatch(text) else None
