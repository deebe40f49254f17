"""Who rests on whom, rewritten in the transaction that changes a relation of a vendor."""

from uuid import UUID

from django.db import connection

from registry.commands import Clock
from registry.models import Reliance
from registry.queries.reliances import Span, compute_reliances
from registry.versions import close, open_version

LOCK = 7_004_402


def _lock_reliances() -> None:
    """One change of vendors' relations at a time, from before it reads anything: two links of one chain that are
    registered at once would each not see the other. Taken before any row is locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _rewrite_reliances(organization: UUID, *, clock: Clock) -> set[UUID]:
    """Rewrite on whom the organization rests, and whoever rests on it; who they are.

    In the caller's transaction, under `_lock_reliances`. Rows that say the same stay as they are.
    """
    resting = Reliance.objects.current().filter(vendor=organization)
    concerned = {organization, *resting.values_list("organization", flat=True)}
    wanted = set(compute_reliances(concerned))
    for row in Reliance.objects.current().filter(organization__in=concerned).order_by("pk"):
        said: Span = (row.organization_id, row.vendor_id, row.valid)
        if said in wanted:
            wanted.remove(said)
        else:
            close(row, recorded=clock.recorded)
    for resting_on in sorted(wanted, key=lambda one: one[:2]):
        row = Reliance(organization_id=resting_on[0], vendor_id=resting_on[1], valid=resting_on[2])
        open_version(row, recorded=clock.recorded)
    return concerned
