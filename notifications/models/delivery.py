import uuid

from django.db import models
from django.db.models import Q

from notifications.choices import DeliveryStatus
from registry.models import Organization


class Delivery(models.Model):
    """One event on its way to one address, as it was written when the event was read.

    Claimed for a limited time: a worker that dies leaves it to the next. The message identifier stays
    the same however often it is tried, so that a mail sent twice is known for one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event_row = models.BigIntegerField()
    event_name = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="deliveries"
    )
    address = models.EmailField()
    title = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    status = models.CharField(max_length=8, choices=DeliveryStatus, default=DeliveryStatus.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    last_problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="delivery_once_per_event_and_address", fields=["event_row", "address"]
            ),
            models.CheckConstraint(
                name="delivery_sent_means_dated",
                condition=Q(status=DeliveryStatus.SENT, sent_at__isnull=False)
                | ~Q(status=DeliveryStatus.SENT) & Q(sent_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                name="delivery_due",
                fields=["due_at", "id"],
                condition=Q(status__in=[DeliveryStatus.WAITING, DeliveryStatus.CLAIMED]),
            ),
            models.Index(name="delivery_newest_first", fields=["-created_at", "-id"]),
            models.Index(name="delivery_by_subject", fields=["subject_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.event_name} to {self.address} ({self.id})"
