import pgtrigger
from django.db import models

from registry.models import Governed

from .access_request import AccessRequest


class Recusal(Governed):
    """Somebody takes no part in a request, and says why. For good: it is never taken back."""

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="recusals")
    person = models.CharField(max_length=60)
    reason = models.TextField()
    recused_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="recusal_once_per_person", fields=["request", "person"])
        ]
        triggers = [
            pgtrigger.Protect(
                name="recusal_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.request_id} ({self.id})"
