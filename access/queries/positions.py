"""Positions of authorities that bear on a request, and whether they hold it."""

import datetime as dt
from uuid import UUID

from django.db.models import Q, QuerySet

from access.models import AccessRequest, Grant, LineMove, PositionVersion, Tier
from access.policies import PolicyRules


def bearing_on(request: AccessRequest, *, at: dt.datetime) -> QuerySet[PositionVersion]:
    """What authorities hold at `at` about the request or anything it is about.

    A position bears on a request where every scope it names is one of the request's.
    """
    return _bearing(request, request.tier, organization=request.organization_id, at=at)


def blocking(
    request: AccessRequest, rules: PolicyRules, *, at: dt.datetime
) -> list[PositionVersion]:
    """The positions that, by the request's review policy, hold it back. The policy decides, not the typist."""
    return _blocking(bearing_on(request, at=at), rules)


def blocking_after(
    grant: Grant, tier: Tier, rules: PolicyRules, *, at: dt.datetime
) -> list[PositionVersion]:
    """The positions that hold back what would follow this grant in this tier, as they would its request."""
    request = grant.founding_request
    bearing = _bearing(request, tier, organization=grant.organization_id, at=at)
    return _blocking(bearing, rules)


def _bearing(
    request: AccessRequest | None, tier: Tier, *, organization: UUID, at: dt.datetime
) -> QuerySet[PositionVersion]:
    def about(field: str, *values: object) -> Q:
        wanted = [value for value in values if value is not None]
        return Q(**{f"position__{field}__isnull": True}) | Q(**{f"position__{field}__in": wanted})

    models = tier.ai_models.values_list("id", flat=True)
    envelopes = [] if request is None else [request.expansion_id, *_left(request)]
    return PositionVersion.objects.as_of(at).filter(
        about("program", tier.program_id),
        about("ai_model", *models),
        about("expansion", *envelopes),
        about("request", None if request is None else request.id),
        about("organization", organization),
    )


def _left(request: AccessRequest) -> QuerySet[LineMove, UUID]:
    """The expansions that the request was moved out of: what is held about them goes with it."""
    return request.line_moves.values_list("from_expansion", flat=True)


def _blocking(bearing: QuerySet[PositionVersion], rules: PolicyRules) -> list[PositionVersion]:
    return list(
        bearing.filter(
            stance__in=rules.blocking_stances,
            legal_force__in=rules.blocking_forces,
            position__origin="decided",
        )
        .select_related("position__authority__organization")
        .order_by("id")
    )
