"""Organizations proposed together from a file: looked at row by row, then taken in whole or not at all.

The look takes each row in and takes it back, so it finds what the commit would find. A small file is looked
at, and taken in, while one waits; of a large one the worker looks at some rows a transaction, which is its
progress, and takes all of it in by one transaction, or nothing.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.choices import ImportStatus, LineEffect, UnknownRule
from access.events import Event
from access.models import LineImport, LineImportRow
from access.operations.condition_campaigns import SystemOnly
from access.operations.expansions import _lock_envelope
from access.operations.line_import_rows import COLUMNS, Taking, _take_in, read_row
from access.operations.line_rounds import BatchNotDue, _claim
from access.operations.line_turns import _undone
from access.queries.line_jobs import count_rows
from registry import audit
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.errors import Conflict, DomainError
from registry.operations.csv_rows import longest, refuse_twice
from registry.operations.sheet_rows import read_sheet
from registry.policies import check_role
from registry.queries.people import find_actor

CHUNK = 200
"""So many rows the worker looks at in a transaction, and so many are done while one waits."""


class ImportNotReady(Conflict):
    code = "import_not_ready"
    text = _("The file is %(status)s: it cannot be taken in now.")


@command
def upload(
    command: Command,
    *,
    expansion: UUID,
    file_name: str,
    content: bytes,
    unknown: UnknownRule,
    justification: str = "",
) -> LineImport:
    """Read a CSV file or a workbook and look at its first rows; nothing is taken in.

    What is wrong with the file or a row is on the import, never raised. Raises RoleMissing, NotFound, Stale,
    ExpansionClosed.
    """
    check_role(command.by, Role.INTAKE)
    envelope = _lock_envelope(command, expansion)
    clock = read_clock(command, envelope)
    sheet = read_sheet(content, COLUMNS)
    refuse_twice(sheet.rows, "organization", "purpose")
    row = LineImport.objects.create(
        expansion=envelope,
        file_name=file_name[: longest(LineImport, "file_name")],
        sha256=sheet.sha256,
        unknown=unknown,
        justification=justification,
        problems=[_problem(error.field, error, line=error.line) for error in sheet.errors],
        status=ImportStatus.LOOKING,
        uploaded_by=command.by.key,
        uploaded_at=clock.at,
        changed_at=clock.at,
    )
    LineImportRow.objects.bulk_create(
        (
            LineImportRow(
                line_import=row,
                line=said.line,
                cells=dict(said.cells),
                problems=[_problem(error.field, error) for error in said.errors],
            )
            for said in sheet.rows
        ),
        batch_size=CHUNK,
    )
    audit.record(
        Event.LINE_IMPORT_UPLOADED,
        row,
        command,
        occurred_at=clock.at,
        expansion=envelope.id,
        sha256=sheet.sha256,
        rows=len(sheet.rows),
        unknown=unknown,
    )
    _look(command, row, limit=CHUNK)
    return row


@command
def commit(command: Command, *, line_import: UUID) -> LineImport:
    """Take all of it in, in this person's name: now where it is small, by the worker where it is not.

    Where a row is refused after all, nothing is taken in, and the row says why.

    Raises RoleMissing, NotFound, Stale, ImportNotReady, ExpansionClosed.
    """
    check_role(command.by, Role.INTAKE)
    row = lock(LineImport.objects.all(), line_import, command, what="import")
    if row.status != ImportStatus.READY:
        raise ImportNotReady(status=row.get_status_display())
    clock = read_clock(command, row)
    row.status = ImportStatus.COMMITTED
    row.committed_by, row.committed_at = command.by.key, clock.recorded
    touch(row, clock, "status", "committed_by", "committed_at")
    audit.record(
        Event.LINE_IMPORT_COMMITTED,
        row,
        command,
        occurred_at=clock.recorded,
        expansion=row.expansion_id,
    )
    if row.rows.count() <= CHUNK:
        _apply(command, row)
    return row


@command
def go_on(command: Command, *, line_import: UUID, limit: int = CHUNK) -> LineImport:
    """Look at the next rows, or take the whole file in.

    Raises SystemOnly, BatchNotDue (also while another worker is at it).
    """
    if command.by != SYSTEM:
        raise SystemOnly
    row = _claim(LineImport.objects.all(), line_import)
    if row.status not in {ImportStatus.LOOKING, ImportStatus.COMMITTED}:
        raise BatchNotDue
    try:
        with transaction.atomic():
            if row.status == ImportStatus.LOOKING:
                _look(command, row, limit=limit)
            else:
                _apply(command, row)
    except (
        DomainError
    ) as refusal:  # the envelope was closed meanwhile, or who uploaded it has left
        _give_up(command, row, refusal)
    return row


def _look(command: Command, row: LineImport, *, limit: int) -> None:
    """See what the next rows would do. Ready once all are looked at and none has a problem."""
    unread = list(row.rows.filter(effect="", problems=[]).order_by("line")[:limit])
    with _undone():
        taking = _begin(command, row, row.uploaded_by)
        for said in unread:
            _try(taking, said)
        kept = [(said.effect, said.registers, said.problems) for said in unread]
    for said, (effect, registers, problems) in zip(unread, kept, strict=True):
        said.effect, said.registers, said.problems = effect, registers, problems
        said.organization = said.request = None  # they were only there to see
    LineImportRow.objects.bulk_update(unread, ["effect", "registers", "problems"])
    if not row.rows.filter(effect="", problems=[]).exists():
        wrong = row.problems or row.rows.exclude(problems=[]).exists() or not row.rows.exists()
        row.status = ImportStatus.WRONG if wrong else ImportStatus.READY
    touch(row, read_clock(command, row), "status")


def _apply(command: Command, row: LineImport) -> None:
    """Take every row in, or none: then the rows say why."""
    refused: list[tuple[int, Any]] = []
    with transaction.atomic():
        taking = _begin(command, row, row.committed_by)
        for chunk in _chunks(row):
            for said in chunk:
                _try(taking, said)
            refused += [(said.pk, said.problems) for said in chunk if said.problems]
            fields = ["effect", "registers", "organization", "request"]
            LineImportRow.objects.bulk_update(chunk, fields)
        if refused:
            transaction.set_rollback(True)
        else:
            touch(taking.envelope, taking.clock)
    for pk, problems in refused:
        LineImportRow.objects.filter(pk=pk).update(problems=problems, effect="")
    clock = read_clock(command, row)
    row.status = ImportStatus.WRONG if refused else ImportStatus.DONE
    row.finished_at = clock.recorded
    touch(row, clock, "status", "finished_at")
    counted = count_rows(row)
    audit.record(
        Event.LINE_IMPORT_DONE,
        row,
        command,
        occurred_at=clock.recorded,
        concerned=[] if refused else _list_new(row),
        expansion=row.expansion_id,
        taken_in=not refused,
        effects={effect.value: counted[effect.value] for effect in LineEffect},
        registered=counted["registers"],
    )


def _give_up(command: Command, row: LineImport, refusal: DomainError) -> None:
    """Say on the import why nothing of it can be taken in."""
    row.refresh_from_db()
    clock = read_clock(command, row)
    row.status, row.finished_at = ImportStatus.WRONG, clock.recorded
    row.problems = [*row.problems, _problem("file", refusal)]
    touch(row, clock, "status", "finished_at", "problems")
    audit.record(
        Event.LINE_IMPORT_DONE,
        row,
        command,
        occurred_at=clock.recorded,
        expansion=row.expansion_id,
        taken_in=False,
        problem=refusal.code,
    )


def _list_new(row: LineImport) -> list[UUID]:
    """The organizations in whose name there is a new request or a draft: they are told, once."""
    new = row.rows.filter(effect__in=[LineEffect.SUBMITTED, LineEffect.DRAFTED])
    return list(new.order_by().values_list("organization", flat=True).distinct())


def _begin(command: Command, row: LineImport, key: str) -> Taking:
    """Lock the envelope; each row is taken in as the person with this key, in the roles held now."""
    acting = replace(
        command, by=find_actor(key), idempotency=None, expected_version=None, part_of=row.id
    )
    check_role(acting.by, Role.INTAKE)
    envelope = _lock_envelope(acting, row.expansion_id)
    return Taking(
        command=acting,
        envelope=envelope,
        clock=read_clock(acting, envelope),
        unknown=UnknownRule(row.unknown),
        justification=row.justification,
    )


def _try(taking: Taking, said: LineImportRow) -> None:
    """Take the row in, in a savepoint of its own; what refuses it is noted on it."""
    line = read_row(said, taking)
    if line is None:
        return
    try:
        with transaction.atomic():
            taken = _take_in(taking, line)
    except DomainError as refusal:
        said.problems = [_problem("organization", refusal)]
        return
    said.effect, said.registers = taken.effect, taken.registers
    said.organization, said.request = taken.request.organization, taken.request


def _chunks(row: LineImport) -> Iterator[list[LineImportRow]]:
    rows = row.rows.order_by("line").iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _problem(field: str, said: Any, **more: int) -> dict[str, Any]:
    """One thing that is wrong, as JSON: in which field, with which code, and in words."""
    sentence = str(said) if isinstance(said, DomainError) else said.sentence
    return {**more, "field": field, "code": said.code, "sentence": sentence}
