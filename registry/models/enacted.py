from django.db import models
from django.db.models import F, Q

from .governed import Governed


class Enacted(Governed):
    """One edition of something kept as data: never edited, in force by two people's act."""

    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    proposed_by = models.CharField(max_length=60)
    proposed_at = models.DateTimeField()
    enacted_by = models.CharField(max_length=60, blank=True)
    enacted_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_enacted_by_another",
                condition=Q(enacted_by="", enacted_at__isnull=True)
                | ~Q(enacted_by="")
                & ~Q(enacted_by=F("proposed_by"))
                & Q(enacted_at__isnull=False),
            ),
        ]
