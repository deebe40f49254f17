from django.db import models
from django.db.models import Q

from access.choices import CountQualifier, HoldingManner, Holds, OrganizationClass
from registry.models import AIModel, Organization, ReportedFact, VersionQuerySet, VersionRow


class ReportedHolding(VersionRow):
    """A source says who holds access. It is shown, and never opens a door.

    About one organization, or about a class the source does not name one by one.
    """

    fact = models.ForeignKey(ReportedFact, models.PROTECT, related_name="holdings")
    ai_model = models.ForeignKey(AIModel, models.PROTECT, related_name="+")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="reported_holdings"
    )
    organization_class = models.CharField(max_length=30, choices=OrganizationClass, blank=True)
    holds = models.CharField(max_length=10, choices=Holds)
    manner = models.CharField(max_length=10, choices=HoldingManner)

    objects = VersionQuerySet["ReportedHolding"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            models.CheckConstraint(
                name="reported_holding_is_of_one_or_of_a_class",
                condition=Q(organization__isnull=False, organization_class="")
                | Q(organization__isnull=True) & ~Q(organization_class=""),
            ),
        ]
        indexes = [
            models.Index(
                name="reported_holding_current",
                fields=["ai_model", "organization"],
                condition=Q(recorded__upper_inf=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization_id or self.organization_class} {self.holds} ({self.pk})"


class StatedCount(VersionRow):
    """A number that a source gives without names. Counts differ by source and are never derived."""

    fact = models.ForeignKey(ReportedFact, models.PROTECT, related_name="counts")
    ai_model = models.ForeignKey(AIModel, models.PROTECT, related_name="+")
    qualifier = models.CharField(max_length=8, choices=CountQualifier)
    number = models.PositiveIntegerField()
    of_what = models.CharField(max_length=200)
    proposed = models.BooleanField(default=False)

    objects = VersionQuerySet["StatedCount"].as_manager()

    def __str__(self) -> str:
        return f"{self.qualifier} {self.number} {self.of_what} ({self.pk})"
