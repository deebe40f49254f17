"""Searches: the candidates in their order, each decided by the rule, as many as fit a page."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from access.decision import Question, decide
from access.queries.decisions import Asked, Candidate, gather

BATCH = 250
MOST_BATCHES = 8
_BEFORE_ALL = ("", "")
"""Bounds the statements of one page. A page may then come short, with a token to go on."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Whom a search may name: `only` one organization, or every disclosed one, and `own` in any case."""

    only: UUID | None = None
    own: UUID | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page. `after` is the key to go on from; None where nothing more is to be found."""

    keys: tuple[tuple[str, ...], ...]
    evaluated_at: dt.datetime
    revision: str
    writable: bool
    after: tuple[str, ...] | None = None


@dataclass(slots=True)
class Walk:
    """A walk over the candidates of one page, in a bounded number of statements of one state of knowledge."""

    kind: str
    asked: Asked
    bounds: Bounds
    after: tuple[str, ...] | None = None
    evaluated_at: dt.datetime | None = None
    revision: str = ""
    writable: bool = True
    exhausted: bool = field(default=False)

    def __iter__(self) -> Iterator[tuple[tuple[str, ...], Candidate]]:
        asked = self.asked
        for _ in range(MOST_BATCHES):
            rows = gather(
                self.kind,
                asked,
                after=self.after,
                limit=BATCH,
                own=self.bounds.own,
                only=self.bounds.only,
            )
            if self.evaluated_at is None:
                self.evaluated_at, self.revision = rows.evaluated_at, rows.revision
                self.writable = rows.writable
                asked = _fix(asked, rows.evaluated_at)
            for row in rows.candidates:
                key = tuple(row.label["key"])
                yield key, row
                self.after = key
            if len(rows.candidates) < BATCH:
                self.exhausted = True
                return


def search(
    kind: str,
    asked: Asked,
    *,
    limit: int,
    after: Sequence[str] | None = None,
    bounds: Bounds | None = None,
) -> Found:
    """The keys of up to `limit` candidates to which the rule says yes, after a key.

    Raises RevisionUnreadable, KnownInFuture.
    """
    walk = Walk(kind, asked, bounds or Bounds(), None if after is None else tuple(after))
    named = kind == "member" or asked.member is not None
    question = Question(asked.action, asked.surface, member_named=named)
    keys: list[tuple[str, ...]] = []
    more = False
    for key, row in walk:
        if not decide(question, row.facts).decision:
            continue
        if len(keys) == limit:
            more = True
            break
        keys.append(key)
    assert walk.evaluated_at is not None
    following = None if walk.exhausted else walk.after
    if more:
        following = keys[-1] if keys else tuple(after or _BEFORE_ALL)
    return Found(tuple(keys), walk.evaluated_at, walk.revision, walk.writable, following)


def _fix(asked: Asked, moment: dt.datetime) -> Asked:
    """The same question, for the state of knowledge of the first statement."""
    return replace(
        asked,
        as_of=asked.as_of or asked.known_at or moment,
        known_at=asked.known_at or moment,
    )
