"""The one writer of the record. Whatever changes, changes in the transaction that also writes it here."""

import datetime as dt
import hmac
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from uuid import UUID

import rfc8785
from django.db import transaction

from registry.actors import Command
from registry.events import EventName
from registry.models import AuditEvent, OutboxEntry, PrivateValue
from registry.wake import wake_after_commit

LEAF_VERSION = 1
PART_OF = "part_of"
_LARGEST_PLAIN = 2**53 - 1


class Subject(Protocol):
    """What an event is about: anything with a UUID that can say whom it concerns."""

    id: UUID

    def organizations_concerned(self) -> list[UUID]: ...


def record(
    name: EventName,
    subject: Subject,
    command: Command,
    *,
    occurred_at: dt.datetime,
    concerned: Iterable[UUID] | None = None,
    private: Mapping[str, str] | None = None,
    **details: Any,
) -> AuditEvent:
    """Write an event and its outbox entry, inside the caller's transaction.

    `concerned` replaces the subject's own answer to whom it concerns. `private` are free texts and
    personal values: the event keeps their digest. Raises RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction of its change")
    organizations = subject.organizations_concerned() if concerned is None else concerned
    if command.part_of is not None:
        details[PART_OF] = command.part_of
    event = AuditEvent.objects.create(
        name=name,
        subject_type=_subject_type(subject),
        subject_id=subject.id,
        actor=command.by.key,
        organizations=sorted(set(organizations)),
        visibility=name.visibility,
        occurred_at=occurred_at,
        request_id=command.request_id,
        details={key: _plain(value) for key, value in details.items()}
        | {key: _keep_private(text) for key, text in (private or {}).items() if text},
    )
    OutboxEntry.objects.create(event=event)
    wake_after_commit()
    return event


def forget(subject: Subject) -> None:
    """Erase the private texts behind the events about a subject, which is deleted because nothing governs it.

    The events stay, and the ledger verifies. Inside the caller's transaction, which records why.
    """
    details = AuditEvent.objects.filter(
        subject_type=_subject_type(subject), subject_id=subject.id
    ).values_list("details", flat=True)
    texts = [
        said["private"]
        for kept in details
        for said in kept.values()
        if isinstance(said, dict) and "private" in said
    ]
    PrivateValue.objects.filter(pk__in=texts).update(salt=None, value=None)


def write_leaf_body(event: AuditEvent) -> bytes:
    """The canonical bytes (RFC 8785) that the ledger's leaf hashes: version 1, final from the first day."""
    body = {
        "version": LEAF_VERSION,
        "id": str(event.event_id),
        "name": event.name,
        "subject": f"{event.subject_type}:{event.subject_id}",
        "actor": event.actor,
        "organizations": [str(organization) for organization in event.organizations],
        "visibility": event.visibility,
        "occurred_at": _write_time(event.occurred_at),
        "recorded_at": _write_time(event.recorded_at),
        "request_id": event.request_id,
        "details": event.details,
    }
    return rfc8785.dumps(body)


def digest_private(value: PrivateValue) -> str:
    """The digest that events keep of a private value. Raises ValueError once it is erased."""
    if value.salt is None or value.value is None:
        raise ValueError("the value is erased")
    return hmac.new(bytes(value.salt), value.value.encode(), "sha256").hexdigest()


def _subject_type(subject: Subject) -> str:
    name = type(subject).__name__
    return "".join(
        f"_{letter.lower()}"
        if letter.isupper() and place and name[place - 1].islower()
        else letter.lower()
        for place, letter in enumerate(name)
    )


def _keep_private(text: str) -> dict[str, str]:
    value = PrivateValue.objects.create(salt=secrets.token_bytes(32), value=text)
    return {"private": str(value.id), "hmac": digest_private(value)}


def _plain(value: Any) -> Any:  # noqa: PLR0911 - one line for each kind of value
    """What JSON can say in one way only: no large integer, no float, no naive time."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST_PLAIN else str(value)
    if isinstance(value, dt.datetime):
        return _write_time(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, (set, frozenset)):
        return sorted(str(inner) for inner in value)
    return str(value)


def _write_time(moment: dt.datetime) -> str:
    """RFC 3339 in UTC, always with microseconds, so that one moment has one spelling."""
    utc = moment.astimezone(dt.UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
