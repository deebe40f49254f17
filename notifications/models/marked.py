"""What several kinds of dealings with authorities have in common: a marking, and entries written once."""

import datetime as dt
import uuid
from typing import Self, TypeVar

import pgtrigger
from django.db import models
from django.db.models import Q

from access.choices import Marking
from registry.actors import Actor
from registry.choices import Precision, Role, SubjectOrigin
from registry.models import ReportedFact

M = TypeVar("M", bound=models.Model)


class MarkedQuerySet(models.QuerySet[M]):
    def visible_to(self, actor: Actor) -> Self:
        """As with positions: staff see what is open or restricted, cleared roles and the desk all; clients nothing."""
        if not (actor.is_staff and actor.has(*Role)):
            return self.none()
        if actor.has(Role.CLEARED, Role.AUTHORITY_DESK):
            return self
        return self.exclude(marking=Marking.CONFIDENTIAL)


class EntryQuerySet(MarkedQuerySet[M]):
    def standing(
        self, as_of: dt.datetime | None = None, known_at: dt.datetime | None = None
    ) -> Self:
        """What had happened by `as_of`, as known at `known_at` or now, without what a later fact replaced."""
        rows = self if as_of is None else self.filter(happened_at__lte=as_of)
        if known_at is None:
            return rows.exclude(fact__superseded_by__isnull=False)
        return rows.filter(recorded_at__lte=known_at).exclude(
            fact__superseded_by__superseding_recorded_at__lte=known_at
        )


class Entry(models.Model):
    """Something that happened, on a day. Written once, by the desk at first hand or on what a source reports.

    `happened_at` is only as exact as `precision` says. `recorded_at` is the database's moment of writing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=200)
    words = models.TextField()
    happened_at = models.DateTimeField()
    precision = models.CharField(max_length=8, choices=Precision)
    origin = models.CharField(max_length=10, choices=SubjectOrigin)
    fact = models.ForeignKey(
        ReportedFact, models.PROTECT, null=True, related_name="%(class)s_entries"
    )
    marking = models.CharField(max_length=14, choices=Marking)
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_reported_has_its_fact",
                condition=Q(origin=SubjectOrigin.REPORTED, fact__isnull=False)
                | Q(origin=SubjectOrigin.OBSERVED, fact__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="entry_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def organizations_concerned(self) -> list[uuid.UUID]:
        """Nobody outside reads of dealings with authorities."""
        return []
