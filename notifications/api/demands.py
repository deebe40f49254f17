"""Demands of authorities for access, for staff tooling. They are no access requests."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.grants import MOMENTS
from access.choices import Marking
from notifications.api.telling import EntrySerializer, ToldBody, read_told
from notifications.choices import AccessForm, DemandBasis, DemandStep
from notifications.models import AccessDemand, DemandRecord
from notifications.operations import demands
from notifications.operations.demands import Demanded, Waits
from notifications.queries.demands import derive_state, list_demands, name_waited_on
from registry.api.commands import answer_done, answer_one, command_of, read_moment
from registry.api.permissions import actor_of
from registry.errors import NotFound


class DemandRecordSerializer(EntrySerializer):
    waits_on = serializers.SerializerMethodField(method_name="name_waited_on")

    class Meta(EntrySerializer.Meta):
        model = DemandRecord
        fields = (*EntrySerializer.Meta.fields, "step", "waits_on", "disclosure")

    def name_waited_on(self, row: DemandRecord) -> str:
        return name_waited_on(row)


class StateSerializer(serializers.Serializer[Any]):
    """Derived from the records shown. Ages are whole seconds at the moment asked about."""

    step = serializers.ChoiceField(choices=DemandStep.choices, allow_null=True)
    since = serializers.DateTimeField(allow_null=True)
    waits_on = serializers.CharField(allow_blank=True)
    asked_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField(allow_blank=True)
    open = serializers.BooleanField()
    age_seconds = serializers.IntegerField(allow_null=True)


class DemandSerializer(serializers.ModelSerializer[AccessDemand]):
    authority = serializers.CharField(source="authority.organization.slug")
    addressee = serializers.CharField(source="addressee.slug")
    model = serializers.CharField(source="ai_model.slug", default=None, allow_null=True)
    state = serializers.SerializerMethodField(method_name="show_state")
    records = DemandRecordSerializer(many=True, read_only=True)

    class Meta:
        model = AccessDemand
        fields = (
            *("id", "title", "authority", "addressee", "model", "basis", "citation", "forms"),
            *("period_from", "period_until", "marking", "state", "records", "recorded_at"),
            "version",
        )

    @extend_schema_field(StateSerializer)
    def show_state(self, row: AccessDemand) -> dict[str, Any]:
        state = derive_state(list(row.records.all()))
        age = state.age(self.context.get("at") or now())
        return {
            "step": state.step,
            "since": state.since,
            "waits_on": state.waits_on,
            "asked_at": state.asked_at,
            "answered_at": state.answered_at,
            "answer": state.answer,
            "open": state.is_open,
            "age_seconds": None if age is None else int(age.total_seconds()),
        }


class DemandRecordBody(ToldBody):
    """`waits_on` (an organization's identifier) or `waits_on_words` exactly where the step is `waiting`."""

    step = serializers.ChoiceField(choices=DemandStep.choices)
    waits_on = serializers.UUIDField(default=None, allow_null=True)
    waits_on_words = serializers.CharField(max_length=200, default="", allow_blank=True)


class DemandNextBody(DemandRecordBody):
    """`disclosure` is the entry of the log about what was given to the authority with this step."""

    disclosure = serializers.UUIDField(default=None, allow_null=True)


class DemandBody(DemandRecordBody):
    authority = serializers.UUIDField()
    addressee = serializers.UUIDField()
    model = serializers.UUIDField(default=None, allow_null=True)
    subject = serializers.CharField(max_length=200)
    basis = serializers.ChoiceField(choices=DemandBasis.choices)
    citation = serializers.CharField(max_length=300, default="", allow_blank=True)
    forms = serializers.ListField(
        child=serializers.ChoiceField(choices=AccessForm.choices), default=list
    )
    period_from = serializers.DateTimeField(default=None, allow_null=True)
    period_until = serializers.DateTimeField(default=None, allow_null=True)
    marking = serializers.ChoiceField(choices=Marking.choices, default=Marking.OPEN)


def _visible(request: Request) -> QuerySet[AccessDemand]:
    return list_demands(
        actor_of(request),
        as_of=read_moment(request, "as_of"),
        known_at=read_moment(request, "known_at"),
    )


def _read_waits(said: dict[str, Any]) -> Waits:
    return Waits(said["waits_on"], said["waits_on_words"])


class DemandList(ListCreateAPIView[AccessDemand]):
    """What authorities demand, and where each demand stands. Confidential ones for cleared roles."""

    scopes = {"GET": ("review:write",), "POST": ("review:write",)}
    serializer_class = DemandSerializer
    queryset = AccessDemand.objects.none()

    def get_queryset(self) -> QuerySet[AccessDemand]:
        return _visible(self.request)

    def get_serializer_context(self) -> dict[str, Any]:
        moment = read_moment(self.request, "as_of") or read_moment(self.request, "known_at")
        return {**super().get_serializer_context(), "at": moment}

    @extend_schema(parameters=MOMENTS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=DemandBody, responses={201: DemandSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = DemandBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        done = demands.open_(
            command_of(request),
            demanded=Demanded(
                authority=said["authority"],
                addressee=said["addressee"],
                title=said["subject"],
                basis=DemandBasis(said["basis"]),
                ai_model=said["model"],
                citation=said["citation"],
                forms=tuple(AccessForm(form) for form in said["forms"]),
                period_from=said["period_from"],
                period_until=said["period_until"],
                marking=Marking(said["marking"]),
            ),
            step=DemandStep(said["step"]),
            told=read_told(said),
            waits=_read_waits(said),
        )
        shown = replace(done, value=_visible(request).get(pk=done.value.pk))
        return answer_done(shown, DemandSerializer, status=201)


class DemandDetail(APIView):
    """One demand."""

    scopes = {"GET": ("review:write",)}

    @extend_schema(parameters=MOMENTS, responses=DemandSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        row = _visible(request).filter(pk=pk).first()
        if row is None:
            raise NotFound("demand")
        moment = read_moment(request, "as_of") or read_moment(request, "known_at")
        return answer_one(row, DemandSerializer, at=moment)


class DemandRecordView(APIView):
    """Write down what became of it."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="demands_record", request=DemandNextBody, responses=DemandSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = DemandNextBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        done = demands.record(
            command_of(request),
            demand=pk,
            step=DemandStep(said["step"]),
            told=read_told(said),
            waits=_read_waits(said),
            disclosure=said["disclosure"],
        )
        shown = replace(done, value=_visible(request).get(pk=pk))
        return answer_done(shown, DemandSerializer)
