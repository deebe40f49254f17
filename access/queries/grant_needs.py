"""What grants need by the requirements of their tiers: to which edition each is held, and how it stands ahead."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Q

from access.choices import NeedKind, NeedStanding
from access.eligibility import NeedSpan, Requirements, compute_needs, read_requirements
from access.models import AccessRequest, Grant, GrantNeedVersion, TierRequirements
from access.queries.eligibility import gather_facts
from registry.models import Attestation, Recognition

Needs = dict[str, list[NeedSpan]]
_NOTHING = Requirements(requirements=())


def list_needs(grants: Sequence[Grant], *, at: dt.datetime) -> dict[UUID, Needs]:
    """What each needs from the moment on, by what is known now; by the code of the requirement."""
    editions = find_editions(grants)
    held = {row.organization_id for row in grants if row.id in editions}
    screening = any(said.asks_screening for found in editions.values() for _start, said in found)
    facts = gather_facts(held, at=at, screening=screening) if held else {}
    return {
        row.id: compute_needs(editions[row.id], facts[row.organization_id], at)
        if row.id in editions
        else {}
        for row in grants
    }


def list_written(grants: Sequence[Grant], *, at: dt.datetime) -> dict[UUID, Needs]:
    """What is written down of each from the moment on."""
    written: dict[UUID, Needs] = {row.id: {} for row in grants}
    current = GrantNeedVersion.objects.current().filter(
        Q(valid__upper_inf=True) | Q(valid__endswith__gt=at),
        grant__in=list(written),
        kind=NeedKind.REQUIREMENT,
    )
    for need in current.order_by("grant_id", "code", "valid"):
        said = NeedSpan(NeedStanding(need.standing), need.explanation, need.valid.upper)
        written[need.grant_id].setdefault(need.code, []).append(said)
    return written


def list_resting_on(row: Attestation | Recognition, *, at: dt.datetime) -> list[GrantNeedVersion]:
    """The needs of live grants that are met, at the moment or later, on a path through this."""
    name = "attestation" if isinstance(row, Attestation) else "recognition"
    rests = GrantNeedVersion.objects.current().filter(
        Q(valid__upper_inf=True) | Q(valid__endswith__gt=at),
        explanation__path__contains=[{name: str(row.id)}],
        grant__end__isnull=True,
    )
    return list(
        rests.select_related("grant__organization", "grant__tier").order_by(
            "grant__organization__slug", "grant_id", "code", "valid"
        )
    )


def find_editions(
    grants: Sequence[Grant],
) -> dict[UUID, list[tuple[dt.datetime | None, Requirements]]]:
    """For each grant what it is held to: from which moment on (None: from its beginning), by which edition.

    That which its own request pinned; without one, that in force when it was issued. After it those newer ones
    that bind grants from a date.
    """
    rows = grants
    enacted = defaultdict(list)
    editions = TierRequirements.objects.filter(
        tier__in={row.tier_id for row in rows}, enacted_at__isnull=False
    )
    for edition in editions.order_by("number"):
        enacted[edition.tier_id].append(edition)
    read = {
        edition.id: read_requirements(edition.document)
        for found in enacted.values()
        for edition in found
    }
    pinned = dict(
        AccessRequest.objects.filter(
            pk__in=[row.request_id for row in rows if row.request_id]
        ).values_list("pk", "requirements_id")
    )
    return {
        row.id: _list_binding(row, enacted[row.tier_id], read, pinned=pinned)
        for row in rows
        if enacted[row.tier_id]
    }


def _list_binding(
    row: Grant,
    editions: list[TierRequirements],
    read: Mapping[UUID, Requirements],
    *,
    pinned: Mapping[UUID, UUID | None],
) -> list[tuple[dt.datetime | None, Requirements]]:
    if row.request_id is not None:
        first = next((e for e in editions if e.id == pinned[row.request_id]), None)
    else:
        before = [e for e in editions if e.enacted_at and e.enacted_at <= row.issued_at]
        first = before[-1] if before else None
    number = 0 if first is None else first.number
    later = [e for e in editions if e.number > number and e.binds_grants_from is not None]
    found: list[tuple[dt.datetime | None, Requirements]] = [
        (None, _NOTHING if first is None else read[first.id])
    ]
    for edition in later:
        start = edition.binds_grants_from
        assert start is not None
        # What an older edition would bind from a later date on, the newer one has taken over by then.
        found = [one for one in found if one[0] is None or one[0] < start]
        found.append((start, read[edition.id]))
    return found
