from django.db import models
from django.db.models import Q

from registry.choices import Precision, SourceGrade

from .governed import Governed
from .version_row import VersionQuerySet, VersionRow


class Source(Governed):
    """A publication that facts are taken from. What was read there is told in our own words, in the fact."""

    slug = models.SlugField(max_length=120, unique=True)
    publisher = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    location = models.CharField(max_length=500, blank=True)
    published_on = models.DateField(null=True)
    grade = models.CharField(max_length=2, choices=SourceGrade)

    def __str__(self) -> str:
        return f"{self.publisher}: {self.title}"


class ReportedFact(Governed):
    """What others say happened or held. It opens no door, sends no mail and opens no obligation.

    The typed rows that carry the content (a holding, a position, a restriction, a count) point here.
    Two sources that disagree are two facts; several papers on one statement are one fact with several
    sources. `statement` is in our own words.
    """

    statement = models.TextField()
    precision = models.CharField(max_length=8, choices=Precision)
    sources = models.ManyToManyField(Source, through="Citation", related_name="facts")
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by"
    )
    superseding_reason = models.TextField(blank=True)
    superseding_recorded_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reported_fact_superseding_has_its_reason",
                condition=Q(
                    supersedes__isnull=True,
                    superseding_reason="",
                    superseding_recorded_at__isnull=True,
                )
                | Q(supersedes__isnull=False, superseding_recorded_at__isnull=False)
                & ~Q(superseding_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement[:80]} ({self.id})"


class Citation(models.Model):
    """One source behind one fact, graded for this fact: a good paper may report one thing on hearsay."""

    fact = models.ForeignKey(ReportedFact, models.PROTECT, related_name="citations")
    source = models.ForeignKey(Source, models.PROTECT, related_name="citations")
    grade = models.CharField(max_length=2, choices=SourceGrade)
    passage = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="citation_once_per_fact", fields=["fact", "source"])
        ]

    def __str__(self) -> str:
        return f"{self.source_id} for {self.fact_id}"


class FactDispute(Governed):
    """Someone says a reported fact is wrong, and why. The fact stays, with the dispute beside it."""

    fact = models.ForeignKey(ReportedFact, models.PROTECT, related_name="disputes")
    reason = models.TextField()
    source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="+")
    raised_by = models.CharField(max_length=60)
    raised_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"dispute of {self.fact_id} ({self.id})"


class ReportedEvent(VersionRow):
    """Something that happened, for the timeline: an announcement, an order, a statement, a leak."""

    fact = models.ForeignKey(ReportedFact, models.PROTECT, related_name="events")
    title = models.CharField(max_length=200)

    objects = VersionQuerySet["ReportedEvent"].as_manager()

    def __str__(self) -> str:
        return f"{self.title} ({self.pk})"
