"""The rows that one screening writes: the result, the hits that it found or found again, and why."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from registry import audit
from registry.choices import HitStrength
from registry.commands import Clock, Command, read_clock
from registry.events import Event
from registry.models import (
    ScreenedOrganization,
    Screening,
    ScreeningHit,
    ScreeningMatch,
    ScreeningRun,
    ScreeningSnapshot,
)
from registry.queries.screening_matches import SAME, Fit, find_fits
from registry.queries.screening_parties import Parties, Party, Stake, gather_parties

_Key = tuple[UUID, UUID, int, str, str]


@dataclass(frozen=True, slots=True)
class _Found:
    """An entry that fits a party of a screening, and all that makes it fit."""

    screening: Screening
    party: Party
    entry: int
    why: tuple[Fit, ...]

    @property
    def key(self) -> _Key:
        """What makes it the same hit as one of an earlier screening."""
        exact = any(fit.likeness == SAME for fit in self.why)
        return (
            self.screening.organization_id,
            self.party.organization,
            self.entry,
            (HitStrength.EXACT if exact else HitStrength.POSSIBLE).value,
            hashlib.sha256(json.dumps(_tell(self.party.way)).encode()).hexdigest(),
        )


def _screen(command: Command, run: ScreeningRun, rows: Sequence[ScreenedOrganization]) -> None:
    """Screen locked rows of one world against all that is in use, and write down what comes of it."""
    clock = read_clock(command)
    snapshots = list(
        ScreeningSnapshot.objects.in_use(synthetic=run.synthetic).select_related("screening_list")
    )
    known = gather_parties([row.organization_id for row in rows], at=clock.recorded)
    everybody = {party.organization for one in known.values() for party in one.parties}
    fits: dict[UUID, dict[int, list[Fit]]] = defaultdict(lambda: defaultdict(list))
    for fit in find_fits(everybody, snapshots, at=clock.recorded):
        fits[fit.party][fit.entry].append(fit)
    used = sorted(snapshot.pk for snapshot in snapshots)
    made = [
        Screening(
            organization_id=row.organization_id,
            run=run,
            snapshots=used,
            **_describe(known[row.organization_id]),
            screened_at=clock.recorded,
        )
        for row in rows
    ]
    Screening.objects.bulk_create(made)
    found = [
        _Found(screening, party, entry, tuple(why))
        for screening in made
        for party in known[screening.organization_id].parties
        for entry, why in fits[party.organization].items()
    ]
    hits = _find_known(found)
    new = [one for one in found if one.key not in hits]
    hits |= _open(command, new, clock=clock)
    ScreeningMatch.objects.bulk_create(
        ScreeningMatch(
            screening=one.screening, hit=hits[one.key], why=[fit.as_json() for fit in one.why]
        )
        for one in found
    )
    for row, screening in zip(rows, made, strict=True):
        row.last, row.due_since = screening, None
    ScreenedOrganization.objects.bulk_update(rows, ["last", "due_since"])
    run.screened += len(rows)
    run.opened += len(new)


def _describe(known: Parties) -> Mapping[str, object]:
    return {
        "parties": [
            {"organization": str(party.organization), "way": _tell(party.way)}
            for party in known.parties
        ],
        "flags": _tell(stake for stake in known.stakes if stake.share is None),
    }


def _find_known(found: Iterable[_Found]) -> dict[_Key, ScreeningHit]:
    """The hits that are known already, with what a person found of them."""
    rows = ScreeningHit.objects.filter(
        organization__in={one.screening.organization_id for one in found},
        entry__in={one.entry for one in found},
    )
    return {_key_of(row): row for row in rows}


def _open(
    command: Command, found: Iterable[_Found], *, clock: Clock
) -> Mapping[_Key, ScreeningHit]:
    new = [
        ScreeningHit(
            organization_id=one.screening.organization_id,
            party_id=one.party.organization,
            entry_id=one.entry,
            strength=one.key[3],
            way=_tell(one.party.way),
            way_digest=one.key[4],
            opened_in=one.screening,
            opened_at=clock.recorded,
            changed_at=clock.at,
        )
        for one in found
    ]
    ScreeningHit.objects.bulk_create(new)
    for row in new:
        audit.record(
            Event.SCREENING_HIT_OPENED,
            row,
            command,
            occurred_at=clock.recorded,
            organization=row.organization_id,
            party=row.party_id,
            strength=row.strength,
        )
    return {_key_of(row): row for row in new}


def _key_of(row: ScreeningHit) -> _Key:
    return row.organization_id, row.party_id, row.entry_id, row.strength, row.way_digest


def _tell(stakes: Iterable[Stake]) -> list[dict[str, str | None]]:
    return [stake.as_json() for stake in stakes]
