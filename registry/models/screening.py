import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from registry.choices import HitFinding, HitStrength, ScreeningCause

from .governed import Governed
from .organization import Organization
from .screening_list import ScreeningEntry


class ScreeningRun(Governed):
    """One occasion of screening: one organization, or all of a world, some of them a transaction."""

    cause = models.CharField(max_length=8, choices=ScreeningCause)
    synthetic = models.BooleanField()
    total = models.PositiveIntegerField()
    screened = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    begun_by = models.CharField(max_length=60)
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="screening_run_one_at_work_per_world",
                fields=["synthetic"],
                condition=Q(finished_at__isnull=True),
            )
        ]
        indexes = [models.Index(name="screening_run_newest_first", fields=["-begun_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.cause} {self.begun_at:%Y-%m-%d %H:%M} ({self.id})"


class Screening(models.Model):
    """What came of screening one organization, once. Written once; the next is another row.

    `snapshots` are all that were in use, sorted. `parties` are the organization and those who own it, each
    with the way to it; `flags` are the shares on these ways that nobody knows.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="screenings")
    run = models.ForeignKey(ScreeningRun, models.PROTECT, related_name="screenings")
    snapshots = ArrayField(models.UUIDField())
    parties = models.JSONField()
    flags = models.JSONField()
    screened_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                name="screening_of_organization", fields=["organization", "-screened_at"]
            ),
            models.Index(name="screening_newest_first", fields=["-screened_at", "-id"]),
        ]
        triggers = [
            pgtrigger.Protect(
                name="screening_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} at {self.screened_at} ({self.id})"


class ScreenedOrganization(models.Model):
    """An organization that is screened whenever it must be: its last screening, and whether one is due.

    The row that is locked by whoever screens it and by whoever rules on its hits.
    """

    organization = models.OneToOneField(Organization, models.PROTECT, related_name="screened")
    last = models.OneToOneField(Screening, models.PROTECT, null=True, related_name="+")
    due_since = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                name="screened_organization_due",
                fields=["due_since"],
                condition=Q(due_since__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} ({self.pk})"


class ScreeningHit(Governed):
    """That an entry fits an organization, or one of its owners (`party`), on a way and with a strength.

    Found again, it is the same hit, and what a person found of it holds. Another wording of the entry,
    another way to the owner or another strength is another hit. `finding` is that of its last ruling.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="screening_hits")
    party = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    entry = models.ForeignKey(ScreeningEntry, models.PROTECT, related_name="hits")
    strength = models.CharField(max_length=8, choices=HitStrength)
    way = models.JSONField(default=list)
    way_digest = models.CharField(max_length=64)
    opened_in = models.ForeignKey(Screening, models.PROTECT, related_name="opened_hits")
    opened_at = models.DateTimeField()
    finding = models.CharField(max_length=9, choices=HitFinding, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="screening_hit_is_one",
                fields=["organization", "party", "entry", "strength", "way_digest"],
            )
        ]
        indexes = [
            models.Index(name="screening_hit_newest_first", fields=["-opened_at", "-id"]),
            models.Index(
                name="screening_hit_open",
                fields=["-opened_at", "-id"],
                condition=Q(finding=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.strength} hit on {self.party_id} ({self.id})"


class ScreeningMatch(models.Model):
    """That a screening found a hit, and why: which of the party's names or identifiers fits what is listed."""

    screening = models.ForeignKey(Screening, models.PROTECT, related_name="matches")
    hit = models.ForeignKey(ScreeningHit, models.PROTECT, related_name="matches")
    why = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="screening_match_once", fields=["screening", "hit"])
        ]
        triggers = [
            pgtrigger.Protect(
                name="screening_match_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.screening_id}: {self.hit_id} ({self.pk})"


class HitRuling(models.Model):
    """What a person found of a hit, and why. A later one takes its place; both stay readable."""

    hit = models.ForeignKey(ScreeningHit, models.PROTECT, related_name="rulings")
    number = models.PositiveIntegerField()
    finding = models.CharField(max_length=9, choices=HitFinding)
    note = models.TextField()
    ruled_by = models.CharField(max_length=60)
    ruled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="hit_ruling_number_once", fields=["hit", "number"]),
            models.CheckConstraint(name="hit_ruling_says_why", condition=~Q(note="")),
        ]
        triggers = [
            pgtrigger.Protect(
                name="hit_ruling_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.hit_id} no. {self.number}: {self.finding}"
