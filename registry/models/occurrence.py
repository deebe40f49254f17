import uuid

from django.db import models
from django.db.models import Q

from registry.choices import SubjectOrigin, Trigger

from .ai_model import AIModel
from .governed import Governed
from .organization import Organization
from .source import ReportedFact


class Occurrence(Governed):
    """What a rule attaches a duty to and is no incident: a threshold met, a placing on the market, a report due.

    `details` has the shape that its kind asks for (`registry.operations.occurrences`).
    """

    kind = models.CharField(max_length=20, choices=Trigger)
    title = models.CharField(max_length=200)
    duty_holder = models.ForeignKey(Organization, models.PROTECT, related_name="occurrences")
    ai_model = models.ForeignKey(AIModel, models.PROTECT, null=True, related_name="occurrences")
    details = models.JSONField(default=dict)
    origin = models.CharField(max_length=10, choices=SubjectOrigin)
    fact = models.ForeignKey(ReportedFact, models.PROTECT, null=True, related_name="occurrences")
    reported_by = models.CharField(max_length=60)
    reported_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="occurrence_reported_has_its_fact",
                condition=Q(origin=SubjectOrigin.REPORTED, fact__isnull=False)
                | Q(origin=SubjectOrigin.OBSERVED, fact__isnull=True),
            ),
            models.CheckConstraint(
                name="occurrence_is_not_an_incident", condition=~Q(kind=Trigger.INCIDENT)
            ),
        ]
        indexes = [models.Index(name="occurrence_newest_first", fields=["-reported_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.title} ({self.id})"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return []
