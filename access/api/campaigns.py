"""Condition campaigns and rounds of recertification: for staff, with how far each has come."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.scopes import ScopeBody, read_scope
from access.choices import UnansweredRule
from access.models import ConditionCampaign, Recertification
from access.operations import condition_campaigns, recertifications
from access.operations.condition_campaigns import Demand
from access.queries.campaigns import measure_progress
from access.queries.recertifications import count_answers
from registry.api.commands import answer_done, answer_one, command_of
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, ReasonBody, StrictSerializer
from registry.commands import Done
from registry.errors import NotFound

_SCOPE = ("programs", "tiers", "ai_models", "jurisdictions", "organizations", "synthetic")


class CampaignSerializer(serializers.ModelSerializer[ConditionCampaign]):
    class Meta:
        model = ConditionCampaign
        fields = (
            *("id", "title", "code", "text", "evidence_asked", "due_at", "grace_days", "status"),
            *(*_SCOPE, "proposed_at", "launched_at", "ended_at", "version"),
        )


class CampaignWithProgressSerializer(CampaignSerializer):
    progress = serializers.SerializerMethodField()

    class Meta(CampaignSerializer.Meta):
        fields = (  # type: ignore[assignment]  # one more
            *CampaignSerializer.Meta.fields,
            "progress",
        )

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get_progress(self, row: ConditionCampaign) -> dict[str, int]:
        return asdict(measure_progress(row, at=now()))


class CampaignBody(StrictSerializer):
    title = serializers.CharField(max_length=200)
    code = serializers.SlugField(max_length=60)
    text = serializers.CharField(max_length=20_000)
    evidence_asked = serializers.CharField(max_length=5_000, allow_blank=True, default="")
    scope = ScopeBody()
    due_at = serializers.DateTimeField()
    grace_days = serializers.IntegerField(min_value=0, max_value=3_650, default=0)
    synthetic = serializers.BooleanField(default=False)


class CampaignList(ListCreateAPIView[ConditionCampaign]):
    """Condition campaigns. A new one touches no grant until a second person launches it."""

    scopes = {"GET": ("review:write",), "POST": ("review:write",)}
    serializer_class = CampaignSerializer
    queryset = ConditionCampaign.objects.none()

    def get_queryset(self) -> QuerySet[ConditionCampaign]:
        if not actor_of(self.request).is_staff:
            return ConditionCampaign.objects.none()
        return ConditionCampaign.objects.all()

    @extend_schema(request=CampaignBody, responses={201: CampaignWithProgressSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = CampaignBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        words = ("title", "code", "text", "evidence_asked")
        done = condition_campaigns.propose(
            command_of(request),
            demand=Demand(**{word: said.pop(word) for word in words}),
            scope=read_scope(said.pop("scope")),
            **said,
        )
        return answer_done(done, CampaignWithProgressSerializer, status=201)


class CampaignDetail(APIView):
    """One campaign with its progress. Before it is launched, `uncovered` counts whom it would affect."""

    scopes = {"GET": ("review:write",)}

    @extend_schema(responses=CampaignWithProgressSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        row = ConditionCampaign.objects.filter(pk=pk).first()
        if row is None or not actor_of(request).is_staff:
            raise NotFound("campaign")
        return answer_one(row, CampaignWithProgressSerializer)


class RecertificationSerializer(serializers.ModelSerializer[Recertification]):
    class Meta:
        model = Recertification
        fields = (
            *("id", "title", "text", "asks_members", "reasks", "due_at", "unanswered", "status"),
            *(*_SCOPE, "opened_at", "settled_at", "version"),
        )


class RecertificationWithAnswersSerializer(RecertificationSerializer):
    answers = serializers.SerializerMethodField()

    class Meta(RecertificationSerializer.Meta):
        fields = (  # type: ignore[assignment]  # one more
            *RecertificationSerializer.Meta.fields,
            "answers",
        )

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get_answers(self, row: Recertification) -> dict[str, int]:
        return asdict(count_answers(row, at=now()))


class RecertificationBody(StrictSerializer):
    title = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=20_000)
    scope = ScopeBody()
    due_at = serializers.DateTimeField()
    unanswered = serializers.ChoiceField(choices=UnansweredRule.choices)
    asks_members = serializers.BooleanField(default=False)
    synthetic = serializers.BooleanField(default=False)


class AgainBody(StrictSerializer):
    due_at = serializers.DateTimeField()
    unanswered = serializers.ChoiceField(choices=UnansweredRule.choices)


class RecertificationList(ListCreateAPIView[Recertification]):
    """Rounds of recertification."""

    scopes = {"GET": ("review:write",), "POST": ("review:write",)}
    serializer_class = RecertificationSerializer
    queryset = Recertification.objects.none()

    def get_queryset(self) -> QuerySet[Recertification]:
        if not actor_of(self.request).is_staff:
            return Recertification.objects.none()
        return Recertification.objects.all()

    @extend_schema(
        request=RecertificationBody, responses={201: RecertificationWithAnswersSerializer}
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = RecertificationBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        done = recertifications.open_(
            command_of(request),
            scope=read_scope(said.pop("scope")),
            unanswered=UnansweredRule(said.pop("unanswered")),
            **said,
        )
        return answer_done(done, RecertificationWithAnswersSerializer, status=201)


class RecertificationDetail(APIView):
    """One round, with its answers in numbers."""

    scopes = {"GET": ("review:write",)}

    @extend_schema(responses=RecertificationWithAnswersSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        row = Recertification.objects.filter(pk=pk).first()
        if row is None or not actor_of(request).is_staff:
            raise NotFound("recertification")
        return answer_one(row, RecertificationWithAnswersSerializer)


def _ask_again(command: Any, *, pk: UUID, due_at: Any, unanswered: str) -> Done[Recertification]:
    return recertifications.ask_again(
        command, recertification=pk, due_at=due_at, unanswered=UnansweredRule(unanswered)
    )


_Take = Callable[..., Done[Any]]
_CAMPAIGN: dict[str, tuple[type[StrictSerializer], _Take]] = {
    "launch": (
        Nothing,
        lambda command, *, pk: condition_campaigns.launch(command, campaign=pk),
    ),
    "end": (
        ReasonBody,
        lambda command, *, pk, reason: condition_campaigns.end(
            command, campaign=pk, reason=reason
        ),
    ),
}
CAMPAIGN_STEPS = tuple(_CAMPAIGN)


def campaign_step(name: str) -> Callable[..., Any]:
    """`POST /condition-campaigns/{id}/<name>/`."""
    body, take = _CAMPAIGN[name]
    shown = CampaignWithProgressSerializer
    return _step_view(f"condition_campaigns_{name}", body_class=body, take=take, shown=shown)


def recertification_again() -> Callable[..., Any]:
    """`POST /recertifications/{id}/ask_again/`."""
    shown = RecertificationWithAnswersSerializer
    name = "recertifications_ask_again"
    return _step_view(name, body_class=AgainBody, take=_ask_again, shown=shown)


def _step_view(
    name: str, *, body_class: type[StrictSerializer], take: _Take, shown: type[Any]
) -> Callable[..., Any]:
    class Taken(APIView):
        scopes = {"POST": ("review:write",)}

        @extend_schema(operation_id=name, request=body_class, responses=shown)
        def post(self, request: Request, pk: UUID) -> Response:
            body = body_class(data=request.data or {})
            body.is_valid(raise_exception=True)
            return answer_done(take(command_of(request), pk=pk, **body.validated_data), shown)

    Taken.__doc__ = f"Take the step “{name.rpartition('s_')[2]}”."
    return Taken.as_view()
