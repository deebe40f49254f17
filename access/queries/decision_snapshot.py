"""A dated snapshot: to whom the rule says yes, for what and on which surfaces, page by page.

The same candidates, facts and rule as a search. A class of persons is not decided in it: whoever must be
asked about by name is not in.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from access.choices import Action
from access.decision import Answer, Facts, Question, decide
from access.queries.decision_search import Bounds, Walk
from access.queries.decisions import Asked, Candidate
from registry.models import Leaf

Serves = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Line:
    """What one organization may do with one model on one surface; None: on any."""

    organization: str
    identifiers: tuple[str, ...]
    model: str
    surface: str | None
    actions: tuple[str, ...]
    grant: UUID
    valid_until: dt.datetime | None
    next_change_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One page. `after` is the key to go on from; None where there is nothing more."""

    lines: tuple[Line, ...]
    evaluated_at: dt.datetime
    revision: str
    writable: bool
    after: tuple[str, ...] | None


def find_position() -> int | None:
    """The ledger's last position. Read before a snapshot, all up to it is reflected there."""
    return Leaf.objects.order_by("-position").values_list("position", flat=True).first()


def take_snapshot(
    asked: Asked,
    *,
    limit: int,
    serves: Serves,
    after: Sequence[str] | None = None,
    bounds: Bounds | None = None,
) -> Snapshot:
    """The lines of up to `limit` pairs of organization and model, for the surfaces that are served."""
    walk = Walk("pair", asked, bounds or Bounds(), None if after is None else tuple(after))
    lines: list[Line] = []
    pairs, last, more = 0, tuple(after or ()), False
    for key, row in walk:
        found = list(_list_lines(key, row, serves))
        if found and pairs == limit:
            more = True
            break
        lines += found
        pairs, last = pairs + bool(found), key
    assert walk.evaluated_at is not None
    following = last if more else None if walk.exhausted else walk.after
    return Snapshot(tuple(lines), walk.evaluated_at, walk.revision, walk.writable, following)


def _list_lines(key: tuple[str, ...], row: Candidate, serves: Serves) -> Iterator[Line]:
    facts = row.facts
    anywhere = _decide_all(None, facts)
    named = sorted({surface for item in facts.items for surface in item.surfaces})
    told = [(None, anywhere)]
    told += [(surface, _decide_all(surface, facts)) for surface in named if serves(surface)]
    for surface, answers in told:
        more = {a: answer for a, answer in answers.items() if surface is None or a not in anywhere}
        if not more:
            continue
        ends = [answer.valid_until for answer in more.values() if answer.valid_until]
        changes = [answer.next_change_at for answer in more.values() if answer.next_change_at]
        grant = next(iter(more.values())).grant
        assert grant is not None
        yield Line(
            organization=key[0],
            identifiers=tuple(name for name in row.label["identifiers"] if serves(name)),
            model=key[1],
            surface=surface,
            actions=tuple(more),
            grant=grant,
            valid_until=min(ends, default=None),
            next_change_at=min(changes, default=None),
        )


def _decide_all(surface: str | None, facts: Facts) -> dict[str, Answer]:
    """The answers that are a yes, by their action."""
    answers = ((action, decide(Question(action, surface), facts)) for action in Action.values)
    return {action: answer for action, answer in answers if answer.decision}
