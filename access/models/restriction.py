import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from access.choices import Origin, RestrictionBasis, RestrictionKind
from registry.choices import AssertionKind
from registry.models import (
    Governed,
    Member,
    Organization,
    ReportedFact,
    VersionQuerySet,
    VersionRow,
)


class PersonClass(Governed):
    """A class of persons as an instrument defines it, and the assertion that puts a member outside it."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    definition = models.TextField()
    instrument = models.CharField(max_length=300)
    outside_by = models.CharField(max_length=20, choices=AssertionKind)

    def __str__(self) -> str:
        return self.name


class Restriction(Governed):
    """A stop, hold or order. One row that wins over every grant in its scope.

    `title` is what staff call it. `public_title` and `public_wording` may be read by those it stops;
    while they are not written yet, a neutral text stands for them (`queries.restrictions.tell`), and is
    mailed at `wording_due_at`. `confidential_basis` is read by cleared staff only. `because_of` is the
    order that made the operator act on its own.
    """

    kind = models.CharField(max_length=8, choices=RestrictionKind)
    basis = models.CharField(max_length=16, choices=RestrictionBasis)
    origin = models.CharField(
        max_length=10,
        choices=[(Origin.DECIDED, Origin.DECIDED.label), (Origin.REPORTED, Origin.REPORTED.label)],
    )
    title = models.CharField(max_length=200)
    public_title = models.CharField(max_length=200, blank=True)
    public_wording = models.TextField(blank=True)
    confidential_basis = models.TextField(blank=True)
    wording_due_at = models.DateTimeField(null=True)
    worded_by = models.CharField(max_length=60, blank=True)
    worded_at = models.DateTimeField(null=True)
    neutral_at = models.DateTimeField(null=True)
    because_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="answers")
    fact = models.ForeignKey(ReportedFact, models.PROTECT, null=True, related_name="restrictions")
    imposed_by = models.CharField(max_length=60)
    imposed_at = models.DateTimeField()
    lift_asked_by = models.CharField(max_length=60, blank=True)
    lift_asked_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=60, blank=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="restriction_lifted_by_two",
                condition=Q(lifted_by="", lifted_at__isnull=True)
                | ~Q(lifted_by="")
                & Q(lifted_at__isnull=False, lift_asked_at__isnull=False)
                & ~Q(lifted_by=F("lift_asked_by")),
            ),
            models.CheckConstraint(
                name="restriction_is_worded_or_has_a_time_for_it",
                condition=~Q(public_wording="") & ~Q(public_title="")
                | Q(
                    public_wording="",
                    public_title="",
                    worded_at__isnull=True,
                    wording_due_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="restriction_reported_has_its_fact",
                condition=Q(origin=Origin.REPORTED, fact__isnull=False)
                | Q(origin=Origin.DECIDED, fact__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                name="restriction_waits_for_wording",
                fields=["wording_due_at"],
                condition=Q(public_wording="", neutral_at__isnull=True, lifted_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.title


class RestrictionVersion(VersionRow):
    """What a restriction covers, and when. Dimensions are ANDed, values within one ORed; none means any.

    Scope is kept in arrays of identifiers, so that one statement reads the whole rule. Nothing
    governed is deleted, so no identifier can dangle.
    """

    restriction = models.ForeignKey(Restriction, models.PROTECT, related_name="versions")
    organizations = ArrayField(models.UUIDField(), default=list)
    ai_models = ArrayField(models.UUIDField(), default=list)
    programs = ArrayField(models.UUIDField(), default=list)
    jurisdictions = ArrayField(models.UUIDField(), default=list)
    vendors = ArrayField(models.UUIDField(), default=list)
    person_class = models.ForeignKey(PersonClass, models.PROTECT, null=True, related_name="+")
    exceptions_complete = models.BooleanField(default=True)

    objects = VersionQuerySet["RestrictionVersion"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            models.CheckConstraint(
                name="restriction_covers_something",
                condition=~Q(
                    organizations=[],
                    ai_models=[],
                    programs=[],
                    jurisdictions=[],
                    vendors=[],
                    person_class__isnull=True,
                ),
            ),
            ExclusionConstraint(
                name="restriction_says_one_thing_at_a_time",
                expressions=[
                    ("restriction", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]
        indexes = [
            GinIndex(
                name="restriction_by_model",
                fields=["ai_models"],
                condition=Q(recorded__upper_inf=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.restriction_id} ({self.pk})"


class RestrictionException(VersionRow):
    """An organization, or one member of it, that a restriction does not stop, and on what basis."""

    restriction = models.ForeignKey(Restriction, models.PROTECT, related_name="exceptions")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    basis = models.CharField(max_length=300)
    fact = models.ForeignKey(ReportedFact, models.PROTECT, null=True, related_name="exceptions")
    exempted_by = models.CharField(max_length=60)

    objects = VersionQuerySet["RestrictionException"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="restriction_exception_no_overlap",
                expressions=[
                    ("restriction", RangeOperators.EQUAL),
                    ("organization", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True, member__isnull=True),
            ),
            ExclusionConstraint(
                name="restriction_member_exception_no_overlap",
                expressions=[
                    ("restriction", RangeOperators.EQUAL),
                    ("member", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True, member__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.restriction_id} but {self.organization_id} ({self.pk})"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.organization_id]
