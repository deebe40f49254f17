from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from access.choices import Marking
from access.models import Disclosure
from notifications.choices import AccessForm, DemandBasis, DemandStep
from registry.models import AIModel, Authority, Governed, Organization

from .marked import Entry, EntryQuerySet, MarkedQuerySet


class AccessDemand(Governed):
    """An authority's demand to reach a model. It is no access request: no review policy can refuse it.

    What became of it is in its steps, and its state is derived from them. `forms` empty means not stated;
    the period is the one asked for, open where null.
    """

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="demands")
    addressee = models.ForeignKey(Organization, models.PROTECT, related_name="demands_received")
    ai_model = models.ForeignKey(AIModel, models.PROTECT, null=True, related_name="demands")
    title = models.CharField(max_length=200)
    basis = models.CharField(max_length=12, choices=DemandBasis)
    citation = models.CharField(max_length=300, blank=True)
    forms = ArrayField(models.CharField(max_length=12, choices=AccessForm), default=list)
    period_from = models.DateTimeField(null=True)
    period_until = models.DateTimeField(null=True)
    marking = models.CharField(max_length=14, choices=Marking)
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()

    objects = MarkedQuerySet["AccessDemand"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="access_demand_period_runs_forward",
                condition=Q(period_from__isnull=True)
                | Q(period_until__isnull=True)
                | Q(period_until__gt=F("period_from")),
            ),
            models.CheckConstraint(
                name="access_demand_legal_power_is_cited",
                condition=~Q(basis=DemandBasis.LEGAL_POWER) | ~Q(citation=""),
            ),
        ]
        indexes = [models.Index(name="access_demand_latest_first", fields=["-changed_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.title} ({self.id})"

    @property
    def synthetic(self) -> bool:
        """Whether it was made for demonstration."""
        return self.addressee.synthetic


class DemandRecord(Entry):
    """One dated step of a demand. Where it waits, on whom: a registered body, or one told in words.

    `disclosure` is what was given to the authority with this step, as the log has it.
    """

    demand = models.ForeignKey(AccessDemand, models.PROTECT, related_name="records")
    step = models.CharField(max_length=14, choices=DemandStep)
    waits_on = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="demands_waiting"
    )
    disclosure = models.ForeignKey(
        Disclosure, models.PROTECT, null=True, related_name="demand_records"
    )
    waits_on_words = models.CharField(max_length=200, blank=True)

    objects = EntryQuerySet["DemandRecord"].as_manager()

    class Meta(Entry.Meta):
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(
                name="demand_record_waits_on_somebody",
                condition=Q(step=DemandStep.WAITING, waits_on__isnull=False, waits_on_words="")
                | Q(step=DemandStep.WAITING, waits_on__isnull=True) & ~Q(waits_on_words="")
                | ~Q(step=DemandStep.WAITING) & Q(waits_on__isnull=True, waits_on_words=""),
            ),
        ]
        indexes = [
            models.Index(name="demand_record_in_order", fields=["demand", "happened_at", "id"])
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.demand_id} ({self.id})"
