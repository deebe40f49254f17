"""How the screening of organizations stands: what is due, what was found last, what waits for a person."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.choices import HitFinding, ScreeningState, SnapshotStatus
from registry.models import (
    Organization,
    ScreenedOrganization,
    Screening,
    ScreeningHit,
    ScreeningMatch,
    ScreeningRun,
    ScreeningSnapshot,
)


@dataclass(frozen=True, slots=True)
class ScreeningStanding:
    """Where the screening of one organization stands. `lists` are the slugs of those whose hits matter.

    The lists, and all else of `last`, are for staff alone.
    """

    state: ScreeningState
    lists: tuple[str, ...] = ()
    last: Screening | None = None


def find_standings(organizations: Collection[UUID]) -> dict[UUID, ScreeningStanding]:
    """For each of them, in four queries however many they are."""
    worlds = dict(Organization.objects.filter(pk__in=organizations).values_list("pk", "synthetic"))
    used = {synthetic: list_used(synthetic=synthetic) for synthetic in set(worlds.values())}
    rows = ScreenedOrganization.objects.filter(organization__in=organizations)
    screened = {row.organization_id: row for row in rows.select_related("last")}
    told: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
    matches = ScreeningMatch.objects.filter(
        screening__in=[row.last_id for row in screened.values() if row.last_id]
    ).exclude(hit__finding=HitFinding.CLEARED)
    for screening, finding, slug in matches.values_list(
        "screening", "hit__finding", "hit__entry__screening_list__slug"
    ):
        told[screening].add((finding, slug))
    return {
        organization: _stand(screened.get(organization), used[synthetic], told)
        for organization, synthetic in worlds.items()
    }


def list_used(*, synthetic: bool) -> list[UUID]:
    """The snapshots that organizations of that world are screened against now, sorted."""
    rows = ScreeningSnapshot.objects.in_use(synthetic=synthetic)
    return sorted(rows.values_list("pk", flat=True))


def find_due(*, synthetic: bool) -> QuerySet[ScreenedOrganization]:
    """Those of that world whose last screening is no longer what one would find now; none without a list."""
    rows = ScreenedOrganization.objects.filter(organization__synthetic=synthetic)
    used = list_used(synthetic=synthetic)
    if not used:
        return rows.none()
    return rows.filter(
        Q(due_since__isnull=False) | Q(last__isnull=True) | ~Q(last__snapshots=used)
    )


def is_work_waiting(*, synthetic: bool) -> bool:
    """Whether the worker has anything to screen in that world, or a snapshot to take into use."""
    return (
        ScreeningSnapshot.objects.filter(
            status=SnapshotStatus.COMMITTED, screening_list__synthetic=synthetic
        ).exists()
        or ScreeningRun.objects.filter(synthetic=synthetic, finished_at__isnull=True).exists()
        or find_due(synthetic=synthetic).exists()
    )


def count_enrolled(*, synthetic: bool) -> int:
    """How many organizations of that world are screened."""
    return ScreenedOrganization.objects.filter(organization__synthetic=synthetic).count()


def current_hits() -> QuerySet[ScreeningHit]:
    """The hits of the last screening of each organization, on lists that are not retired."""
    found_last = ScreeningMatch.objects.filter(
        hit=OuterRef("pk"), screening=OuterRef("organization__screened__last")
    )
    return ScreeningHit.objects.filter(
        Exists(found_last), entry__screening_list__retired_at__isnull=True
    )


def compare_with_used(row: ScreeningSnapshot) -> Mapping[str, int]:
    """How many entries a snapshot adds to what is in use, takes away, and leaves as they are."""
    used = ScreeningSnapshot.objects.filter(
        screening_list=row.screening_list_id, status=SnapshotStatus.IN_USE
    ).first()
    own = row.lines.values("entry")
    if used is None:
        return {"added": row.entry_count, "removed": 0, "unchanged": 0}
    kept = used.lines.filter(entry__in=own).count()
    return {
        "added": row.entry_count - kept,
        "removed": used.entry_count - kept,
        "unchanged": kept,
    }


def list_added(row: ScreeningSnapshot) -> QuerySet[Any]:
    """The lines of a snapshot whose entries are not in the one in use."""
    used = ScreeningSnapshot.objects.filter(
        screening_list=row.screening_list_id, status=SnapshotStatus.IN_USE
    ).exclude(pk=row.pk)
    known = used.filter(lines__entry=OuterRef("entry"))
    return row.lines.filter(~Exists(known)).select_related("entry").order_by("line")


def _stand(
    row: ScreenedOrganization | None,
    used: list[UUID],
    told: Mapping[UUID, set[tuple[str, str]]],
) -> ScreeningStanding:
    last = None if row is None else row.last
    if not used:
        return ScreeningStanding(ScreeningState.NO_LIST, last=last)
    if row is None or last is None:
        return ScreeningStanding(ScreeningState.NEVER)
    found = told.get(last.pk, set())
    confirmed = tuple(sorted(slug for finding, slug in found if finding))
    waiting = tuple(sorted({slug for finding, slug in found if not finding}))
    stale = row.due_since is not None or last.snapshots != used
    if stale:
        return ScreeningStanding(ScreeningState.STALE, last=last)
    if confirmed:
        return ScreeningStanding(ScreeningState.CONFIRMED, confirmed, last)
    if waiting:
        return ScreeningStanding(ScreeningState.OPEN, waiting, last)
    return ScreeningStanding(ScreeningState.CLEARED, last=last)
