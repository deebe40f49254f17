"""Bodies that say exactly what they may say."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know: a misspelled one must not pass for one left out."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError(
                    {name: ["This field is not known."] for name in unknown}, code="unknown_field"
                )
        return super().to_internal_value(data)


class Nothing(StrictSerializer):
    """An empty body."""


class ReasonBody(StrictSerializer):
    """Why, in words."""

    reason = serializers.CharField(max_length=5_000)
