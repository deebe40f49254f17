from django.db import models
from django.db.models import F, Q

from access.choices import BatchStatus, LineAct, LineResult
from registry.models import Governed

from .access_request import AccessRequest
from .expansion import Expansion


class LineBatch(Governed):
    """What one person means to do to many lines of an expansion: foreseen, then committed, line by line.

    With `publish_at` nothing is done before that moment. What is foreseen is never what decides: each line
    is asked anew when its turn comes. `countersigned_by` signs what the items say, and for that they are
    written once.
    """

    expansion = models.ForeignKey(Expansion, models.PROTECT, related_name="batches")
    status = models.CharField(max_length=10, choices=BatchStatus)
    publish_at = models.DateTimeField(null=True)
    prepared_by = models.CharField(max_length=60)
    prepared_at = models.DateTimeField()
    countersigned_by = models.CharField(max_length=60, blank=True)
    countersigned_at = models.DateTimeField(null=True)
    committed_by = models.CharField(max_length=60, blank=True)
    committed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="line_batch_committed_has_who_and_when",
                condition=Q(committed_by="", committed_at__isnull=True)
                | ~Q(committed_by="") & Q(committed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="line_batch_countersigned_by_another",
                condition=Q(countersigned_by="", countersigned_at__isnull=True)
                | ~Q(countersigned_by="")
                & ~Q(countersigned_by=F("prepared_by"))
                & ~Q(countersigned_by=F("committed_by"))
                & Q(countersigned_at__isnull=False),
            ),
            models.CheckConstraint(
                name="line_batch_finished_means_dated",
                condition=Q(
                    status__in=[BatchStatus.DONE, BatchStatus.WITHDRAWN],
                    finished_at__isnull=False,
                )
                | ~Q(status__in=[BatchStatus.DONE, BatchStatus.WITHDRAWN])
                & Q(finished_at__isnull=True),
            ),
            models.CheckConstraint(
                name="line_batch_runs_only_committed",
                condition=~Q(status__in=[BatchStatus.COMMITTED, BatchStatus.DONE])
                | Q(committed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="line_batch_newest_first", fields=["expansion", "-prepared_at"]),
            models.Index(
                name="line_batch_at_work",
                fields=["id"],
                condition=Q(status__in=[BatchStatus.LOOKING, BatchStatus.COMMITTED]),
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.id} ({self.status})"


class LineBatchItem(models.Model):
    """One line of a batch: what is to be done, the version it was looked at in, and what came of it.

    `said` is the ruling or the note. `foreseen` and `result` tell with `…_code` and `…_text` why not.
    """

    batch = models.ForeignKey(LineBatch, models.PROTECT, related_name="items")
    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="+")
    act = models.CharField(max_length=12, choices=LineAct)
    said = models.JSONField()
    seen_version = models.PositiveIntegerField()
    foreseen = models.CharField(max_length=10, choices=LineResult, default=LineResult.PENDING)
    foreseen_code = models.CharField(max_length=60, blank=True)
    foreseen_text = models.TextField(blank=True)
    result = models.CharField(max_length=10, choices=LineResult, default=LineResult.PENDING)
    result_code = models.CharField(max_length=60, blank=True)
    result_text = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="line_batch_item_once", fields=["batch", "request"]),
            models.CheckConstraint(
                name="line_batch_item_settled_means_dated",
                condition=Q(result=LineResult.PENDING, settled_at__isnull=True)
                | ~Q(result=LineResult.PENDING) & Q(settled_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="line_batch_item_unforeseen",
                fields=["batch", "id"],
                condition=Q(foreseen=LineResult.PENDING),
            ),
            models.Index(
                name="line_batch_item_unsettled",
                fields=["batch", "id"],
                condition=Q(result=LineResult.PENDING),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.request_id} ({self.result})"
