"""The four gates as staff tooling reads them: apart, each with its reasons, never one flag."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from access.choices import GateName, GateStanding
from access.stages.gates import Gate


class GateSerializer(serializers.Serializer[Any]):
    gate = serializers.ChoiceField(choices=GateName.choices)
    standing = serializers.ChoiceField(choices=GateStanding.choices)
    why = serializers.ListField(child=serializers.CharField())
    binding = serializers.BooleanField()
    until = serializers.DateTimeField(allow_null=True)


def show_gates(gates: Iterable[Gate]) -> list[dict[str, Any]]:
    """As JSON, in the order of the gates."""
    return [
        {
            "gate": gate.name,
            "standing": gate.standing,
            "why": [str(words) for words in gate.why],
            "binding": gate.binding,
            "until": gate.until,
        }
        for gate in gates
    ]
