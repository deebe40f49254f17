"""Recertification: holders say, grant by grant or member by member, whether access is still needed.

Silence never renews: what is not answered by the date is told, and suspended or listed by the round's rule.
A no is an act: it gives the grant back, or withdraws the member.
"""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import ItemStanding, RecertificationStatus, UnansweredRule
from access.events import Event
from access.models import Grant, Recertification, RecertificationItem
from access.operations.condition_campaigns import DueInThePast, SystemOnly
from access.operations.conditions import WordsMissing
from access.operations.grants import (
    GrantOver,
    GrantStandingUnchanged,
    _stand,
    _surrender,
)
from access.queries.grant_scopes import GrantScope
from access.queries.recertifications import unasked
from registry import audit
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.errors import Conflict
from registry.models import Member
from registry.operations.members import (
    MemberGone,
    MemberStandingUnchanged,
    _suspend,
    _withdraw,
)
from registry.policies import check_own, check_role

BATCH = 200
_REASON = "No answer to the recertification by its date."


class AlreadyAnswered(Conflict):
    code = "already_answered"
    text = _("This question has been answered.")


class NotOpenYet(Conflict):
    code = "recertification_still_open"
    text = _("The date for answers has not passed, or the round is settled.")


class NothingUnanswered(Conflict):
    code = "nothing_unanswered"
    text = _("Nobody is left to ask.")


class AskedAgainAlready(Conflict):
    code = "asked_again_already"
    text = _("The unanswered of this round are asked again by another already.")


@command
def open_(
    command: Command,
    *,
    title: str,
    text: str,
    scope: GrantScope,
    due_at: dt.datetime,
    unanswered: UnansweredRule,
    asks_members: bool = False,
    synthetic: bool = False,
) -> Recertification:
    """Ask about every live grant of the scope, or about every member of those who hold one.

    The questions are written by `ask`, some 200 a transaction. Raises RoleMissing, WordsMissing,
    DueInThePast, ScopeCoversNothing, NotFound.
    """
    check_role(command.by, Role.DECIDER, Role.ADMINISTRATOR)
    row = Recertification(
        title=title,
        text=text,
        asks_members=asks_members,
        unanswered=unanswered,
        synthetic=synthetic,
        **scope.columns(),
    )
    return _open(command, row, due_at=due_at)


@command
def ask_again(
    command: Command, *, recertification: UUID, due_at: dt.datetime, unanswered: UnansweredRule
) -> Recertification:
    """A new round that asks only those who have not answered the earlier one.

    Raises RoleMissing, NotFound, Stale, DueInThePast, NothingUnanswered, AskedAgainAlready.
    """
    check_role(command.by, Role.DECIDER, Role.ADMINISTRATOR)
    before = lock(Recertification.objects.all(), recertification, command, what="recertification")
    if Recertification.objects.filter(reasks=before).exists():
        raise AskedAgainAlready
    if not before.items.unanswered().exists():
        raise NothingUnanswered
    row = Recertification(
        title=before.title,
        text=before.text,
        asks_members=before.asks_members,
        reasks=before,
        unanswered=unanswered,
        synthetic=before.synthetic,
        programs=before.programs,
        tiers=before.tiers,
        ai_models=before.ai_models,
        jurisdictions=before.jurisdictions,
        organizations=before.organizations,
    )
    return _open(command, row, due_at=due_at)


@command
def ask(command: Command, *, recertification: UUID, limit: int = BATCH) -> Recertification:
    """Write the next questions of a round. Again until `find_unasked` finds none. Raises SystemOnly, NotFound."""
    if command.by != SYSTEM:
        raise SystemOnly
    row = lock(Recertification.objects.all(), recertification, command, what="recertification")
    clock = read_clock(command, row)
    if row.status != RecertificationStatus.OPEN or row.due_at <= clock.recorded:
        return row
    for thing in unasked(row, at=clock.recorded)[:limit]:
        about = {"member": thing} if isinstance(thing, Member) else {"grant": thing}
        item = RecertificationItem.objects.create(
            recertification=row,
            organization_id=thing.organization_id,
            changed_at=clock.at,
            **about,
        )
        audit.record(
            Event.RECERTIFICATION_ASKED,
            item,
            command,
            occurred_at=clock.recorded,
            recertification=row.id,
            about=thing.id,
            due_at=row.due_at,
        )
    return row


