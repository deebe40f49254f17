"""Which positions bear on what: a position bears on a line where every scope that it names is one of the line's.

In a number of queries that does not grow with the lines, nor with the positions.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from access.models import AccessRequest, Grant, LineMove, PositionVersion, Tier
from registry.models import (
    JurisdictionMembership,
    OrganizationJurisdiction,
    OrganizationVersion,
)


@dataclass(frozen=True, slots=True)
class Line:
    """What positions may be about, for one request or one grant: `key` is its identifier.

    `expansions` are its own and those that it was moved out of: what is held about them goes with it.
    `jurisdictions` are all that touch the organization, and the unions those belong to: the strictest wins.
    """

    key: UUID
    program: UUID
    ai_models: frozenset[UUID]
    actions: frozenset[str]
    organization: UUID
    synthetic: bool
    kind: str
    jurisdictions: frozenset[UUID]
    expansions: frozenset[UUID] = frozenset()
    request: UUID | None = None

    def bears(self, said: PositionVersion) -> bool:
        about = said.position
        return (
            about.authority.organization.synthetic == self.synthetic
            and about.program_id in {None, self.program}
            and (about.expansion_id is None or about.expansion_id in self.expansions)
            and about.request_id in {None, self.request}
            and about.organization_id in {None, self.organization}
            and about.organization_kind in {"", self.kind}
            and (about.ai_model_id is None or about.ai_model_id in self.ai_models)
            and (about.jurisdiction_id is None or about.jurisdiction_id in self.jurisdictions)
            and (not about.action or about.action in self.actions)
        )


@dataclass(frozen=True, slots=True)
class Named:
    """What a line is made of, before its organization is looked up."""

    key: UUID
    tier: Tier
    organization: UUID
    request: AccessRequest | None


def lines_of_requests(requests: Iterable[AccessRequest], *, at: dt.datetime) -> dict[UUID, Line]:
    """The line of each request, by its identifier."""
    return make_lines(
        [Named(row.id, row.tier, row.organization_id, row) for row in requests], at=at
    )


def line_of_grant(grant: Grant, tier: Tier, *, at: dt.datetime) -> Line:
    """The line of a grant in a tier: its own, or the one that it would be moved to."""
    named = Named(grant.id, tier, grant.organization_id, grant.founding_request)
    return make_lines([named], at=at)[grant.id]


def make_lines(named: Sequence[Named], *, at: dt.datetime) -> dict[UUID, Line]:
    """In five queries, however many."""
    organizations = {one.organization for one in named}
    kinds = {
        version.organization_id: version
        for version in OrganizationVersion.objects.as_of(at)
        .filter(organization__in=organizations)
        .select_related("organization")
    }
    touching = find_jurisdictions(organizations, at=at)
    envelopes = find_envelopes([one.request for one in named if one.request is not None])
    tiers = {one.tier.id for one in named}
    models: dict[UUID, set[UUID]] = {}
    for tier, model in Tier.ai_models.through.objects.filter(tier__in=tiers).values_list(
        "tier_id", "aimodel_id"
    ):
        models.setdefault(tier, set()).add(model)
    return {
        one.key: Line(
            key=one.key,
            program=one.tier.program_id,
            ai_models=frozenset(models.get(one.tier.id, ())),
            actions=frozenset(one.tier.actions),
            organization=one.organization,
            synthetic=kinds[one.organization].organization.synthetic,
            kind=kinds[one.organization].kind,
            jurisdictions=touching.get(one.organization, frozenset()),
            expansions=envelopes.get(one.request.id, frozenset()) if one.request else frozenset(),
            request=None if one.request is None else one.request.id,
        )
        for one in named
    }


def find_envelopes(requests: Sequence[AccessRequest]) -> dict[UUID, frozenset[UUID]]:
    """Of each request the expansion that it is in, and those that it was moved out of."""
    found: dict[UUID, set[UUID]] = {
        row.id: set() if row.expansion_id is None else {row.expansion_id} for row in requests
    }
    moves = LineMove.objects.filter(request__in=list(found))
    for request, expansion in moves.values_list("request", "from_expansion"):
        found[request].add(expansion)
    return {request: frozenset(envelopes) for request, envelopes in found.items()}


def find_jurisdictions(
    organizations: Iterable[UUID], *, at: dt.datetime
) -> dict[UUID, frozenset[UUID]]:
    """All that touch each organization at a moment, in whichever role, and the unions they belong to."""
    wholes: dict[UUID, set[UUID]] = {}
    for member, whole in JurisdictionMembership.objects.as_of(at).values_list(
        "member_id", "whole_id"
    ):
        wholes.setdefault(member, set()).add(whole)
    found: dict[UUID, set[UUID]] = {}
    rows = OrganizationJurisdiction.objects.as_of(at).filter(organization__in=organizations)
    for organization, jurisdiction in rows.values_list("organization_id", "jurisdiction_id"):
        found.setdefault(organization, set()).update({jurisdiction, *wholes.get(jurisdiction, ())})
    return {organization: frozenset(places) for organization, places in found.items()}


def gather(lines: Mapping[UUID, Line], *, at: dt.datetime) -> dict[UUID, list[PositionVersion]]:
    """What authorities hold at `at` that bears on each line, oldest first."""
    candidates = list(_candidates(lines.values(), at=at))
    return {key: [said for said in candidates if line.bears(said)] for key, line in lines.items()}


def _candidates(lines: Iterable[Line], *, at: dt.datetime) -> Iterable[PositionVersion]:
    """What may bear on one of the lines: the database narrows, the line decides."""
    lines = list(lines)

    def about(field: str, wanted: set[UUID | None]) -> Q:
        return Q(**{f"position__{field}__isnull": True}) | Q(
            **{f"position__{field}__in": wanted - {None}}
        )

    return (
        PositionVersion.objects.as_of(at)
        .filter(
            about("program", {line.program for line in lines}),
            about("expansion", {one for line in lines for one in line.expansions}),
            about("request", {line.request for line in lines}),
            about("organization", {line.organization for line in lines}),
            about("ai_model", {model for line in lines for model in line.ai_models}),
        )
        .select_related("position__authority__organization")
        .order_by("id")
    )
