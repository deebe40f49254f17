"""What the registry already knows when somebody asks: earlier refusals, open requests, grants; of affiliates too."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Q

from access.choices import Outcome, RequestStatus
from access.models import AccessRequest, Grant, GrantItem
from access.workflow import OPEN
from registry.actors import Actor
from registry.choices import RelationKind
from registry.models import Organization, Relation

_MOST = 100
_TIES = (RelationKind.OWNS, RelationKind.AFFILIATE_OF)


class Tie(StrEnum):
    """What an organization is to the one that asks."""

    ITSELF = "itself"
    OWNER = "owner"
    OWNED = "owned"
    AFFILIATE = "affiliate"


class RelatedKind(StrEnum):
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    OPEN_REQUEST = "open_request"
    GRANT = "grant"


@dataclass(frozen=True, slots=True)
class Related:
    """One thing that whoever decides should know: an earlier or open request, or access held now."""

    kind: RelatedKind
    tie: Tie
    organization: Organization
    thing: AccessRequest | Grant
    tier: str
    at: dt.datetime
    reason: str = ""


def find_related(row: AccessRequest, actor: Actor, *, at: dt.datetime) -> list[Related]:
    """What bears on a request at a moment, as far as the actor may know of it: newest first, of each kind.

    Requests and grants of the same program, by the organization itself and by those it is tied to by ownership
    or affiliation, one step away. A partner reads of itself alone.
    """
    ties = {row.organization_id: Tie.ITSELF}
    if actor.is_staff:
        ties = _list_ties(row.organization_id, at) | ties
    found = [*_list_requests(row, ties), *_list_grants(row, ties, at)]
    order = list(RelatedKind)
    return sorted(found, key=lambda one: (order.index(one.kind), -one.at.timestamp()))


def _list_ties(organization: UUID, at: dt.datetime) -> dict[UUID, Tie]:
    edges = Relation.objects.as_of(at).filter(
        Q(subject=organization) | Q(object=organization), kind__in=_TIES
    )
    ties: dict[UUID, Tie] = {}
    for edge in edges.values("subject", "object", "kind"):
        other = edge["object"] if edge["subject"] == organization else edge["subject"]
        if edge["kind"] == RelationKind.AFFILIATE_OF:
            ties.setdefault(other, Tie.AFFILIATE)
        else:
            ties[other] = Tie.OWNED if edge["subject"] == organization else Tie.OWNER
    return ties


def _list_requests(row: AccessRequest, ties: Mapping[UUID, Tie]) -> Iterable[Related]:
    closed = (RequestStatus.DECLINED, RequestStatus.WITHDRAWN)
    rows = (
        AccessRequest.objects.filter(
            organization__in=ties, tier__program=row.tier.program_id, status__in={*OPEN, *closed}
        )
        .exclude(pk=row.pk)
        .select_related("organization", "tier")
        .prefetch_related("decisions")
        .order_by("-created_at", "-id")[:_MOST]
    )
    kinds = {
        RequestStatus.DECLINED: RelatedKind.DECLINED,
        RequestStatus.WITHDRAWN: RelatedKind.WITHDRAWN,
    }
    for other in rows:
        yield Related(
            kinds.get(RequestStatus(other.status), RelatedKind.OPEN_REQUEST),
            ties[other.organization_id],
            other.organization,
            other,
            other.tier.name,
            other.closed_at or other.submitted_at or other.created_at,
            _say_why(other),
        )


def _say_why(other: AccessRequest) -> str:
    """The coded reason of the latest decision, where it was declined."""
    made = [one for one in other.decisions.all() if one.outcome == Outcome.DECLINED]
    if other.status != RequestStatus.DECLINED or not made:
        return ""
    return str(max(made, key=lambda one: one.number).get_reason_display())


def _list_grants(
    row: AccessRequest, ties: Mapping[UUID, Tie], at: dt.datetime
) -> Iterable[Related]:
    items: Any = (
        GrantItem.objects.as_of(at)
        .filter(grant__organization__in=ties, grant__program=row.tier.program_id)
        .order_by()
        .values("grant")
    )
    held = Grant.objects.filter(pk__in=items).select_related("organization", "tier")
    for grant in held.order_by("-issued_at", "-id")[:_MOST]:
        yield Related(
            RelatedKind.GRANT,
            ties[grant.organization_id],
            grant.organization,
            grant,
            grant.tier.name,
            grant.issued_at,
        )
