"""What was notified to whom, for staff tooling: filings sent from here, and notices reported or recorded."""

import base64
import binascii
import datetime as dt
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.grants import MOMENTS
from access.api.holdings import show_sources
from notifications.api.telling import EntrySerializer, ToldBody, read_told
from notifications.choices import NoticeReply
from notifications.models import ModelNotice, NoticeAnswer
from notifications.operations import notices
from notifications.operations.notices import Notified
from notifications.queries.notices import ModelNotified, Place, Wanted, list_notified, place_of
from registry.api.commands import command_of, read_moment
from registry.api.pagination import ByCursor
from registry.api.permissions import actor_of
from registry.choices import SubjectOrigin
from registry.commands import Done
from registry.errors import Invalid


class CursorUnreadable(Invalid):
    code = "notice_cursor_unreadable"
    text = _("The cursor is not one that this registry has given out.")


class ReplySerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    words = serializers.CharField()
    at = serializers.DateTimeField()


class NotifiedSerializer(serializers.Serializer[ModelNotified]):
    """Null where not stated. `filing` is set where it was sent from here, `notice` where it was not."""

    notifier = serializers.CharField(source="notifier.slug", default=None, allow_null=True)
    notifier_words = serializers.CharField()
    model = serializers.CharField(source="ai_model.slug", default=None, allow_null=True)
    model_words = serializers.CharField()
    authority = serializers.CharField(
        source="authority.organization.slug", default=None, allow_null=True
    )
    rule = serializers.SerializerMethodField(method_name="show_rule")
    told_at = serializers.DateTimeField(allow_null=True)
    spoken_at = serializers.DateTimeField()
    origin = serializers.ChoiceField(choices=SubjectOrigin.choices)
    words = serializers.CharField()
    synthetic = serializers.BooleanField()
    replies = ReplySerializer(many=True)
    filing = serializers.UUIDField(source="filing.id", default=None, allow_null=True)
    notice = serializers.UUIDField(source="notice.id", default=None, allow_null=True)
    sources = serializers.SerializerMethodField(method_name="list_sources")

    @extend_schema_field({"type": "string", "nullable": True})
    def show_rule(self, row: ModelNotified) -> str | None:
        return row.rule or None

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def list_sources(self, row: ModelNotified) -> list[dict[str, Any]]:
        return [] if row.fact is None else show_sources(row.fact)


class NotifiedPageSerializer(serializers.Serializer[Any]):
    results = NotifiedSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class NoticeSerializer(EntrySerializer):
    authority = serializers.CharField(source="authority.organization.slug")
    notifier = serializers.CharField(source="notifier.slug", default=None, allow_null=True)
    model = serializers.CharField(source="ai_model.slug", default=None, allow_null=True)

    class Meta(EntrySerializer.Meta):
        model = ModelNotice
        fields = (
            *EntrySerializer.Meta.fields,
            *("authority", "notifier", "notifier_words", "model", "model_words", "rule"),
            *("told_at", "obligation"),
        )


class NoticeAnswerSerializer(EntrySerializer):
    class Meta(EntrySerializer.Meta):
        model = NoticeAnswer
        fields = (*EntrySerializer.Meta.fields, "notice", "reply")


class NoticeBody(ToldBody):
    """Notifier and model by identifier, or in words where none is told."""

    authority = serializers.UUIDField()
    notifier = serializers.UUIDField(default=None, allow_null=True)
    notifier_words = serializers.CharField(max_length=200, default="", allow_blank=True)
    model = serializers.UUIDField(default=None, allow_null=True)
    model_words = serializers.CharField(max_length=200, default="", allow_blank=True)
    rule = serializers.CharField(max_length=120, default="", allow_blank=True)
    told_at = serializers.DateTimeField(default=None, allow_null=True)
    obligation = serializers.UUIDField(default=None, allow_null=True)


class NoticeAnswerBody(ToldBody):
    reply = serializers.ChoiceField(choices=NoticeReply.choices)


class NoticeList(APIView):
    """Which models were notified to whom, when, under which rule, with which reply; the latest first."""

    scopes = {"GET": ("review:write",), "POST": ("review:write",)}

    @extend_schema(
        parameters=[
            OpenApiParameter("model", str, description="A model's slug."),
            OpenApiParameter("authority", str, description="The slug of an authority's body."),
            OpenApiParameter("page_size", int),
            OpenApiParameter("cursor", str),
            *MOMENTS,
        ],
        responses=NotifiedPageSerializer,
    )
    def get(self, request: Request) -> Response:
        size = ByCursor().get_page_size(request) or ByCursor.page_size
        rows = list_notified(
            actor_of(request),
            Wanted(
                model=request.query_params.get("model"),
                authority=request.query_params.get("authority"),
                as_of=read_moment(request, "as_of"),
                known_at=read_moment(request, "known_at"),
            ),
            limit=size + 1,
            after=_read_cursor(request.query_params.get("cursor")),
        )
        following = _next_address(request, rows[size - 1]) if len(rows) > size else None
        page = {"results": rows[:size], "next": following, "previous": None}
        return Response(NotifiedPageSerializer(page).data)

    @extend_schema(request=NoticeBody, responses={201: NoticeSerializer})
    def post(self, request: Request) -> Response:
        body = NoticeBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        done = notices.record(
            command_of(request),
            notified=Notified(
                authority=said["authority"],
                notifier=said["notifier"],
                notifier_words=said["notifier_words"],
                ai_model=said["model"],
                model_words=said["model_words"],
                rule=said["rule"],
                told_at=said["told_at"],
                obligation=said["obligation"],
            ),
            told=read_told(said),
        )
        return _answer(done, NoticeSerializer)


class NoticeAnswerView(APIView):
    """Write down what the authority replied."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="model_notices_answer",
        request=NoticeAnswerBody,
        responses={201: NoticeAnswerSerializer},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = NoticeAnswerBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        done = notices.answer(
            command_of(request),
            notice=pk,
            reply=NoticeReply(said["reply"]),
            told=read_told(said),
        )
        return _answer(done, NoticeAnswerSerializer)


def _answer(done: Done[Any], serializer: type[EntrySerializer]) -> Response:
    """An entry is written once: it has no version, and so no ETag."""
    body = serializer(done.value).data
    return Response(body, status=201, headers={"Concordat-Revision": done.revision})


def _next_address(request: Request, last: ModelNotified) -> str:
    moment, pk = place_of(last)
    cursor = base64.urlsafe_b64encode(f"{moment.isoformat()} {pk}".encode()).decode()
    asked = {name: request.query_params[name] for name in request.query_params}
    return request.build_absolute_uri(f"?{urlencode(asked | {'cursor': cursor})}")


def _read_cursor(text: str | None) -> Place | None:
    """Raises CursorUnreadable."""
    if text is None:
        return None
    try:
        moment, _space, pk = base64.urlsafe_b64decode(text).decode().partition(" ")
        place = (dt.datetime.fromisoformat(moment), UUID(pk))
    except (binascii.Error, ValueError) as wrong:
        raise CursorUnreadable from wrong
    if place[0].tzinfo is None:
        raise CursorUnreadable
    return place
