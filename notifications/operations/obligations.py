"""What people do with an open duty short of meeting it: own it, say why it was missed, say that it never was one."""

import datetime as dt
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from notifications.choices import ObligationStatus
from notifications.events import Event
from notifications.models import MissExplanation, Obligation
from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.errors import Conflict, Invalid
from registry.models import User
from registry.policies import check_role

MAY_ACT = (Role.AUTHORITY_DESK,)
"""Who may own a duty, and who may say who does."""


class ObligationClosed(Conflict):
    code = "obligation_closed"
    text = _("This duty is not open any more: it is %(status)s.")


class OwnerUnable(Invalid):
    code = "owner_unable"
    text = _("Only an active member of the authority desk can own a duty.")


class AlreadyOwned(Conflict):
    code = "already_owned"
    text = _("It is theirs already.")


class NotMissed(Conflict):
    code = "obligation_not_missed"
    text = _("This duty has not been missed.")


class ToldAlready(Conflict):
    """What was sent to an authority is not taken back by a word here."""

    code = "obligation_told_already"
    text = _("A notification was sent for this duty: it stays, with what was sent.")


class WordsMissing(Invalid):
    code = "words_missing"
    text = _("Say why, in words that somebody else will understand in a year.")


def may_own() -> QuerySet[User]:
    """Who can own a duty."""
    return User.objects.filter(
        is_active=True, role_holdings__role__in=MAY_ACT, role_holdings__taken_at__isnull=True
    ).distinct()


@command
def assign(command: Command, *, obligation: UUID, owner: UUID) -> Obligation:
    """From now on this member of the authority desk has it in hand, and is who is told of its clock.

    Raises RoleMissing, NotFound, Stale, ObligationClosed, OwnerUnable, AlreadyOwned.
    """
    check_role(command.by, *MAY_ACT)
    row = _lock_open(command, obligation)
    key = f"user:{owner}"
    if not may_own().filter(pk=owner).exists():
        raise OwnerUnable
    if row.owner == key:
        raise AlreadyOwned
    clock = read_clock(command, row)
    before, row.owner = row.owner, key
    touch(row, clock, "owner")
    audit.record(
        Event.OBLIGATION_ASSIGNED, row, command, occurred_at=clock.at, owner=key, before=before
    )
    return row


@command
def explain_miss(command: Command, *, obligation: UUID, reason: str) -> Obligation:
    """Say why the duty was not met by its target. What was said before stays beside it.

    Raises RoleMissing, WordsMissing, NotFound, Stale, NotMissed.
    """
    check_role(command.by, *MAY_ACT)
    said = _read_reason(reason)
    row = lock(Obligation.objects.visible_to(command.by), obligation, command, what="obligation")
    if row.missed_at is None:
        raise NotMissed
    clock = read_clock(command, row)
    MissExplanation.objects.create(
        obligation=row, reason=said, explained_by=command.by.key, explained_at=clock.at
    )
    touch(row, clock)
    audit.record(
        Event.OBLIGATION_MISS_EXPLAINED,
        row,
        command,
        occurred_at=clock.at,
        private={"reason": said},
    )
    return row


@command
def void(command: Command, *, obligation: UUID, reason: str) -> Obligation:
    """Say that the duty does not, or no longer, arise. It stays readable, with the reason.

    Raises RoleMissing, WordsMissing, NotFound, Stale, ObligationClosed, ToldAlready.
    """
    check_role(command.by, *MAY_ACT)
    said = _read_reason(reason)
    row = _lock_open(command, obligation)
    if row.filings.filter(dispatched_at__isnull=False).exists():
        raise ToldAlready
    clock = read_clock(command, row)
    row.status = ObligationStatus.VOID
    row.closed_by, row.closed_at, row.void_reason = command.by.key, clock.at, said
    touch(row, clock, "status", "closed_by", "closed_at", "void_reason")
    audit.record(
        Event.OBLIGATION_VOIDED,
        row,
        command,
        occurred_at=clock.at,
        by_hand=True,
        private={"reason": said},
    )
    return row


def _record_miss(command: Command, row: Obligation, *, at: dt.datetime) -> bool:
    """Date the miss of a locked row at its target, once; whether it was missed and not dated yet.

    `at` is the moment up to which it was not met. For the caller's transaction: whoever closes a duty asks
    this first, so that one met late is missed whether or not a worker ran in between. The caller saves
    `missed_at`.
    """
    if row.target_due is None or row.missed_at is not None or at < row.target_due:
        return False
    row.missed_at = row.target_due
    audit.record(Event.OBLIGATION_MISSED, row, command, occurred_at=row.target_due)
    return True


def _lock_open(command: Command, obligation: UUID) -> Obligation:
    """Raises NotFound, Stale, ObligationClosed."""
    row = lock(Obligation.objects.visible_to(command.by), obligation, command, what="obligation")
    if row.status != ObligationStatus.OPEN:
        raise ObligationClosed(status=ObligationStatus(row.status).label)
    return row


def _read_reason(reason: str) -> str:
    said = reason.strip()
    if not said:
        raise WordsMissing
    return said
