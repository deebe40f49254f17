"""Which attestations bodies say that they accept, and what developers and holders have: for coverage."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from access.eligibility import Edge, Held, Path, Scheme, find_path
from access.queries.eligibility import read_edge, read_held, read_scheme
from registry import models as registry
from registry.models import AcceptedScheme, Attestation


@dataclass(frozen=True, slots=True)
class Attested:
    """What counts at the moment. `accepted` by the identifier of the authority; `brought`: under these
    editions something was handed in by then, whether it counts or not."""

    at: dt.datetime
    accepted: Mapping[UUID, list[AcceptedScheme]]
    rows: Mapping[UUID, Attestation]
    held: tuple[Held, ...]
    edges: tuple[Edge, ...]
    schemes: Mapping[UUID, Scheme]
    brought: frozenset[UUID]

    def find(self, said: AcceptedScheme) -> Path | None:
        """By which attestation, and over which recognitions, what is accepted is held."""
        wanted = self.schemes.get(said.scheme_id)
        if wanted is None:  # a draft: nothing under it counts
            return None
        return find_path(self.held, self.edges, wanted=(wanted,), level=said.level, at=self.at)


def read_attested(
    organizations: Collection[UUID],
    *,
    as_of: dt.datetime,
    known_at: dt.datetime | None,
    known_by: dt.datetime,
) -> Attested:
    """Of these organizations. What an authority accepts carries no period: what was on record by `known_by`."""
    accepted = defaultdict(list)
    stated = AcceptedScheme.objects.filter(stated_at__lte=known_by).filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=known_by)
    )
    for said in stated.select_related("scheme").order_by("id"):
        accepted[said.authority_id].append(said)
    schemes = {row.id: read_scheme(row) for row in registry.Scheme.objects.filter(draft=False)}
    versions = list(
        registry.AttestationVersion.objects.as_of(as_of, known_at)
        .filter(organization__in=organizations, attestation__scheme__in=list(schemes))
        .select_related("attestation__organization", "attestation__scheme")
        .order_by("attestation_id")
    )
    recognitions = (
        registry.RecognitionVersion.objects.as_of(as_of, known_at)
        .filter(recognition__scheme__in=list(schemes), recognition__satisfies__in=list(schemes))
        .select_related("recognition__satisfies")
        .order_by("recognition_id")
    )
    brought = Attestation.objects.filter(
        organization__in=organizations, handed_in_at__lte=min(as_of, known_by)
    )
    return Attested(
        at=as_of,
        accepted=accepted,
        rows={version.attestation_id: version.attestation for version in versions},
        held=tuple(read_held(version, schemes) for version in versions),
        edges=tuple(read_edge(version, schemes) for version in recognitions),
        schemes=schemes,
        brought=frozenset(brought.values_list("scheme_id", flat=True)),
    )
