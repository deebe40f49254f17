import pgtrigger
from django.db import models
from django.db.models import Q

from registry.choices import Channel
from registry.models import Authority, Governed

from .position import Position
from .stage import StageRun


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def open(self) -> "ConsultationQuerySet":
        """Asked, and neither answered nor withdrawn."""
        return self.filter(closed_at__isnull=True)

    def to_hand_over(self) -> "ConsultationQuerySet":
        """Opened by a stage, and in nobody's hands yet: no mail carries it, so the desk must."""
        return self.open().filter(asking__isnull=False, channel="", handed_over_at__isnull=True)


class Consultation(Governed):
    """An authority was asked, and until when an answer is awaited. Silence answers nothing.

    What it was asked about is its position's scope: an awaited one from the asking on, and the answer is
    what supersedes that. `stage` is the key of the review's stage that asks, where one does; without a
    deadline there no answer is awaited by a day. `channel` is by which it goes, and empty while it waits for
    the desk to hand it over.
    """

    position = models.OneToOneField(Position, models.PROTECT, related_name="consultation")
    question = models.TextField()
    stage = models.CharField(max_length=60, blank=True)
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True)
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    handed_over_by = models.CharField(max_length=60, blank=True)
    handed_over_at = models.DateTimeField(null=True)
    handed_over_as = models.CharField(max_length=300, blank=True)
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
            models.CheckConstraint(
                name="consultation_handed_over_whole",
                condition=Q(handed_over_by="", handed_over_at__isnull=True, handed_over_as="")
                | ~Q(handed_over_by="")
                & Q(handed_over_at__isnull=False)
                & ~Q(handed_over_as="")
                & ~Q(channel=""),
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


class StageConsultation(models.Model):
    """That a stage, while it was open, asked an authority by itself. Once for each, and written once."""

    run = models.ForeignKey(StageRun, models.PROTECT, related_name="consultations")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    consultation = models.OneToOneField(Consultation, models.PROTECT, related_name="asking")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="stage_asks_an_authority_once", fields=["run", "authority"]
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="stage_consultation_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id} asks {self.authority_id}"
