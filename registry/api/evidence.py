"""Documents of evidence over HTTP: handed in with what they show, read by few, redacted with a tombstone."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api.commands import answer_done, answer_one, command_of
from registry.api.files import AsItIs, send_file
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, ReasonBody, StrictSerializer
from registry.choices import FileKind, ScanState
from registry.errors import NotFound
from registry.models import EvidenceFile
from registry.operations import evidence
from registry.operations.stored_files import LARGEST_MB, Upload
from registry.queries.evidence import open_evidence

TAKES_FILES = [JSONParser, MultiPartParser]
"""JSON as everywhere; with files, the same fields as `multipart/form-data`."""
_MOST_READ = LARGEST_MB * 1024 * 1024 + 1


class ConfidentialBody(StrictSerializer):
    confidential = serializers.BooleanField(
        default=False,
        help_text="only those who rule on evidence read the files, and each reading is recorded",
    )


class FilesBody(ConfidentialBody):
    files = serializers.ListField(
        child=serializers.FileField(max_length=200, allow_empty_file=True),
        required=False,
        help_text="only as multipart/form-data",
    )


class FileBody(ConfidentialBody):
    file = serializers.FileField(max_length=200, allow_empty_file=True)


def accepts_files(body: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """A body that may come in either form, for the schema."""
    return {"application/json": body, "multipart/form-data": body}


def read_uploads(files: Iterable[Any]) -> tuple[Upload, ...]:
    """What was sent; of a file that is too large, no more than shows it."""
    return tuple(Upload(file.name or "", file.read(_MOST_READ)) for file in files)


class EvidenceRedactionSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    reason = serializers.CharField()


class EvidenceFileSerializer(serializers.ModelSerializer[EvidenceFile]):
    """`url` gives what it holds; null where it is confidential, and read by the step `read`."""

    organization = serializers.CharField(source="organization.slug", read_only=True)
    kind = serializers.ChoiceField(choices=FileKind.choices)
    scan_state = serializers.ChoiceField(choices=ScanState.choices)
    url = serializers.SerializerMethodField(method_name="find_url")
    redacted = serializers.SerializerMethodField(method_name="say_redacted")

    class Meta:
        model = EvidenceFile
        fields = (
            *("id", "organization", "name", "kind", "size", "sha256", "confidential"),
            *("scan_state", "uploaded_at", "redacted", "url", "version"),
        )

    @extend_schema_field(serializers.CharField(allow_null=True))
    def find_url(self, row: EvidenceFile) -> str | None:
        return None if row.confidential else f"/api/v1/evidence/{row.id}/content/"

    @extend_schema_field(EvidenceRedactionSerializer(allow_null=True))
    def say_redacted(self, row: EvidenceFile) -> dict[str, Any] | None:
        if row.redacted_at is None:
            return None
        return {"at": row.redacted_at, "reason": row.redaction_reason}


class EvidenceList(ListAPIView[EvidenceFile]):
    """Documents that the caller's organization handed in as evidence; for staff tooling, all."""

    scopes = {"GET": ("attestations:read",)}
    serializer_class = EvidenceFileSerializer
    queryset = EvidenceFile.objects.none()

    def get_queryset(self) -> Any:
        rows = EvidenceFile.objects.visible_to(actor_of(self.request))
        return rows.select_related("organization")


class EvidenceDetail(APIView):
    """What is known of one document, without what it holds."""

    scopes = {"GET": ("attestations:read",)}

    @extend_schema(responses=EvidenceFileSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        rows = EvidenceFile.objects.visible_to(actor_of(request)).select_related("organization")
        row = rows.filter(pk=pk).first()
        if row is None:
            raise NotFound("evidence")
        return answer_one(row, EvidenceFileSerializer)


class EvidenceContent(APIView):
    """What a document holds, to be kept and not to be shown. One that is confidential is read by `read`."""

    scopes = {"GET": ("attestations:read",)}
    renderer_classes = [AsItIs]

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        return send_file(open_evidence(actor_of(request), pk))


class EvidenceRead(APIView):
    """Read what a document holds. Of a confidential one, that you did is recorded."""

    scopes = {"POST": ("attestations:read",)}
    renderer_classes = [AsItIs]

    @extend_schema(
        operation_id="evidence_read",
        request=Nothing,
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request, pk: UUID) -> HttpResponse:
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        return send_file(evidence.read(command_of(request), file=pk).value)


class EvidenceRedact(APIView):
    """Leave a tombstone in place of a document: nobody gets it any more. For staff tooling."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="evidence_redact", request=ReasonBody, responses=EvidenceFileSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = ReasonBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = evidence.redact(command_of(request), file=pk, **body.validated_data)
        return answer_done(done, EvidenceFileSerializer)
