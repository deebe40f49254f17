import uuid
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Exists, OuterRef, Q

from access.choices import Action, Attribution, Ground, LegalForce, Marking, Origin, Stance
from registry.actors import Actor
from registry.choices import OrganizationKind, Role, SourceGrade
from registry.models import (
    AIModel,
    Authority,
    Governed,
    Jurisdiction,
    Organization,
    ReportedFact,
    Source,
    VersionQuerySet,
    VersionRow,
)

from .access_request import AccessRequest
from .expansion import Expansion
from .program import Program


class PositionQuerySet(models.QuerySet["Position"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see what is open; confidential ones need clearance; clients see none of them.

        Where readers are named, nobody else sees it but who wrote it down: to be cleared is not to need it.
        """
        if not actor.is_staff:
            return self.none()
        rows = self
        if not actor.has(Role.CLEARED, Role.AUTHORITY_DESK):
            rows = rows.exclude(marking=Marking.CONFIDENTIAL)
        named = PositionReader.objects.filter(position=OuterRef("pk"), ended_at__isnull=True)
        return rows.filter(
            ~Exists(named) | Exists(named.filter(reader_id=actor.id)) | Q(taken_by=actor.key)
        )

    def wordless(self) -> Self:
        """Those whose words are read on record only."""
        return self.filter(marking=Marking.CONFIDENTIAL)


class Position(Governed):
    """What an authority holds about a model, a program, an expansion or a request.

    `received` positions were given to the operator; `reported` ones were read in a source. Several
    papers on one statement are one position; a contradiction is two. What it is about is ANDed: the
    organizations meant are one, or those of a kind or that a jurisdiction touches; `action` is one of them.
    """

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="positions")
    origin = models.CharField(
        max_length=10,
        choices=[(Origin.DECIDED, "received"), (Origin.REPORTED, Origin.REPORTED.label)],
    )
    marking = models.CharField(max_length=14, choices=Marking)
    program = models.ForeignKey(Program, models.PROTECT, null=True, related_name="positions")
    ai_model = models.ForeignKey(AIModel, models.PROTECT, null=True, related_name="positions")
    expansion = models.ForeignKey(Expansion, models.PROTECT, null=True, related_name="positions")
    request = models.ForeignKey(AccessRequest, models.PROTECT, null=True, related_name="positions")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="positions_about"
    )
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, null=True, related_name="positions_about"
    )
    organization_kind = models.CharField(max_length=20, choices=OrganizationKind, blank=True)
    action = models.CharField(max_length=20, choices=Action, blank=True)
    fact = models.ForeignKey(ReportedFact, models.PROTECT, null=True, related_name="positions")
    taken_by = models.CharField(max_length=60)

    objects = PositionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="position_is_about_something",
                condition=Q(program__isnull=False)
                | Q(ai_model__isnull=False)
                | Q(expansion__isnull=False)
                | Q(request__isnull=False)
                | Q(organization__isnull=False)
                | Q(jurisdiction__isnull=False)
                | ~Q(organization_kind="")
                | ~Q(action=""),
            ),
            models.CheckConstraint(
                name="position_reported_has_its_fact",
                condition=Q(origin=Origin.REPORTED, fact__isnull=False)
                | Q(origin=Origin.DECIDED, fact__isnull=True),
            ),
        ]
        indexes = [models.Index(name="position_newest_first", fields=["-changed_at", "-id"])]

    def __str__(self) -> str:
        return f"position {self.id}"

    @property
    def is_wordless(self) -> bool:
        """Whether its words are read on record only."""
        return self.marking == Marking.CONFIDENTIAL


class PositionVersion(VersionRow):
    """What the authority held, and when. Superseded by a later version, never edited.

    `received_at` is when the operator got it, where that is known; `recorded` when it was written down.
    """

    position = models.ForeignKey(Position, models.PROTECT, related_name="versions")
    stance = models.CharField(max_length=12, choices=Stance)
    grounds = ArrayField(models.CharField(max_length=20, choices=Ground), default=list)
    attribution = models.CharField(max_length=20, choices=Attribution)
    legal_force = models.CharField(max_length=10, choices=LegalForce)
    statement = models.TextField()
    speaker = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(null=True)

    objects = VersionQuerySet["PositionVersion"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="position_says_one_thing_at_a_time",
                expressions=[
                    ("position", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
            models.CheckConstraint(
                name="position_speaker_is_named_where_attributed",
                condition=~Q(attribution=Attribution.NAMED_SPEAKER) | ~Q(speaker=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position_id} {self.stance} ({self.pk})"


class PositionPaper(models.Model):
    """One source of a received position: a document that was handed over, or a publication that is cited.

    Written once. `dated_on` is the document's own date. `sha256` is that of the file in store.
    """

    position = models.ForeignKey(Position, models.PROTECT, related_name="papers")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    dated_on = models.DateField(null=True)
    source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="position_papers")
    grade = models.CharField(max_length=2, choices=SourceGrade, blank=True)
    passage = models.CharField(max_length=300, blank=True)
    added_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="position_paper_number_once", fields=["position", "number"]
            ),
            models.CheckConstraint(
                name="position_paper_is_a_document_or_a_citation",
                condition=~Q(sha256="") & ~Q(file_name="") & Q(source__isnull=True, grade="")
                | Q(sha256="", file_name="", source__isnull=False) & ~Q(grade=""),
            ),
        ]
        indexes = [models.Index(name="position_paper_by_file", fields=["sha256"])]
        triggers = [
            pgtrigger.Protect(
                name="position_paper_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return f"paper {self.number} of {self.position_id}"


class PositionReader(models.Model):
    """Somebody who needs to know of a position. While readers are named, they alone may read it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    position = models.ForeignKey(Position, models.PROTECT, related_name="readers")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    named_by = models.CharField(max_length=60)
    named_at = models.DateTimeField()
    ended_by = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="position_reader_once",
                fields=["position", "reader"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="position_reader_ended_whole",
                condition=Q(ended_by="", ended_at__isnull=True)
                | ~Q(ended_by="") & Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} may read {self.position_id}"
