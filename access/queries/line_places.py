"""Who has a place within an expansion's capacity, and who waits for one, in order."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from access.choices import RequestStatus
from access.models import AccessRequest, Expansion, Grant
from access.workflow import OPEN


def count_taken(expansion: Expansion) -> int:
    """How many lines hold a place: access given or waiting for a signature, or a place offered.

    A grant that was followed by another counts as held: access goes on in the successor.
    """
    return _taking(expansion.access_requests.all()).count()


def list_waiting(expansion: Expansion) -> QuerySet[AccessRequest]:
    """The open lines that wait for a place and were offered none, the first in order first."""
    return expansion.access_requests.filter(
        status__in=OPEN, line_place__waits_since__isnull=False, line_place__offered_at__isnull=True
    ).order_by(F("line_place__priority").asc(nulls_last=True), "line_place__waits_since", "id")


def _taking(lines: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    followed = Grant.objects.filter(
        Q(renews__request=OuterRef("pk")) | Q(supersedes__request=OuterRef("pk"))
    )
    return lines.filter(
        Q(status=RequestStatus.AWAITING_COUNTERSIGNATURE)
        | Q(status__in=OPEN, line_place__offered_at__isnull=False)
        | Q(status=RequestStatus.APPROVED) & (Q(grant__end__isnull=True) | Exists(followed))
    )
