"""Consultations of authorities: asked, awaited, answered by a position."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.choices import Action, Marking
from access.models import Consultation
from access.operations import consultations
from access.operations.positions import About, Narrowed
from access.queries.positions import find_authority, visible_consultations
from registry.api.commands import answer_done, command_of
from registry.api.permissions import actor_of
from registry.api.strict import ReasonBody, StrictSerializer
from registry.choices import Channel, OrganizationKind

_CHANNELS = [choice for choice in Channel.choices if choice[0] != Channel.UNKNOWN]


class ConsultationSerializer(serializers.ModelSerializer[Consultation]):
    authority = serializers.CharField(source="position.authority.organization.slug")
    request = serializers.UUIDField(source="position.request_id", allow_null=True)
    question = serializers.SerializerMethodField(method_name="tell_question")

    class Meta:
        model = Consultation
        fields = (
            *("id", "authority", "position", "request", "question", "stage", "asked_at"),
            *("answer_by", "channel", "handed_over_at", "overdue_told_at", "answered"),
            *("closed_at", "version"),
        )

    def tell_question(self, row: Consultation) -> str:
        """Empty where the position is confidential: its words are read on record."""
        return "" if row.position.is_wordless else row.question


class ConsultBody(StrictSerializer):
    authority = serializers.SlugField(max_length=80)
    question = serializers.CharField(max_length=20_000)
    answer_by = serializers.DateTimeField()
    program = serializers.UUIDField(required=False)
    ai_model = serializers.UUIDField(required=False)
    expansion = serializers.UUIDField(required=False)
    request = serializers.UUIDField(required=False)
    organization = serializers.UUIDField(required=False)
    jurisdiction = serializers.SlugField(required=False, max_length=80)
    organization_kind = serializers.ChoiceField(choices=OrganizationKind.choices, required=False)
    action = serializers.ChoiceField(choices=Action.choices, required=False)
    marking = serializers.ChoiceField(choices=Marking.choices, default=Marking.OPEN)
    stage = serializers.SlugField(required=False, max_length=60)


class HandOverBody(StrictSerializer):
    """By which channel the authority was asked, and what proves it."""

    channel = serializers.ChoiceField(choices=_CHANNELS)
    how = serializers.CharField(max_length=300)


def _read_narrowed(said: dict[str, Any]) -> Narrowed:
    kind, act = said.get("organization_kind"), said.get("action")
    return Narrowed(
        jurisdiction=said.get("jurisdiction"),
        organization_kind=OrganizationKind(kind) if kind else None,
        action=Action(act) if act else None,
    )


class ConsultationList(ListCreateAPIView[Consultation]):
    """Which authorities were asked what, and until when an answer is awaited. For staff."""

    scopes = {"GET": ("review:write",), "POST": ("review:write",)}
    serializer_class = ConsultationSerializer
    queryset = Consultation.objects.none()

    def get_queryset(self) -> QuerySet[Consultation]:
        return visible_consultations(actor_of(self.request))

    @extend_schema(
        operation_id="consultations_consult",
        request=ConsultBody,
        responses={201: ConsultationSerializer},
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = ConsultBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        about = ("program", "ai_model", "expansion", "request", "organization")
        done = consultations.consult(
            command_of(request),
            authority=find_authority(said["authority"]),
            about=About(**{name: said.get(name) for name in about}),
            question=said["question"],
            answer_by=said["answer_by"],
            marking=Marking(said["marking"]),
            narrowed=_read_narrowed(said),
            stage=said.get("stage", ""),
        )
        return answer_done(done, ConsultationSerializer, status=201)


class ConsultationHandOver(APIView):
    """The desk has put the question to the authority: by which channel, and what proves it."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="consultations_hand_over",
        request=HandOverBody,
        responses=ConsultationSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = HandOverBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = consultations.hand_over(
            command_of(request),
            consultation=pk,
            channel=Channel(body.validated_data["channel"]),
            how=body.validated_data["how"],
        )
        return answer_done(done, ConsultationSerializer)


class ConsultationWithdraw(APIView):
    """Nobody asks any more: the authority counts as not asked."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="consultations_withdraw",
        request=ReasonBody,
        responses=ConsultationSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = ReasonBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = consultations.withdraw(
            command_of(request), consultation=pk, reason=body.validated_data["reason"]
        )
        return answer_done(done, ConsultationSerializer)
