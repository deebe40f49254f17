"""What belongs to a request because it is a line of an expansion; the request itself knows only the envelope."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from .access_request import AccessRequest
from .expansion import Expansion


class LinePlace(models.Model):
    """A line's claim on the envelope's capacity: its priority, since when it waits, and what was offered.

    The least number comes first; a line without one comes after all that have one. Locked with the envelope.
    """

    request = models.OneToOneField(AccessRequest, models.PROTECT, related_name="line_place")
    priority = models.PositiveIntegerField(null=True)
    waits_since = models.DateTimeField(null=True)
    offered_at = models.DateTimeField(null=True)
    offered_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="line_place_offer_has_who_and_when",
                condition=Q(offered_by="", offered_at__isnull=True)
                | ~Q(offered_by="") & Q(offered_at__isnull=False, waits_since__isnull=False),
            )
        ]
        indexes = [
            models.Index(
                name="line_place_waiting",
                fields=["priority", "waits_since"],
                condition=Q(waits_since__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"place of {self.request_id}"


class LineMove(models.Model):
    """A line went from one envelope into another, with all that had been said about it. Written once."""

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="line_moves")
    from_expansion = models.ForeignKey(Expansion, models.PROTECT, related_name="lines_left")
    to_expansion = models.ForeignKey(Expansion, models.PROTECT, related_name="lines_come")
    reason = models.TextField()
    moved_by = models.CharField(max_length=60)
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="line_moves_elsewhere", condition=~Q(from_expansion=F("to_expansion"))
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="line_move_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.from_expansion_id} → {self.to_expansion_id}"
