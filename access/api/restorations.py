"""Access given back from a list, over HTTP: previewed, then taken in."""

from typing import Any
from uuid import UUID

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.choices import LineFinding
from access.models import Restoration
from access.operations import restorations
from access.operations.restoration_rows import Line
from registry.api.commands import answer_done, command_of
from registry.api.permissions import actor_of
from registry.api.strict import StrictSerializer


class ListBody(StrictSerializer):
    """`content` is the CSV file as text; `confirmed` says for a line's number which identifier a person means."""

    content = serializers.CharField(max_length=5 * 1024 * 1024, trim_whitespace=False)
    confirmed = serializers.DictField(child=serializers.CharField(max_length=240), default=dict)

    def validate_confirmed(self, said: dict[str, str]) -> dict[int, str]:
        wrong = [line for line in said if not (line.isascii() and line.isdigit())]
        if wrong:
            raise serializers.ValidationError("The keys are numbers of lines.")
        return {int(line): text for line, text in said.items()}


class RestoreBody(ListBody):
    file_name = serializers.CharField(max_length=200)
    basis = serializers.CharField(max_length=300)


class LineSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField(source="number")
    said = serializers.CharField()
    finding = serializers.ChoiceField(choices=LineFinding.choices)
    organization = serializers.CharField(source="organization.slug", default=None)
    member = serializers.CharField(source="member.reference", default=None)
    candidates = serializers.SerializerMethodField(method_name="name_candidates")

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def name_candidates(self, line: Line) -> list[str]:
        return [one.slug for one in line.candidates]


class ProblemSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    field = serializers.CharField()
    code = serializers.CharField()
    sentence = serializers.CharField()


class ListPreviewSerializer(serializers.Serializer[Any]):
    lines = LineSerializer(many=True)
    problems = ProblemSerializer(source="errors", many=True)


class KeptLineSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    said = serializers.CharField()
    finding = serializers.ChoiceField(choices=LineFinding.choices)
    organization = serializers.CharField(source="organization.slug", default=None)
    member = serializers.CharField(source="member.reference", default=None)


class RestorationSerializer(serializers.ModelSerializer[Restoration]):
    lines = serializers.SerializerMethodField(method_name="list_lines")

    class Meta:
        model = Restoration
        fields = (
            *("id", "restriction", "file_name", "basis", "restored", "already", "left_out"),
            *("restored_at", "lines", "version"),
        )

    @extend_schema(responses=KeptLineSerializer(many=True))
    def list_lines(self, row: Restoration) -> Any:
        lines = row.lines.select_related("organization", "member").order_by("line")
        return KeptLineSerializer(lines, many=True).data


class RestrictionPreviewRestore(APIView):
    """What a list would give back, line by line. Writes nothing."""

    scopes = {"POST": ("restrictions:write",)}

    @extend_schema(
        operation_id="restrictions_preview_restore",
        request=ListBody,
        responses=ListPreviewSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = ListBody(data=request.data)
        body.is_valid(raise_exception=True)
        found = restorations.preview(
            actor=actor_of(request),
            restriction=pk,
            content=body.validated_data["content"].encode(),
            at=now(),
            confirmed=body.validated_data["confirmed"],
        )
        return Response(ListPreviewSerializer(found).data)


class RestrictionRestore(APIView):
    """Except whom the list names exactly, or a person has confirmed. The same again changes nothing."""

    scopes = {"POST": ("restrictions:write",)}

    @extend_schema(
        operation_id="restrictions_restore", request=RestoreBody, responses=RestorationSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = RestoreBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        done = restorations.restore(
            command_of(request),
            restriction=pk,
            file_name=said["file_name"],
            content=said["content"].encode(),
            basis=said["basis"],
            confirmed=said["confirmed"],
        )
        return answer_done(done, RestorationSerializer)
