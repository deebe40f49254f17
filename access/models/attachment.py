from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q

from access.choices import FileKind, ScanState
from registry.actors import Actor
from registry.models import Governed

from .access_request import ONLY_WITH_A_DRAFT, AccessRequest


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see that there is one; a client sees those of its own organization's requests."""
        if actor.is_staff:
            return self
        return self.filter(request__organization_id=actor.organization_id)

    def attached(self) -> Self:
        """Not taken away again before they were handed in."""
        return self.filter(detached_at__isnull=True)


class Attachment(Governed):
    """A file that came with a request, kept under its checksum. `field` is that of the form, empty for none.

    Redacted, it is a tombstone: the content and the name are gone; who, when, why and the checksum stay.
    """

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="attachments")
    field = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=8, choices=FileKind)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    scan_state = models.CharField(max_length=14, choices=ScanState)
    scanned_at = models.DateTimeField(null=True)
    uploaded_by = models.CharField(max_length=60)
    uploaded_at = models.DateTimeField()
    detached_at = models.DateTimeField(null=True)
    redacted_by = models.CharField(max_length=60, blank=True)
    redacted_at = models.DateTimeField(null=True)
    redaction_reason = models.TextField(blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="attachment_redacted_whole",
                condition=Q(redacted_by="", redacted_at__isnull=True, redaction_reason="")
                | ~Q(redacted_by="")
                & ~Q(redaction_reason="")
                & Q(redacted_at__isnull=False, name=""),
            ),
        ]
        indexes = [
            models.Index(name="attachment_by_digest", fields=["sha256"]),
            models.Index(
                name="attachment_to_scan",
                fields=["uploaded_at", "id"],
                condition=Q(scan_state=ScanState.AWAITING_SCAN),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="attachment_stays_what_it_was",
                operation=pgtrigger.UpdateOf("sha256", "size", "kind", "request_id"),
            ),
            pgtrigger.Trigger(
                name="attachment_goes_with_a_draft",
                operation=pgtrigger.Delete,
                when=pgtrigger.Before,
                func=ONLY_WITH_A_DRAFT,
            ),
        ]

    def __str__(self) -> str:
        return f"attachment {self.id} of {self.request_id}"
