from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from registry.choices import DutyHolderKind

from .authority import Authority
from .governed import Governed
from .organization import Organization
from .source import ReportedFact
from .version_row import VersionQuerySet, VersionRow


class DutyHolderStatus(VersionRow):
    """Whether an organization is one whom certain rules bind. Where nothing is stated, it is not known."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="duty_statuses")
    kind = models.CharField(max_length=30, choices=DutyHolderKind)
    holds = models.BooleanField()
    evidence = models.CharField(max_length=300, blank=True)
    fact = models.ForeignKey(ReportedFact, models.PROTECT, null=True, related_name="+")
    stated_by = models.CharField(max_length=60)

    objects = VersionQuerySet["DutyHolderStatus"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="duty_holder_says_one_thing_at_a_time",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
            models.CheckConstraint(
                name="duty_holder_rests_on_evidence_or_a_fact",
                condition=~Q(evidence="") | Q(fact__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.kind} ({self.pk})"


class Mandate(Governed):
    """The authority that receives what rules address to `key`, such as `eu-ai-office`.

    A synthetic one stands in for each in the demonstration: what is synthetic is never sent to anyone real.
    """

    key = models.SlugField(max_length=60)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="mandates")
    synthetic = models.BooleanField(default=False)
    basis = models.CharField(max_length=300)
    registered_by = models.CharField(max_length=60)
    registered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="mandate_one_authority_per_key_and_world",
                fields=["key", "synthetic"],
                condition=Q(ended_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.id})"
