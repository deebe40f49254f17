"""What a grant needs beside its own terms, and which of the four gates its holder reads."""

from rest_framework import serializers

from access.choices import NeedKind, NeedStanding
from access.models import GrantNeedVersion


class NeedSerializer(serializers.ModelSerializer[GrantNeedVersion]):
    """A requirement of the tier, or a gate that binds. While it is not met, the answer about the grant is no.

    `explanation` has the path on which a requirement is met, or the piece that is missing. Of a gate it names
    no more than the gate. One that is known to change stands there twice: until then, and from then on.
    """

    kind = serializers.ChoiceField(choices=NeedKind.choices)
    standing = serializers.ChoiceField(choices=NeedStanding.choices)
    since = serializers.DateTimeField(source="valid.lower")
    until = serializers.DateTimeField(source="valid.upper", allow_null=True)
    explanation = serializers.DictField()

    class Meta:
        model = GrantNeedVersion
        fields = ("kind", "code", "standing", "since", "until", "explanation")
