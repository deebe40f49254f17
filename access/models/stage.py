import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from access.choices import StageAlarm, StageEnd
from registry.models import Governed

from .access_request import AccessRequest


class StageRun(Governed):
    """That a stage of a request was open: from when, and until when. What else is shown of it is derived.

    Opened and closed in the transaction of the act that did so. A stage that opens again, after a
    reconsideration or an objection, has another run.
    """

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="stage_runs")
    stage = models.CharField(max_length=60)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_as = models.CharField(max_length=14, choices=StageEnd, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="stage_run_one_open",
                fields=["request", "stage"],
                condition=Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="stage_run_end_has_how_and_when",
                condition=Q(closed_as="", closed_at__isnull=True)
                | ~Q(closed_as="") & Q(closed_at__gte=F("opened_at")),
            ),
        ]
        indexes = [
            models.Index(
                name="stage_run_open", fields=["opened_at", "id"], condition=Q(closed_at=None)
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="stage_run_anchor_kept",
                operation=pgtrigger.Delete
                | pgtrigger.UpdateOf("request_id", "stage", "opened_at"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.stage} of {self.request_id} ({self.id})"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return []  # a stage is the operator's own business


class StageAnnouncement(Governed):
    """That somebody was told of a stage: its deadline was crossed, or nobody may act in it. Once for each run.

    `handed_to` are the keys of the deputies to whom the crossing handed it.
    """

    run = models.ForeignKey(StageRun, models.PROTECT, related_name="announcements")
    alarm = models.CharField(max_length=10, choices=StageAlarm)
    due_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField()
    handed_to = ArrayField(models.CharField(max_length=60), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="stage_announced_once_per_run", fields=["run", "alarm"]),
            models.CheckConstraint(
                name="stage_crossing_has_its_moment",
                condition=Q(alarm=StageAlarm.OVERDUE, due_at__isnull=False)
                | ~Q(alarm=StageAlarm.OVERDUE) & Q(due_at__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="stage_announcement_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return f"{self.alarm} {self.run_id} ({self.id})"


class DisputeResolution(Governed):
    """How a dispute was resolved, by whom and why. Written once; `overruled` are the findings it set aside."""

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="resolutions")
    overruled = ArrayField(models.UUIDField(), default=list)
    reasons = models.TextField()
    resolved_by = models.CharField(max_length=60)
    resolved_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="resolution_by_request", fields=["request", "resolved_at"])]
        triggers = [
            pgtrigger.Protect(
                name="resolution_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"resolution on {self.request_id} ({self.id})"
