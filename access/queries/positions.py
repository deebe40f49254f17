"""Positions of authorities that bear on a request, and whether they hold it."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from access.choices import Origin, PositionEffect
from access.models import AccessRequest, Expansion, Grant, LineMove, PositionVersion, Tier
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


def bearing_on_lines(
    expansion: Expansion,
    requests: Sequence[AccessRequest],
    left: Mapping[UUID, Collection[UUID]],
    *,
    at: dt.datetime,
) -> dict[UUID, list[PositionVersion]]:
    """What `bearing_on` gives for each line of an expansion, in two statements however many they are.

    `left` are the expansions that a line was moved out of.
    """
    models = set(expansion.tier.ai_models.values_list("id", flat=True))
    envelopes = {expansion.pk, *(pk for found in left.values() for pk in found)}
    versions = PositionVersion.objects.as_of(at).filter(
        _about("program", [expansion.program_id]),
        _about("ai_model", models),
        _about("expansion", envelopes),
        _about("request", [line.pk for line in requests]),
        _about("organization", {line.organization_id for line in requests}),
    )
    found = list(versions.select_related("position__authority__organization").order_by("id"))
    return {
        line.pk: [
            version
            for version in found
            if version.position.expansion_id in {None, expansion.pk, *left.get(line.pk, ())}
            and version.position.request_id in {None, line.pk}
            and version.position.organization_id in {None, line.organization_id}
        ]
        for line in requests
    }


def holds_back(version: PositionVersion, rules: PolicyRules) -> bool:
    """Whether a position that bears on a request holds it back by these rules; what was only reported does not."""
    decided = version.position.origin == Origin.DECIDED
    return decided and _effect_of(version, rules) in _HOLDING


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
    models = tier.ai_models.values_list("id", flat=True)
    envelopes = [] if request is None else [request.expansion_id, *_left(request)]
    return PositionVersion.objects.as_of(at).filter(
        _about("program", [tier.program_id]),
        _about("ai_model", models),
        _about("expansion", envelopes),
        _about("request", [] if request is None else [request.id]),
        _about("organization", [organization]),
    )


def _about(field: str, values: Iterable[object]) -> Q:
    """Names nothing in this field, or one of the values."""
    wanted = [value for value in values if value is not None]
    return Q(**{f"position__{field}__isnull": True}) | Q(**{f"position__{field}__in": wanted})


def _left(request: AccessRequest) -> QuerySet[LineMove, UUID]:
    """The expansions that the request was moved out of: what is held about them goes with it."""
    return request.line_moves.values_list("from_expansion", flat=True)


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
