import pgtrigger
from django.db import models
from django.db.models import Q


class Leaf(models.Model):
    """An event's place in the ledger: a gapless position from 0, and its RFC 6962 leaf hash.

    `frontier` holds the hashes of the complete subtrees after this leaf, left to right, 32 bytes each:
    enough to add the next leaf, and to tell the tree's root at this size.
    """

    position = models.BigIntegerField(primary_key=True)
    event_row = models.BigIntegerField(unique=True)
    leaf_hash = models.BinaryField(max_length=32)
    frontier = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="leaf_position_from_zero", condition=Q(position__gte=0))
        ]
        triggers = [
            pgtrigger.Protect(
                name="leaf_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"leaf {self.position}"


class FeedEntry(models.Model):
    """An organization's own count of the events that concern it: gapless from 1, and nobody else's business."""

    organization_id = models.UUIDField()
    number = models.BigIntegerField()
    position = models.BigIntegerField()
    event_row = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="feed_number_once", fields=["organization_id", "number"]),
            models.UniqueConstraint(
                name="feed_event_once", fields=["organization_id", "event_row"]
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="feed_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.number}"
