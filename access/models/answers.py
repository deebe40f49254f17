import pgtrigger
from django.db import models

from registry.models import Governed

from .access_request import ONLY_WITH_A_DRAFT, AccessRequest


class DraftAnswers(Governed):
    """What has been typed into a request's form so far, whatever it is. Changed freely; handed in as a submission."""

    request = models.OneToOneField(AccessRequest, models.PROTECT, related_name="draft_answers")
    values = models.JSONField(default=dict)
    saved_by = models.CharField(max_length=60)
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"answers drafted for {self.request_id}"


class Submission(Governed):
    """A request as it was handed in, for the first time or again. Written once.

    `values` are the answers by the key of their field; `files` the attachments that came with it, each as
    `{"id", "field", "sha256"}`. `known` is what the registry knew then of whoever asks, each as
    `{"kind", "tie", "id"}`: for staff alone.
    """

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="submissions")
    number = models.PositiveIntegerField()
    justification = models.TextField()
    values = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    known = models.JSONField(default=list)
    submitted_by = models.CharField(max_length=60)
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="submission_number_once", fields=["request", "number"])
        ]
        triggers = [
            pgtrigger.Protect(
                name="submission_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"submission {self.number} of {self.request_id}"


class OnBehalf(Governed):
    """Who asked intake to request this for their organization, and what shows that they did. Written once."""

    request = models.OneToOneField(AccessRequest, models.PROTECT, related_name="on_behalf")
    asked_by = models.CharField(max_length=200)
    evidence = models.TextField()
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="on_behalf_never_edited", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="on_behalf_goes_with_a_draft",
                operation=pgtrigger.Delete,
                when=pgtrigger.Before,
                func=ONLY_WITH_A_DRAFT,
            ),
        ]

    def __str__(self) -> str:
        return f"on behalf, {self.request_id}"
