"""Positions of authorities that bear on a request, and whether they hold it."""

import datetime as dt
from uuid import UUID

from django.db.models import Q, QuerySet

from access.choices import Origin, PositionEffect
from access.models import AccessRequest, Grant, PositionVersion, Tier
from access.policies import PolicyRules

_HOLDING = frozenset({PositionEffect.BLOCKS, PositionEffect.OVERRIDE})


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
    return PositionVersion.objects.as_of(at).filter(
        about("program", tier.program_id),
        about("ai_model", *models),
        about("expansion", None if request is None else request.expansion_id),
        about("request", None if request is None else request.id),
        about("organization", organization),
    )


def _blocking(bearing: QuerySet[PositionVersion], rules: PolicyRules) -> list[PositionVersion]:
    """Those that the policy lets hold a request back. Reported ones never do."""
    found = bearing.filter(position__origin=Origin.DECIDED)
    return [
        said
        for said in found.select_related("position__authority__organization").order_by("id")
        if _effect_of(said, rules) in _HOLDING
    ]


def _effect_of(said: PositionVersion, rules: PolicyRules) -> PositionEffect:
    rule = rules.weigh(
        stance=said.stance,
        legal_force=said.legal_force,
        grounds=tuple(said.grounds),
        authority=said.position.authority.organization.slug,
    )
    return PositionEffect.INFORMS if rule is None else rule.effect
