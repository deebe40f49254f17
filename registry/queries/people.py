"""Who stands behind the opaque keys of the record, for people who read it."""

from collections.abc import Iterable
from uuid import UUID

from registry.actors import Actor, ActorKind
from registry.models import Client, User

_USER, _CLIENT = "user:", "client:"


def name_actors(keys: Iterable[str]) -> dict[str, str]:
    """A name for each key of a user or a client that is known, in two queries at most."""
    wanted = set(keys)
    users = _ids(wanted, _USER)
    clients = _ids(wanted, _CLIENT)
    names: dict[str, str] = {}
    if users:
        found = User.objects.filter(pk__in=users).values_list("pk", "display_name")
        names |= {f"{_USER}{pk}": name for pk, name in found}
    if clients:
        programs = Client.objects.filter(pk__in=clients).values_list("pk", "name")
        names |= {f"{_CLIENT}{pk}": f"{name} (program)" for pk, name in programs}
    return names


def find_actor(key: str) -> Actor:
    """The person or program behind the key, with what it may do now; one who has left may do nothing."""
    users, clients = _ids({key}, _USER), _ids({key}, _CLIENT)
    user = User.objects.filter(pk__in=users, is_active=True).first()
    if user is not None:
        return user.as_actor()
    client = Client.objects.filter(pk__in=clients, withdrawn_at__isnull=True).first()
    if client is not None:
        return client.as_actor(frozenset(client.scopes))
    return Actor(ActorKind.USER if users else ActorKind.CLIENT, next(iter([*users, *clients])))


def is_key(text: object) -> bool:
    """Whether a cell holds the key of somebody."""
    return isinstance(text, str) and text.startswith((_USER, _CLIENT))


def _ids(keys: set[str], kind: str) -> list[UUID]:
    found = []
    for key in keys:
        if key.startswith(kind):
            try:
                found.append(UUID(key.removeprefix(kind)))
            except ValueError:
                continue
    return found
