import pgtrigger
from django.db import models

from access.choices import LineFinding
from registry.models import Governed, Member, Organization

from .restriction import Restriction


class Restoration(Governed):
    """A list of those who may have access back under a restriction, taken in as a whole."""

    restriction = models.ForeignKey(Restriction, models.PROTECT, related_name="restorations")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    basis = models.CharField(max_length=300)
    restored = models.PositiveIntegerField()
    already = models.PositiveIntegerField()
    left_out = models.PositiveIntegerField()
    restored_by = models.CharField(max_length=60)
    restored_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="restoration_newest_first", fields=["-restored_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.id})"


class RestorationLine(models.Model):
    """What one line of the list said, and what came of it. Written once."""

    restoration = models.ForeignKey(Restoration, models.PROTECT, related_name="lines")
    line = models.PositiveIntegerField()
    said = models.CharField(max_length=300)
    finding = models.CharField(max_length=20, choices=LineFinding)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="restoration_line_once", fields=["restoration", "line"])
        ]
        triggers = [
            pgtrigger.Protect(
                name="restoration_line_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"line {self.line} of {self.restoration_id}: {self.finding}"
