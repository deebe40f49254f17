"""Access given back from a list, under a restriction that stays in force for everyone else."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import LineFinding, Origin
from access.events import Event
from access.models import (
    Restoration,
    RestorationLine,
    Restriction,
    RestrictionException,
    RestrictionVersion,
)
from access.operations.request_steps import TextMissing
from access.operations.restoration_rows import COLUMNS, RESTORING, Line, read_lines
from access.operations.restrictions import RestrictionOver
from registry import audit
from registry.actors import Actor
from registry.choices import Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.errors import Invalid, NotFound
from registry.operations.csv_rows import RowError, Sheet, longest, read_rows
from registry.policies import check_role
from registry.versions import span


class ListUnreadable(Invalid):
    """The file as such cannot be read; nothing was restored. `errors` names each reason, with its line."""

    code = "list_unreadable"
    text = _("The list cannot be read. Errors found: %(count)s.")


class NothingToRestore(Invalid):
    code = "nothing_to_restore"
    text = _("No line of the list gives anybody access back.")


@dataclass(frozen=True, slots=True)
class RestorationPreview:
    """What a list would do, line by line. `errors` are those of the file itself: then there are no lines."""

    lines: tuple[Line, ...]
    errors: tuple[RowError, ...]

    def count(self) -> list[tuple[LineFinding, int]]:
        """How many lines were found to be what, in the order of the findings."""
        counted = Counter(line.finding for line in self.lines)
        return [(finding, counted[finding]) for finding in LineFinding]


def preview(
    *,
    actor: Actor,
    restriction: UUID,
    content: bytes,
    at: dt.datetime,
    confirmed: Mapping[int, str] | None = None,
) -> RestorationPreview:
    """What the list would do. Writes nothing. Raises RoleMissing, NotFound, RestrictionOver."""
    check_role(actor, Role.RESTRICTOR)
    row = Restriction.objects.filter(pk=restriction, origin=Origin.DECIDED).first()
    if row is None:
        raise NotFound("restriction")
    sheet = read_rows(content, COLUMNS)
    errors = _errors_of(sheet)
    if errors:
        return RestorationPreview((), errors)
    lines = read_lines(sheet.rows, _current(row, at), confirmed=confirmed or {}, at=at)
    return RestorationPreview(tuple(lines), ())


@command
def restore(
    command: Command,
    *,
    restriction: UUID,
    file_name: str,
    content: bytes,
    basis: str,
    confirmed: Mapping[int, str] | None = None,
) -> Restoration:
    """Except from the restriction whom the list names exactly or a person has confirmed, from this commit on.

    Every line is kept with what was found. The same list again gives back nothing new, and answers with
    what it did the first time. Raises RoleMissing, NotFound, Stale, TextMissing, RestrictionOver,
    ListUnreadable, NothingToRestore.
    """
    check_role(command.by, Role.RESTRICTOR)
    if not basis.strip():
        raise TextMissing(field="basis")
    decided = Restriction.objects.filter(origin=Origin.DECIDED)
    row = lock(decided, restriction, command, what="restriction")
    clock = read_clock(command, row)
    version = _current(row, clock.recorded)
    sheet = read_rows(content, COLUMNS)
    errors = _errors_of(sheet)
    if errors:
        raise ListUnreadable(
            count=len(errors), errors=[f"{error.line}: {error.sentence}" for error in errors]
        )
    said = confirmed or {}
    lines = read_lines(sheet.rows, version, confirmed=said, at=clock.recorded)
    digest = _digest(sheet, said)
    restoring = [line for line in lines if line.finding in RESTORING]
    if not restoring:
        earlier = row.restorations.filter(sha256=digest).order_by("-restored_at").first()
        if earlier is None:
            raise NothingToRestore
        return earlier
    _except_all(command, row, restoring, basis=basis, clock=clock)
    done = _write(command, row, lines, clock=clock, basis=basis, file=(file_name, digest))
    touch(row, clock)
    audit.record(
        Event.RESTRICTION_RESTORED,
        row,
        command,
        occurred_at=clock.recorded,
        concerned={line.organization.id for line in restoring if line.organization},
        restoration=done.id,
        sha256=digest,
        restored=done.restored,
        left_out=done.left_out,
        private={"basis": basis},
    )
    return done


def _current(row: Restriction, at: dt.datetime) -> RestrictionVersion:
    version = row.versions.as_of(at).first()
    if version is None:
        raise RestrictionOver
    return version


def _errors_of(sheet: Sheet) -> tuple[RowError, ...]:
    return (*sheet.errors, *(error for row in sheet.rows for error in row.errors))


def _digest(sheet: Sheet, confirmed: Mapping[int, str]) -> str:
    """Of the file and of what was confirmed: another confirmation is another list."""
    if not confirmed:
        return sheet.sha256
    said = json.dumps({str(line): text for line, text in confirmed.items()}, sort_keys=True)
    return sha256(f"{sheet.sha256}{said}".encode()).hexdigest()


def _except_all(
    command: Command, row: Restriction, lines: list[Line], *, basis: str, clock: Clock
) -> None:
    """In one statement: the lock on the restriction keeps everyone else from excepting meanwhile."""
    RestrictionException.objects.bulk_create(
        RestrictionException(
            restriction=row,
            organization=line.organization,
            member=line.member,
            basis=basis,
            exempted_by=command.by.key,
            valid=span(clock.start()),
            recorded=span(clock.recorded),
        )
        for line in lines
    )


def _write(
    command: Command,
    row: Restriction,
    lines: list[Line],
    *,
    clock: Clock,
    basis: str,
    file: tuple[str, str],
) -> Restoration:
    found = Counter(line.finding for line in lines)
    restored = sum(found[finding] for finding in RESTORING)
    already = found[LineFinding.ALREADY]
    done = Restoration.objects.create(
        restriction=row,
        file_name=file[0][: longest(Restoration, "file_name")],
        sha256=file[1],
        basis=basis,
        restored=restored,
        already=already,
        left_out=len(lines) - restored - already,
        restored_by=command.by.key,
        restored_at=clock.recorded,
        changed_at=clock.at,
    )
    RestorationLine.objects.bulk_create(
        RestorationLine(
            restoration=done,
            line=line.number,
            said=line.said[: longest(RestorationLine, "said")],
            finding=line.finding,
            organization=line.organization,
            member=line.member,
        )
        for line in lines
    )
    return done
