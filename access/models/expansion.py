from django.db import models
from django.db.models import Q

from access.choices import ExpansionStatus, PrimaryPurpose
from registry.models import Governed

from .program import Program, Tier


class Expansion(Governed):
    """A proposal to admit many organizations together: an envelope over requests, each decided on its own.

    `purpose` is what its lines are for where they do not say otherwise; `wave` counts the proposals of a
    program. `capacity` is how many lines may hold access at once; without it there is no waiting list.
    """

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    program = models.ForeignKey(Program, models.PROTECT, related_name="expansions")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="expansions")
    purpose = models.CharField(max_length=12, choices=PrimaryPurpose, default=PrimaryPurpose.USE)
    rationale = models.TextField()
    aggregate_risk = models.TextField(blank=True)
    wave = models.PositiveSmallIntegerField(null=True)
    capacity = models.PositiveIntegerField(null=True)
    split_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    status = models.CharField(max_length=8, choices=ExpansionStatus, default=ExpansionStatus.OPEN)
    proposed_by = models.CharField(max_length=60)
    proposed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="expansion_closed_means_dated",
                condition=Q(status=ExpansionStatus.OPEN, closed_at__isnull=True)
                | Q(status=ExpansionStatus.CLOSED, closed_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name
