import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q

from registry.choices import Anchor, Precision

from .incident import Incident
from .occurrence import Occurrence


class AnchorMoment(models.Model):
    """When something came about that a rule counts from: when the duty-holder became aware, when it was resolved.

    Written once. A mistaken one is superseded by another, and both stay readable. Of several that a
    rule names, the earliest current one governs. `zone` is that in which the moment was told.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="moments")
    occurrence = models.ForeignKey(Occurrence, models.PROTECT, null=True, related_name="moments")
    anchor = models.CharField(max_length=20, choices=Anchor)
    happened_at = models.DateTimeField()
    zone = models.CharField(max_length=60)
    precision = models.CharField(max_length=8, choices=Precision)
    evidence = models.TextField(blank=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by"
    )
    stated_by = models.CharField(max_length=60)
    stated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="anchor_moment_has_one_subject",
                condition=Q(incident__isnull=False, occurrence__isnull=True)
                | Q(incident__isnull=True, occurrence__isnull=False),
            ),
            models.CheckConstraint(
                name="anchor_moment_supersedes_another",
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")),
            ),
        ]
        indexes = [
            models.Index(name="anchor_moment_of_incident", fields=["incident", "anchor"]),
            models.Index(name="anchor_moment_of_occurrence", fields=["occurrence", "anchor"]),
        ]
        triggers = [
            pgtrigger.Protect(
                name="anchor_moment_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.anchor} {self.happened_at} ({self.id})"