@command
def answer(
    command: Command,
    *,
    item: UUID,
    needed: bool,
    used_by: str = "",
    needed_until: dt.datetime | None = None,
    note: str = "",
) -> RecertificationItem:
    """Whether it is still needed, by whom and until when; kept as said, once.

    A no gives the grant back, or withdraws the member, in the same transaction. An answer that comes
    after the date is kept too; what was suspended meanwhile, staff reinstate.

    Raises NotFound, NotYours, RoleMissing, Stale, AlreadyAnswered, WordsMissing (a yes says by whom).
    """
    visible = RecertificationItem.objects.visible_to(command.by)
    row = lock(visible, item, command, what="question")
    if command.by.is_staff:
        check_role(command.by, Role.INTAKE)
    else:
        check_own(command.by, row.organization_id)
    if row.answered_at is not None:
        raise AlreadyAnswered
    if needed and row.grant_id is not None and not used_by.strip():
        raise WordsMissing
    if not needed:
        _give_up(command, row)
    clock = read_clock(command, row)
    row.needed, row.used_by, row.needed_until, row.note = needed, used_by, needed_until, note
    row.answered_by, row.answered_at = command.by.key, clock.recorded
    said = ("needed", "used_by", "needed_until", "note", "answered_by", "answered_at")
    touch(row, clock, *said)
    audit.record(
        Event.RECERTIFICATION_ANSWERED,
        row,
        command,
        occurred_at=clock.recorded,
        recertification=row.recertification_id,
        needed=needed,
        needed_until=needed_until,
        private={"used_by": used_by, "note": note},
    )
    return row


@command
def lapse(command: Command, *, recertification: UUID, limit: int = BATCH) -> Recertification:
    """After the date: tell the next unanswered, and suspend them where the round's rule says so.

    With none left the round is settled. Raises SystemOnly, NotFound, NotOpenYet.
    """
    if command.by != SYSTEM:
        raise SystemOnly
    row = lock(Recertification.objects.all(), recertification, command, what="recertification")
    clock = read_clock(command, row)
    if row.status != RecertificationStatus.OPEN or row.due_at > clock.recorded:
        raise NotOpenYet
    silent = row.items.unanswered().filter(lapsed_at__isnull=True).order_by("id")
    found = list(silent.select_for_update(of=("self",), no_key=True)[:limit])
    for item in found:
        _lapse(command, row, item)
    if not found:
        row.status, row.settled_at = RecertificationStatus.SETTLED, clock.recorded
        touch(row, clock, "status", "settled_at")
        audit.record(
            Event.RECERTIFICATION_SETTLED,
            row,
            command,
            occurred_at=clock.recorded,
            unanswered=row.items.unanswered().count(),
        )
    return row


def _open(command: Command, row: Recertification, *, due_at: dt.datetime) -> Recertification:
    clock = read_clock(command)
    if due_at <= clock.recorded:
        raise DueInThePast
    if not (row.title.strip() and row.text.strip()):
        raise WordsMissing
    row.due_at, row.status = due_at, RecertificationStatus.OPEN
    row.opened_by, row.opened_at, row.changed_at = command.by.key, clock.recorded, clock.at
    row.save(force_insert=True)
    audit.record(
        Event.RECERTIFICATION_OPENED,
        row,
        command,
        occurred_at=clock.recorded,
        due_at=due_at,
        unanswered=row.unanswered,
        reasks=row.reasks_id,
    )
    return row


def _give_up(command: Command, item: RecertificationItem) -> None:
    """Give the grant back, or withdraw the member. What has ended already needs no act."""
    if item.grant_id is not None:
        grant = _lock_grant(item.grant_id)
        try:
            _surrender(command, grant, clock=read_clock(command, grant))
        except GrantOver:
            return
    else:
        member = _lock_member(item.member_id)
        try:
            _withdraw(command, member, clock=read_clock(command, member))
        except MemberGone:
            return


def _lapse(command: Command, row: Recertification, item: RecertificationItem) -> None:
    suspended = row.unanswered == UnansweredRule.SUSPEND and _suspend_silent(command, item)
    clock = read_clock(command, item)
    item.lapsed_at = row.due_at
    touch(item, clock, "lapsed_at")
    audit.record(
        Event.RECERTIFICATION_LAPSED,
        item,
        command,
        occurred_at=row.due_at,
        recertification=row.id,
        suspended=suspended,
    )


def _suspend_silent(command: Command, item: RecertificationItem) -> bool:
    """Whether there was something left to suspend."""
    try:
        if item.grant_id is not None:
            grant = _lock_grant(item.grant_id)
            clock = read_clock(command, grant)
            _stand(command, grant, reason=_REASON, standing=ItemStanding.SUSPENDED, clock=clock)
        else:
            member = _lock_member(item.member_id)
            _suspend(command, member, reason=_REASON, clock=read_clock(command, member))
    except (GrantOver, GrantStandingUnchanged, MemberGone, MemberStandingUnchanged):
        return False
    return True


def _lock_grant(grant: UUID) -> Grant:
    return Grant.objects.select_for_update(of=("self",), no_key=True).get(pk=grant)


def _lock_member(member: UUID | None) -> Member:
    assert member is not None  # an item is about one thing, and the database sees to it
    return Member.objects.select_for_update(of=("self",), no_key=True).get(pk=member)
