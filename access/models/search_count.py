from django.db import models
from django.db.models import Q

from access.choices import SearchKind

from .answer_count import NOBODY


class SearchCount(models.Model):
    """How often, in one minute, a client searched or read the snapshot, and how many lines it was told in all.

    `outcome` is empty where it was answered, and else the reason why the registry could not answer.
    """

    minute = models.DateTimeField()
    client = models.UUIDField(default=NOBODY)
    kind = models.CharField(max_length=10, choices=SearchKind)
    outcome = models.CharField(max_length=40, blank=True)
    count = models.PositiveBigIntegerField()
    results = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="search_count_once", fields=["minute", "client", "kind", "outcome"]
            ),
            models.CheckConstraint(name="search_count_counts", condition=Q(count__gt=0)),
        ]
        indexes = [models.Index(name="search_count_by_client", fields=["client", "-minute"])]

    def __str__(self) -> str:
        return f"{self.count} × {self.kind} ({self.pk})"
