"""What reads the files of screening lists. A list names its reader; an installation may bring its own.

The setting SCREENING_READERS says where each is: a function that takes the bytes and returns a `ListFile`. It
says what is wrong with a file, and raises nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from registry.errors import Invalid
from registry.models import ScreeningEntry, ScreeningName
from registry.operations.csv_rows import (
    Column,
    Limits,
    Row,
    RowError,
    error_in,
    longest,
    refuse_twice,
)
from registry.operations.identifiers import IdentifierUnreadable, read_identifier
from registry.operations.sheet_rows import read_sheet
from registry.queries.screening_names import normalize

LIMITS = Limits(bytes=10 * 1024 * 1024, rows=20_000)
COLUMNS: Mapping[str, Column] = {
    "reference": Column(required=True, longest=longest(ScreeningEntry, "reference")),
    "name": Column(required=True, longest=longest(ScreeningEntry, "name")),
    "aliases": Column(),
    "identifiers": Column(),
    "jurisdiction": Column(longest=longest(ScreeningEntry, "jurisdiction")),
}
_LONGEST_ALIAS = longest(ScreeningName, "text") or 0


class ReaderUnknown(Invalid):
    code = "reader_unknown"
    text = _("There is no reader “%(name)s” in this installation.")


class ListEmpty(Invalid):
    code = "list_empty"
    text = _("The file lists nobody.")


class NameBlank(Invalid):
    code = "name_blank"
    text = _("“%(name)s” has neither letters nor digits.")


class NameTooLong(Invalid):
    code = "name_too_long"
    text = _("“%(name)s” is longer than %(longest)s characters.")


@dataclass(frozen=True, slots=True)
class Listed:
    """One party that a file lists; `identifiers` are `scheme:value`."""

    line: int
    reference: str
    name: str
    aliases: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    jurisdiction: str = ""


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file as it was read: whom it lists, or what is wrong with it."""

    sha256: str
    listed: tuple[Listed, ...]
    problems: tuple[RowError, ...] = ()


class Reader(Protocol):
    def __call__(self, content: bytes, /) -> ListFile: ...


def find_reader(name: str) -> Reader:
    """The reader of this name. Raises ReaderUnknown."""
    place = settings.SCREENING_READERS.get(name)
    if place is None:
        raise ReaderUnknown(name=name)
    found: Reader = import_string(place)
    return found


def read_plain_sheet(content: bytes, /) -> ListFile:
    """The reader that is shipped: CSV or XLSX, a line for each party, several values apart by semicolons."""
    sheet = read_sheet(content, COLUMNS, limits=LIMITS)
    refuse_twice(sheet.rows, "reference")
    listed = tuple(_read_row(row) for row in sheet.rows)
    problems = [*sheet.errors, *(error for row in sheet.rows for error in row.errors)]
    if not problems and not listed:
        problems.append(error_in(1, ListEmpty()))
    return ListFile(sha256(content).hexdigest(), listed, tuple(problems))


def _read_row(row: Row) -> Listed:
    said = Listed(
        line=row.line,
        reference=row.text("reference"),
        name=row.text("name"),
        aliases=row.values("aliases"),
        identifiers=tuple(value.lower() for value in row.values("identifiers")),
        jurisdiction=row.text("jurisdiction"),
    )
    for column, names in (("name", (said.name,)), ("aliases", said.aliases)):
        for name in names:
            if name and not normalize(name):
                row.refuse(column, NameBlank(name=name))
            if column == "aliases" and len(name) > _LONGEST_ALIAS:
                row.refuse(column, NameTooLong(name=f"{name[:40]}…", longest=_LONGEST_ALIAS))
    for text in said.identifiers:
        try:
            read_identifier(text)
        except IdentifierUnreadable as refusal:
            row.refuse("identifiers", refusal)
    return said


def list_readers() -> list[tuple[str, str]]:
    """Every reader of this installation, as choices."""
    return [(name, name) for name in sorted(settings.SCREENING_READERS)]
