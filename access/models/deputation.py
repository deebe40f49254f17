from typing import Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, DecimalRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from registry.actors import Actor
from registry.models import Governed, User

from .program import Program


class _Lasts(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class _Covers(Func):
    """What a scope covers, as a range: the one thing that is named, or everything where nothing is."""

    template = (
        "(CASE WHEN COALESCE((%(expressions)s)::text, '') = '' THEN numrange(NULL, NULL) ELSE "
        "numrange(hashtextextended((%(expressions)s)::text, 0)::numeric, "
        "hashtextextended((%(expressions)s)::text, 0)::numeric, '[]') END)"
    )
    output_field = DecimalRangeField()


class DeputationQuerySet(models.QuerySet["Deputation"]):
    def visible_to(self, actor: Actor) -> Self:
        """The staff sees who stands in for whom; nobody else does."""
        return self if actor.is_staff else self.none()

    def in_force(self) -> Self:
        """By the database's clock."""
        return self.filter(starts_at__lte=Now(), ends_at__gt=Now(), revoked_at__isnull=True)


class Deputation(Governed):
    """`deputy` may act in reviews where `person` may, from a moment until another (exclusive).

    In one program and in the stages of one name, where named; else in all. Nobody has two deputies for the
    same at once. It is revoked from a moment on, and what was done under it stands.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="deputations")
    deputy = models.ForeignKey(User, models.PROTECT, related_name="deputizes")
    program = models.ForeignKey(Program, models.PROTECT, null=True, related_name="+")
    stage = models.CharField(max_length=60, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.TextField(blank=True)
    named_by = models.CharField(max_length=60)
    named_at = models.DateTimeField()
    revoked_by = models.CharField(max_length=60, blank=True)
    revoked_at = models.DateTimeField(null=True)

    objects = DeputationQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="deputation_one_for_the_same",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (_Covers(F("program")), RangeOperators.OVERLAPS),
                    (_Covers(F("stage")), RangeOperators.OVERLAPS),
                    (_Lasts(F("starts_at"), F("ends_at")), RangeOperators.OVERLAPS),
                ],
                condition=Q(revoked_at__isnull=True),
            ),
            models.CheckConstraint(
                name="deputation_is_of_another", condition=~Q(person=F("deputy"))
            ),
            models.CheckConstraint(
                name="deputation_runs_forward", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="deputation_revocation_has_who_and_when",
                condition=Q(revoked_by="", revoked_at__isnull=True)
                | ~Q(revoked_by="") & Q(revoked_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="deputation_by_start", fields=["-starts_at", "-id"]),
            models.Index(
                name="deputation_of_deputy",
                fields=["deputy", "starts_at"],
                condition=Q(revoked_at__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="deputation_only_revoked",
                operation=pgtrigger.Delete
                | pgtrigger.UpdateOf(
                    *("person_id", "deputy_id", "program_id", "stage"),
                    *("starts_at", "ends_at", "named_by", "named_at", "note"),
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.deputy_id} for {self.person_id} ({self.id})"
