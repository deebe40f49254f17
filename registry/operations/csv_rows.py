"""The lines of a CSV file, and what is wrong with them before anybody asks what they mean.

A file is UTF-8, with commas or semicolons. Each cell is text: one that begins with =, +, - or @ is kept
as it stands. A column that is absent says nothing; an empty cell says that there is nothing.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeVar

from django.db.models import CharField, Model, TextChoices
from django.utils.translation import gettext_lazy as _

from registry.errors import DomainError, Invalid

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 2_000
_FILE = "file"

C = TypeVar("C", bound=TextChoices)


class FileTooLarge(Invalid):
    code = "file_too_large"
    text = _("The file is larger than %(most)s bytes.")


class FileNotText(Invalid):
    code = "file_not_text"
    text = _("The file is not UTF-8 text.")


class TooManyRows(Invalid):
    code = "too_many_rows"
    text = _("The file has more than %(most)s rows.")


class RowUnreadable(Invalid):
    code = "row_unreadable"
    text = _("This line is not CSV: %(problem)s.")


class CellsMiscounted(Invalid):
    code = "cells_miscounted"
    text = _("This line has %(found)s cells, and the header has %(expected)s.")


class ColumnUnknown(Invalid):
    code = "column_unknown"
    text = _("There is no column “%(column)s”.")


class ColumnMissing(Invalid):
    code = "column_missing"
    text = _("The column “%(column)s” is missing.")


class ColumnTwice(Invalid):
    code = "column_twice"
    text = _("The column “%(column)s” is there twice.")


class ValueMissing(Invalid):
    code = "value_missing"
    text = _("This cannot be empty.")


class ValueTooLong(Invalid):
    code = "value_too_long"
    text = _("This is longer than %(longest)s characters.")


class ValueUnknown(Invalid):
    code = "value_unknown"
    text = _("“%(value)s” is none of these: %(known)s.")


class ValueTwice(Invalid):
    code = "value_twice"
    text = _("“%(value)s” is in line %(line)s already.")


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be."""

    bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class Column:
    """What the cells of a column must be, whatever they say."""

    required: bool = False
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing that is wrong with one cell, or with the file where `field` says so."""

    line: int
    field: str
    code: str
    sentence: str


@dataclass(slots=True)
class Row:
    """One line of the file under the names of its columns, and what is found wrong with it."""

    line: int
    cells: Mapping[str, str]
    errors: list[RowError] = field(default_factory=list)

    def refuse(self, column: str, refusal: DomainError) -> None:
        """Note what is wrong; the row is refused, and the rest of it is still read."""
        self.errors.append(_error(self.line, column, refusal))

    def text(self, column: str) -> str:
        """The cell, empty where the column is absent."""
        return self.cells.get(column, "")

    def values(self, column: str) -> tuple[str, ...]:
        """The values in the cell, each once, as semicolons separate them."""
        parts = (part.strip() for part in self.text(column).split(";"))
        return tuple(dict.fromkeys(part for part in parts if part))

    def choice(self, column: str, choices: type[C]) -> C | None:
        """The member that the cell names; None, and noted, where there is none."""
        said = self.text(column)
        if said in choices.values:
            return choices(said)
        if said:
            self.refuse(column, ValueUnknown(value=said, known=", ".join(choices.values)))
        return None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it was read. `errors` are those of the file itself."""

    sha256: str
    rows: tuple[Row, ...]
    errors: tuple[RowError, ...]


def longest(model: type[Model], name: str) -> int | None:
    """How long a text the model's field holds."""
    found = model._meta.get_field(name)
    assert isinstance(found, CharField)
    return found.max_length


def read_rows(
    content: bytes, columns: Mapping[str, Column], *, limits: Limits | None = None
) -> Sheet:
    """Read the file, noting all that can be wrong before a cell's meaning is known.

    No rows where a required column is missing: every one of them would say so again.
    """
    limits = limits or Limits(MOST_BYTES, MOST_ROWS)
    digest = sha256(content).hexdigest()
    if len(content) > limits.bytes:
        return Sheet(digest, (), (_error(1, _FILE, FileTooLarge(most=limits.bytes)),))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        return Sheet(digest, (), (_not_text(content, wrong.start),))
    if "\0" in text:
        return Sheet(digest, (), (_not_text(content, content.index(b"\0")),))
    errors: list[RowError] = []
    lines = _read_lines(text, errors)
    return read_table(lines, columns, digest=digest, errors=errors, most_rows=limits.rows)


def read_table(
    lines: Iterator[tuple[int, list[str]]],
    columns: Mapping[str, Column],
    *,
    digest: str,
    errors: list[RowError],
    most_rows: int = MOST_ROWS,
) -> Sheet:
    """The sheet of these lines, the header first; `errors` may grow while they are read."""
    header = [cell.lower() for cell in next(lines, (1, []))[1]]
    errors.extend(_check_header(header, columns))
    if any(column.required and name not in header for name, column in columns.items()):
        return Sheet(digest, (), tuple(errors))
    rows: list[Row] = []
    for line, cells in lines:
        if len(rows) == most_rows:
            errors.append(_error(line, _FILE, TooManyRows(most=most_rows)))
            break
        rows.append(_name_cells(line, cells, header))
        _check_cells(rows[-1], columns)
    return Sheet(digest, tuple(rows), tuple(errors))


def refuse_twice(rows: Iterable[Row], *columns: str) -> None:
    """Refuse each row whose cells in these columns are those of an earlier one."""
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row.text(column) for column in columns)
        if all(key) and first.setdefault(key, row.line) != row.line:
            row.refuse(columns[0], ValueTwice(value=row.text(columns[0]), line=first[key]))


def _not_text(content: bytes, place: int) -> RowError:
    return _error(content.count(b"\n", 0, place) + 1, _FILE, FileNotText())


def _read_lines(text: str, errors: list[RowError]) -> Iterator[tuple[int, list[str]]]:
    """Each line that is not blank, with its number; the rest is left where it stops being CSV."""
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as wrong:
            errors.append(_error(line, _FILE, RowUnreadable(problem=wrong)))
            return
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, [cell.strip() for cell in cells]


def _check_header(header: list[str], columns: Mapping[str, Column]) -> Iterator[RowError]:
    for place, name in enumerate(header):
        if name in header[:place]:
            yield _error(1, name, ColumnTwice(column=name))
        elif name not in columns:
            yield _error(1, name, ColumnUnknown(column=name))
    for name, column in columns.items():
        if column.required and name not in header:
            yield _error(1, name, ColumnMissing(column=name))


def _name_cells(line: int, cells: list[str], header: list[str]) -> Row:
    """The row; without a cell where it cannot be said which is which."""
    if len(cells) == len(header):
        return Row(line, dict(zip(header, cells, strict=True)))
    row = Row(line, {})
    row.refuse(_FILE, CellsMiscounted(found=len(cells), expected=len(header)))
    return row


def _check_cells(row: Row, columns: Mapping[str, Column]) -> None:
    for name, column in columns.items():
        text = row.text(name)
        if column.required and row.cells and not text:
            row.refuse(name, ValueMissing())
        if column.longest is not None and len(text) > column.longest:
            row.refuse(name, ValueTooLong(longest=column.longest))


def error_in(line: int, refusal: DomainError) -> RowError:
    """What is wrong with the file as such, at a line of it."""
    return _error(line, _FILE, refusal)


def _error(line: int, column: str, refusal: DomainError) -> RowError:
    return RowError(line, column, refusal.code, str(refusal))
