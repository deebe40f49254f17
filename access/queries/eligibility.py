"""The facts that eligibility rests on, for one organization or many in the same number of queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from django.db.models import Q

from access.eligibility import (
    Edge,
    Facts,
    Held,
    Neighbor,
    Place,
    Result,
    Scheme,
    Screened,
    assess,
    read_requirements,
)
from access.models import (
    AccessRequest,
    TermsAcceptance,
    TermsEdition,
    Tier,
    TierRequirements,
)
from registry import models as registry
from registry.choices import JurisdictionRole, RelationKind
from registry.queries.screening import ScreeningStanding, find_standings

VENDOR_KINDS = (RelationKind.HOSTS, RelationKind.SUB_PROCESSOR_OF)


def gather_facts(
    organizations: Collection[UUID], *, at: dt.datetime, screening: bool = False
) -> dict[UUID, Facts]:
    """What is known of each that holds at the moment or later; how its screening stands only where asked for.

    Nothing about terms: see `assess_tier`.
    """
    schemes = {row.id: read_scheme(row) for row in registry.Scheme.objects.filter(draft=False)}
    relations = list(
        registry.Relation.objects.current()
        .filter(object__in=organizations, kind__in=[RelationKind.OWNS, *VENDOR_KINDS])
        .filter(Q(valid__upper_inf=True) | Q(valid__endswith__gt=at))
        .select_related("subject")
        .order_by("subject__slug", "kind", "id")
    )
    neighbors = {edge.subject_id for edge in relations}
    places = _gather_places({*organizations, *neighbors}, at)
    seats = {
        organization: frozenset(
            slug
            for place in found
            if place.role == JurisdictionRole.SEAT and place.holds(at)
            for slug in place.jurisdictions
        )
        for organization, found in places.items()
    }
    held, edges = _gather_held(organizations, schemes, at), _gather_edges(schemes, at)
    known = tuple(sorted(schemes.values(), key=str))
    standings = find_standings(organizations) if screening else {}
    facts = {}
    for organization in organizations:
        own = [edge for edge in relations if edge.object_id == organization]
        facts[organization] = Facts(
            held=tuple(held[organization]),
            edges=edges,
            schemes=known,
            places=tuple(places.get(organization, ())),
            owners=_read_neighbors(own, (RelationKind.OWNS,), seats),
            vendors=_read_neighbors(own, VENDOR_KINDS, seats),
            screened=_read_standing(standings.get(organization)),
        )
    return facts


def find_requirements(tier: Tier) -> TierRequirements | None:
    """The edition in force; None where the tier asks for nothing beyond its review."""
    in_force = tier.requirements.filter(enacted_at__isnull=False)
    return in_force.order_by("-number").first()


def assess_request(row: AccessRequest, *, at: dt.datetime) -> tuple[Result, ...]:
    """How the organization stands to the edition that the request pinned; a draft, to the one in force."""
    edition = row.requirements if row.submitted_at is not None else find_requirements(row.tier)
    return _assess(row.organization_id, row.tier, edition, at=at)


def assess_tier(organization: UUID, tier: Tier, *, at: dt.datetime) -> tuple[Result, ...]:
    """How the organization stands to the edition in force, before it asks for anything."""
    return _assess(organization, tier, find_requirements(tier), at=at)


def _assess(
    organization: UUID, tier: Tier, edition: TierRequirements | None, *, at: dt.datetime
) -> tuple[Result, ...]:
    if edition is None:
        return ()
    asked = read_requirements(edition.document)
    facts = gather_facts([organization], at=at, screening=asked.asks_screening)[organization]
    said = replace(facts, terms_accepted=_are_terms_accepted(organization, tier, at))
    return assess(asked, said, at=at)


def _are_terms_accepted(organization: UUID, tier: Tier, at: dt.datetime) -> bool | None:
    binding = TermsEdition.objects.filter(program=tier.program_id, required_from__lte=at)
    edition = binding.order_by("-number").first()
    if edition is None:
        return None
    accepted = TermsAcceptance.objects.as_of(at).filter(edition=edition, organization=organization)
    return accepted.exists()


def read_held(version: registry.AttestationVersion, schemes: Mapping[UUID, Scheme]) -> Held:
    """An attestation as the evaluator reads it, with its own row at hand."""
    row = version.attestation
    return Held(
        starts_at=version.valid.lower,
        ends_at=version.valid.upper,
        id=row.id,
        scheme=schemes[row.scheme_id],
        level=row.level,
        service=row.service,
        own=row.legal_entity_id == row.organization_id,
    )


def read_edge(version: registry.RecognitionVersion, schemes: Mapping[UUID, Scheme]) -> Edge:
    """A recognition as the evaluator reads it, with both of its schemes at hand."""
    row = version.recognition
    return Edge(
        starts_at=version.valid.lower,
        ends_at=_cut(version.valid.upper, row.satisfies.void_from),
        id=version.recognition_id,
        scheme=schemes[row.scheme_id],
        level=row.level,
        satisfies=schemes[row.satisfies_id],
        up_to=row.up_to,
        transitive=row.transitive,
        basis=row.basis,
    )


def _gather_held(
    organizations: Collection[UUID], schemes: Mapping[UUID, Scheme], at: dt.datetime
) -> Mapping[UUID, list[Held]]:
    held = defaultdict(list)
    rows = (
        registry.AttestationVersion.objects.current()
        .filter(organization__in=organizations, attestation__scheme__in=list(schemes))
        .filter(Q(valid__upper_inf=True) | Q(valid__endswith__gt=at))
        .select_related("attestation")
        .order_by("attestation_id", "valid")
    )
    for version in rows:
        held[version.organization_id].append(read_held(version, schemes))
    return held


def _gather_edges(schemes: Mapping[UUID, Scheme], at: dt.datetime) -> tuple[Edge, ...]:
    rows = (
        registry.RecognitionVersion.objects.current()
        .filter(recognition__scheme__in=list(schemes), recognition__satisfies__in=list(schemes))
        .filter(Q(valid__upper_inf=True) | Q(valid__endswith__gt=at))
        .select_related("recognition__satisfies")
        .order_by("recognition_id", "valid")
    )
    return tuple(read_edge(version, schemes) for version in rows)


def _cut(end: dt.datetime | None, void_from: dt.date | None) -> dt.datetime | None:
    """An edition that counts no more is satisfied by nothing."""
    if void_from is None:
        return end
    void = dt.datetime.combine(void_from, dt.time(), dt.UTC)
    return void if end is None else min(end, void)


def _gather_places(organizations: Collection[UUID], at: dt.datetime) -> Mapping[UUID, list[Place]]:
    wholes = defaultdict(set)
    memberships = registry.JurisdictionMembership.objects.as_of(at).select_related("whole")
    for membership in memberships:
        wholes[membership.member_id].add(membership.whole.slug)
    places = defaultdict(list)
    rows = (
        registry.OrganizationJurisdiction.objects.current()
        .filter(organization__in=organizations)
        .filter(Q(valid__upper_inf=True) | Q(valid__endswith__gt=at))
        .select_related("jurisdiction")
        .order_by("role", "jurisdiction__slug", "id")
    )
    for row in rows:
        slugs = {row.jurisdiction.slug, *wholes[row.jurisdiction_id]}
        place = Place(row.valid.lower, row.valid.upper, row.role, frozenset(slugs))
        places[row.organization_id].append(place)
    return places


def _read_neighbors(
    edges: Iterable[registry.Relation],
    kinds: Collection[str],
    seats: Mapping[UUID, frozenset[str]],
) -> tuple[Neighbor, ...]:
    return tuple(
        Neighbor(
            starts_at=edge.valid.lower,
            ends_at=edge.valid.upper,
            slug=edge.subject.slug,
            jurisdictions=seats.get(edge.subject_id, frozenset()),
            share=None if edge.share is None else float(edge.share),
        )
        for edge in edges
        if edge.kind in kinds
    )


def _read_standing(standing: ScreeningStanding | None) -> Screened | None:
    return None if standing is None else Screened(standing.state, standing.lists)


def read_scheme(row: registry.Scheme) -> Scheme:
    """An edition as the evaluator reads it."""
    return Scheme(row.id, row.slug, row.edition, tuple(row.levels))
