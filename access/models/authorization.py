from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from access.choices import AuthorizationKind
from registry.models import (
    AIModel,
    Authority,
    Governed,
    Organization,
    VersionQuerySet,
    VersionRow,
)

from .program import Program


class Authorization(Governed):
    """An export licence or a comparable permission that the operator holds: who gave it, its number, for what.

    Its scope is ANDed, and what is not named is not narrowed. When it holds is in its versions.
    """

    kind = models.CharField(max_length=20, choices=AuthorizationKind)
    issuer = models.ForeignKey(Authority, models.PROTECT, related_name="authorizations")
    number = models.CharField(max_length=120)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="authorizations"
    )
    program = models.ForeignKey(Program, models.PROTECT, null=True, related_name="authorizations")
    ai_model = models.ForeignKey(AIModel, models.PROTECT, null=True, related_name="authorizations")
    issued_on = models.DateField(null=True)
    attached_by = models.CharField(max_length=60)
    attached_at = models.DateTimeField()
    withdrawn_by = models.CharField(max_length=60, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="authorization_number_once_per_issuer", fields=["issuer", "number"]
            ),
            models.CheckConstraint(
                name="authorization_is_for_something",
                condition=Q(organization__isnull=False)
                | Q(program__isnull=False)
                | Q(ai_model__isnull=False),
            ),
            models.CheckConstraint(
                name="authorization_withdrawn_whole",
                condition=Q(withdrawn_by="", withdrawn_at__isnull=True, withdrawn_because="")
                | ~Q(withdrawn_by="") & Q(withdrawn_at__isnull=False) & ~Q(withdrawn_because=""),
            ),
        ]
        indexes = [models.Index(name="authorization_newest_first", fields=["-attached_at", "-id"])]

    def __str__(self) -> str:
        return self.number


class AuthorizationVersion(VersionRow):
    """When an authorization holds, and under which conditions."""

    authorization = models.ForeignKey(Authorization, models.PROTECT, related_name="versions")
    conditions = models.TextField(blank=True)

    objects = VersionQuerySet["AuthorizationVersion"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="authorization_says_one_thing_at_a_time",
                expressions=[
                    ("authorization", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authorization_id} ({self.pk})"


class BodyNotice(models.Model):
    """An authority was notified of a model, at first hand: a fact that what notifies it writes down here.

    Written once. `notice` is the entry over there that says so. A report by others is none.
    """

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    ai_model = models.ForeignKey(AIModel, models.PROTECT, related_name="+")
    notified_at = models.DateTimeField()
    notice = models.UUIDField(unique=True)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="body_notice_by_model", fields=["ai_model", "authority"])]

    def __str__(self) -> str:
        return f"{self.authority_id} knows of {self.ai_model_id}"
