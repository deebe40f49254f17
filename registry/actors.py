"""Who does it, and with what words it is asked. Both are passed in, always: no thread-local user, no default."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from registry.choices import ClientKind, Role


class ActorKind(StrEnum):
    USER = "user"
    CLIENT = "client"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person on the operator's staff, a client program, or the system.

    `key` is opaque (`user:<uuid>`, `client:<uuid>`, `system`) and is what the ledger keeps.
    `roles` are those held now; `scopes` are those of a client's token; `organization_id` is the
    organization a client speaks for, `client_kind` what that client is, `surfaces` what a gateway serves.
    """

    kind: ActorKind
    id: UUID | None = None
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[str] = frozenset()
    organization_id: UUID | None = None
    client_kind: ClientKind | None = None
    surfaces: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        return "system" if self.id is None else f"{self.kind}:{self.id}"

    @property
    def is_staff(self) -> bool:
        """Whether the operator's own people, tools or clock stand behind it."""
        return self.kind is not ActorKind.CLIENT or self.client_kind is ClientKind.STAFF

    def serves(self, surface: str) -> bool:
        """Whether a gateway serves this surface: named itself, or with its whole scheme."""
        scheme, colon, _value = surface.partition(":")
        return surface in self.surfaces or (bool(colon) and f"{scheme}:*" in self.surfaces)

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds any of the roles."""
        return not self.roles.isdisjoint(roles)

    def __str__(self) -> str:
        return self.key


SYSTEM = Actor(ActorKind.SYSTEM)
"""The system itself: it may expire, announce and suspend, and holds no role."""


@dataclass(frozen=True, slots=True)
class Command:
    """The circumstances of one act.

    `at` is the interface's clock (aware); under the lock it never runs behind the row it changes.
    `request_id` ties the act to a log line. `idempotency` makes a repeat answer as the first did.
    `expected_version` is the version the caller worked from, where it said one. `part_of` is the job that
    the act is one line of, where it is: every event of the act names it, and the job tells people, once.
    """

    by: Actor
    at: dt.datetime
    request_id: str
    idempotency: str | None = None
    expected_version: int | None = None
    part_of: UUID | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("the moment of a command needs a time zone")


class ClientColumns(NamedTuple):
    """What of a client says who calls, as it stands in the database.

    The model of a client has many columns more, and makes up a secret: to make one takes longer than a decision.
    """

    id: UUID
    organization_id: UUID
    kind: str
    scopes: Sequence[str]
    roles: Sequence[str]
    surfaces: Sequence[str]

    def as_actor(self, scopes: frozenset[str]) -> Actor:
        """The client with the scopes of one token, never more than it was registered with."""
        return Actor(
            ActorKind.CLIENT,
            self.id,
            roles=frozenset(Role(role) for role in self.roles),
            scopes=scopes & frozenset(self.scopes),
            organization_id=self.organization_id,
            client_kind=ClientKind(self.kind),
            surfaces=frozenset(self.surfaces),
        )
