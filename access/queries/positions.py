"""Positions of authorities that bear on a request, and whether they hold it."""

import datetime as dt

from django.db.models import Q, QuerySet

from access.models import AccessRequest, PositionVersion
from access.policies import PolicyRules


def bearing_on(request: AccessRequest, *, at: dt.datetime) -> QuerySet[PositionVersion]:
    """What authorities hold at `at` about the request or anything it is about.

    A position bears on a request where every scope it names is one of the request's.
    """

    def about(field: str, *values: object) -> Q:
        wanted = [value for value in values if value is not None]
        return Q(**{f"position__{field}__isnull": True}) | Q(**{f"position__{field}__in": wanted})

    models = request.tier.ai_models.values_list("id", flat=True)
    return PositionVersion.objects.as_of(at).filter(
        about("program", request.tier.program_id),
        about("ai_model", *models),
        about("expansion", request.expansion_id),
        about("request", request.id),
        about("organization", request.organization_id),
    )


def blocking(
    request: AccessRequest, rules: PolicyRules, *, at: dt.datetime
) -> list[PositionVersion]:
    """The positions that, by the request's review policy, hold it back. The policy decides, not the typist."""
    return list(
        bearing_on(request, at=at)
        .filter(
            stance__in=rules.blocking_stances,
            legal_force__in=rules.blocking_forces,
            position__origin="decided",
        )
        .select_related("position__authority__organization")
        .order_by("id")
    )
