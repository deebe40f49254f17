from typing import Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from registry.choices import ScreeningListKind, SnapshotStatus

from .governed import Governed


class ScreeningList(Governed):
    """A list of parties that organizations are screened against, as its issuer publishes it.

    `reader` names what reads its files. `likeness` is how like a name must be, in percent, to be a possible
    hit. A synthetic list is for synthetic organizations alone, and a real one for real ones.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    issuer = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=ScreeningListKind)
    source = models.CharField(max_length=300)
    reader = models.CharField(max_length=40)
    likeness = models.PositiveSmallIntegerField()
    synthetic = models.BooleanField(default=False)
    registered_by = models.CharField(max_length=60)
    registered_at = models.DateTimeField()
    retired_by = models.CharField(max_length=60, blank=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="screening_list_likeness_is_percent",
                condition=Q(likeness__gte=30, likeness__lte=100),
            ),
            models.CheckConstraint(
                name="screening_list_retired_by_whom_and_when",
                condition=Q(retired_by="", retired_at__isnull=True)
                | ~Q(retired_by="") & Q(retired_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SnapshotQuerySet(models.QuerySet["ScreeningSnapshot"]):
    def in_use(self, *, synthetic: bool) -> Self:
        """What organizations of that world are screened against now: of each list one, or none."""
        return self.filter(
            status=SnapshotStatus.IN_USE,
            screening_list__synthetic=synthetic,
            screening_list__retired_at__isnull=True,
        )


class ScreeningSnapshot(Governed):
    """The state of a list as a file told it, of the day `as_of`; taken into use whole or not at all.

    `problems` are what is wrong with the file: then it has no entries, and is never used.
    """

    screening_list = models.ForeignKey(
        ScreeningList, models.PROTECT, related_name="snapshots", verbose_name="list"
    )
    number = models.PositiveIntegerField()
    as_of = models.DateField()
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    problems = models.JSONField(default=list)
    entry_count = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=10, choices=SnapshotStatus)
    uploaded_by = models.CharField(max_length=60)
    uploaded_at = models.DateTimeField()
    committed_by = models.CharField(max_length=60, blank=True)
    committed_at = models.DateTimeField(null=True)
    in_use_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="screening_snapshot_number_once", fields=["screening_list", "number"]
            ),
            models.UniqueConstraint(
                name="screening_snapshot_one_in_use",
                fields=["screening_list"],
                condition=Q(status=SnapshotStatus.IN_USE),
            ),
            models.CheckConstraint(
                name="screening_snapshot_used_was_committed",
                condition=~Q(
                    status__in=[
                        SnapshotStatus.COMMITTED,
                        SnapshotStatus.IN_USE,
                        SnapshotStatus.REPLACED,
                    ]
                )
                | Q(problems=[], committed_at__isnull=False) & ~Q(committed_by=""),
            ),
            models.CheckConstraint(
                name="screening_snapshot_in_use_since",
                condition=~Q(status=SnapshotStatus.IN_USE) | Q(in_use_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="screening_snapshot_newest", fields=["-uploaded_at", "-id"]),
            models.Index(
                name="screening_snapshot_waits",
                fields=["committed_at"],
                condition=Q(status=SnapshotStatus.COMMITTED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.screening_list_id} no. {self.number}"


class ScreeningEntry(models.Model):
    """One party of a list, as the list words it. What is worded otherwise is another entry.

    Kept once for all snapshots that hold it. `identifiers` are `scheme:value` in lower case; `reference` is
    the list's own.
    """

    screening_list = models.ForeignKey(ScreeningList, models.PROTECT, related_name="entries")
    digest = models.CharField(max_length=64)
    reference = models.CharField(max_length=120)
    name = models.CharField(max_length=300)
    aliases = ArrayField(models.CharField(max_length=300), default=list)
    identifiers = ArrayField(models.CharField(max_length=250), default=list)
    jurisdiction = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="screening_entry_kept_once", fields=["screening_list", "digest"]
            )
        ]
        indexes = [GinIndex(name="screening_entry_identifiers", fields=["identifiers"])]
        triggers = [
            pgtrigger.Protect(
                name="screening_entry_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} ({self.pk})"


class ScreeningName(models.Model):
    """A name or an alias of an entry, as it is compared. `latin` is empty where it has other letters too."""

    entry = models.ForeignKey(ScreeningEntry, models.PROTECT, related_name="names")
    text = models.CharField(max_length=300)
    normalized = models.CharField(max_length=600)
    latin = models.CharField(max_length=600, blank=True)

    class Meta:
        indexes = [
            models.Index(name="screening_name_same", fields=["normalized"]),
            GinIndex(name="screening_name_alike", fields=["latin"], opclasses=["gin_trgm_ops"]),
        ]
        triggers = [
            pgtrigger.Protect(
                name="screening_name_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.normalized} ({self.pk})"


class SnapshotEntry(models.Model):
    """That a snapshot holds an entry, in which line of its file."""

    snapshot = models.ForeignKey(ScreeningSnapshot, models.PROTECT, related_name="lines")
    entry = models.ForeignKey(ScreeningEntry, models.PROTECT, related_name="+")
    line = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="snapshot_entry_once", fields=["entry", "snapshot"])
        ]
        triggers = [
            pgtrigger.Protect(
                name="snapshot_entry_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id} line {self.line} ({self.pk})"
