"""What the evaluator reads: plain values about one organization, each with when it holds. No database.

`starts_at` None: always so far; `ends_at` (exclusive) None: until further notice.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from registry.choices import ScreeningState


@dataclass(frozen=True, slots=True)
class Spanned:
    """What holds for a time."""

    starts_at: dt.datetime | None
    ends_at: dt.datetime | None

    def holds(self, at: dt.datetime) -> bool:
        return (self.starts_at is None or self.starts_at <= at) and (
            self.ends_at is None or at < self.ends_at
        )


@dataclass(frozen=True, slots=True)
class Scheme:
    """One edition of a scheme. `levels` run from the lowest up."""

    id: UUID
    slug: str
    edition: str
    levels: tuple[str, ...] = ()

    def rank(self, level: str) -> int:
        """The place of a level; without one, the lowest there is. Raises ValueError for an unknown one."""
        return self.levels.index(level) if level else 0

    def __str__(self) -> str:
        return f"{self.slug} {self.edition}".strip()


@dataclass(frozen=True, slots=True)
class Held(Spanned):
    """An accepted attestation. `own`: it is about the organization itself, not about another legal entity."""

    id: UUID
    scheme: Scheme
    level: str
    service: str = ""
    own: bool = True


@dataclass(frozen=True, slots=True)
class Edge(Spanned):
    """A recognition: `scheme` at `level` or above counts as `satisfies` at `up_to`."""

    id: UUID
    scheme: Scheme
    level: str
    satisfies: Scheme
    up_to: str
    transitive: bool = False
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Place(Spanned):
    """A jurisdiction that touches the organization in this role, with the unions that it belongs to."""

    role: str
    jurisdictions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Neighbor(Spanned):
    """An owner or a vendor, with where it has its seat. `share` in percent; None is not known."""

    slug: str
    jurisdictions: frozenset[str]
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Screened:
    """Where the organization's screening stands, and on which lists what stands in the way was found."""

    state: ScreeningState
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the evaluator may rest on. `terms_accepted` None: the program has no terms; `screened` None:
    nobody has asked how its screening stands."""

    held: tuple[Held, ...] = ()
    edges: tuple[Edge, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    places: tuple[Place, ...] = ()
    owners: tuple[Neighbor, ...] = ()
    vendors: tuple[Neighbor, ...] = ()
    terms_accepted: bool | None = None
    screened: Screened | None = None

    def list_changes(self) -> set[dt.datetime]:
        """Every moment at which something of it begins or ends."""
        spanned: tuple[Spanned, ...] = (
            *self.held,
            *self.edges,
            *self.places,
            *self.owners,
            *self.vendors,
        )
        return {m for one in spanned for m in (one.starts_at, one.ends_at) if m is not None}
