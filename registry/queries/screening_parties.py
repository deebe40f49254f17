"""Who is screened with an organization: itself and whoever owns it, at any remove, with the way and the shares."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from registry.choices import RelationKind
from registry.models import Relation


@dataclass(frozen=True, slots=True)
class Stake:
    """That one owns another, in part or whole; `share` in percent, None where nobody knows it."""

    owner: UUID
    of: UUID
    share: str | None

    def as_json(self) -> dict[str, str | None]:
        return {"owner": str(self.owner), "of": str(self.of), "share": self.share}


@dataclass(frozen=True, slots=True)
class Party:
    """One that is screened, and the stakes on a shortest way to it; none for the organization itself."""

    organization: UUID
    way: tuple[Stake, ...] = ()


@dataclass(frozen=True, slots=True)
class Parties:
    """All that are screened with one organization, and every stake among them."""

    parties: tuple[Party, ...]
    stakes: tuple[Stake, ...]


def gather_parties(organizations: Collection[UUID], *, at: dt.datetime) -> dict[UUID, Parties]:
    """For each its parties, itself first. A query for each remove, however many there are.

    Who will own it from a later day on is screened already: no clock has to notice the day.
    """
    above: dict[UUID, list[Stake]] = defaultdict(list)
    front, seen = set(organizations), set(organizations)
    while front:
        for edge in _lasting(at).filter(object__in=front).order_by("subject_id", "id"):
            share = None if edge.share is None else str(edge.share)
            above[edge.object_id].append(Stake(edge.subject_id, edge.object_id, share))
        front = {stake.owner for node in front for stake in above[node]} - seen
        seen |= front
    return {start: _climb(start, above) for start in organizations}


def find_owned(organizations: Iterable[UUID], *, at: dt.datetime) -> set[UUID]:
    """These, and all whom they own at any remove: those with whom they are screened."""
    reached = set(organizations)
    front = reached
    while front:
        owned = _lasting(at).filter(subject__in=front).values_list("object_id", flat=True)
        front = set(owned) - reached
        reached = reached | front
    return reached


def _climb(start: UUID, above: dict[UUID, list[Stake]]) -> Parties:
    parties = [Party(start)]
    reached, stakes = {start}, []
    for party in parties:  # grows as it is walked: near ones first
        for stake in above.get(party.organization, ()):
            stakes.append(stake)
            if stake.owner not in reached:
                reached.add(stake.owner)
                parties.append(Party(stake.owner, (*party.way, stake)))
    return Parties(tuple(parties), tuple(stakes))


def _lasting(at: dt.datetime) -> QuerySet[Relation]:
    return Relation.objects.current().filter(
        Q(valid__upper_inf=True) | Q(valid__endswith__gt=at), kind=RelationKind.OWNS
    )
