"""Who stands behind the opaque keys of the record, for people who read it."""

from collections.abc import Iterable
from uuid import UUID

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
