"""What the rule reads and says: facts, the question, grounds and the answer. Plain values, no database."""

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

from access.choices import Reason


@dataclass(frozen=True, slots=True)
class Named:
    """What an identifier in the question was found to name. `standing` is None if not yet recorded."""

    id: UUID
    standing: str | None
    release: UUID | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """The member asked about. `established` are the reviewed assertions that hold now, by kind.

    `absence` says that the member is suspended, or withdrawn.
    """

    id: UUID
    established: dict[str, bool]
    changes_at: dt.datetime | None = None
    absence: str | None = None


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A condition of a grant that is neither met nor waived. From `due_at` on it refuses."""

    id: UUID
    code: str
    due_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Need:
    """A gate or a requirement of a grant that is not met, or not known to be, for a time: now or to come."""

    kind: str
    code: str
    standing: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Terms:
    """The edition of a program's terms that binds at the moment asked about."""

    id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class Wait:
    """The grant waits at the moment asked about. `until` None: something is missing, and nobody knows until when."""

    until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Item:
    """A grant item of the organization for the model, of any period. Times are exclusive at the end."""

    grant: UUID
    program: UUID
    program_status: str | None
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    standing: str
    actions: frozenset[str]
    surfaces: frozenset[str]
    release: UUID | None
    terms_accepted: bool
    ended: str | None = None
    terms_change_at: dt.datetime | None = None
    purpose: str = ""
    terms: Terms | None = None
    origin: str = ""
    wait: Wait | None = None
    conditions: tuple[Unsettled, ...] = ()
    needs: tuple[Need, ...] = ()

    def lasts_until(self, at: dt.datetime) -> dt.datetime | None:
        """When it stops to allow what it allows at that moment: its end, or before it a need that lapses."""
        ends = [need.starts_at for need in self.needs if need.starts_at > at]
        return min([*ends, self.ends_at] if self.ends_at is not None else ends, default=None)


@dataclass(frozen=True, slots=True)
class Stop:
    """A restriction that covers organization and model; `programs` and `outside_by` narrow it further.

    `outside_by` is the assertion that puts a person outside the restricted class; None: everyone.
    `changes_at` is when the exception that counts here ends.
    """

    id: UUID
    programs: frozenset[UUID]
    outside_by: str | None
    excepted: bool
    exceptions_complete: bool
    ends_at: dt.datetime | None = None
    changes_at: dt.datetime | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the rule, after identifiers were looked up. No action means: anything at all."""

    action: str | None
    surface: str | None = None
    member_named: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """One snapshot of all that the answer may rest on. `at` is the moment asked about.

    `writable` is false where the database that answered takes no writes: what it shows may be old.
    """

    at: dt.datetime
    visible: bool
    organizations: tuple[Named, ...]
    models: tuple[Named, ...]
    persons: tuple[Person, ...] = ()
    items: tuple[Item, ...] = ()
    stops: tuple[Stop, ...] = ()
    changes: tuple[dt.datetime, ...] = field(default=())
    writable: bool = True


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason that applies, and the rows behind it: of grants, restrictions, editions of terms.

    `need` is the code of the gate or requirement.
    """

    reason: Reason
    grant: UUID | None = None
    stop: UUID | None = None
    terms: UUID | None = None
    condition: UUID | None = None
    need: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no, and why. `stop` is the restriction that refused, `grant` the one that allows or came closest.

    `item` is what a yes rests on. `conditions` are the unsettled ones of that grant, or of the one that
    came closest, nearest first. `next_change_at` counts changes that are scheduled now, and no others.
    """

    decision: bool
    reason: Reason
    grant: UUID | None = None
    stop: UUID | None = None
    valid_until: dt.datetime | None = None
    next_change_at: dt.datetime | None = None
    item: Item | None = None
    conditions: tuple[Unsettled, ...] = ()
