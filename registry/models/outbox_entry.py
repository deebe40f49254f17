from django.db import models

from .audit_event import AuditEvent


class OutboxEntry(models.Model):
    """An event that has no position in the ledger yet. How many there are is the lag."""

    event = models.OneToOneField(
        AuditEvent, models.PROTECT, primary_key=True, related_name="outbox_entry"
    )

    def __str__(self) -> str:
        return f"entry for {self.event_id}"
