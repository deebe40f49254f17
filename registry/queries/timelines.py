"""What is on record, in order."""

from uuid import UUID

from django.db.models import QuerySet

from registry.events import Visibility
from registry.models import AuditEvent, ReportedEvent

MOST = 200


def list_events(subject: UUID) -> list[AuditEvent]:
    """The latest events about one thing, newest first; what only cleared roles may read is left out."""
    found = AuditEvent.objects.filter(subject_id=subject).exclude(visibility=Visibility.CLEARED)
    return list(found.order_by("-id")[:MOST])


def list_reported() -> QuerySet[ReportedEvent]:
    """What sources say happened, in the order in which it did, with the sources."""
    return (
        ReportedEvent.objects.current()
        .filter(fact__superseded_by__isnull=True)
        .select_related("fact")
        .prefetch_related("fact__citations__source", "fact__disputes")
        .order_by("valid", "id")
    )
