from django.db import models
from django.db.models import Q

from registry.models import Governed

from .position import Position


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def open(self) -> "ConsultationQuerySet":
        """Asked, and neither answered nor withdrawn."""
        return self.filter(closed_at__isnull=True)


class Consultation(Governed):
    """An authority was asked, and until when an answer is awaited. Silence answers nothing.

    What it was asked about is its position's scope: an awaited one from the asking on, and the answer is
    what supersedes that. `stage` is the key of the review's stage that asks, where one does.
    """

    position = models.OneToOneField(Position, models.PROTECT, related_name="consultation")
    question = models.TextField()
    stage = models.CharField(max_length=60, blank=True)
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    overdue_told_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=60, blank=True)
    closed_at = models.DateTimeField(null=True)
    answered = models.BooleanField(default=False)
    withdrawn_because = models.TextField(blank=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="consultation_asks_for_later", condition=Q(answer_by__gt=models.F("asked_at"))
            ),
            models.CheckConstraint(
                name="consultation_closed_by_an_answer_or_a_reason",
                condition=Q(
                    closed_by="", closed_at__isnull=True, answered=False, withdrawn_because=""
                )
                | ~Q(closed_by="")
                & Q(closed_at__isnull=False)
                & (
                    Q(answered=True, withdrawn_because="")
                    | Q(answered=False) & ~Q(withdrawn_because="")
                ),
            ),
        ]
        indexes = [
            models.Index(
                name="consultation_awaited",
                fields=["answer_by", "id"],
                condition=Q(closed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"consultation {self.id}"
