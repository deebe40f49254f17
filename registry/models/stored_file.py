from django.db import models
from django.db.models import Q

from registry.choices import FileKind, ScanState

from .governed import Governed


class StoredFile(Governed):
    """A file that somebody handed in, kept under the digest of what it holds. What it belongs to says the subclass.

    Redacted, it is a tombstone: the content and the name are gone; who, when, why and the checksum stay.
    """

    name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=8, choices=FileKind)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    scan_state = models.CharField(max_length=14, choices=ScanState)
    scanned_at = models.DateTimeField(null=True)
    uploaded_by = models.CharField(max_length=60)
    uploaded_at = models.DateTimeField()
    redacted_by = models.CharField(max_length=60, blank=True)
    redacted_at = models.DateTimeField(null=True)
    redaction_reason = models.TextField(blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_redacted_whole",
                condition=Q(redacted_by="", redacted_at__isnull=True, redaction_reason="")
                | ~Q(redacted_by="")
                & ~Q(redaction_reason="")
                & Q(redacted_at__isnull=False, name=""),
            ),
        ]
        indexes = [
            models.Index(name="%(class)s_by_digest", fields=["sha256"]),
            models.Index(
                name="%(class)s_to_scan",
                fields=["uploaded_at", "id"],
                condition=Q(scan_state=ScanState.AWAITING_SCAN),
            ),
        ]
