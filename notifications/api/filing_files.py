"""The files of a notification over HTTP: its PDF, its canonical JSON, and what proves its stages."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from notifications.models import Filing
from notifications.queries.filings import find_filing, find_proof
from notifications.queries.filings_exports import Export, export_json, export_pdf
from registry import files
from registry.api.files import AsItIs
from registry.api.permissions import actor_of
from registry.errors import NotFound


class FilingPdf(APIView):
    """The document on paper: from review on the stored one, before as it would be now, marked as a draft."""

    scopes = {"GET": ("filings:read",)}
    renderer_classes = [AsItIs]

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        return _answer(request, pk, export_pdf)


class FilingJson(APIView):
    """The content in canonical JSON (RFC 8785): from review on the bytes whose SHA-256 is its `sha256`."""

    scopes = {"GET": ("filings:read",)}
    renderer_classes = [AsItIs]

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, pk: UUID) -> HttpResponse:
        return _answer(request, pk, export_json)


class FilingProof(APIView):
    """The file that proves a stage, as it was uploaded."""

    scopes = {"GET": ("filings:read",)}
    renderer_classes = [AsItIs]

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: UUID, stage: int) -> HttpResponse:
        found = find_proof(pk, stage, actor_of(request))
        if found is None:
            raise NotFound("proof")
        content = files.read(found.proof_sha256)
        kind = files.tell_type(content) or "application/octet-stream"
        return _send(Export(found.proof_name, kind, content))


def _answer(request: Request, pk: UUID, export: Callable[[Filing], Export]) -> HttpResponse:
    row = find_filing(pk, actor_of(request))
    if row is None:
        raise NotFound("notification")
    return _send(export(row))


def _send(export: Export) -> HttpResponse:
    return HttpResponse(
        export.content,
        headers={
            "Content-Type": export.content_type,
            "Content-Disposition": f'attachment; filename="{export.name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )
