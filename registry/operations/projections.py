"""Writing projections anew once a change that was scheduled has come.

Not acts: what they say is what their sources say, so they leave no event of their own. Until it is done,
decisions read the sources; so a run that is late costs time, never truth.
"""

from django.db import connection, transaction

BATCH = 200

_STALE = (
    ("registry_organizationfacts", "organization_id", "registry_write_organization_facts"),
    ("registry_aimodelfacts", "ai_model_id", "registry_write_model_facts"),
)


def write_stale() -> int:
    """Write those of organizations and models that are quiet no longer; how many there were."""
    return sum(write_table(*table) for table in _STALE)


def write_table(table: str, key: str, function: str) -> int:
    """Write the rows of one projection that are quiet no longer, some at a time."""
    statement = f"""
        WITH stale AS (
            SELECT DISTINCT {key} AS id FROM {table} WHERE quiet_until <= clock_timestamp() LIMIT {BATCH}
        )
        SELECT count(*), {function}(array_agg(id))::text FROM stale
    """  # noqa: S608 - names of ours
    written: int = 0
    while True:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(statement)
            number = cursor.fetchone()[0]
        written += number
        if number < BATCH:
            return written
