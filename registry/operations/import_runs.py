"""What every CSV import has in common once its lines are read: what they would do, and the run they become."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.commands import Command, read_clock
from registry.errors import Invalid
from registry.events import Event
from registry.models import ImportRun
from registry.operations.csv_rows import Row, RowError, Sheet, longest


class ImportRefused(Invalid):
    """Nothing of the file was taken in. `errors` names each reason, with line and field."""

    code = "import_refused"
    text = _("Nothing was imported. Errors found: %(count)s.")


class Effect(TextChoices):
    """What a line does, or would do."""

    CREATED = "created", _("created")
    CHANGED = "changed", _("changed")
    UNCHANGED = "unchanged", _("unchanged")


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What one line would do, named by its key; no effect where it has errors."""

    line: int
    key: str
    effect: Effect | None
    errors: tuple[RowError, ...]


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a file would do. It would be taken in only without any error."""

    rows: tuple[PlannedRow, ...]
    errors: tuple[RowError, ...]

    def count(self, effect: Effect) -> int:
        """How many lines would have this effect."""
        return sum(row.effect == effect for row in self.rows)


def summarize(
    sheet: Sheet, planned: Iterable[tuple[Row, Effect | None]], *, key: str
) -> ImportPreview:
    """The preview of a sheet whose rows have these effects."""
    rows = tuple(
        PlannedRow(row.line, row.text(key), None if row.errors else effect, tuple(row.errors))
        for row, effect in planned
    )
    errors = (*sheet.errors, *(error for row in rows for error in row.errors))
    return ImportPreview(rows, tuple(sorted(errors, key=lambda error: error.line)))


def refuse_errors(preview: ImportPreview) -> None:
    """Raise ImportRefused where anything is wrong with the file."""
    if preview.errors:
        raise ImportRefused(
            count=len(preview.errors), errors=[asdict(error) for error in preview.errors]
        )


def write_run(
    command: Command, *, kind: str, file_name: str, digest: str, done: ImportPreview
) -> ImportRun:
    """Write down, inside the caller's transaction, that the file was taken in."""
    clock = read_clock(command)
    created, changed, unchanged = (done.count(effect) for effect in Effect)
    row = ImportRun.objects.create(
        kind=kind,
        file_name=file_name[: longest(ImportRun, "file_name")],
        sha256=digest,
        imported_by=command.by.key,
        imported_at=clock.recorded,
        changed_at=clock.at,
        created=created,
        changed=changed,
        unchanged=unchanged,
    )
    audit.record(
        Event.IMPORT_COMMITTED,
        row,
        command,
        occurred_at=clock.recorded,
        kind=kind,
        sha256=digest,
        created=created,
        changed=changed,
        unchanged=unchanged,
    )
    return row
