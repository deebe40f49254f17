import uuid
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Q

from registry.actors import Actor
from registry.choices import Harm, Involvement, Role, SubjectOrigin

from .governed import Governed
from .organization import Organization
from .source import ReportedFact
from .version_row import VersionQuerySet, VersionRow

INCIDENT_READERS = (
    Role.AUTHORITY_DESK,
    Role.CLEARED,
    Role.RESTRICTOR,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
"""Who of the staff may read incidents and what was told of them."""


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff in a role that deals with incidents see all, other staff what they reported themselves;
        a client sees what its organization reported."""
        if actor.is_staff:
            return self if actor.has(*INCIDENT_READERS) else self.filter(reported_by=actor.key)
        return self.filter(reported_by_organization_id=actor.organization_id)


class Incident(Governed):
    """Something that happened with a model and may open duties to tell. `title` never holds a person's name.

    `observed` ones are the duty-holder's own knowledge and open obligations; `reported` ones were read in
    a source and open questions only.
    """

    title = models.CharField(max_length=200)
    duty_holder = models.ForeignKey(Organization, models.PROTECT, related_name="incidents")
    origin = models.CharField(max_length=10, choices=SubjectOrigin)
    fact = models.ForeignKey(ReportedFact, models.PROTECT, null=True, related_name="incidents")
    reported_by = models.CharField(max_length=60)
    reported_by_organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="+"
    )
    reported_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    synthetic = models.BooleanField(default=False)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="incident_reported_has_its_fact",
                condition=Q(origin=SubjectOrigin.REPORTED, fact__isnull=False)
                | Q(origin=SubjectOrigin.OBSERVED, fact__isnull=True),
            ),
        ]
        indexes = [models.Index(name="incident_newest_first", fields=["-reported_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.title} ({self.id})"

    def organizations_concerned(self) -> list[uuid.UUID]:
        """The one that reported it here; nobody else's feed shows an incident."""
        reporter = self.reported_by_organization_id
        return [] if reporter is None else [reporter]


class IncidentVersion(VersionRow):
    """What is known of an incident. Null means not known, which no rule takes for a no.

    A reclassification is a new version; the old one stays readable. `ai_models` and `releases` are
    identifiers in arrays, as in a restriction's scope.
    """

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="versions")
    summary = models.TextField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ai_models = ArrayField(models.UUIDField(), default=list)
    releases = ArrayField(models.UUIDField(), default=list)
    harms = ArrayField(models.CharField(max_length=30, choices=Harm), null=True)
    model_involved = models.CharField(
        max_length=12, choices=Involvement, default=Involvement.NOT_KNOWN
    )
    deaths = models.PositiveIntegerField(null=True)
    injuries = models.PositiveIntegerField(null=True)
    imminent_risk = models.BooleanField(null=True)
    internal_use = models.BooleanField(null=True)
    during_evaluation = models.BooleanField(null=True)
    deception = models.BooleanField(null=True)
    loss_of_control = models.BooleanField(null=True)
    materially_increased_risk = models.BooleanField(null=True)
    cyber_breach = models.BooleanField(null=True)
    weights_accessed = models.BooleanField(null=True)
    weights_exfiltrated = models.BooleanField(null=True)
    containment = models.TextField(blank=True)
    resolution = models.TextField(blank=True)
    classified_by = models.CharField(max_length=60)

    objects = VersionQuerySet["IncidentVersion"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="incident_says_one_thing_at_a_time",
                expressions=[
                    ("incident", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} ({self.pk})"
