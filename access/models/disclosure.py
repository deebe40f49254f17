import datetime as dt
import uuid
from typing import Self

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from access.choices import DisclosureBasis, Marking, Origin
from registry.actors import Actor
from registry.choices import Precision, Role
from registry.models import Authority, Organization, ReportedFact


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff as with positions; a client sees where its own organization was named, unless in confidence."""
        if not actor.is_staff:
            named = DisclosedName.objects.filter(organization=actor.organization_id)
            return self.exclude(marking=Marking.CONFIDENTIAL).filter(
                pk__in=named.values("disclosure")
            )
        if actor.has(Role.CLEARED, Role.AUTHORITY_DESK):
            return self
        return self.exclude(marking=Marking.CONFIDENTIAL) if actor.has(*Role) else self.none()

    def standing(
        self, as_of: dt.datetime | None = None, known_at: dt.datetime | None = None
    ) -> Self:
        """What had been given by `as_of`, as known at `known_at` or now, without what was corrected or taken back."""
        rows = self if as_of is None else self.filter(given_at__lte=as_of)
        if known_at is None:
            return rows.filter(taken_back=False, corrected_by__isnull=True).exclude(
                fact__superseded_by__isnull=False
            )
        return (
            rows.filter(taken_back=False, recorded_at__lte=known_at)
            .exclude(corrected_by__recorded_at__lte=known_at)
            .exclude(fact__superseded_by__superseding_recorded_at__lte=known_at)
        )


class Disclosure(models.Model):
    """Names and documents that went to one body, together, at one time. Written once; corrected by a later row.

    `origin` is `decided` for what the operator recorded at first hand, or `reported`. `given_by` is the
    organization that gave it, null where that is not told; `handed_over_by` the person, in words. `words` are for
    staff. A correction `corrects` one earlier row, with its reason; one that was `taken_back` says that nothing
    was given after all. `recorded_at` is the database's moment of writing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="disclosures")
    origin = models.CharField(
        max_length=10,
        choices=[(Origin.DECIDED, "recorded here"), (Origin.REPORTED, Origin.REPORTED.label)],
    )
    given_by = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="disclosures_given"
    )
    handed_over_by = models.CharField(max_length=200, blank=True)
    given_at = models.DateTimeField()
    precision = models.CharField(max_length=8, choices=Precision)
    basis = models.CharField(max_length=14, choices=DisclosureBasis)
    citation = models.CharField(max_length=300, blank=True)
    words = models.TextField(blank=True)
    marking = models.CharField(max_length=14, choices=Marking)
    fact = models.ForeignKey(ReportedFact, models.PROTECT, null=True, related_name="disclosures")
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    correction_reason = models.TextField(blank=True)
    taken_back = models.BooleanField(default=False)
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()

    objects = DisclosureQuerySet.as_manager()

    version = 1
    """Written once: the only one there is."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="disclosure_reported_has_its_fact",
                condition=Q(origin=Origin.REPORTED, fact__isnull=False)
                | Q(origin=Origin.DECIDED, fact__isnull=True),
            ),
            models.CheckConstraint(
                name="disclosure_correction_has_its_reason",
                condition=Q(corrects__isnull=True, correction_reason="", taken_back=False)
                | Q(corrects__isnull=False) & ~Q(correction_reason=""),
            ),
            models.CheckConstraint(
                name="disclosure_duty_or_order_is_cited",
                condition=Q(origin=Origin.REPORTED)
                | ~Q(basis__in=[DisclosureBasis.DUTY, DisclosureBasis.ORDER])
                | ~Q(citation=""),
            ),
        ]
        indexes = [
            models.Index(name="disclosure_latest_first", fields=["-given_at", "-id"]),
            models.Index(name="disclosure_of_authority", fields=["authority", "-given_at"]),
        ]
        triggers = [
            pgtrigger.Protect(
                name="disclosure_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"disclosure {self.id}"

    def organizations_concerned(self) -> list[uuid.UUID]:
        """Whoever was named; unless in confidence, when nobody outside may know."""
        if self.marking == Marking.CONFIDENTIAL:
            return []
        return list(self.names.values_list("organization_id", flat=True))


class DisclosedName(models.Model):
    """An organization whose name went along."""

    disclosure = models.ForeignKey(Disclosure, models.PROTECT, related_name="names")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="names_disclosed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="disclosed_name_once", fields=["disclosure", "organization"]
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="disclosed_name_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} in {self.disclosure_id}"


class DisclosedDocument(models.Model):
    """A document that went along: its title, and the SHA-256 that tells which one it was."""

    disclosure = models.ForeignKey(Disclosure, models.PROTECT, related_name="documents")
    title = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, validators=[RegexValidator(r"\A[0-9a-f]{64}\Z")])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="disclosed_document_once", fields=["disclosure", "sha256"]
            ),
            models.CheckConstraint(
                name="disclosed_document_digest_is_sha256",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
            ),
        ]
        indexes = [models.Index(name="disclosed_document_digest", fields=["sha256"])]
        triggers = [
            pgtrigger.Protect(
                name="disclosed_document_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} in {self.disclosure_id}"
