"""How an organization comes back after a stop: order lifted, switch back on, active again; three acts, three dates."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from access.choices import RestrictionKind, SurfaceStanding
from access.models import Restriction, RestrictionException, SurfaceState
from access.queries.scopes import scope_of
from access.queries.stops import PAGE, Reached, list_reached


@dataclass(frozen=True, slots=True)
class Return:
    """One organization that was stopped. Each date is None until the act has happened.

    `order_at`: the order no longer covers it (lifted, or excepted). `switch_at`: the developer's own stop no
    longer does. `active_at`: an enforcement point reported a surface of it as active again.
    """

    reached: Reached
    order_at: dt.datetime | None
    switch_at: dt.datetime | None
    active_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Returns:
    """A page of organizations, and the two restrictions that are told apart; either may be missing."""

    order: Restriction | None
    switch: Restriction | None
    rows: tuple[Return, ...]


def list_returns(row: Restriction, *, after: str = "", limit: int = PAGE) -> Returns:
    """Whom it stopped when it was imposed, by slug from `after` on; in a fixed number of queries."""
    order, switch = _tell_apart(row)
    version = (
        row.versions.current()
        .filter(valid__contains=row.imposed_at)
        .select_related("person_class")
        .first()
    )
    if version is None:
        return Returns(order, switch, ())
    found = list_reached(scope_of(version), at=row.imposed_at, after=after, limit=limit)
    ids = [one.id for one in found]
    freed = _excepted(filter(None, (order, switch)), ids)
    active = _active(ids, since=row.imposed_at)
    return Returns(
        order,
        switch,
        tuple(
            Return(
                one,
                _freed(order, one.id, freed),
                _freed(switch, one.id, freed),
                active.get(one.id),
            )
            for one in found
        ),
    )


def _tell_apart(row: Restriction) -> tuple[Restriction | None, Restriction | None]:
    if row.because_of is not None:
        return row.because_of, row
    if row.kind == RestrictionKind.ORDER:
        return row, row.answers.order_by("imposed_at", "id").first()
    return None, row


def _excepted(
    restrictions: Iterable[Restriction], organizations: list[UUID]
) -> dict[tuple[UUID, UUID], dt.datetime]:
    found = RestrictionException.objects.current().filter(
        restriction__in=[row.pk for row in restrictions],
        organization__in=organizations,
        member__isnull=True,
    )
    return {
        (row.restriction_id, row.organization_id): row.valid.lower
        for row in found.order_by("-valid")
        if row.valid.lower is not None
    }


def _freed(
    row: Restriction | None, organization: UUID, excepted: dict[tuple[UUID, UUID], dt.datetime]
) -> dt.datetime | None:
    if row is None:
        return None
    moments = [row.lifted_at, excepted.get((row.id, organization))]
    return min((moment for moment in moments if moment is not None), default=None)


def _active(organizations: list[UUID], *, since: dt.datetime) -> dict[UUID, dt.datetime]:
    """The first moment after `since` from which a surface of each is active, and still is."""
    found = SurfaceState.objects.current().filter(
        organization__in=organizations,
        standing=SurfaceStanding.ACTIVE,
        valid__upper_inf=True,
        valid__startswith__gt=since,
    )
    moments: dict[UUID, dt.datetime] = {}
    for row in found.order_by("-valid"):
        if row.organization_id is not None and row.valid.lower is not None:
            moments[row.organization_id] = row.valid.lower
    return moments
