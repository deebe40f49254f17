import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from registry.actors import Actor
from registry.choices import SubjectOrigin, Trigger

from .ai_model import AIModel
from .governed import Governed
from .incident import INCIDENT_READERS
from .organization import Organization
from .source import ReportedFact


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff in a role that deals with incidents; nobody outside."""
        return self if actor.is_staff and actor.has(*INCIDENT_READERS) else self.none()

    def placements(self) -> Self:
        """What was, or may be, a placing on the market."""
        return self.filter(kind=Trigger.MARKET_PLACEMENT)


class Occurrence(Governed):
    """What a rule attaches a duty to and is no incident: a threshold met, a placing on the market, a report due.

    `details` has the shape that its kind asks for (`registry.operations.occurrence_details`). Whether a
    model's first grant in the Union placed it on the market is asked once: `raised` marks what the system
    raised so.
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
    raised = models.BooleanField(default=False)
    synthetic = models.BooleanField(default=False)

    objects = OccurrenceQuerySet.as_manager()

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
            models.UniqueConstraint(
                name="occurrence_placement_raised_once_a_model",
                fields=["ai_model"],
                condition=Q(raised=True, kind=Trigger.MARKET_PLACEMENT),
            ),
        ]
        indexes = [models.Index(name="occurrence_newest_first", fields=["-reported_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.title} ({self.id})"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return []
