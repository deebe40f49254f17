"""What a page shows below its fields and above them: tables, cells that lead on, names for keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse

from registry.queries.people import is_key, name_actors


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: so many of so many, and of what, in words."""

    done: int
    of: int
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """A table below the fields of a page. A cell is a text, or a pair of text and address."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[object]]
    empty: str = "Nothing yet."
    note: str = field(default="")
    progress: Progress | None = None


class Titled:
    """A row under another title, for the page's heading."""

    def __init__(self, row: Model, title: str) -> None:
        self._row, self._title = row, title

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)

    def __str__(self) -> str:
        return self._title


def is_synthetic(row: Any) -> bool:
    """Whether the row, or what it is about, was made for demonstration."""
    return any(
        getattr(about, "synthetic", False)
        for about in (row, getattr(row, "organization", None), getattr(row, "program", None))
    )


def name_people(sections: list[Section]) -> list[Section]:
    """The same sections, with names for the keys of people and programs."""
    keys = {cell for part in sections for row in part.rows for cell in row if is_key(cell)}
    names = name_actors(str(key) for key in keys)
    return [
        replace(
            part,
            rows=[
                [names.get(cell, cell) if isinstance(cell, str) else cell for cell in row]
                for row in part.rows
            ],
        )
        for part in sections
    ]


def link(row: Model | None, text: str | None = None) -> object:
    """A cell that leads to the row's own page."""
    if row is None:
        return ""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return (text or str(row), reverse(name, args=[row.pk]))


def rows_of(
    found: QuerySet[Any], make: Callable[[Any], Sequence[object]]
) -> list[Sequence[object]]:
    """The rows of a section."""
    return [make(row) for row in found]
