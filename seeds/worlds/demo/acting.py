"""Acts of the demonstration world: each an ordinary operation, by a member of its staff, at most once."""

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.db.models import Model

from registry.actors import SYSTEM, Actor, Command
from registry.commands import Done
from registry.errors import NotFound
from registry.models import Organization
from seeds.worlds.demo.names import Size

P = ParamSpec("P")
M = TypeVar("M", bound=Model)
T = TypeVar("T")

_QUIET_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class World:
    """A world on its way in: its size, who acts in it under which username, and the interface's clock."""

    size: Size
    staff: Mapping[str, Actor]
    clock: Callable[[], dt.datetime]
    tell: Callable[[str], Any]

    def command(self, who: str, *, key: str | None = None) -> Command:
        """One act of a member of staff, now."""
        return self._command(self.staff[who], key)

    def act(
        self,
        who: str,
        key: str,
        operation: Callable[Concatenate[Command, P], Done[M]],
        /,
        *args: P.args,
        **said: P.kwargs,
    ) -> M:
        """Do it under this key; where it was done under it before, what came of it then."""
        return operation(self.command(who, key=key), *args, **said).value

    def pass_time(
        self,
        operation: Callable[Concatenate[Command, P], Done[M]],
        /,
        *args: P.args,
        **said: P.kwargs,
    ) -> M:
        """Do what only the system does."""
        return operation(self._command(SYSTEM, None), *args, **said).value

    def each(self, section: str, things: Sequence[T]) -> Iterator[T]:
        """The things one by one, telling how far it is at most once a second, and at the end."""
        told = time.monotonic()
        for number, thing in enumerate(things):
            if time.monotonic() - told > _QUIET_SECONDS:
                told = time.monotonic()
                self.tell(f"demo: {section}: {number} of {len(things)}")
            yield thing
        self.tell(f"demo: {section}: {len(things)}")

    def _command(self, by: Actor, key: str | None) -> Command:
        idempotency = None if key is None else f"demo:{key}"
        return Command(by=by, at=self.clock(), request_id="seed-demo", idempotency=idempotency)


def find_organization(slug: str) -> UUID:
    """Raises NotFound."""
    found = Organization.objects.filter(slug=slug).values_list("id", flat=True).first()
    if found is None:
        raise NotFound("organization", slug=slug)
    return found
