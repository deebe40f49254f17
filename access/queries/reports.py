"""What sources say about holdings: which report speaks for an organization, and what restrictions do to it."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from access.choices import Holds, OrganizationClass, Origin
from access.models import (
    ReportedHolding,
    Restriction,
    RestrictionException,
    RestrictionVersion,
    StatedCount,
)
from registry.choices import OrganizationKind
from registry.models import (
    AIModel,
    Citation,
    Organization,
    OrganizationJurisdiction,
    OrganizationVersion,
    ReportedFact,
)

_EVER = dt.datetime.min.replace(tzinfo=dt.UTC)
_GOVERNMENT = (
    OrganizationKind.GOVERNMENT,
    OrganizationKind.SAFETY_INSTITUTE,
)


class Reports:
    """What sources say about a model at a moment, read in a fixed number of queries."""

    def __init__(
        self, ai_model: AIModel, as_of: dt.datetime, known_at: dt.datetime | None
    ) -> None:
        self._known_at = known_at
        found = (
            ReportedHolding.objects.as_of(as_of, known_at)
            .filter(ai_model=ai_model)
            .prefetch_related(Prefetch("fact", queryset=_facts()))
            .order_by("id")
        )
        self._rows = [row for row in found if not _superseded(row.fact, known_at)]
        self._outside_us = _government_outside_us(as_of, known_at) if self._has_class() else set()
        self._stops = list(_reported_stops(ai_model, as_of, known_at))
        self._excepted = _excepted(self._stops, as_of, known_at)

    @property
    def restrictions(self) -> tuple[Restriction, ...]:
        """The reported restrictions that cover the model."""
        return tuple(stop.restriction for stop in self._stops)

    def find(self, organization: Organization) -> list[ReportedHolding]:
        """The reports that speak for the organization: the latest to begin, and of those the ones that
        name it. More than one where sources tell the same time apart."""
        covering = [row for row in self._rows if self._covers(row, organization)]
        strongest = max((_strength(row) for row in covering), default=None)
        return [row for row in covering if _strength(row) == strongest]

    def judge(
        self, organization: Organization, rows: list[ReportedHolding]
    ) -> tuple[Holds, tuple[ReportedFact, ...]]:
        """Whether it holds by those reports, under what restrictions are reported, and the facts behind it.

        Reports that contradict each other, or of which one is disputed, leave it not known.
        """
        said = {Holds(row.holds) for row in rows}
        disputed = any(_disputed(row.fact, self._known_at) for row in rows)
        holds = Holds.NOT_KNOWN if disputed or len(said) > 1 else said.pop()
        facts = [row.fact for row in rows]
        for stop in self._stops:
            if stop.person_class_id is not None:
                continue  # it stops persons: what it means for an organization nobody has said
            if (stop.restriction_id, organization.id) in self._excepted:
                continue
            if holds is Holds.YES:
                holds = Holds.NO if stop.exceptions_complete else Holds.NOT_KNOWN
            if stop.restriction.fact is not None:
                facts.append(stop.restriction.fact)
        return holds, tuple(facts)

    def _has_class(self) -> bool:
        return any(
            row.organization_class == OrganizationClass.GOVERNMENT_OUTSIDE_US for row in self._rows
        )

    def _covers(self, row: ReportedHolding, organization: Organization) -> bool:
        if row.organization_id is not None:
            return row.organization_id == organization.id
        if row.organization_class == OrganizationClass.EVERYONE:
            return True
        return organization.id in self._outside_us


def list_counts(
    ai_model: AIModel, as_of: dt.datetime, known_at: dt.datetime | None
) -> list[StatedCount]:
    """Numbers that sources give without names, as stated."""
    found = (
        StatedCount.objects.as_of(as_of, known_at)
        .filter(ai_model=ai_model)
        .prefetch_related(Prefetch("fact", queryset=_facts()))
        .order_by("id")
    )
    return [row for row in found if not _superseded(row.fact, known_at)]


def _strength(row: ReportedHolding) -> tuple[dt.datetime, bool]:
    return row.valid.lower or _EVER, row.organization_id is not None


def _facts() -> QuerySet[ReportedFact]:
    return ReportedFact.objects.prefetch_related(
        Prefetch("citations", queryset=Citation.objects.select_related("source").order_by("id")),
        "disputes",
    ).select_related("superseded_by")


def _superseded(fact: ReportedFact, known_at: dt.datetime | None) -> bool:
    later = getattr(fact, "superseded_by", None)
    return later is not None and (known_at is None or later.superseding_recorded_at <= known_at)


def _disputed(fact: ReportedFact, known_at: dt.datetime | None) -> bool:
    return any(
        known_at is None or dispute.raised_at <= known_at for dispute in fact.disputes.all()
    )


def _government_outside_us(as_of: dt.datetime, known_at: dt.datetime | None) -> set[UUID]:
    american = OrganizationJurisdiction.objects.as_of(as_of, known_at).filter(
        jurisdiction__slug="us"
    )
    kinds = OrganizationVersion.objects.as_of(as_of, known_at).filter(kind__in=_GOVERNMENT)
    bodies = kinds.exclude(organization__in=american.values("organization"))
    return set(bodies.values_list("organization_id", flat=True))


def _reported_stops(
    ai_model: AIModel, as_of: dt.datetime, known_at: dt.datetime | None
) -> Iterable[RestrictionVersion]:
    return (
        RestrictionVersion.objects.as_of(as_of, known_at)
        .filter(restriction__origin=Origin.REPORTED, organizations=[], programs=[])
        .filter(jurisdictions=[], vendors=[])
        .filter(Q(ai_models=[]) | Q(ai_models__contains=[ai_model.id]))
        .select_related("person_class", "restriction")
        .prefetch_related(Prefetch("restriction__fact", queryset=_facts()))
        .order_by("id")
    )


def _excepted(
    stops: list[RestrictionVersion], as_of: dt.datetime, known_at: dt.datetime | None
) -> set[tuple[UUID, UUID]]:
    rows = RestrictionException.objects.as_of(as_of, known_at).filter(
        restriction__in=[stop.restriction_id for stop in stops], member__isnull=True
    )
    return set(rows.values_list("restriction_id", "organization_id"))
