"""Who rests on which vendor, at whatever remove: the one definition, computed from the relations."""

from collections.abc import Collection
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from registry.choices import RelationKind

VENDOR_KINDS = (RelationKind.HOSTS, RelationKind.SUB_PROCESSOR_OF)

Span = tuple[UUID, UUID, DateTimeTZRange]
"""An organization, a vendor that it rests on, and when."""

# Each vendor is followed once for each time span it is reached with: what goes round in a circle is reached
# no second time, so the work is bounded by the relations, whatever their number of steps.
_CHAINS = """
WITH RECURSIVE reached(organization, vendor, valid) AS (
    SELECT e.object_id, e.subject_id, e.valid FROM registry_relation e
    WHERE e.kind = ANY (%(kinds)s) AND upper_inf(e.recorded)
      AND (%(organizations)s::uuid[] IS NULL OR e.object_id = ANY (%(organizations)s::uuid[]))
  UNION
    SELECT r.organization, e.subject_id, r.valid * e.valid
    FROM reached r JOIN registry_relation e ON e.object_id = r.vendor AND e.valid && r.valid
    WHERE e.kind = ANY (%(kinds)s) AND upper_inf(e.recorded)
)
SELECT organization, vendor, unnest(range_agg(valid)) FROM reached
WHERE organization <> vendor
GROUP BY organization, vendor
"""


def compute_reliances(organizations: Collection[UUID] | None = None) -> list[Span]:
    """On whom these organizations rest, or all (None), by the relations that are known now."""
    values = {
        "kinds": list(VENDOR_KINDS),
        "organizations": None if organizations is None else list(organizations),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHAINS, values)
        found: list[Span] = cursor.fetchall()
    return found
