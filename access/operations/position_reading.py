"""Who may read a position, and that a confidential one was read."""

from uuid import UUID

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from access.choices import Origin
from access.events import Event
from access.models import Position, PositionPaper, PositionReader
from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, NotFound
from registry.policies import check_role


class ReaderNamed(Conflict):
    code = "reader_named"
    text = _("This person is named as a reader already.")


@command
def read(command: Command, *, position: UUID, paper: int | None = None) -> Position:
    """The position, whose words, or one of whose papers, are now read on record.

    Raises RoleMissing, NotFound.
    """
    check_role(command.by, Role.CLEARED, Role.AUTHORITY_DESK)
    row = lock(Position.objects.visible_to(command.by), position, command, what="position")
    found = None
    if paper is not None:
        found = PositionPaper.objects.filter(position=row, number=paper).exclude(sha256="").first()
        if found is None:
            raise NotFound("paper")
    audit.record(
        Event.POSITION_READ,
        row,
        command,
        occurred_at=read_clock(command).recorded,
        concerned=(),
        paper=paper,
        sha256=None if found is None else found.sha256,
    )
    return row


@command
def name_reader(command: Command, *, position: UUID, reader: UUID) -> Position:
    """From now on only those who are named may read it, and this person is among them.

    To be named is not to be cleared: a confidential position asks for both. Raises RoleMissing, NotFound,
    Stale, ReaderNamed.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    row = _lock(command, position)
    if not get_user_model().objects.filter(pk=reader, is_active=True).exists():
        raise NotFound("person")
    clock = read_clock(command, row)
    with violation_means("position_reader_once", ReaderNamed()):
        PositionReader.objects.create(
            position=row, reader_id=reader, named_by=command.by.key, named_at=clock.recorded
        )
    touch(row, clock)
    audit.record(
        Event.POSITION_READER_NAMED, row, command, occurred_at=clock.recorded, reader=reader
    )
    return row


@command
def end_reader(command: Command, *, position: UUID, reader: UUID) -> Position:
    """This person need not know any more. With the last one gone, its marking alone says who may read.

    Raises RoleMissing, NotFound, Stale.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    row = _lock(command, position)
    named = row.readers.filter(reader=reader, ended_at__isnull=True).first()
    if named is None:
        raise NotFound("reader")
    clock = read_clock(command, row)
    named.ended_by, named.ended_at = command.by.key, clock.recorded
    named.save(update_fields=["ended_by", "ended_at"])
    touch(row, clock)
    audit.record(
        Event.POSITION_READER_ENDED, row, command, occurred_at=clock.recorded, reader=reader
    )
    return row


def _lock(command: Command, position: UUID) -> Position:
    received = Position.objects.visible_to(command.by).filter(origin=Origin.DECIDED)
    return lock(received, position, command, what="position")
