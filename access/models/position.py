from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Q

from access.choices import Attribution, Ground, LegalForce, Marking, Origin, Stance
from registry.actors import Actor
from registry.choices import Role
from registry.models import (
    AIModel,
    Authority,
    Governed,
    Organization,
    ReportedFact,
    VersionQuerySet,
    VersionRow,
)

from .access_request import AccessRequest
from .expansion import Expansion
from .program import Program


class PositionQuerySet(models.QuerySet["Position"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see what is open; confidential ones need clearance; clients see none of them."""
        if not actor.is_staff:
            return self.none()
        if actor.has(Role.CLEARED, Role.AUTHORITY_DESK):
            return self
        return self.exclude(marking=Marking.CONFIDENTIAL)


class Position(Governed):
    """What an authority holds about a model, a program, an expansion or a request.

    `received` positions were given to the operator; `reported` ones were read in a source. Several
    papers on one statement are one position; a contradiction is two.
    """

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="positions")
    origin = models.CharField(
        max_length=10,
        choices=[(Origin.DECIDED, "received"), (Origin.REPORTED, Origin.REPORTED.label)],
    )
    marking = models.CharField(max_length=14, choices=Marking)
    program = models.ForeignKey(Program, models.PROTECT, null=True, related_name="positions")
    ai_model = models.ForeignKey(AIModel, models.PROTECT, null=True, related_name="positions")
    expansion = models.ForeignKey(Expansion, models.PROTECT, null=True, related_name="positions")
    request = models.ForeignKey(AccessRequest, models.PROTECT, null=True, related_name="positions")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="positions_about"
    )
    fact = models.ForeignKey(ReportedFact, models.PROTECT, null=True, related_name="positions")
    taken_by = models.CharField(max_length=60)

    objects = PositionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="position_is_about_something",
                condition=Q(program__isnull=False)
                | Q(ai_model__isnull=False)
                | Q(expansion__isnull=False)
                | Q(request__isnull=False)
                | Q(organization__isnull=False),
            ),
            models.CheckConstraint(
                name="position_reported_has_its_fact",
                condition=Q(origin=Origin.REPORTED, fact__isnull=False)
                | Q(origin=Origin.DECIDED, fact__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"position {self.id}"


class PositionVersion(VersionRow):
    """What the authority held, and when. Superseded by a later version, never edited."""

    position = models.ForeignKey(Position, models.PROTECT, related_name="versions")
    stance = models.CharField(max_length=12, choices=Stance)
    grounds = ArrayField(models.CharField(max_length=20, choices=Ground), default=list)
    attribution = models.CharField(max_length=20, choices=Attribution)
    legal_force = models.CharField(max_length=10, choices=LegalForce)
    statement = models.TextField()
    speaker = models.CharField(max_length=200, blank=True)

    objects = VersionQuerySet["PositionVersion"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="position_says_one_thing_at_a_time",
                expressions=[
                    ("position", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
            models.CheckConstraint(
                name="position_speaker_is_named_where_attributed",
                condition=~Q(attribution=Attribution.NAMED_SPEAKER) | ~Q(speaker=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position_id} {self.stance} ({self.pk})"
