import uuid

from django.db import models
from django.db.models import F, Q

from access.choices import PauseKind
from registry.models import Governed

from .access_request import AccessRequest


class Pause(Governed):
    """Time in which the clock of a request stands still, because it waits for somebody's act.

    Begun and ended in the transactions that move the request; one at a time, so none overlap.
    """

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="pauses")
    kind = models.CharField(max_length=10, choices=PauseKind)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="pause_one_open_per_request",
                fields=["request"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="pause_runs_forward",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")),
            ),
        ]
        indexes = [models.Index(name="pause_by_request", fields=["request", "began_at"])]

    def __str__(self) -> str:
        return f"{self.kind} of {self.request_id} from {self.began_at}"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.request.organization_id]
