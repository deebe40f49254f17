"""Approval is not provisioning: how granted models stand on surfaces, and where points and registry differ."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from access.choices import ItemStanding, SurfaceStanding
from access.models import EnforcementPoint, Grant, GrantItem, SurfaceState
from registry.models import ExternalIdentifier

PAGE = 50
APPROVED = "approved"
"""How a surface stands that no point has reported yet."""


@dataclass(frozen=True, slots=True)
class GrantSurface:
    """A granted model on one surface. `standing` is `approved` until a point reports it."""

    model: str
    surface: str
    standing: str
    since: dt.datetime | None = None
    point: EnforcementPoint | None = None


def list_grant_surfaces(grant: Grant) -> list[GrantSurface]:
    """Each model of the grant on each of its surfaces: those it names, else the holder's identifiers. Three queries."""
    items = list(
        grant.items.current().select_related("ai_model").order_by("ai_model__slug", "valid")
    )
    identifiers = [
        f"{row.scheme}:{row.value}"
        for row in ExternalIdentifier.objects.current()
        .filter(organization=grant.organization_id, valid__upper_inf=True)
        .order_by("scheme", "value")
    ]
    reported: dict[tuple[object, str], list[SurfaceState]] = defaultdict(list)
    states = SurfaceState.objects.current().filter(
        organization=grant.organization_id, valid__upper_inf=True
    )
    for state in states.select_related("point").order_by("point__slug"):
        reported[state.ai_model_id, state.surface].append(state)
    found = []
    for model, surfaces in _surfaces_of(items, identifiers):
        for surface in surfaces:
            told = reported.get((model.ai_model_id, surface), [])
            slug = model.ai_model.slug
            found += [
                GrantSurface(slug, surface, state.standing, state.valid.lower, state.point)
                for state in told
            ] or [GrantSurface(slug, surface, APPROVED)]
    return found


def _surfaces_of(
    items: list[GrantItem], identifiers: list[str]
) -> Iterator[tuple[GrantItem, list[str]]]:
    """The last item of each model, with the surfaces that it may be on."""
    last = {item.ai_model_id: item for item in items}
    for item in last.values():
        yield item, list(item.surfaces) or identifiers


@dataclass(frozen=True, slots=True)
class Drift:
    """A surface on which a point and the registry differ, and how, in words."""

    surface: str
    model: str
    difference: str
    since: dt.datetime | None = None


_UNKNOWN = _("on, and the registry does not know whose it is")
_NO_GRANT = _("on, and no grant in force covers it")
_MISSING = _("granted, and not on")

_GRANTED = """
SELECT DISTINCT w.surface, m.slug
FROM access_enforcementpoint p
JOIN registry_organization z ON z.id = p.owner_id
CROSS JOIN access_grantitem i
JOIN registry_organization o ON o.id = i.organization_id
JOIN registry_aimodel m ON m.id = i.ai_model_id
JOIN LATERAL (
    SELECT unnest(i.surfaces) AS surface
    UNION
    SELECT x.scheme || ':' || x.value FROM registry_externalidentifier x
    WHERE i.surfaces = '{}' AND x.organization_id = i.organization_id
      AND upper_inf(x.recorded) AND x.valid @> %(at)s::timestamptz
) w ON w.surface = ANY (p.surfaces) OR split_part(w.surface, ':', 1) = ANY (p.surfaces)
WHERE p.id = %(point)s AND o.synthetic = z.synthetic AND upper_inf(i.recorded)
  AND i.valid @> %(at)s::timestamptz AND i.standing = 'in_force'
  AND NOT EXISTS (
    SELECT 1 FROM access_surfacestate s
    WHERE s.point_id = p.id AND s.surface = w.surface AND s.ai_model_id = i.ai_model_id
      AND upper_inf(s.recorded) AND s.valid @> %(at)s::timestamptz AND s.standing <> 'off')
ORDER BY 1, 2 LIMIT %(limit)s
"""


def list_drift(point: EnforcementPoint, *, at: dt.datetime, limit: int = PAGE) -> list[Drift]:
    """What the point has on that nothing covers, then what is granted there and not on; each at most `limit`.

    In two queries. Restrictions are not looked at: whether a stop was applied is told by its effect, and
    under a stop what is granted is rightly off.
    """
    covering = GrantItem.objects.as_of(at).filter(
        Q(surfaces=[]) | Q(surfaces__contains=[OuterRef("surface")]),
        organization=OuterRef("organization"),
        ai_model=OuterRef("ai_model"),
        standing=ItemStanding.IN_FORCE,
    )
    stray = (
        SurfaceState.objects.as_of(at)
        .filter(~Exists(covering), point=point)
        .exclude(standing=SurfaceStanding.OFF)
        .order_by("surface", "model")[:limit]
    )
    found = [
        Drift(
            state.surface,
            state.model,
            str(_NO_GRANT if state.organization_id and state.ai_model_id else _UNKNOWN),
            state.valid.lower,
        )
        for state in stray
    ]
    with connection.cursor() as cursor:
        cursor.execute(_GRANTED, {"point": point.pk, "at": at, "limit": limit})
        missing = cursor.fetchall()
    return found + [Drift(surface, model, str(_MISSING)) for surface, model in missing]
