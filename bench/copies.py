"""Many rows like one that operations made: whatever columns a table gains, its copies have them too."""

from collections.abc import Mapping

from django.db import connection, models

RECORDED = "tstzrange(now(), NULL)"
"""What a copied version must say of when it was recorded: the database lets it say nothing else."""


def copy(
    pattern: models.Model, changes: Mapping[str, str], *, numbers: str, **values: object
) -> None:
    """A copy of this row for each row of `numbers`, whose columns the expressions of `changes` may read.

    `changes` name columns. A key that the database counts up is counted up.
    """
    table, key = pattern._meta.db_table, pattern._meta.pk
    assert key is not None
    assert key.column is not None
    said = dict(changes)
    if isinstance(key, models.AutoField):
        said[key.column] = f"nextval(pg_get_serial_sequence('{table}', '{key.column}'))"
    pairs = ", ".join(f"'{column}', {expression}" for column, expression in said.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} SELECT copied.* FROM ({numbers}) numbers"  # noqa: S608 - names of ours
            f" JOIN {table} pattern ON pattern.{key.column} = %(pattern)s"
            f" CROSS JOIN LATERAL jsonb_populate_record(pattern, jsonb_build_object({pairs})) copied",
            {"pattern": pattern.pk} | values,
        )


def identify(what: str) -> str:
    """An expression: the UUID of the thing with this name, itself an expression. The same wherever it is asked."""
    return f"md5({what})::uuid"


def analyze() -> None:
    """Statistics and visibility as they would be after a while, so that plans are those of a settled table."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
