"""An organization's own feed: its events, numbered without gaps."""

from dataclasses import dataclass
from uuid import UUID

from registry.models import AuditEvent, FeedEntry


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One event in one organization's count."""

    number: int
    event: AuditEvent


def read_feed(organization: UUID, *, after: int, limit: int) -> list[FeedItem]:
    """The events after a number, oldest first, in two queries."""
    entries = list(
        FeedEntry.objects.filter(organization_id=organization, number__gt=after).order_by(
            "number"
        )[:limit]
    )
    events = AuditEvent.objects.in_bulk([entry.event_row for entry in entries])
    return [FeedItem(entry.number, events[entry.event_row]) for entry in entries]
