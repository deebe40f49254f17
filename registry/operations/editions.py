"""What rules and holiday tables have in common: an edition is proposed by one person and in force by another's act."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

import rfc8785
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import Role
from registry.commands import Command, Done, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, DomainError, Forbidden
from registry.events import EventName
from registry.models.enacted import Enacted
from registry.policies import check_role

E = TypeVar("E", bound=Enacted)


class EditionInForce(Conflict):
    code = "edition_in_force"
    text = _("This edition was put in force already.")


class EditionOvertaken(Conflict):
    """The newest edition governs; putting an older one in force would change nothing."""

    code = "edition_overtaken"
    text = _("Edition %(number)s is in force already, and it is newer.")


class EditionUnchanged(Conflict):
    code = "edition_unchanged"
    text = _("Edition %(number)s says the same.")


class EditionProposedMeanwhile(Conflict):
    code = "edition_proposed_meanwhile"
    text = _("Another edition was proposed at the same moment: try again.")


class OwnEdition(Forbidden):
    """What one proposes, another puts in force."""

    code = "own_edition"
    text = _("You proposed this edition: another person must put it in force.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one edition of several: `refusal` where it was not put in force."""

    edition: Enacted
    refusal: DomainError | None = None


def digest(content: Any) -> str:
    """The SHA-256 of what an edition says, over its canonical JSON: however it was written down."""
    return sha256(rfc8785.dumps(content)).hexdigest()


def enact_each(
    command: Command,
    editions: Iterable[Enacted],
    enact: Callable[[Command, UUID], Done[Any]],
) -> list[Outcome]:
    """Put several in force, each in a transaction of its own: one that is refused holds up no other."""
    outcomes = []
    for edition in editions:
        key = None if command.idempotency is None else f"{command.idempotency}:{edition.pk}"
        try:
            enact(replace(command, idempotency=key, expected_version=None), edition.pk)
        except DomainError as refusal:
            outcomes.append(Outcome(edition, refusal))
        else:
            outcomes.append(Outcome(edition))
    return outcomes


def _propose(
    command: Command,
    row: E,
    others: QuerySet[E],
    *,
    constraint: str,
    event: EventName,
    **details: Any,
) -> E:
    """Insert the next edition; `others` are those before it.

    Raises RoleMissing, EditionUnchanged, EditionProposedMeanwhile.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    clock = read_clock(command)
    latest = others.order_by("-number").first()
    if latest is not None and latest.sha256 == row.sha256:
        raise EditionUnchanged(number=latest.number)
    row.number = (0 if latest is None else latest.number) + 1
    row.proposed_by, row.proposed_at, row.changed_at = command.by.key, clock.at, clock.at
    with violation_means(constraint, EditionProposedMeanwhile()):
        row.save(force_insert=True)
    _record(command, row, event, **details)
    return row


def _lock_proposed(command: Command, rows: QuerySet[E], edition: UUID, *, what: str) -> E:
    """The locked edition, if this person may put it in force.

    Raises RoleMissing, NotFound, Stale, OwnEdition, EditionInForce.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    row = lock(rows, edition, command, what=what)
    if row.proposed_by == command.by.key:
        raise OwnEdition
    if row.enacted_at is not None:
        raise EditionInForce
    return row


def _enact(
    command: Command, row: E, others: QuerySet[E], *, event: EventName, **details: Any
) -> E:
    """Put a locked edition in force; `others` are all of the same thing. Raises EditionOvertaken."""
    in_force = others.filter(enacted_at__isnull=False).aggregate(number=Max("number"))["number"]
    if in_force is not None and in_force > row.number:
        raise EditionOvertaken(number=in_force)
    clock = read_clock(command, row)
    row.enacted_by, row.enacted_at = command.by.key, clock.at
    touch(row, clock, "enacted_by", "enacted_at")
    _record(command, row, event, **details)
    return row


def _record(command: Command, row: Enacted, event: EventName, **details: Any) -> None:
    audit.record(
        event,
        row,
        command,
        occurred_at=row.changed_at,
        number=row.number,
        sha256=row.sha256,
        **details,
    )
