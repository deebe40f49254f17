"""Expansions: which are settled, and what staff see of them in a list."""

from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from access.choices import ExpansionStatus, RequestStatus
from access.models import AccessRequest, Expansion
from access.workflow import OPEN
from registry.actors import Actor

UNSETTLED = OPEN | {RequestStatus.DRAFT}
"""A draft in an envelope may still be handed in: the envelope waits for it, or for a person to close it."""


def list_expansions(*, actor: Actor) -> QuerySet[Expansion]:
    """All of them with how many lines each has and how many are open; for staff only."""
    rows = Expansion.objects.all() if actor.is_staff else Expansion.objects.none()
    return rows.select_related("program", "tier", "split_from").annotate(
        line_count=Count("access_requests"),
        open_count=Count("access_requests", filter=Q(access_requests__status__in=OPEN)),
    )


def find_settled() -> list[UUID]:
    """Open envelopes with lines of which none is open, nor a draft."""
    lines = AccessRequest.objects.filter(expansion=OuterRef("pk"))
    found = Expansion.objects.filter(
        Exists(lines), ~Exists(lines.filter(status__in=UNSETTLED)), status=ExpansionStatus.OPEN
    )
    return list(found.order_by("id").values_list("id", flat=True))
