import uuid

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from access.choices import WaitEnd
from registry.choices import Bindingness
from registry.models import AIModel, Governed, VersionQuerySet, VersionRow

from .access_request import AccessRequest
from .grant import Grant
from .review_policy import ReviewPolicy


class WaitingPeriod(Governed):
    """A period before whose end a grant opens no door, with the place in the policy that it comes from.

    The identity, and how it ended. When it makes the grant wait is in its versions. `place` is its number
    in the pinned edition's list, from which everything else about it is read.
    """

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="waiting_periods")
    policy = models.ForeignKey(ReviewPolicy, models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()
    basis = models.CharField(max_length=300)
    citation = models.CharField(max_length=300)
    bindingness = models.CharField(max_length=14, choices=Bindingness)
    since = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    end_asked_by = models.CharField(max_length=60, blank=True)
    end_asked_at = models.DateTimeField(null=True)
    end_basis = models.TextField(blank=True)
    end_fact = models.CharField(max_length=300, blank=True)
    ended_by = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=12, choices=WaitEnd, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="waiting_period_once_per_place", fields=["grant", "place"]
            ),
            models.CheckConstraint(
                name="waiting_period_never_voluntary",
                condition=Q(bindingness__in=[Bindingness.LAW, Bindingness.POLICY]),
            ),
            models.CheckConstraint(
                name="waiting_period_ended_whole",
                condition=Q(ended_at__isnull=True, ended_how="", ended_by="")
                | Q(ended_at__isnull=False) & ~Q(ended_how="") & ~Q(ended_by=""),
            ),
            models.CheckConstraint(
                name="waiting_period_of_law_ended_by_two",
                condition=~Q(ended_how=WaitEnd.ACT)
                | ~Q(end_basis="")
                & ~Q(end_fact="")
                & (
                    Q(bindingness=Bindingness.POLICY)
                    | Q(end_asked_at__isnull=False) & ~Q(end_asked_by=F("ended_by"))
                ),
            ),
        ]
        indexes = [
            models.Index(
                name="waiting_period_open",
                fields=["-opened_at", "-id"],
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(name="waiting_period_newest_first", fields=["-opened_at", "-id"]),
        ]

    def __str__(self) -> str:
        return f"waiting period {self.id}"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.grant.organization_id]

    @property
    def synthetic(self) -> bool:
        """Whether it was made for demonstration."""
        return self.grant.organization.synthetic


class WaitingPeriodVersion(VersionRow):
    """From when until when a period makes its grant wait. An open end means that something is missing.

    `missing` names the fact or the holiday table; `anchor_at` is the moment that it counts from, once known.
    """

    waiting_period = models.ForeignKey(WaitingPeriod, models.PROTECT, related_name="versions")
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="waiting_versions")
    anchor_at = models.DateTimeField(null=True)
    missing = models.CharField(max_length=100, blank=True)
    how = models.CharField(max_length=500, blank=True)

    objects = VersionQuerySet["WaitingPeriodVersion"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            models.CheckConstraint(
                name="waiting_period_waits_for_something",
                condition=Q(valid__upper_inf=True) & ~Q(missing="")
                | Q(valid__upper_inf=False, missing=""),
            ),
            ExclusionConstraint(
                name="waiting_period_says_one_thing_at_a_time",
                expressions=[
                    ("waiting_period", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]
        indexes = [
            models.Index(
                name="waiting_period_of_grant",
                fields=["grant"],
                condition=Q(recorded__upper_inf=True),
            ),
            models.Index(
                name="waiting_period_missing",
                fields=["missing"],
                condition=Q(recorded__upper_inf=True) & ~Q(missing=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.waiting_period_id} ({self.pk})"


class WaitingFact(Governed):
    """A fact that waiting periods run from: that an authority was notified of a model, or what a policy names.

    About a model, or about one request. The statement is written once; of several about the same the newest
    counts, so a mistake is mended by another. Where a period rests on law, it counts once a second person
    has confirmed it.
    """

    name = models.CharField(max_length=80)
    ai_model = models.ForeignKey(AIModel, models.PROTECT, null=True, related_name="waiting_facts")
    request = models.ForeignKey(
        AccessRequest, models.PROTECT, null=True, related_name="waiting_facts"
    )
    happened_at = models.DateTimeField()
    evidence = models.TextField()
    stated_by = models.CharField(max_length=60)
    stated_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=60, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="waiting_fact_about_one_thing",
                condition=Q(ai_model__isnull=False, request__isnull=True)
                | Q(ai_model__isnull=True, request__isnull=False),
            ),
            models.CheckConstraint(
                name="waiting_fact_confirmed_by_another",
                condition=Q(confirmed_by="", confirmed_at__isnull=True)
                | ~Q(confirmed_by="")
                & ~Q(confirmed_by=F("stated_by"))
                & Q(confirmed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="waiting_fact_by_model", fields=["name", "ai_model", "-stated_at"]),
            models.Index(name="waiting_fact_by_request", fields=["name", "request", "-stated_at"]),
            models.Index(name="waiting_fact_newest_first", fields=["-stated_at", "-id"]),
        ]
        triggers = [
            pgtrigger.Protect(
                name="waiting_fact_kept",
                operation=pgtrigger.Delete
                | pgtrigger.UpdateOf(
                    "name", "ai_model_id", "request_id", "happened_at", "evidence", "stated_by"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.id})"
