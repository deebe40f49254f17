import uuid

import pgtrigger
from django.db import models
from django.db.models import Q

from access.models import Program
from notifications.choices import CoverageNeed, Covered
from registry.models import Governed, Jurisdiction, Organization


class CoverageNotice(models.Model):
    """One look at a program's coverage that found new gaps: they are told together, once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(Program, models.PROTECT, related_name="coverage_notices")
    given_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="coverage_notice_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"gaps of {self.program_id} ({self.pk})"

    def organizations_concerned(self) -> list[uuid.UUID]:
        """Nobody outside reads of gaps."""
        return []


class CoverageGap(Governed):
    """A need of a program that a body does not meet, or is not known to meet, where somebody holds access or asks.

    `body` is null where none is registered for the jurisdiction. `covered` is how it stood when the gap opened.
    It is open until the need is met; what a person says of it stands beside it.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="coverage_gaps")
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    body = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="coverage_gaps")
    need = models.CharField(max_length=12, choices=CoverageNeed)
    covered = models.CharField(max_length=12, choices=Covered)
    notice = models.ForeignKey(CoverageNotice, models.PROTECT, related_name="gaps")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="coverage_gap_open_once",
                fields=["program", "jurisdiction", "body", "need"],
                condition=Q(closed_at__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="coverage_gap_is_no_or_not_known",
                condition=Q(covered__in=[Covered.NO, Covered.NOT_KNOWN]),
            ),
        ]
        indexes = [models.Index(name="coverage_gap_newest_first", fields=["-opened_at", "-id"])]
        triggers = [pgtrigger.Protect(name="coverage_gap_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.need} ({self.id})"


class GapExplanation(models.Model):
    """Why a gap may stay, in somebody's words; `not_needed`: there is nothing to meet. A later one stands beside."""

    gap = models.ForeignKey(CoverageGap, models.PROTECT, related_name="explanations")
    reason = models.TextField()
    not_needed = models.BooleanField()
    explained_by = models.CharField(max_length=60)
    explained_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="gap_explanation_says_something", condition=~models.Q(reason="")
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="gap_explanation_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.gap_id} explained ({self.pk})"
