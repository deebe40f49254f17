from django.db import models
from django.db.models import Q

from access.choices import ExpansionStatus
from registry.models import Governed

from .program import Program, Tier


class Expansion(Governed):
    """A proposal to admit many organizations together: an envelope over requests, each decided on its own."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    program = models.ForeignKey(Program, models.PROTECT, related_name="expansions")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="expansions")
    rationale = models.TextField()
    capacity = models.PositiveIntegerField(null=True)
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
