"""The ways a version row changes, for use inside an operation and under the lock of its identity row."""

import datetime as dt
from typing import Any, TypeVar

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from registry.models.version_row import VersionRow

V = TypeVar("V", bound=VersionRow)


def span(start: dt.datetime | None, end: dt.datetime | None = None) -> DateTimeTZRange:
    """From `start` up to, not including, `end`; without an end it stays open."""
    return DateTimeTZRange(start, end)


def open_version(row: V, *, recorded: dt.datetime) -> V:
    """Insert a version that is known from now on."""
    row.recorded = span(recorded)
    row.save(force_insert=True)
    return row


def change_from(row: V, *, at: dt.datetime, recorded: dt.datetime, **changes: Any) -> V:
    """From `at` on, the row says something else; before, it still says what it said."""
    close(row, recorded=recorded)
    start, end = row.valid.lower, row.valid.upper
    if start is None or start < at:
        open_version(_copy(row, valid=span(start, at)), recorded=recorded)
        start = at
    return open_version(_copy(row, **{"valid": span(start, end), **changes}), recorded=recorded)


def end_at(row: V, *, at: dt.datetime, recorded: dt.datetime, **changes: Any) -> V | None:
    """Nothing holds from `at` on. None where nothing had begun: then only the past record knows of it."""
    close(row, recorded=recorded)
    start = row.valid.lower
    if start is not None and start >= at:
        return None
    end = at if row.valid.upper is None else min(at, row.valid.upper)
    return open_version(_copy(row, **{"valid": span(start, end), **changes}), recorded=recorded)


def correct(row: V, *, recorded: dt.datetime, **changes: Any) -> V:
    """The row said something wrong for the whole of its period; it is replaced, and the error stays readable."""
    close(row, recorded=recorded)
    return open_version(_copy(row, **changes), recorded=recorded)


def close(row: V, *, recorded: dt.datetime) -> None:
    """From now on the registry knows nothing of it; what it had said stays readable as it was known."""
    row.recorded = DateTimeTZRange(row.recorded.lower, recorded)
    row.save(update_fields=["recorded"])


def _copy(row: V, **changes: Any) -> V:
    kept = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }
    return type(row)(**(kept | changes))
