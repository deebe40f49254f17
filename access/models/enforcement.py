import uuid
from typing import Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Q

from access.choices import SurfaceStanding, Switch
from registry.actors import Actor
from registry.models import (
    AIModel,
    Client,
    Governed,
    Organization,
    VersionQuerySet,
    VersionRow,
)

from .grant import Grant
from .restriction import Restriction


class EnforcementPointQuerySet(models.QuerySet["EnforcementPoint"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see all; a client sees the points that it reports for."""
        return self if actor.is_staff else self.filter(client_id=actor.id)


class EnforcementPoint(Governed):
    """Where access is really switched: the developer's API, a cloud channel.

    `owner` and the person named beside it are called when the point is silent. `surfaces` are what it
    serves: a whole scheme (`aws`) or one external identifier (`aws:123456789012`).
    """

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="enforcement_points")
    alarm_name = models.CharField(max_length=200)
    alarm_email = models.EmailField()
    surfaces = ArrayField(models.CharField(max_length=240))
    client = models.OneToOneField(
        Client, models.PROTECT, null=True, related_name="enforcement_point"
    )
    retired_at = models.DateTimeField(null=True)

    objects = EnforcementPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="enforcement_point_serves_something", condition=~Q(surfaces=[])
            )
        ]

    def __str__(self) -> str:
        return self.name

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.owner_id]


class RestrictionApplicationQuerySet(models.QuerySet["RestrictionApplication"]):
    def owed(self) -> Self:
        """What points must still apply. Once a restriction is lifted, nobody waits for its switching off."""
        return self.filter(
            ~Q(switch=Switch.OFF, restriction__lifted_at__isnull=False),
            applied_at__isnull=True,
            point__retired_at__isnull=True,
        )


class RestrictionApplication(Governed):
    """One enforcement point that must apply a restriction, or its end; and what it said that it did.

    `committed_at` is the registry's clock; the other moments are the point's own word, reported at
    `reported_at` by `reported_by`.
    """

    restriction = models.ForeignKey(Restriction, models.PROTECT, related_name="applications")
    point = models.ForeignKey(EnforcementPoint, models.PROTECT, related_name="applications")
    switch = models.CharField(max_length=3, choices=Switch)
    committed_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    last_yes_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    reported_by = models.CharField(max_length=60, blank=True)

    objects = RestrictionApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="restriction_applied_once_per_point",
                fields=["restriction", "point", "switch"],
            ),
            models.CheckConstraint(
                name="restriction_application_reported_by_somebody",
                condition=Q(
                    reported_at__isnull=True,
                    reported_by="",
                    read_at__isnull=True,
                    applied_at__isnull=True,
                    last_yes_at__isnull=True,
                )
                | Q(reported_at__isnull=False) & ~Q(reported_by=""),
            ),
        ]
        indexes = [
            models.Index(
                name="restriction_not_applied_yet",
                fields=["committed_at", "id"],
                condition=Q(applied_at__isnull=True),
            ),
            models.Index(name="application_by_point", fields=["point", "-committed_at", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.restriction_id} {self.switch} at {self.point_id} ({self.id})"


class SilenceAlarm(models.Model):
    """A point had not applied a switch by a threshold. Written once for each threshold."""

    application = models.ForeignKey(RestrictionApplication, models.PROTECT, related_name="alarms")
    after_seconds = models.PositiveIntegerField()
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="silence_alarm_once_per_threshold", fields=["application", "after_seconds"]
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="silence_alarm_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id} silent for {self.after_seconds} s"


class SurfaceState(VersionRow):
    """What a point said of one model on one surface: provisioned, active or off. It never changes an answer.

    `surface` and `model` are kept as the point names them; what the registry knows them as stands
    beside, where it knows them.
    """

    point = models.ForeignKey(EnforcementPoint, models.PROTECT, related_name="surface_states")
    surface = models.CharField(max_length=240)
    model = models.CharField(max_length=200)
    standing = models.CharField(max_length=12, choices=SurfaceStanding)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    ai_model = models.ForeignKey(AIModel, models.PROTECT, null=True, related_name="+")
    grant = models.ForeignKey(Grant, models.PROTECT, null=True, related_name="surface_states")
    reported_by = models.CharField(max_length=60)

    objects = VersionQuerySet["SurfaceState"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="surface_state_one_at_a_time",
                expressions=[
                    ("point", RangeOperators.EQUAL),
                    ("surface", RangeOperators.EQUAL),
                    ("model", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]
        indexes = [
            models.Index(
                name="surface_state_current",
                fields=["organization", "ai_model"],
                condition=Q(recorded__upper_inf=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.surface} {self.model} {self.standing} ({self.pk})"
