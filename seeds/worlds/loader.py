"""Who loads a world, what is being loaded, and how rows of it are found again."""

import datetime as dt
import secrets
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Model

from registry.actors import SYSTEM, Actor, Command
from registry.choices import (
    Role,
)
from registry.errors import NotFound
from registry.models import User
from registry.operations import (
    users,
)
from seeds.worlds.reading import (
    Row,
)

LOADER = "story-loader"
_LOADER_ROLES = (Role.INTAKE, Role.AUTHORITY_DESK)


@dataclass(frozen=True, slots=True)
class World:
    """A world on its way in: who loads it and when, and the restrictions that exceptions refer to.

    `known` holds, by the key of its row, what rows about authorities refer to.
    """

    name: str
    by: Actor
    at: dt.datetime
    restrictions: dict[str, UUID] = field(default_factory=dict)
    known: dict[str, UUID] = field(default_factory=dict)

    def command(self, row: Row) -> Command:
        """One act of the loader; the row's key, where it has one, makes a repeat answer as the first did."""
        key = f"{self.name}:{row['key']}" if "key" in row else None
        return Command(by=self.by, at=self.at, request_id=f"seed-{self.name}", idempotency=key)


def enroll_loader(at: dt.datetime) -> Actor:
    """The member of staff who loads worlds, registered where there is none. Nobody knows the password.

    A role that an administrator took away stays away.
    """
    command = Command(by=_find_administrator(at), at=at, request_id=LOADER)
    loader = User.objects.filter(username=LOADER).first()
    if loader is None:
        loader = users.register(
            command,
            username=LOADER,
            display_name="Loader of reported facts",
            email=f"{LOADER}@concordat.invalid",
            password=secrets.token_urlsafe(32),
        ).value
        # Nobody signs in with it, and nobody reads its mail.
        users.deactivate(command, user=LOADER)
    ever_held = set(loader.role_holdings.values_list("role", flat=True))
    for role in _LOADER_ROLES:
        if role not in ever_held:
            users.give_role(command, user=LOADER, role=role)
    return loader.as_actor()


def _find_administrator(at: dt.datetime) -> Actor:
    found = User.objects.filter(
        role_holdings__role=Role.ADMINISTRATOR,
        role_holdings__taken_at__isnull=True,
        is_active=True,
    ).first()
    if found is None:
        found = users.enroll_first_administrator(
            Command(by=SYSTEM, at=at, request_id=LOADER),
            username="story-administrator",
            display_name="Administrator of the loading",
            email="story-administrator@concordat.invalid",
            password=secrets.token_urlsafe(32),
        ).value
    return found.as_actor()


def find(model: type[Model], slug: str) -> UUID:
    """Raises NotFound."""
    found = model._default_manager.filter(slug=slug).first()
    if found is None:
        raise NotFound(str(model._meta.verbose_name), slug=slug)
    return UUID(str(found.pk))


def find_any(model: type[Model], slug: str | None) -> UUID | None:
    return None if slug is None else find(model, slug)
