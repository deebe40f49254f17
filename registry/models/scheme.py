from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q

from registry.choices import RecognitionBasis, SchemeKind, SourceGrade

from .governed import Governed
from .jurisdiction import Jurisdiction
from .version_row import VersionQuerySet, VersionRow


class Scheme(Governed):
    """One edition of a security standard or comparable scheme, as its owner publishes it.

    `levels` run from the lowest to the highest; none where it has none. Nothing attested under a draft
    counts. From `void_from` on nothing under this edition counts any more. `months`
    is how long an attestation lasts, or for a period report how long after its period's end it goes stale.
    """

    slug = models.SlugField(max_length=60)
    edition = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=SchemeKind)
    owner = models.CharField(max_length=200)
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, null=True, related_name="schemes"
    )
    levels = ArrayField(models.CharField(max_length=40), default=list)
    months = models.PositiveIntegerField(null=True)
    draft = models.BooleanField(default=False)
    void_from = models.DateField(null=True)
    note = models.TextField(blank=True)
    source = models.CharField(max_length=300)
    grade = models.CharField(max_length=2, choices=SourceGrade)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="scheme_edition_once", fields=["slug", "edition"]),
            models.CheckConstraint(
                name="scheme_period_report_goes_stale",
                condition=~Q(kind=SchemeKind.PERIOD_REPORT) | Q(months__isnull=False),
            ),
        ]
        indexes = [models.Index(name="scheme_by_name", fields=["slug", "edition", "id"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.edition})" if self.edition else self.name


class Recognition(Governed):
    """A directed edge: who holds `scheme` at `level` or above is taken to hold `satisfies` at `up_to`, no higher.

    In force by two people's act. A political statement may be recorded, and grants nothing. `transitive`
    lets a path lead on through this edge; every edge of a longer path must let it.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="recognitions")
    level = models.CharField(max_length=40, blank=True)
    satisfies = models.ForeignKey(Scheme, models.PROTECT, related_name="recognized_by")
    up_to = models.CharField(max_length=40, blank=True)
    transitive = models.BooleanField(default=False)
    basis = models.CharField(max_length=20, choices=RecognitionBasis)
    citation = models.CharField(max_length=300)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    proposed_by = models.CharField(max_length=60)
    proposed_at = models.DateTimeField()
    enacted_by = models.CharField(max_length=60, blank=True)
    enacted_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="recognition_joins_two_schemes", condition=~Q(scheme=F("satisfies"))
            ),
            models.CheckConstraint(name="recognition_names_its_basis", condition=~Q(citation="")),
            models.CheckConstraint(
                name="recognition_enacted_by_another",
                condition=Q(enacted_by="", enacted_at__isnull=True)
                | ~Q(enacted_by="")
                & ~Q(enacted_by=F("proposed_by"))
                & Q(enacted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="recognition_statement_grants_nothing",
                condition=~Q(basis=RecognitionBasis.STATEMENT) | Q(enacted_at__isnull=True),
            ),
        ]
        indexes = [models.Index(name="recognition_newest_first", fields=["-proposed_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.scheme_id} → {self.satisfies_id} ({self.id})"


class RecognitionVersion(VersionRow):
    """From when until when a recognition is in force."""

    recognition = models.ForeignKey(Recognition, models.PROTECT, related_name="versions")

    objects = VersionQuerySet["RecognitionVersion"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="recognition_says_one_thing_at_a_time",
                expressions=[
                    ("recognition", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recognition_id} ({self.pk})"
