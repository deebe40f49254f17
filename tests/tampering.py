"""Rows made wrong behind the program's back, as a superuser or a restored backup could."""

import datetime as dt
from uuid import UUID

from django.db import connection

from registry.queries.invariants import Invariant


def tamper(sql: str, *values: str | UUID | dt.datetime | None) -> None:
    """Run SQL with triggers and foreign keys looking away. What a check constraint says still holds."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def subjects(invariant: Invariant) -> list[str]:
    """What breaks the invariant."""
    return [breach.subject for breach in invariant()]
