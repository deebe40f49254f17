"""Dialogues between two bodies, for staff tooling."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.grants import MOMENTS
from access.choices import Marking
from notifications.api.telling import EntrySerializer, ToldBody, read_told
from notifications.choices import DialogueKind
from notifications.models import Dialogue, DialogueRecord
from notifications.operations import dialogues
from notifications.queries.dialogues import list_dialogues
from registry.api.commands import answer_done, answer_one, command_of, read_moment
from registry.api.permissions import actor_of
from registry.api.strict import StrictSerializer
from registry.errors import NotFound


class DialogueRecordSerializer(EntrySerializer):
    class Meta(EntrySerializer.Meta):
        model = DialogueRecord
        fields = (*EntrySerializer.Meta.fields, "kind", "ai_models", "positions")


class DialogueSerializer(serializers.ModelSerializer[Dialogue]):
    bodies = serializers.SerializerMethodField(method_name="list_bodies")
    records = DialogueRecordSerializer(many=True, read_only=True)

    class Meta:
        model = Dialogue
        fields = ("id", "title", "bodies", "marking", "records", "recorded_at", "version")

    def list_bodies(self, row: Dialogue) -> list[str]:
        return [row.one.slug, row.other.slug]


class DialogueBody(StrictSerializer):
    """Between which two organizations, by identifier."""

    title = serializers.CharField(max_length=200)
    one = serializers.UUIDField()
    other = serializers.UUIDField()
    marking = serializers.ChoiceField(choices=Marking.choices, default=Marking.OPEN)


class DialogueRecordBody(ToldBody):
    kind = serializers.ChoiceField(choices=DialogueKind.choices)
    ai_models = serializers.ListField(child=serializers.UUIDField(), default=list)
    positions = serializers.ListField(child=serializers.UUIDField(), default=list)


def _visible(request: Request) -> QuerySet[Dialogue]:
    return list_dialogues(
        actor_of(request),
        as_of=read_moment(request, "as_of"),
        known_at=read_moment(request, "known_at"),
    )


class DialogueList(ListCreateAPIView[Dialogue]):
    """Who talks with whom, and what is on record of it. Confidential ones for cleared roles."""

    scopes = {"GET": ("review:write",), "POST": ("review:write",)}
    serializer_class = DialogueSerializer
    queryset = Dialogue.objects.none()

    def get_queryset(self) -> QuerySet[Dialogue]:
        return _visible(self.request)

    @extend_schema(parameters=MOMENTS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=DialogueBody, responses={201: DialogueSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = DialogueBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        done = dialogues.open_(
            command_of(request), **(said | {"marking": Marking(said["marking"])})
        )
        shown = replace(done, value=_visible(request).get(pk=done.value.pk))
        return answer_done(shown, DialogueSerializer, status=201)


class DialogueDetail(APIView):
    """One dialogue."""

    scopes = {"GET": ("review:write",)}

    @extend_schema(parameters=MOMENTS, responses=DialogueSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        row = _visible(request).filter(pk=pk).first()
        if row is None:
            raise NotFound("dialogue")
        return answer_one(row, DialogueSerializer)


class DialogueRecordView(APIView):
    """Write down what happened in it."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="dialogues_record", request=DialogueRecordBody, responses=DialogueSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = DialogueRecordBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        done = dialogues.record(
            command_of(request),
            dialogue=pk,
            kind=DialogueKind(said["kind"]),
            told=read_told(said),
            ai_models=tuple(said["ai_models"]),
            positions=tuple(said["positions"]),
        )
        shown = replace(done, value=_visible(request).get(pk=pk))
        return answer_done(shown, DialogueSerializer)
