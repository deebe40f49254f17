from django.db import models
from django.db.models import Q

from access.choices import ImportStatus, LineEffect, UnknownRule
from registry.models import Governed, Organization

from .access_request import AccessRequest
from .expansion import Expansion


class LineImport(Governed):
    """A file of organizations to propose: looked at row by row, then taken in whole or not at all.

    `justification` is that of the new requests whose rows give none. `problems` are those of the file.
    """

    expansion = models.ForeignKey(Expansion, models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    unknown = models.CharField(max_length=10, choices=UnknownRule)
    justification = models.TextField(blank=True)
    problems = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=ImportStatus)
    uploaded_by = models.CharField(max_length=60)
    uploaded_at = models.DateTimeField()
    committed_by = models.CharField(max_length=60, blank=True)
    committed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="line_import_committed_has_who_and_when",
                condition=Q(committed_by="", committed_at__isnull=True)
                | ~Q(committed_by="") & Q(committed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="line_import_done_was_committed",
                condition=~Q(status__in=[ImportStatus.COMMITTED, ImportStatus.DONE])
                | Q(committed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="line_import_newest_first", fields=["expansion", "-uploaded_at"]),
            models.Index(
                name="line_import_at_work",
                fields=["id"],
                condition=Q(status__in=[ImportStatus.LOOKING, ImportStatus.COMMITTED]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.id})"


class LineImportRow(models.Model):
    """One row of the file, as it was read, and what it would do or did; `problems` say why it would not."""

    line_import = models.ForeignKey(LineImport, models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField()
    cells = models.JSONField()
    problems = models.JSONField(default=list)
    effect = models.CharField(max_length=10, choices=LineEffect, blank=True)
    registers = models.BooleanField(default=False)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    request = models.ForeignKey(AccessRequest, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="line_import_row_once", fields=["line_import", "line"])
        ]
        indexes = [
            models.Index(
                name="line_import_row_unread",
                fields=["line_import", "line"],
                condition=Q(effect="", problems=[]),
            )
        ]

    def __str__(self) -> str:
        return f"line {self.line} of {self.line_import_id}"
