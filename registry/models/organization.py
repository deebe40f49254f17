import uuid
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from registry.actors import Actor
from registry.choices import JurisdictionRole, OrganizationKind, Role, Standing

from .governed import Governed
from .jurisdiction import Jurisdiction
from .version_row import VersionQuerySet, VersionRow


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see all; a client sees the organization it speaks for."""
        return self if actor.is_staff else self.filter(id=actor.organization_id)


class Organization(Governed):
    """A body that asks for, holds, reviews or regulates.

    `name` is the public label: for an undisclosed organization it says so, and the true name is only in
    its versions. It is a projection of the current version, written in the same transaction.
    """

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    undisclosed = models.BooleanField(default=False)
    synthetic = models.BooleanField(default=False)

    objects = OrganizationQuerySet.as_manager()

    true_name: str = ""
    """Set by the one operation that reads it, which also records the reading."""

    def __str__(self) -> str:
        return self.name

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.id]

    def may_be_named_to(self, actor: Actor) -> bool:
        """Whether the actor may read the true name: cleared staff, and the organization's own client."""
        return not self.undisclosed or actor.has(Role.CLEARED) or actor.organization_id == self.id


class OrganizationVersion(VersionRow):
    """What an organization is called, what it is, and whether the operator deals with it."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="versions")
    name = models.CharField(max_length=200)
    legal_name = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=20, choices=OrganizationKind)
    standing = models.CharField(max_length=12, choices=Standing, default=Standing.ACTIVE)

    objects = VersionQuerySet["OrganizationVersion"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="organization_says_one_thing_at_a_time",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]
        indexes = [
            models.Index(
                name="organization_version_current",
                fields=["organization"],
                condition=Q(recorded__upper_inf=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} ({self.pk})"


class OrganizationJurisdiction(VersionRow):
    """A jurisdiction that touches an organization, and why. One organization has several."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="jurisdictions")
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=JurisdictionRole)

    objects = VersionQuerySet["OrganizationJurisdiction"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="organization_jurisdiction_no_overlap",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("jurisdiction", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]
        indexes = [
            models.Index(
                name="organization_place_current",
                fields=["organization"],
                condition=Q(recorded__upper_inf=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.role} {self.jurisdiction_id} ({self.pk})"
