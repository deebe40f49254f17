import uuid
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q

from access.choices import NoticeKind
from registry.actors import Actor
from registry.models import Governed, Organization

from .access_request import ONLY_WITH_A_DRAFT, AccessRequest
from .grant import Grant


class ProgressReport(Governed):
    """What the holder says of its access so far, with its request to renew it. Written once."""

    request = models.OneToOneField(AccessRequest, models.PROTECT, related_name="progress_report")
    text = models.TextField()
    use = models.TextField(blank=True)
    changes = models.TextField(blank=True)
    incidents = models.TextField(blank=True)
    reported_by = models.CharField(max_length=60)
    reported_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="progress_report_never_edited", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="progress_report_goes_with_a_draft",
                operation=pgtrigger.Delete,
                when=pgtrigger.Before,
                func=ONLY_WITH_A_DRAFT,
            ),
        ]

    def __str__(self) -> str:
        return f"report with {self.request_id}"


class CloseOutQuerySet(models.QuerySet["CloseOut"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see all; a client sees its own organization's."""
        return (
            self if actor.is_staff else self.filter(grant__organization_id=actor.organization_id)
        )

    def awaited(self) -> Self:
        """Asked for, and neither attested nor withdrawn."""
        return self.filter(attested_at__isnull=True, withdrawn_at__isnull=True)


class CloseOut(Governed):
    """After a grant's end its holder attests what became of data and access. Open until it has.

    Withdrawn where the grant had lapsed and is renewed: nothing is deleted or returned then.
    """

    grant = models.OneToOneField(Grant, models.PROTECT, related_name="close_out")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    data_deleted = models.BooleanField(null=True)
    access_returned = models.BooleanField(null=True)
    evidence = models.TextField(blank=True)
    attested_by = models.CharField(max_length=60, blank=True)
    attested_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = CloseOutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="close_out_attested_whole",
                condition=Q(
                    attested_by="",
                    attested_at__isnull=True,
                    data_deleted__isnull=True,
                    access_returned__isnull=True,
                )
                | Q(
                    attested_at__isnull=False,
                    data_deleted__isnull=False,
                    access_returned__isnull=False,
                )
                & ~Q(attested_by=""),
            ),
            models.CheckConstraint(
                name="close_out_attested_or_withdrawn",
                condition=Q(attested_at__isnull=True) | Q(withdrawn_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                name="close_out_missing",
                fields=["due_at", "id"],
                condition=Q(attested_at__isnull=True, withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"close-out of {self.grant_id}"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.grant.organization_id]

    @property
    def is_awaited(self) -> bool:
        """Whether its holder has still to attest."""
        return self.attested_at is None and self.withdrawn_at is None

    @property
    def organization(self) -> Organization:
        """Who held the grant, and so attests."""
        return self.grant.organization


class Notice(Governed):
    """That somebody was told ahead of an end: once for each thing, end and threshold.

    `days` before `ends_at`; 0 says that the moment has passed unheeded. `organization` is None where it
    sums up for staff. An end that moves is another end, with notices of its own.
    """

    kind = models.CharField(max_length=16, choices=NoticeKind)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="notices"
    )
    thing = models.UUIDField()
    code = models.CharField(max_length=60, blank=True)
    ends_at = models.DateTimeField()
    days = models.PositiveSmallIntegerField()
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="notice_once_per_thing_end_and_threshold",
                fields=["kind", "thing", "organization", "code", "ends_at", "days"],
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(name="notice_newest_first", fields=["-given_at", "-id"])]
        triggers = [
            pgtrigger.Protect(
                name="notice_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.thing}, {self.days} days ({self.id})"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [] if self.organization_id is None else [self.organization_id]
