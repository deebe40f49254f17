"""By which attestation, over which recognitions, a scheme counts as held. Shortest first, and never by a guess."""

import datetime as dt
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from access.eligibility.facts import Edge, Held, Scheme


@dataclass(frozen=True, slots=True)
class Path:
    """An attestation, the recognitions passed in their order, and the level that they lead to."""

    held: Held
    edges: tuple[Edge, ...]
    scheme: Scheme
    level: str

    @property
    def leads_on(self) -> bool:
        """Whether another recognition may follow: only where every one passed lets it."""
        return all(edge.transitive for edge in self.edges)


def find_path(
    held: Iterable[Held],
    edges: Collection[Edge],
    *,
    wanted: Collection[Scheme],
    level: str,
    at: dt.datetime,
) -> Path | None:
    """The shortest path to one of the wanted editions at the level or above; None where there is none."""
    for path in walk(held, edges, at=at):
        if path.scheme in wanted and reaches(path, level):
            return path
    return None


def walk(held: Iterable[Held], edges: Collection[Edge], *, at: dt.datetime) -> Iterator[Path]:
    """Everything that counts as held at the moment, nearest first; each scheme and level once.

    Where several edges passed, each of them says that it may be.
    """
    starts = sorted((one for one in held if one.holds(at)), key=lambda one: str(one.id))
    waiting = deque(Path(one, (), one.scheme, one.level) for one in starts)
    open_edges = sorted((edge for edge in edges if edge.holds(at)), key=lambda edge: str(edge.id))
    seen: set[tuple[UUID, str, bool]] = set()
    while waiting:
        path = waiting.popleft()
        place = (path.scheme.id, path.level, path.leads_on)
        if place in seen:
            continue
        seen.add(place)
        yield path
        waiting.extend(_follow(path, open_edges))


def reaches(path: Path, level: str) -> bool:
    """Whether the path's level is this one or above. A level that the edition does not know is not reached."""
    if level and level not in path.scheme.levels:
        return False
    return path.scheme.rank(path.level) >= path.scheme.rank(level)


def _follow(path: Path, edges: Iterable[Edge]) -> Iterator[Path]:
    for edge in edges:
        if edge.scheme != path.scheme or not reaches(path, edge.level):
            continue
        if path.edges and not (path.leads_on and edge.transitive):
            continue
        yield Path(path.held, (*path.edges, edge), edge.satisfies, edge.up_to)
