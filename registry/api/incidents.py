"""Incidents over HTTP. A partner tells of its own and reads what it told; staff tooling does the rest."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
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
from registry.api.strict import StrictSerializer
from registry.choices import Anchor, Harm, Involvement
from registry.commands import Done
from registry.errors import Forbidden, NotFound
from registry.models import AnchorMoment, Incident, IncidentVersion
from registry.operations import incidents, moments
from registry.operations.incidents import QUESTIONS, Classification
from registry.queries import organizations


class NotForPartners(Forbidden):
    """Who bears the duties follows from the models; when it became aware, its own people say."""

    code = "not_for_partners"
    text = _("A partner says what happened; “%(field)s” is for the developer's own people.")


def _ask() -> serializers.BooleanField:
    return serializers.BooleanField(default=None, allow_null=True)


class ClassificationBody(StrictSerializer):
    """What is known. Null, or left out, means not known, which no rule takes for a no."""

    summary = serializers.CharField(max_length=20_000)
    began_at = serializers.DateTimeField(default=None, allow_null=True)
    ended_at = serializers.DateTimeField(default=None, allow_null=True)
    models = serializers.ListField(child=serializers.UUIDField(), default=list)
    model_versions = serializers.ListField(child=serializers.UUIDField(), default=list)
    harms = serializers.ListField(
        child=serializers.ChoiceField(choices=Harm.choices),
        default=None,
        allow_null=True,
        help_text="All that are known of; an empty list says that none came about.",
    )
    model_involved = serializers.ChoiceField(
        choices=Involvement.choices, default=Involvement.NOT_KNOWN
    )
    deaths = serializers.IntegerField(min_value=0, default=None, allow_null=True)
    injuries = serializers.IntegerField(min_value=0, default=None, allow_null=True)
    imminent_risk = _ask()
    internal_use = _ask()
    during_evaluation = _ask()
    deception = _ask()
    loss_of_control = _ask()
    materially_increased_risk = _ask()
    cyber_breach = _ask()
    weights_accessed = _ask()
    weights_exfiltrated = _ask()


class IncidentBody(ClassificationBody):
    """`duty_holder` and `moments` are for staff; a partner names the models, and their developer bears the duties."""

    title = serializers.CharField(max_length=200)
    duty_holder = serializers.CharField(required=False, help_text="Slug, UUID or identifier.")
    moments = MomentBody(many=True, required=False)


class ContainmentBody(StrictSerializer):
    containment = serializers.CharField(max_length=20_000)


class ResolutionBody(StrictSerializer):
    resolution = serializers.CharField(max_length=20_000)
    resolved_at = serializers.DateTimeField()
    zone = serializers.CharField(max_length=60, default="UTC")
    evidence = serializers.CharField(max_length=5_000, default="", allow_blank=True)


class VersionSerializer(serializers.ModelSerializer[IncidentVersion]):
    models = serializers.ListField(child=serializers.UUIDField(), source="ai_models")
    model_versions = serializers.ListField(child=serializers.UUIDField(), source="releases")

    class Meta:
        model = IncidentVersion
        fields = (
            *("summary", "began_at", "ended_at", "models", "model_versions", "harms"),
            *("model_involved", "deaths", "injuries", *QUESTIONS, "containment", "resolution"),
        )


class IncidentSerializer(serializers.ModelSerializer[Incident]):
    """An incident. For a partner `classification` is what it told, and `moments` is empty."""

    duty_holder = serializers.CharField(source="duty_holder.slug")
    classification = serializers.SerializerMethodField(method_name="read_classification")
    moments = MomentSerializer(many=True)

    class Meta:
        model = Incident
        fields = (
            *("id", "title", "duty_holder", "origin", "reported_at", "resolved_at", "synthetic"),
            *("classification", "moments", "version"),
        )

    @extend_schema_field(VersionSerializer)
    def read_classification(self, row: Incident) -> Any:
        return VersionSerializer(row.versions.all()[0]).data


def visible_incidents(actor: Actor) -> QuerySet[Incident]:
    """The incidents that the actor may see, with what it may read of them, in a fixed number of queries."""
    versions, stated = IncidentVersion.objects.current(), AnchorMoment.objects.all()
    if not actor.is_staff:
        versions, stated = IncidentVersion.objects.order_by("id"), stated.none()
    return (
        Incident.objects.visible_to(actor)
        .select_related("duty_holder")
        .prefetch_related(
            Prefetch("versions", versions), Prefetch("moments", stated.order_by("stated_at", "id"))
        )
    )


class IncidentList(ListCreateAPIView[Incident]):
    """Incidents. A partner sees those that it told of, in its own words, and may tell of another."""

    scopes = {"GET": ("incidents:read",), "POST": ("incidents:write",)}
    serializer_class = IncidentSerializer
    queryset = Incident.objects.none()

    def get_queryset(self) -> QuerySet[Incident]:
        return visible_incidents(actor_of(self.request))

    @extend_schema(request=IncidentBody, responses={201: IncidentSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = IncidentBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        title, holder = said.pop("title"), said.pop("duty_holder", None)
        stated = tuple(read_moment_said(moment) for moment in said.pop("moments", ()))
        actor, classification = actor_of(request), _read(said)
        if not actor.is_staff:
            _refuse_to_partners(duty_holder=holder, moments=stated)
            done = incidents.report_by_partner(
                command_of(request), title=title, said=classification
            )
            return _answer(request, done, status=201)
        if holder is None:
            raise serializers.ValidationError({"duty_holder": ["This field is required."]})
        done = incidents.report(
            command_of(request),
            title=title,
            duty_holder=organizations.find(holder, actor=actor).id,
            said=classification,
            moments=stated,
        )
        return _answer(request, done, status=201)


class IncidentDetail(APIView):
    """One incident."""

    scopes = {"GET": ("incidents:read",)}

    @extend_schema(responses=IncidentSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        row = visible_incidents(actor_of(request)).filter(pk=pk).first()
        if row is None:
            raise NotFound("incident")
        return answer_one(row, IncidentSerializer)


class IncidentClassify(APIView):
    """Say what is known now, whole; the version before stays readable. Duties open and close by it."""

    scopes = {"POST": ("incidents:write",)}

    @extend_schema(
        operation_id="incidents_classify",
        request=ClassificationBody,
        responses=IncidentSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = ClassificationBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = incidents.classify(
            command_of(request), incident=pk, said=_read(body.validated_data)
        )
        return _answer(request, done)


class IncidentContain(APIView):
    """Say what was done to stop it from going on."""

    scopes = {"POST": ("incidents:write",)}

    @extend_schema(
        operation_id="incidents_contain", request=ContainmentBody, responses=IncidentSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = ContainmentBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = incidents.contain(command_of(request), incident=pk, **body.validated_data)
        return _answer(request, done)


class IncidentStateMoment(APIView):
    """State when something came about that a rule counts from. The earliest governs."""

    scopes = {"POST": ("incidents:write",)}

    @extend_schema(
        operation_id="incidents_state_moment",
        request=StatementBody,
        responses=IncidentSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = StatementBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        done = moments.state_of_incident(
            command_of(request),
            incident=pk,
            said=read_moment_said(said),
            supersedes=said["supersedes"],
        )
        return _answer(request, done)


class IncidentResolve(APIView):
    """Corrective measures are adopted: nothing recurs from now on, and final reports run."""

    scopes = {"POST": ("incidents:write",)}

    @extend_schema(
        operation_id="incidents_resolve", request=ResolutionBody, responses=IncidentSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = ResolutionBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        done = incidents.resolve(
            command_of(request),
            incident=pk,
            resolution=said["resolution"],
            resolved=moments.MomentSaid(
                Anchor.RESOLVED, said["resolved_at"], said["zone"], evidence=said["evidence"]
            ),
        )
        return _answer(request, done)


def _answer(request: Request, done: Done[Incident], *, status: int = 200) -> Response:
    whole = visible_incidents(actor_of(request)).get(pk=done.value.pk)
    return answer_done(
        Done(whole, done.revision, done.replayed), IncidentSerializer, status=status
    )


def _read(said: Mapping[str, Any]) -> Classification:
    harms = said["harms"]
    known = dict(said) | {
        "ai_models": tuple(said["models"]),
        "releases": tuple(said["model_versions"]),
        "harms": None if harms is None else tuple(Harm(harm) for harm in harms),
        "model_involved": Involvement(said["model_involved"]),
    }
    return Classification(
        **{
            name: value
            for name, value in known.items()
            if name not in {"models", "model_versions"}
        }
    )


def _refuse_to_partners(**said: object) -> None:
    for field, value in said.items():
        if value:
            raise NotForPartners(field=field)
