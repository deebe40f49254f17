"""Occurrences over HTTP, for staff tooling: what rules attach duties to and is no incident."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.actors import Actor
from registry.api.commands import answer_done, answer_one, command_of
from registry.api.moments import (
    MomentBody,
    MomentSerializer,
    StatementBody,
    read_moment_said,
)
from registry.api.permissions import actor_of
from registry.api.strict import ReasonBody, StrictSerializer
from registry.choices import Trigger
from registry.commands import Done
from registry.errors import NotFound
from registry.models import AIModel, AnchorMoment, Occurrence
from registry.operations import moments, occurrences
from registry.queries import organizations

_KINDS = [choice for choice in Trigger.choices if choice[0] != Trigger.INCIDENT]


class OccurrenceSerializer(serializers.ModelSerializer[Occurrence]):
    duty_holder = serializers.CharField(source="duty_holder.slug")
    model = serializers.SerializerMethodField(method_name="find_model")
    details = serializers.DictField()
    moments = MomentSerializer(many=True)

    class Meta:
        model = Occurrence
        fields = (
            *("id", "kind", "title", "duty_holder", "model", "details", "origin", "reported_at"),
            *("ended_at", "raised", "synthetic", "moments", "version"),
        )

    @extend_schema_field({"type": ["string", "null"]})
    def find_model(self, row: Occurrence) -> str | None:
        return None if row.ai_model is None else row.ai_model.slug


class OccurrenceBody(StrictSerializer):
    """`details` are those of the kind; compute is a text of two significant figures, such as `2.3e25`."""

    kind = serializers.ChoiceField(choices=_KINDS)
    title = serializers.CharField(max_length=200)
    duty_holder = serializers.CharField(help_text="Slug, UUID or identifier.")
    model = serializers.SlugField(default=None, allow_null=True)
    details = serializers.DictField(default=dict)
    moments = MomentBody(many=True, required=False)


class DetailsBody(StrictSerializer):
    details = serializers.DictField()


def visible_occurrences(actor: Actor) -> QuerySet[Occurrence]:
    """The occurrences that the actor may see, with their moments, in a fixed number of queries."""
    stated = AnchorMoment.objects.order_by("stated_at", "id")
    return (
        Occurrence.objects.visible_to(actor)
        .select_related("duty_holder", "ai_model")
        .prefetch_related(Prefetch("moments", stated))
    )


class OccurrenceList(ListCreateAPIView[Occurrence]):
    """What rules attach duties to and is no incident."""

    scopes = {"GET": ("incidents:read",), "POST": ("incidents:write",)}
    serializer_class = OccurrenceSerializer
    queryset = Occurrence.objects.none()

    def get_queryset(self) -> QuerySet[Occurrence]:
        return visible_occurrences(actor_of(self.request))

    @extend_schema(request=OccurrenceBody, responses={201: OccurrenceSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = OccurrenceBody(data=request.data)
        body.is_valid(raise_exception=True)
        said, actor = body.validated_data, actor_of(request)
        done = occurrences.report(
            command_of(request),
            kind=Trigger(said["kind"]),
            title=said["title"],
            duty_holder=organizations.find(said["duty_holder"], actor=actor).id,
            ai_model=_find_model(said["model"]),
            details=said["details"],
            moments=tuple(read_moment_said(moment) for moment in said.get("moments", ())),
        )
        return _answer(request, done, status=201)


class OccurrenceDetail(APIView):
    """One occurrence."""

    scopes = {"GET": ("incidents:read",)}

    @extend_schema(responses=OccurrenceSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        row = visible_occurrences(actor_of(request)).filter(pk=pk).first()
        if row is None:
            raise NotFound("occurrence")
        return answer_one(row, OccurrenceSerializer)


class OccurrenceChange(APIView):
    """Say what is known of it now, whole."""

    scopes = {"POST": ("incidents:write",)}

    @extend_schema(
        operation_id="occurrences_change", request=DetailsBody, responses=OccurrenceSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = DetailsBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = occurrences.change(command_of(request), occurrence=pk, **body.validated_data)
        return _answer(request, done)


class OccurrenceStateMoment(APIView):
    """State when something came about that a rule counts from. A placing on the market may be planned."""

    scopes = {"POST": ("incidents:write",)}

    @extend_schema(
        operation_id="occurrences_state_moment",
        request=StatementBody,
        responses=OccurrenceSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = StatementBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        done = moments.state_of_occurrence(
            command_of(request),
            occurrence=pk,
            said=read_moment_said(said),
            supersedes=said["supersedes"],
        )
        return _answer(request, done)


class OccurrenceEnd(APIView):
    """It is over, or was none: nothing recurs, and what rules asked of it no longer arises."""

    scopes = {"POST": ("incidents:write",)}

    @extend_schema(
        operation_id="occurrences_end", request=ReasonBody, responses=OccurrenceSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = ReasonBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = occurrences.end(command_of(request), occurrence=pk, **body.validated_data)
        return _answer(request, done)


def _find_model(slug: str | None) -> UUID | None:
    if slug is None:
        return None
    found = AIModel.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound("model")
    return found.id


def _answer(request: Request, done: Done[Occurrence], *, status: int = 200) -> Response:
    whole = visible_occurrences(actor_of(request)).get(pk=done.value.pk)
    return answer_done(
        Done(whole, done.revision, done.replayed), OccurrenceSerializer, status=status
    )
