"""Comments on a request. An organization reads what is shared, and says what it has to say."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.choices import CommentVisibility
from access.models import AccessRequest, Comment
from access.operations import comments
from access.queries.comments import readable_by
from registry.api.commands import answer_done, command_of
from registry.api.permissions import actor_of
from registry.api.strict import StrictSerializer
from registry.choices import Role
from registry.errors import NotFound
from registry.policies import check_role


class CommentSerializer(serializers.ModelSerializer[Comment]):
    """Who wrote it is told as `staff` or `organization`; a partner learns no names."""

    written_by = serializers.SerializerMethodField(method_name="say_side")
    corrected = serializers.SerializerMethodField(method_name="is_corrected")

    class Meta:
        model = Comment
        fields = (
            *("id", "visibility", "text", "written_by", "written_at", "supersedes", "corrected"),
        )

    def say_side(self, row: Comment) -> str:
        return "organization" if row.from_organization else "staff"

    def is_corrected(self, row: Comment) -> bool:
        return hasattr(row, "superseded_by")


class CommentBody(StrictSerializer):
    text = serializers.CharField(max_length=10_000)
    visibility = serializers.ChoiceField(
        choices=CommentVisibility.choices, default=CommentVisibility.SHARED
    )


class CorrectionBody(StrictSerializer):
    text = serializers.CharField(max_length=10_000)


class CommentPage(serializers.Serializer[Any]):
    results = CommentSerializer(many=True)


class CommentList(APIView):
    """What was said on a request, oldest first. `visibility` is `internal` for staff only, or `shared`."""

    scopes = {
        "GET": ("requests:read", "review:write"),
        "POST": ("requests:write", "review:write"),
    }

    @extend_schema(operation_id="access_requests_comments", responses=CommentPage)
    def get(self, request: Request, pk: UUID) -> Response:
        actor = actor_of(request)
        if actor.is_staff:
            check_role(actor, *Role)
        row = AccessRequest.objects.visible_to(actor).filter(pk=pk).first()
        if row is None:
            raise NotFound("access request")
        found = readable_by(row.comments.all(), actor)
        return Response({"results": CommentSerializer(found, many=True).data})

    @extend_schema(
        operation_id="access_requests_comment",
        request=CommentBody,
        responses={201: CommentSerializer},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = CommentBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = comments.comment(
            command_of(request),
            request=pk,
            text=body.validated_data["text"],
            visibility=CommentVisibility(body.validated_data["visibility"]),
        )
        return answer_done(done, CommentSerializer, status=201)


class CommentCorrect(APIView):
    """Say it otherwise; what was said before stays on record."""

    scopes = {"POST": ("requests:write", "review:write")}

    @extend_schema(
        operation_id="comments_correct", request=CorrectionBody, responses=CommentSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = CorrectionBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = comments.correct(command_of(request), comment=pk, **body.validated_data)
        return answer_done(done, CommentSerializer, status=201)
