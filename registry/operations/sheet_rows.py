"""The lines of a file that is either CSV or a workbook (XLSX, its first sheet), read alike.

A workbook is a ZIP archive of XML: how much it unpacks to is looked at before anything is unpacked, and its
rows are read one after another. A cell is what it shows; of a formula, what was last computed.
"""

import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext_lazy as _
from openpyxl.utils.exceptions import InvalidFileException

from registry.errors import Invalid
from registry.operations.csv_rows import (
    MOST_BYTES,
    MOST_ROWS,
    Column,
    FileTooLarge,
    Limits,
    RowError,
    Sheet,
    TooManyRows,
    error_in,
    read_rows,
    read_table,
)

MOST_UNPACKED = 50 * 1024 * 1024
_ZIP = b"PK\x03\x04"
_BLANK_FOR_EACH = 10
"""So many blank rows are passed over for each that may say something."""
_BROKEN = (
    *(InvalidFileException, zipfile.BadZipFile, zlib.error, ParseError, EOFError, OSError),
    *(KeyError, ValueError, TypeError, IndexError, AttributeError, NotImplementedError),
)
"""What the reader raises on archives that are no workbooks, or broken ones."""


class WorkbookUnreadable(Invalid):
    code = "workbook_unreadable"
    text = _("The file is not a workbook (XLSX) that can be read.")


def read_sheet(
    content: bytes, columns: Mapping[str, Column], *, limits: Limits | None = None
) -> Sheet:
    """Read a CSV file or the first sheet of a workbook, as its first bytes tell; see `read_rows`."""
    if not content.startswith(_ZIP):
        return read_rows(content, columns, limits=limits)
    limits = limits or Limits(MOST_BYTES, MOST_ROWS)
    digest = sha256(content).hexdigest()
    errors: list[RowError] = []
    if len(content) > limits.bytes or _measure(content) > MOST_UNPACKED:
        return Sheet(digest, (), (error_in(1, FileTooLarge(most=limits.bytes)),))
    lines = _read_cells(content, errors, most_rows=limits.rows)
    return read_table(lines, columns, digest=digest, errors=errors, most_rows=limits.rows)


def _measure(content: bytes) -> int:
    """How many bytes the archive says that it unpacks to; none where it is no archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile:
        return 0


def _read_cells(
    content: bytes, errors: list[RowError], *, most_rows: int
) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, as wide as the header; the rest is left where it stops being a workbook."""
    number, width = 1, 0
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            if number > _BLANK_FOR_EACH * most_rows:
                errors.append(error_in(number, TooManyRows(most=most_rows)))
                return
            texts = _trim([_write(cell) for cell in cells])
            if texts:
                width = width or len(texts)
                yield number, texts + [""] * (width - len(texts))
    except _BROKEN:
        errors.append(error_in(number, WorkbookUnreadable()))


def _write(cell: Any) -> str:
    """The text of a cell: whole numbers without a point, moments in ISO 8601."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    return str(cell).strip()


def _trim(texts: list[str]) -> list[str]:
    """Without the empty cells at the end."""
    while texts and not texts[-1]:
        texts.pop()
    return texts
