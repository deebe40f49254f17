"""Grants, as they are or were, and their steps."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.timezone import now
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.gates import GateSerializer, show_gates
from access.api.grant_needs import NeedSerializer
from access.api.request_parts import AskedBody, read_asked
from access.api.requests import RequestDetailSerializer, visible_requests
from access.choices import RevocationReason
from access.models import Grant, GrantEnd, GrantItem, GrantNeedVersion, Tier, WaitingPeriodVersion
from access.operations import grants, successions, waiting
from access.queries.gates import gates_of_grant, gates_told
from registry.api.commands import answer_done, answer_one, command_of, read_moment
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, ReasonBody, StrictSerializer
from registry.commands import Done
from registry.errors import NotFound

MOMENTS = [
    OpenApiParameter("as_of", OpenApiTypes.DATETIME, description="The moment asked about."),
    OpenApiParameter(
        "known_at", OpenApiTypes.DATETIME, description="The state of knowledge asked about."
    ),
]


class ItemSerializer(serializers.ModelSerializer[GrantItem]):
    model = serializers.CharField(source="ai_model.slug")
    model_version = serializers.CharField(source="release.slug", default=None)
    starts_at = serializers.DateTimeField(source="valid.lower")
    ends_at = serializers.DateTimeField(source="valid.upper", allow_null=True)

    class Meta:
        model = GrantItem
        fields = (
            *("model", "model_version", "actions", "surfaces", "standing"),
            *("starts_at", "ends_at"),
        )


class EndSerializer(serializers.ModelSerializer[GrantEnd]):
    class Meta:
        model = GrantEnd
        fields = ("kind", "reason", "ended_at", "planned_end")


class WaitingVersionSerializer(serializers.ModelSerializer[WaitingPeriodVersion]):
    """One waiting period. `until` null: it waits, because what `missing` names is not there."""

    id = serializers.UUIDField(source="waiting_period.id")
    basis = serializers.CharField(source="waiting_period.basis")
    citation = serializers.CharField(source="waiting_period.citation")
    bindingness = serializers.CharField(source="waiting_period.bindingness")
    runs_from = serializers.CharField(source="waiting_period.since")
    since = serializers.DateTimeField(source="valid.lower")
    until = serializers.DateTimeField(source="valid.upper", allow_null=True)

    class Meta:
        model = WaitingPeriodVersion
        fields = (
            *("id", "basis", "citation", "bindingness", "runs_from", "anchor_at"),
            *("since", "until", "missing"),
        )


class GrantSerializer(serializers.ModelSerializer[Grant]):
    organization = serializers.CharField(source="organization.slug")
    program = serializers.CharField(source="program.slug")
    tier = serializers.CharField(source="tier.slug")
    items = ItemSerializer(many=True, read_only=True)
    waiting = WaitingVersionSerializer(many=True, read_only=True)
    end = serializers.SerializerMethodField(method_name="show_end")
    needs = NeedSerializer(source="needed", many=True, read_only=True)
    gates = serializers.SerializerMethodField(method_name="show_gates")

    class Meta:
        model = Grant
        fields = (
            *("id", "organization", "program", "tier", "purpose", "origin", "request"),
            *("external_reference", "renews", "supersedes", "use_scope", "limits"),
            *(
                "personnel_scope",
                "issued_at",
                "items",
                "waiting",
                "needs",
                "end",
                "gates",
                "version",
            ),
        )

    @extend_schema_field(GateSerializer(many=True, allow_null=True))
    def show_gates(self, row: Grant) -> list[dict[str, Any]] | None:
        """One grant at a time; in a list null. Its holder reads vetting and the gates that bind it; staff all four."""
        actor = self.context.get("reader")
        if actor is None:
            return None
        if not actor.is_staff:
            return show_gates(gates_told(row, at=now()))
        return show_gates(gates_of_grant(row, actor, at=now()))

    @extend_schema(responses=EndSerializer)
    def show_end(self, row: Grant) -> dict[str, Any] | None:
        return dict(EndSerializer(row.end).data) if hasattr(row, "end") else None


def visible_grants(request: Request) -> QuerySet[Grant]:
    """The grants the caller may see, with items, waits and needs, then or as they stand now."""
    as_of, known_at = read_moment(request, "as_of"), read_moment(request, "known_at")
    rows = Grant.objects.visible_to(actor_of(request))
    moment = as_of or known_at
    items = GrantItem.objects.current()
    if moment is not None:
        items = GrantItem.objects.as_of(moment, known_at)
        rows = rows.filter(pk__in=items.values("grant"))
    periods = WaitingPeriodVersion.objects.current().filter(
        Q(valid__upper_inf=True) | Q(valid__endswith__gt=now())
    )
    if moment is not None:
        periods = WaitingPeriodVersion.objects.as_of(moment, known_at)
    needs = GrantNeedVersion.objects.current().filter(
        Q(valid__upper_inf=True) | Q(valid__endswith__gt=now())
    )
    if moment is not None:
        needs = GrantNeedVersion.objects.as_of(moment, known_at)
    held = items.select_related("ai_model", "release").order_by("ai_model__slug", "valid")
    waits = periods.select_related("waiting_period").order_by("waiting_period__place", "id")
    ordered = needs.order_by("kind", "code", "valid")
    return (
        rows.select_related("organization", "program", "tier", "end")
        .prefetch_related(Prefetch("items", held))
        .prefetch_related(Prefetch("waiting_versions", waits, to_attr="waiting"))
        .prefetch_related(Prefetch("needs", ordered, to_attr="needed"))
    )


class GrantList(ListAPIView[Grant]):
    """Grants of the caller's organization; for staff, all. `as_of` and `known_at` answer for the past."""

    scopes = {"GET": ("grants:read",)}
    serializer_class = GrantSerializer
    queryset = Grant.objects.none()

    def get_queryset(self) -> QuerySet[Grant]:
        return visible_grants(self.request)

    @extend_schema(parameters=MOMENTS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class GrantDetail(APIView):
    """One grant."""

    scopes = {"GET": ("grants:read",)}

    @extend_schema(parameters=MOMENTS, responses=GrantSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        row = visible_grants(request).filter(pk=pk).first()
        if row is None:
            raise NotFound("grant")
        return answer_one(row, GrantSerializer, reader=actor_of(request))


class WaitEndBody(StrictSerializer):
    """Which period, on which basis, and which fact came in. A second person need only say which."""

    waiting = serializers.UUIDField()
    basis = serializers.CharField(max_length=5_000, allow_blank=True, default="")
    fact = serializers.CharField(max_length=300, allow_blank=True, default="")


class RevocationBody(StrictSerializer):
    reason = serializers.ChoiceField(choices=RevocationReason.choices)
    text = serializers.CharField(max_length=5_000, allow_blank=True, default="")


def _revoke(command: Any, *, grant: UUID, reason: str, text: str) -> Done[Grant]:
    return grants.revoke(command, grant=grant, reason=RevocationReason(reason), text=text)


class RenewalBody(StrictSerializer):
    reason = serializers.CharField(max_length=5_000)
    ends_at = serializers.DateTimeField(required=False)


class SuccessionBody(RenewalBody):
    tier = serializers.SlugField()


def _supersede(command: Any, *, grant: UUID, tier: str, **said: Any) -> Done[Grant]:
    program = Grant.objects.filter(pk=grant).values("program")
    wanted = Tier.objects.filter(program__in=program, slug=tier).values_list("pk", flat=True)
    found = wanted.first()
    if found is None:
        raise NotFound("tier")
    return successions.supersede(command, grant=grant, tier=found, **said)


STEPS: dict[str, tuple[type[StrictSerializer], Callable[..., Done[Grant]], str]] = {
    "suspend": (ReasonBody, grants.suspend, "restrictions:write"),
    "reinstate": (ReasonBody, grants.reinstate, "restrictions:write"),
    "revoke": (RevocationBody, _revoke, "restrictions:write"),
    "surrender": (Nothing, grants.surrender, "grants:write"),
    "end_waiting": (WaitEndBody, waiting.end_waiting, "review:write"),
    "renew": (RenewalBody, successions.renew, "review:write"),
    "supersede": (SuccessionBody, _supersede, "review:write"),
}


def step_view(name: str) -> Callable[..., Any]:
    """The view that takes one step, `POST …/{id}/<name>/`; it answers with the grant that came of it."""
    body_class, take, scope = STEPS[name]

    class GrantStep(APIView):
        scopes = {"POST": (scope,)}

        @extend_schema(
            operation_id=f"grants_{name}", request=body_class, responses=GrantSerializer
        )
        def post(self, request: Request, pk: UUID) -> Response:
            body = body_class(data=request.data or {})
            body.is_valid(raise_exception=True)
            done = take(command_of(request), grant=pk, **body.validated_data)
            shown = replace(done, value=visible_grants(request).get(pk=done.value.pk))
            return answer_done(shown, GrantSerializer)

    GrantStep.__doc__ = f"Take the step “{name}”."
    return GrantStep.as_view()


class ProgressBody(StrictSerializer):
    """What came of the access so far, what it was used for, and what went wrong."""

    text = serializers.CharField(max_length=20_000)
    use = serializers.CharField(max_length=20_000, allow_blank=True, default="")
    incidents = serializers.CharField(max_length=20_000, allow_blank=True, default="")
    changes = serializers.CharField(
        max_length=20_000,
        allow_blank=True,
        default="",
        help_text="What is different since the request that the grant rests on; needed where there is a form.",
    )
    answers = serializers.DictField(
        required=False, help_text="Answers that differ from those of the earlier request, by key."
    )
    asked = AskedBody(required=False)
    accepts_terms = serializers.IntegerField(required=False, min_value=1)


class GrantRequestRenewal(APIView):
    """Ask for the time after the grant's end: a request with its progress report, handed in at once."""

    scopes = {"POST": ("requests:write",)}

    @extend_schema(
        operation_id="grants_request_renewal",
        request=ProgressBody,
        responses={201: RequestDetailSerializer},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = ProgressBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        done = successions.request_renewal(
            command_of(request),
            grant=pk,
            accepts_terms=said.pop("accepts_terms", None),
            answers=said.pop("answers", None),
            asked=read_asked(said),
            progress=successions.Progress(**said),
        )
        shown = replace(done, value=visible_requests(request).get(pk=done.value.pk))
        return answer_done(shown, RequestDetailSerializer, status=201, actor=actor_of(request))
