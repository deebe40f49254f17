"""Reconsideration of a refusal in answers: until when it may be asked for, when it is due, what came of it."""

from typing import Any
from uuid import UUID

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.api.request_parts import AskedBody, read_asked
from access.choices import ReconsiderationOutcome
from access.models import AccessRequest
from access.operations import reconsiderations
from access.queries.reconsiderations import find_asked, find_due, find_offer
from registry.api.strict import StrictSerializer
from registry.commands import Command, Done
from registry.queries.rules import holidays_in_force


class ReconsiderationSerializer(serializers.Serializer[Any]):
    """Of the decision that stands. `due_at` is null where no holiday table tells; `outcome` while it waits."""

    may_ask = serializers.BooleanField()
    ask_until = serializers.DateTimeField(allow_null=True)
    asked_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.ChoiceField(choices=ReconsiderationOutcome.choices, allow_null=True)
    ruled_at = serializers.DateTimeField(allow_null=True)
    text = serializers.CharField()


class ReconsiderationFields(serializers.Serializer[Any]):
    """What a refusal's reconsideration is, beside what else is told of a request."""

    reconsideration = serializers.SerializerMethodField(method_name="say_reconsideration")

    @extend_schema_field(ReconsiderationSerializer(allow_null=True))
    def say_reconsideration(self, row: AccessRequest) -> Any:
        """Null where the policy offers none, or nothing was declined."""
        offer, asked = find_offer(row), find_asked(row)
        if offer is None and asked is None:
            return None
        due = None if asked is None else find_due(asked, holidays=holidays_in_force()).at
        return {
            "may_ask": asked is None and offer is not None and offer.is_open(now()),
            "ask_until": None if offer is None else offer.until,
            "asked_at": None if asked is None else asked.asked_at,
            "due_at": due,
            "outcome": None if asked is None else asked.outcome or None,
            "ruled_at": None if asked is None else asked.ruled_at,
            "text": "" if asked is None else asked.applicant_text,
        }


class AskReconsiderationBody(StrictSerializer):
    """Reasons, and what is answered otherwise than before. Files are attached while it waits."""

    reasons = serializers.CharField(max_length=20_000)
    answers = serializers.DictField(required=False, help_text="By the key of the form's field.")
    asked = AskedBody(required=False)


class UpholdBody(StrictSerializer):
    applicant_text = serializers.CharField(max_length=5_000)
    internal_text = serializers.CharField(max_length=5_000, allow_blank=True, default="")


def ask_reconsideration(command: Command, *, request: UUID, **said: Any) -> Done[AccessRequest]:
    """What a checked body asks."""
    asked = read_asked(said)
    return reconsiderations.ask_reconsideration(command, request=request, asked=asked, **said)
