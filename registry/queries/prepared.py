"""Statements that are asked thousands of times a second: planned once for each connection.

Django binds values into the text, so that the server plans each statement anew; for a statement of many
parts that takes longer than to run it. These are named on the server instead, through the same connection
and so in the same transaction. A pooler between here and the server must know prepared statements.

They go to libpq past the driver's cursor, which costs as much as a short statement does on the server.
"""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import Connection, OperationalError, RawCursor, postgres
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult

_TEXT = postgres.types["text"].oid
_PLAN_ONCE = "SET plan_cache_mode = force_generic_plan"


Texts = tuple[str | None, ...]
"""A row as the server wrote it."""


def run_prepared(statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The rows of a statement with `$1`, `$2` … in the place of its values.

    The plan does not look at the values: write the statement so that every value is looked up by an index.
    """
    wrapper = connections[DEFAULT_DB_ALIAS]
    named = _find_named(wrapper)
    if named is None:
        with _run_by_cursor(wrapper, statement, values) as cursor:
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows
    with wrapper.wrap_database_errors:
        return named.load(named.run(statement, values))


def read_prepared(statement: str, values: tuple[Any, ...]) -> list[Texts]:
    """The same rows, every value as the text that the server wrote: for whoever looks at few of them."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    named = _find_named(wrapper)
    if named is None:
        with _run_by_cursor(wrapper, statement, values) as cursor:
            return _load_texts(Transformer(wrapper.connection), cursor.pgresult)
    with wrapper.wrap_database_errors:
        return _load_texts(named.adapter, named.run(statement, values))


class _Named:
    """The statements that one connection's server knows by name."""

    def __init__(self, held: Connection[Any]) -> None:
        self._server = held.pgconn
        self._names: dict[str, bytes] = {}
        self._numbers = itertools.count(1)
        self.adapter = Transformer(held)

    def run(self, statement: str, values: Sequence[Any]) -> PGresult:
        name = self._names.get(statement) or self._prepare(statement)
        sent = self.adapter.dump_sequence(values, [PyFormat.TEXT] * len(values))
        found = self._server.exec_prepared(name, sent)  # type: ignore[arg-type]  # the stub knows no NULL
        return self._check(found, ExecStatus.TUPLES_OK)

    def load(self, result: PGresult) -> list[tuple[Any, ...]]:
        self.adapter.set_pgresult(result)
        return self.adapter.load_rows(0, result.ntuples, tuple)

    def _prepare(self, statement: str) -> bytes:
        name = b"concordat_%d" % next(self._numbers)
        self._check(self._server.prepare(name, statement.encode()), ExecStatus.COMMAND_OK)
        self._names[statement] = name
        return name

    def _check(self, result: PGresult, expected: ExecStatus) -> PGresult:
        """Raises what the driver's cursor would raise."""
        if result.status != expected:
            if self._server.status == ConnStatus.BAD:
                raise OperationalError(result.get_error_message())
            raise error_from_result(result)
        return result


_NAMED: WeakKeyDictionary[Connection[Any], _Named] = WeakKeyDictionary()


def _find_named(wrapper: BaseDatabaseWrapper) -> _Named | None:
    """None where the cursor has to be taken."""
    wrapper.ensure_connection()
    held: Connection[Any] = wrapper.connection
    if _is_watched(wrapper) or _must_begin(held):
        return None
    named = _NAMED.get(held)
    if named is None:
        with wrapper.wrap_database_errors:
            held.execute(_PLAN_ONCE)
        named = _NAMED[held] = _Named(held)
    return named


def _load_texts(adapter: Any, result: PGresult) -> list[Texts]:
    adapter.set_pgresult(result, set_loaders=False)
    adapter.set_loader_types([_TEXT] * result.nfields, Format.TEXT)
    rows: list[Texts] = adapter.load_rows(0, result.ntuples, tuple)
    return rows


def _is_watched(wrapper: BaseDatabaseWrapper) -> bool:
    """Whether somebody counts or wraps statements, which is done at the cursor."""
    return wrapper.queries_logged or bool(wrapper.execute_wrappers)


def _must_begin(held: Connection[Any]) -> bool:
    """Whether the cursor would have to begin a transaction first."""
    return not held.autocommit and held.info.transaction_status == TransactionStatus.IDLE


@contextmanager
def _run_by_cursor(
    wrapper: BaseDatabaseWrapper, statement: str, values: tuple[Any, ...]
) -> Iterator[Any]:
    wrap = wrapper.make_debug_cursor if wrapper.queries_logged else wrapper.make_cursor
    with wrap(RawCursor(wrapper.connection)) as cursor:  # type: ignore[arg-type]  # the stubs know one kind of cursor
        cursor.execute(statement, values)
        yield cursor
