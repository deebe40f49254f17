"""Statements that are asked thousands of times a second: planned once for each connection.

Django binds values into the text, so that the server plans each statement anew; for a statement of many
parts that takes longer than to run it. These are named on the server instead, through the same connection
and so in the same transaction. A pooler between here and the server must know prepared statements.
"""

from typing import Any

from django.db import connection
from psycopg import Connection, RawCursor


def run_prepared(statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The rows of a statement with `$1`, `$2` … in the place of its values.

    The plan does not look at the values: write the statement so that every value is looked up by an index.
    """
    connection.ensure_connection()
    held: Connection[Any] = connection.connection
    if held.prepare_threshold != 0:
        held.prepare_threshold = 0
        held.execute("SET plan_cache_mode = force_generic_plan")
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(RawCursor(held)) as cursor:  # type: ignore[arg-type]  # the stubs know one kind of cursor
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
