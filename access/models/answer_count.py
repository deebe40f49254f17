import uuid

from django.db import models
from django.db.models import Q

NOBODY = uuid.UUID(int=0)
"""Stands where the question named nothing that the registry knows."""


class AnswerRecorder(models.Model):
    """One process that answered questions: from when, and until when its answers are counted.

    `closed` says that it ended by itself, with all counted. One that did not, and counts no more, died:
    what it answered after `covered_until` is not known. `flushes` makes a repeated write harmless.
    """

    id = models.UUIDField(primary_key=True)
    host = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    covered_until = models.DateTimeField()
    flushes = models.BigIntegerField(default=0)
    closed = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(name="answer_recorder_by_end", fields=["covered_until"]),
        ]

    def __str__(self) -> str:
        return f"{self.host} {self.id}"


class AnswerCount(models.Model):
    """How often, in one minute, a client was answered so about one subject and one model.

    Identifiers only, without foreign keys: evidence outlives what it speaks of.
    """

    minute = models.DateTimeField()
    client = models.UUIDField()
    organization = models.UUIDField(default=NOBODY)
    member = models.UUIDField(default=NOBODY)
    ai_model = models.UUIDField(default=NOBODY)
    decision = models.BooleanField()
    reason = models.CharField(max_length=40)
    count = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="answer_count_once",
                fields=[
                    *("minute", "client", "organization", "member", "ai_model"),
                    *("decision", "reason"),
                ],
            ),
            models.CheckConstraint(name="answer_count_counts", condition=Q(count__gt=0)),
        ]
        indexes = [
            models.Index(name="answer_count_by_client", fields=["client", "-minute"]),
            models.Index(name="answer_count_by_subject", fields=["organization", "-minute"]),
            models.Index(name="answer_count_by_model", fields=["ai_model", "-minute"]),
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.reason} ({self.pk})"
