import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func


class ClockTimestamp(Func):
    """The database's clock at this very statement, not at the beginning of the transaction."""

    function = "CLOCK_TIMESTAMP"
    output_field = models.DateTimeField()


class AuditEvent(models.Model):
    """A recorded fact. Append-only, joined to nothing, and never read in order to decide anything.

    `id` orders events by when they were written; outsiders know the event by `event_id`. `details` hold
    codes, identifiers, dates and versions; free text is in private values, of which it has the digest.
    """

    event_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    actor = models.CharField(max_length=60)
    organizations = ArrayField(models.UUIDField(), default=list)
    visibility = models.CharField(max_length=12)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    request_id = models.CharField(max_length=64)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(name="audit_event_by_subject", fields=["subject_id", "id"]),
            GinIndex(name="audit_event_by_organization", fields=["organizations"]),
        ]
        triggers = [
            pgtrigger.Protect(
                name="audit_event_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.event_id})"
