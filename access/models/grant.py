import uuid
from typing import Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Q

from access.choices import Action, GrantEndKind, ItemStanding, Origin, PrimaryPurpose
from registry.actors import Actor
from registry.models import (
    AIModel,
    Governed,
    ModelRelease,
    Organization,
    VersionQuerySet,
    VersionRow,
)

from .access_request import AccessRequest
from .bounds import Bounded
from .program import Program, Tier


class GrantQuerySet(models.QuerySet["Grant"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see all; a client sees its own organization's grants."""
        return self if actor.is_staff else self.filter(organization_id=actor.organization_id)


class Grant(Bounded, Governed):
    """Access given to an organization, decided here or imported from the operator's own records.

    The identity, and what never changes of it. When and for what it holds is in its items.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="grants")
    program = models.ForeignKey(Program, models.PROTECT, related_name="grants")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="grants")
    purpose = models.CharField(max_length=12, choices=PrimaryPurpose)
    origin = models.CharField(
        max_length=10,
        choices=[(Origin.DECIDED, Origin.DECIDED.label), (Origin.IMPORTED, Origin.IMPORTED.label)],
    )
    request = models.OneToOneField(AccessRequest, models.PROTECT, null=True, related_name="grant")
    renews = models.OneToOneField("self", models.PROTECT, null=True, related_name="successor")
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by"
    )
    external_reference = models.CharField(max_length=120, blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    issued_by = models.CharField(max_length=60)
    issued_at = models.DateTimeField()
    opens_at = models.DateTimeField(null=True)
    """When it begins, where its waiting was over before that and nobody has been told yet that it opens."""

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="grant_rests_on_a_request_a_record_or_a_predecessor",
                condition=Q(origin=Origin.DECIDED, external_reference="")
                & (
                    Q(request__isnull=False)
                    | Q(renews__isnull=False)
                    | Q(supersedes__isnull=False)
                )
                & ~Q(renews__isnull=False, supersedes__isnull=False)
                | Q(
                    origin=Origin.IMPORTED,
                    request__isnull=True,
                    renews__isnull=True,
                    supersedes__isnull=True,
                )
                & ~Q(external_reference=""),
            ),
            models.UniqueConstraint(
                name="grant_external_reference_once",
                fields=["program", "external_reference"],
                condition=~Q(external_reference=""),
            ),
        ]
        indexes = [
            models.Index(name="grant_newest_first", fields=["-issued_at", "-id"]),
            models.Index(
                name="grant_opening_untold",
                fields=["opens_at", "id"],
                condition=Q(opens_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"grant {self.id}"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.organization_id]

    @property
    def predecessor(self) -> "Grant | None":
        """The grant that this one follows, by renewal or in another tier."""
        return self.renews or self.supersedes

    @property
    def founding_request(self) -> AccessRequest | None:
        """The request that it rests on: its own, or that of the grant that it follows; none if imported."""
        grant: Grant | None = self
        while grant is not None:
            if grant.request is not None:
                return grant.request
            grant = grant.predecessor
        return None


class GrantItem(VersionRow):
    """One model, or one released version of it, held under a grant: from when, until when, for what.

    `surfaces` are external identifiers (`aws:123456789012`) the access is bound to; none means any.
    """

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="items")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+")
    ai_model = models.ForeignKey(AIModel, models.PROTECT, related_name="+")
    release = models.ForeignKey(ModelRelease, models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=12, choices=PrimaryPurpose)
    actions = ArrayField(models.CharField(max_length=20, choices=Action))
    surfaces = ArrayField(models.CharField(max_length=240), default=list)
    standing = models.CharField(max_length=10, choices=ItemStanding, default=ItemStanding.IN_FORCE)

    objects = VersionQuerySet["GrantItem"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="grant_no_overlap",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("tier", RangeOperators.EQUAL),
                    ("ai_model", RangeOperators.EQUAL),
                    ("purpose", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]
        indexes = [
            models.Index(
                name="grant_item_current",
                fields=["organization", "ai_model"],
                condition=Q(recorded__upper_inf=True),
            ),
            models.Index(
                name="grant_item_by_model",
                fields=["ai_model", "organization"],
                condition=Q(recorded__upper_inf=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.ai_model_id} ({self.pk})"


class GrantEnd(models.Model):
    """Why a grant ended, and when. Written once; expiry and revocation are never confused."""

    grant = models.OneToOneField(Grant, models.PROTECT, primary_key=True, related_name="end")
    kind = models.CharField(max_length=12, choices=GrantEndKind)
    reason = models.CharField(max_length=30, blank=True)
    ended_at = models.DateTimeField()
    planned_end = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="grant_end_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.kind}"
