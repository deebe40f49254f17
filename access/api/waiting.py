"""What waits and why, and the facts that waiting periods run from."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView, ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.choices import WaitEnd
from access.models import WaitingFact, WaitingPeriod
from access.operations import waiting_facts
from access.queries.waiting import list_waiting
from registry.actors import Actor
from registry.api.commands import answer_done, command_of
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, StrictSerializer
from registry.choices import Bindingness


class WaitingPeriodSerializer(serializers.ModelSerializer[WaitingPeriod]):
    """`until` null while it is open: what `missing` names is not there."""

    grant = serializers.UUIDField(source="grant.id")
    organization = serializers.CharField(source="grant.organization.slug")
    bindingness = serializers.ChoiceField(choices=Bindingness.choices)
    runs_from = serializers.CharField(source="since")
    until = serializers.SerializerMethodField(method_name="find_end")
    missing = serializers.SerializerMethodField(method_name="name_missing")
    ended_how = serializers.ChoiceField(choices=WaitEnd.choices, allow_blank=True)

    class Meta:
        model = WaitingPeriod
        fields = (
            *("id", "grant", "organization", "basis", "citation", "bindingness", "runs_from"),
            *("opened_at", "until", "missing", "end_asked_at", "ended_at", "ended_how", "version"),
        )

    @extend_schema_field({"type": "string", "format": "date-time", "nullable": True})
    def find_end(self, row: WaitingPeriod) -> Any:
        version = next(iter(row.versions.all()), None)
        return row.ended_at if version is None else version.valid.upper

    def name_missing(self, row: WaitingPeriod) -> str:
        version = next(iter(row.versions.all()), None)
        return "" if version is None else version.missing


class WaitingPeriodList(ListAPIView[WaitingPeriod]):
    """Waiting periods of the caller's own grants; for staff, all. `open=true` gives those not over yet."""

    scopes = {"GET": ("grants:read",)}
    serializer_class = WaitingPeriodSerializer
    queryset = WaitingPeriod.objects.none()

    def get_queryset(self) -> QuerySet[WaitingPeriod]:
        rows = list_waiting(actor_of(self.request))
        wanted = self.request.query_params.get("open")
        return rows if wanted is None else rows.filter(ended_at__isnull=wanted == "true")

    @extend_schema(parameters=[OpenApiParameter("open", OpenApiTypes.BOOL)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class WaitingFactSerializer(serializers.ModelSerializer[WaitingFact]):
    model = serializers.CharField(source="ai_model.slug", default=None, allow_null=True)

    class Meta:
        model = WaitingFact
        fields = (
            *("id", "name", "model", "request", "happened_at", "evidence", "stated_at"),
            *("confirmed_at", "version"),
        )


class WaitingFactBody(StrictSerializer):
    """`name` is `notified:<key of a mandate>` or `fact:<name>`; about one model or one access request."""

    name = serializers.CharField(max_length=80)
    happened_at = serializers.DateTimeField()
    evidence = serializers.CharField(max_length=5_000)
    model = serializers.UUIDField(default=None, allow_null=True, source="ai_model")
    request = serializers.UUIDField(default=None, allow_null=True)


def _visible(actor: Actor) -> QuerySet[WaitingFact]:
    """Staff tooling sees all; nobody outside reads on which evidence something waits."""
    seen = WaitingFact.objects.all() if actor.is_staff else WaitingFact.objects.none()
    return seen.select_related("ai_model")


class WaitingFactList(ListCreateAPIView[WaitingFact]):
    """The facts that waiting periods run from."""

    scopes = {"GET": ("review:write",), "POST": ("review:write",)}
    serializer_class = WaitingFactSerializer
    queryset = WaitingFact.objects.none()

    def get_queryset(self) -> QuerySet[WaitingFact]:
        return _visible(actor_of(self.request))

    @extend_schema(request=WaitingFactBody, responses={201: WaitingFactSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = WaitingFactBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = waiting_facts.state_fact(command_of(request), **body.validated_data)
        return answer_done(done, WaitingFactSerializer, status=201)


class WaitingFactConfirm(APIView):
    """A second person stands behind it."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="waiting_facts_confirm", request=Nothing, responses=WaitingFactSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        done = waiting_facts.confirm_fact(command_of(request), fact=pk)
        return answer_done(done, WaitingFactSerializer)
