import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Q

from access.choices import Action, ProgramStatus
from registry.models import AIModel, Governed, Organization, VersionQuerySet, VersionRow


class Program(Governed):
    """The initiative under which access is given. `name` is a projection of the current version."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    developer = models.ForeignKey(Organization, models.PROTECT, related_name="programs")
    synthetic = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.developer_id]


class ProgramVersion(VersionRow):
    """What a program is called and whether it takes requests. An ended program refuses every question."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="versions")
    name = models.CharField(max_length=200)
    status = models.CharField(max_length=12, choices=ProgramStatus)

    objects = VersionQuerySet["ProgramVersion"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="program_says_one_thing_at_a_time",
                expressions=[
                    ("program", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]
        indexes = [
            models.Index(
                name="program_version_current",
                fields=["program"],
                condition=Q(recorded__upper_inf=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.program_id} ({self.pk})"


class Tier(Governed):
    """What a grant in a program allows. Changing one makes a new tier: grants keep what they were given."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="tiers")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    actions = ArrayField(models.CharField(max_length=20, choices=Action))
    ai_models = models.ManyToManyField(AIModel, related_name="tiers")
    review_policy = models.SlugField(max_length=80)
    grant_days = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="tier_slug_once_per_program", fields=["program", "slug"]),
            models.CheckConstraint(name="tier_allows_something", condition=~Q(actions=[])),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.slug})"


class TermsEdition(Governed):
    """One published edition of a program's terms. Never changed in place; `required_from` is when it binds."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="terms")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    required_from = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="terms_edition_number_once", fields=["program", "number"]
            ),
            models.CheckConstraint(
                name="terms_bind_after_publication",
                condition=Q(required_from__gte=models.F("published_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, edition {self.number}"


class TermsAcceptance(VersionRow):
    """An organization accepted one edition, through one of its own or on its behalf."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    edition = models.ForeignKey(TermsEdition, models.PROTECT, related_name="acceptances")
    accepted_by = models.CharField(max_length=60)
    evidence = models.CharField(max_length=300, blank=True)

    objects = VersionQuerySet["TermsAcceptance"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="terms_accepted_once_at_a_time",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("edition", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} accepted {self.edition_id} ({self.pk})"
