"""Files of an access request over HTTP, what was handed in each time, copies, and drafts discarded."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.request_parts import (
    AskedBody,
    AttachmentSerializer,
    SubmissionPartSerializer,
    read_asked,
)
from access.api.requests import RequestDetailSerializer, visible_requests
from access.forms.document import LARGEST_FILE_MB
from access.models import AccessRequest, Submission
from access.operations import attachments, drafts
from access.queries.answers import list_changes, list_submissions, may_read_field
from access.queries.attachments import find_attachment
from registry.actors import Actor
from registry.api.commands import answer_done, command_of
from registry.api.files import AsItIs, send_file
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, StrictSerializer
from registry.errors import NotFound
from registry.operations.stored_files import Upload

_READ = LARGEST_FILE_MB * 1024 * 1024 + 1


class UploadBody(StrictSerializer):
    """`field` is the key of a field of the form that takes files; without it the file belongs to the whole request."""

    file = serializers.FileField(max_length=200, allow_empty_file=True)
    field = serializers.CharField(max_length=60, default="", allow_blank=True)


class RequestAttach(APIView):
    """Attach a file, as `multipart/form-data`. What it may be is told by its content, not by its name."""

    scopes = {"POST": ("requests:write",)}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="access_requests_attach",
        request={"multipart/form-data": UploadBody},
        responses={201: AttachmentSerializer},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = UploadBody(data=request.data)
        body.is_valid(raise_exception=True)
        file = body.validated_data["file"]
        done = attachments.attach(
            command_of(request),
            request=pk,
            upload=Upload(file.name or "", file.read(_READ)),
            field=body.validated_data["field"],
        )
        return answer_done(done, AttachmentSerializer, status=201)


class RequestAttachment(APIView):
    """What an attached file holds, to be kept and not to be shown."""

    scopes = {"GET": ("requests:read",)}
    renderer_classes = [AsItIs]

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: UUID, attachment: UUID) -> HttpResponse:
        row = find_attachment(actor_of(request), request=pk, attachment=attachment)
        return send_file(row)


class ChangeSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(source="key")
    name = serializers.CharField(source="label", help_text="The field's label.")
    before = serializers.JSONField()
    after = serializers.JSONField()


class SubmissionSerializer(SubmissionPartSerializer):
    """The request as it was handed in; `changes` against the submission before."""

    justification = serializers.CharField()
    answers = serializers.DictField()
    files = serializers.ListField(child=serializers.DictField())
    changes = ChangeSerializer(many=True)


class RequestSubmissions(APIView):
    """Each time that the request was handed in, oldest first, and what changed from one to the next."""

    scopes = {"GET": ("requests:read",)}

    @extend_schema(
        operation_id="access_requests_submissions", responses=SubmissionSerializer(many=True)
    )
    def get(self, request: Request, pk: UUID) -> Response:
        row = visible_requests(request).select_related("form").filter(pk=pk).first()
        if row is None:
            raise NotFound("access request")
        known = list_submissions(row)
        actor = actor_of(request)
        shown = [
            _write(row, one, actor, earlier=known[place - 1] if place else None)
            for place, one in enumerate(known)
        ]
        return Response({"results": SubmissionSerializer(shown, many=True).data})


class CopyBody(StrictSerializer):
    asked = AskedBody(required=False)


class RequestCopy(APIView):
    """A new draft that begins with this request's words and answers."""

    scopes = {"POST": ("requests:write",)}

    @extend_schema(
        operation_id="access_requests_copy",
        request=CopyBody,
        responses={201: RequestDetailSerializer},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = CopyBody(data=request.data or {})
        body.is_valid(raise_exception=True)
        done = drafts.copy(
            command_of(request), request=pk, asked=read_asked(dict(body.validated_data))
        )
        return answer_done(done, RequestDetailSerializer, status=201, actor=actor_of(request))


class RequestDiscard(APIView):
    """Delete a draft for good, with what was typed and attached. What was handed in is withdrawn instead."""

    scopes = {"POST": ("requests:write",)}

    @extend_schema(operation_id="access_requests_discard", request=Nothing, responses={204: None})
    def post(self, request: Request, pk: UUID) -> Response:
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        drafts.discard(command_of(request), request=pk)
        return Response(status=204)


def _write(
    row: AccessRequest, said: Submission, actor: Actor, *, earlier: Submission | None
) -> dict[str, Any]:
    return {
        "number": said.number,
        "submitted_at": said.submitted_at,
        "justification": said.justification,
        "answers": {
            key: value for key, value in said.values.items() if may_read_field(row, actor, key)
        },
        "files": [file for file in said.files if may_read_field(row, actor, file["field"])],
        "changes": [] if earlier is None else list_changes(row, earlier, said, actor=actor),
    }
