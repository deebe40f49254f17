"""What those who are stopped are told, written once somebody has had time to; and the basis, read on record."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import Origin
from access.events import Event
from access.models import Restriction
from access.operations.request_steps import TextMissing
from access.operations.restrictions import RestrictionOver
from access.queries.restrictions import holders_within
from registry import audit
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.errors import Conflict, Forbidden
from registry.policies import check_role


class WordedAlready(Conflict):
    code = "worded_already"
    text = _("The words for those who are stopped are written already.")


class NeutralTextNotDue(Forbidden):
    """The neutral text is the clock's: nobody sends it, and it goes once."""

    code = "neutral_text_not_due"
    text = _("The neutral text goes by itself, once, when its time has come.")


@command
def word(command: Command, *, restriction: UUID, title: str, public: str) -> Restriction:
    """Write the words that waited; whoever is stopped is mailed them, once.

    Raises RoleMissing, NotFound, Stale, TextMissing, RestrictionOver, WordedAlready.
    """
    check_role(command.by, Role.RESTRICTOR)
    for field, text in (("title", title), ("public_wording", public)):
        if not text.strip():
            raise TextMissing(field=field)
    row = _lock(command, restriction)
    if row.public_wording:
        raise WordedAlready
    if row.lifted_at is not None:
        raise RestrictionOver
    clock = read_clock(command, row)
    row.public_title, row.public_wording = title, public
    row.worded_by, row.worded_at = command.by.key, clock.at
    touch(row, clock, "public_title", "public_wording", "worded_by", "worded_at")
    _tell(command, row, clock=clock, event=Event.RESTRICTION_WORDED)
    return row


@command
def word_neutrally(command: Command, *, restriction: UUID) -> Restriction:
    """The words have not come in time: whoever is stopped is mailed the neutral text, once.

    Raises NotFound, NeutralTextNotDue.
    """
    row = _lock(command, restriction)
    clock = read_clock(command, row)
    waits = not row.public_wording and row.neutral_at is None and row.lifted_at is None
    due = row.wording_due_at is not None and row.wording_due_at <= command.at
    if command.by != SYSTEM or not (waits and due):
        raise NeutralTextNotDue
    row.neutral_at = clock.at
    touch(row, clock, "neutral_at")
    _tell(command, row, clock=clock, event=Event.RESTRICTION_WORDED_NEUTRALLY)
    return row


def find_unworded(*, at: dt.datetime, limit: int = 200) -> list[UUID]:
    """Restrictions in force whose words have not come by the time set for them."""
    waiting = Restriction.objects.filter(
        public_wording="", neutral_at__isnull=True, lifted_at__isnull=True, wording_due_at__lte=at
    )
    return list(waiting.order_by("wording_due_at", "id").values_list("id", flat=True)[:limit])


@command
def read_basis(command: Command, *, restriction: UUID) -> Restriction:
    """The restriction, whose confidential basis is now read on record. Raises RoleMissing, NotFound."""
    check_role(command.by, Role.CLEARED)
    row = lock(Restriction.objects.all(), restriction, command, what="restriction")
    audit.record(
        Event.RESTRICTION_BASIS_READ,
        row,
        command,
        occurred_at=read_clock(command).recorded,
        concerned=(),
    )
    return row


def _lock(command: Command, restriction: UUID) -> Restriction:
    decided = Restriction.objects.filter(origin=Origin.DECIDED)
    return lock(decided, restriction, command, what="restriction")


def _tell(command: Command, row: Restriction, *, clock: Clock, event: Event) -> None:
    """Told are those who were stopped when it was imposed: whoever has lost access since was, too."""
    version = row.versions.as_of(clock.recorded).get()
    concerned = holders_within(version, at=row.imposed_at)
    audit.record(event, row, command, occurred_at=clock.recorded, concerned=concerned)
