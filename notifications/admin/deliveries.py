"""Mails on the staff's pages: what was sent to whom, and what was given up."""

from typing import Any

from django.contrib import admin

from notifications.choices import DeliveryStatus
from notifications.models import Delivery
from notifications.operations import deliveries
from registry.admin.desk import DeskAdmin, Step
from registry.commands import Command


def _retry(command: Command, row: Delivery, _said: dict[str, Any]) -> str:
    tried = deliveries.retry(row.id, by=command.by, at=command.at)
    return "It will be tried again." if tried else "Somebody else is trying it already."


@admin.register(Delivery)
class DeliveryAdmin(DeskAdmin):
    plural = "mails"
    list_display = ("created_at", "title", "address", "status", "attempts", "sent_at")
    list_filter = ("status", "event_name")
    search_fields = ("address", "title", "=subject_id")
    ordering = ("-created_at", "-id")
    fields = (
        *("title", "address", "organization", "event_name", "subject_type", "subject_id"),
        *("status", "attempts", "due_at", "created_at", "sent_at", "last_problem", "text"),
    )
    steps = {
        "retry": Step(
            "Try again",
            _retry,
            may=lambda actor, row: (
                row.status == DeliveryStatus.FAILED and actor.has(*deliveries.MAY_RETRY)
            ),
        )
    }
