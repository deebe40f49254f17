import pgtrigger
from django.db import models

from .obligation import Obligation


class MissExplanation(models.Model):
    """Why a duty was not met by its target, in somebody's words. A later one stands beside the earlier."""

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="explanations")
    reason = models.TextField()
    explained_by = models.CharField(max_length=60)
    explained_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="miss_explanation_says_something", condition=~models.Q(reason="")
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="miss_explanation_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} explained ({self.pk})"
