"""Moments that rules count from, as bodies of incidents and occurrences say them."""

from typing import Any

from rest_framework import serializers

from registry.api.strict import StrictSerializer
from registry.choices import Anchor, Precision
from registry.models import AnchorMoment
from registry.operations.moments import MomentSaid


class MomentBody(StrictSerializer):
    """When something came about that a rule counts from, in the rule's own word."""

    anchor = serializers.ChoiceField(choices=Anchor.choices)
    happened_at = serializers.DateTimeField()
    zone = serializers.CharField(max_length=60, default="UTC", help_text="IANA name.")
    precision = serializers.ChoiceField(choices=Precision.choices, default=Precision.INSTANT)
    evidence = serializers.CharField(max_length=5_000, default="", allow_blank=True)


class StatementBody(MomentBody):
    """A moment; `supersedes` is the mistaken one of the same kind that it takes the place of."""

    supersedes = serializers.UUIDField(default=None, allow_null=True)


class MomentSerializer(serializers.ModelSerializer[AnchorMoment]):
    class Meta:
        model = AnchorMoment
        fields = (
            *("id", "anchor", "happened_at", "zone", "precision", "evidence", "supersedes"),
            "stated_at",
        )


def read_moment_said(said: dict[str, Any]) -> MomentSaid:
    """The moment that a checked body says."""
    return MomentSaid(
        anchor=Anchor(said["anchor"]),
        happened_at=said["happened_at"],
        zone=said["zone"],
        precision=Precision(said["precision"]),
        evidence=said["evidence"],
    )
