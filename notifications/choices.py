"""Closed vocabularies of telling."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DeliveryStatus(TextChoices):
    WAITING = "waiting", _("waiting")
    CLAIMED = "claimed", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("given up")
