"""What every operation has in common: one durable transaction, one lock, one moment, one answer.

Public operations are keyword-only functions under `@command`. What two operations share starts with an
underscore, runs inside the caller's transaction and takes locked rows.

Lock order, everywhere: program → expansion → request → grant, and a grant before those that renew it. The
facts of an organization, then the turn to screen, then what is screened come before programs. A
campaign, or a round and its question, comes before the grants it is about; a restriction before the programs
of what lapsed under it. What reads several rows locks their common parent first.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar
from uuid import UUID

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DataError, connection, models, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.errors import StringDataRightTruncation

from registry.actors import Command
from registry.errors import Conflict, Invalid, NotFound, Stale
from registry.models.governed import Governed
from registry.models.idempotency_key import IdempotencyKey

__all__ = [
    "Clock",
    "Command",
    "Done",
    "KeyReused",
    "TextTooLong",
    "command",
    "lock",
    "read_clock",
    "touch",
]

P = ParamSpec("P")
M = TypeVar("M", bound=models.Model)
G = TypeVar("G", bound=Governed)


class TextTooLong(Invalid):
    """The database's columns have the last word on how long a text may be."""

    code = "text_too_long"
    text = _("A text is too long: %(problem)s.")


class KeyReused(Conflict):
    """The idempotency key was used before, for something else."""

    code = "idempotency_key_reused"
    text = _("This idempotency key was used before for a different request.")


@dataclass(frozen=True, slots=True)
class Done(Generic[M]):
    """What an operation made or changed, and the revision that a reader may ask to see."""

    value: M
    revision: str
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """The moments of one act, read under its lock.

    `at` is the caller's moment, never behind the rows it changes. `recorded` is the database's clock.
    """

    at: dt.datetime
    recorded: dt.datetime

    def start(self, wanted: dt.datetime | None = None) -> dt.datetime:
        """When something granted begins: never before it is recorded."""
        return max(wanted or self.recorded, self.recorded)

    @property
    def end(self) -> dt.datetime:
        """When something is cut off: the moment it is recorded, whatever the caller's clock says."""
        return self.recorded


def command(
    operation: Callable[Concatenate[Command, P], M],
) -> Callable[Concatenate[Command, P], Done[M]]:
    """Run the operation in one durable transaction, at most once per idempotency key.

    A second caller with the same key waits for the first and gets its answer. A refused command
    keeps nothing, so the same key may be tried again. Raises KeyReused, and what the operation raises.
    """

    @wraps(operation)
    def run(command: Command, /, *args: P.args, **kwargs: P.kwargs) -> Done[M]:
        with _text_fits(), transaction.atomic(durable=True):
            key = _book(command, f"{operation.__module__}.{operation.__qualname__}", kwargs)
            if key is not None and key.revision:
                model = apps.get_model(key.subject)
                return Done(
                    model._default_manager.get(pk=key.subject_id), key.revision, replayed=True
                )
            value = operation(command, *args, **kwargs)
            revision = _revision()
            if key is not None:
                key.subject = value._meta.label_lower
                key.subject_id = value.pk
                key.revision = revision
                key.save(update_fields=["subject", "subject_id", "revision"])
        return Done(value, revision)

    return run


def lock(rows: models.QuerySet[G], pk: UUID | None, command: Command, *, what: str) -> G:
    """Lock one row and compare the version the caller worked from. Raises NotFound, Stale.

    `rows` carries the visibility rule: what the actor may not see is not there.
    """
    row = rows.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if row is None:
        raise NotFound(what)
    if command.expected_version is not None and command.expected_version != row.version:
        raise Stale(expected=command.expected_version, found=row.version)
    return row


def read_clock(command: Command, *rows: Governed) -> Clock:
    """The moments of this act. Call it after the lock: a moment read before it may run backward."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (recorded,) = cursor.fetchone()
    return Clock(at=max([command.at, *(row.changed_at for row in rows)]), recorded=recorded)


def touch(row: Governed, clock: Clock, *fields: str) -> None:
    """Save the named fields of a locked row, as its next version."""
    row.version += 1
    row.changed_at = clock.at
    row.save(update_fields=[*fields, "version", "changed_at"])


@contextmanager
def _text_fits() -> Iterator[None]:
    """A text longer than its column is a refusal; any other data error stays the bug it is."""
    try:
        yield
    except DataError as broken:
        if isinstance(broken.__cause__, StringDataRightTruncation):
            raise TextTooLong(problem=str(broken.__cause__.diag.message_primary)) from broken
        raise


def _book(command: Command, name: str, arguments: dict[str, Any]) -> IdempotencyKey | None:
    """Insert the key, or wait for whoever is inserting it and give theirs."""
    if command.idempotency is None:
        return None
    said = json.dumps([name, arguments], default=_plain, sort_keys=True)
    fingerprint = hashlib.sha256(said.encode()).hexdigest()
    key, fresh = IdempotencyKey.objects.get_or_create(
        actor=command.by.key,
        key=command.idempotency,
        defaults={"fingerprint": fingerprint, "created_at": command.at},
    )
    if not fresh and key.fingerprint != fingerprint:
        raise KeyReused
    return key


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    return DjangoJSONEncoder().default(value)


def _revision() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        (revision,) = cursor.fetchone()
    return str(revision)
