"""Duties to notify over HTTP, for staff tooling: what is due by when, and the steps short of meeting it."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications.choices import ClockState, ObligationStatus
from notifications.clocks import read_state
from notifications.models import MissExplanation, Obligation, ObligationAlert
from notifications.operations import obligations
from notifications.queries.duty_words import list_acts, list_missing
from notifications.queries.obligations import (
    NOBODY,
    Wanted,
    in_order_of_due,
    narrow,
    read_clock_of,
    with_all,
)
from registry.api.commands import answer_done, answer_one, command_of
from registry.api.pagination import ByCursor
from registry.api.permissions import actor_of
from registry.api.strict import ReasonBody, StrictSerializer
from registry.choices import Bindingness, Regime
from registry.commands import Done
from registry.errors import Invalid, NotFound
from registry.queries import organizations

_ALL = "all"
_WORLDS = {"real": False, "synthetic": True}


class FilterUnreadable(Invalid):
    code = "filter_unreadable"
    text = _("“%(field)s” does not take this value.")


class ObligationSerializer(serializers.ModelSerializer[Obligation]):
    """A duty with its clock. Ends are exclusive; `target_due` is null where the rule gives no number."""

    rule = serializers.CharField(source="rule.slug")
    rule_edition = serializers.IntegerField(source="rule.number")
    regime = serializers.ChoiceField(Regime.choices, source="rule.document.regime")
    title = serializers.CharField(source="rule.document.title")
    citation = serializers.CharField(source="rule.document.citation")
    bindingness = serializers.ChoiceField(Bindingness.choices, source="rule.document.bindingness")
    duty_holder = serializers.CharField(source="duty_holder.slug")
    authority = serializers.SerializerMethodField(method_name="find_authority")
    owner = serializers.SerializerMethodField(method_name="find_owner")
    state = serializers.SerializerMethodField(method_name="read_state")
    next_acts = serializers.SerializerMethodField(method_name="list_next")
    missing_fields = serializers.SerializerMethodField(method_name="list_missing")
    synthetic = serializers.BooleanField(source="duty_holder.synthetic")

    class Meta:
        model = Obligation
        fields = (
            *("id", "rule", "rule_edition", "regime", "title", "citation", "bindingness"),
            *("incident", "occurrence", "grant", "follows", "round", "duty_holder"),
            *("recipient", "authority", "anchor", "anchor_at", "zone", "target_due", "latest_due"),
            *("latest_is_interpretation", "basis", "flags", "status", "state", "owner"),
            *("next_acts", "missing_fields", "opened_at", "missed_at", "closed_at"),
            *("synthetic", "version"),
        )

    def find_authority(self, row: Obligation) -> str | None:
        return None if row.authority is None else row.authority.organization.slug

    @extend_schema_field({"type": ["string", "null"], "format": "uuid"})
    def find_owner(self, row: Obligation) -> str | None:
        return row.owner.removeprefix("user:") or None

    @extend_schema_field(serializers.ChoiceField(choices=ClockState.choices))
    def read_state(self, row: Obligation) -> str:
        """How the clock stands now, or stood when the duty was closed."""
        return read_state(read_clock_of(row), at=row.closed_at or now()).value

    def list_next(self, row: Obligation) -> list[str]:
        return list_acts(row) if row.status == ObligationStatus.OPEN else []

    def list_missing(self, row: Obligation) -> list[str]:
        return list_missing(row) if row.status == ObligationStatus.OPEN else []


class AlertSerializer(serializers.ModelSerializer[ObligationAlert]):
    class Meta:
        model = ObligationAlert
        fields = ("kind", "crossed_at", "announced_at")


class ExplanationSerializer(serializers.ModelSerializer[MissExplanation]):
    class Meta:
        model = MissExplanation
        fields = ("reason", "explained_at")


class ObligationWholeSerializer(ObligationSerializer):
    """The duty with what its clock crossed, and with why it was missed."""

    alerts = serializers.SerializerMethodField(method_name="list_alerts")
    explanations = serializers.SerializerMethodField(method_name="list_explanations")

    class Meta(ObligationSerializer.Meta):
        fields = (*ObligationSerializer.Meta.fields, "void_reason", "alerts", "explanations")  # type: ignore[assignment]

    @extend_schema_field(AlertSerializer(many=True))
    def list_alerts(self, row: Obligation) -> list[Any]:
        return list(AlertSerializer(row.alerts.order_by("crossed_at", "id"), many=True).data)

    @extend_schema_field(ExplanationSerializer(many=True))
    def list_explanations(self, row: Obligation) -> list[Any]:
        found = row.explanations.order_by("explained_at", "id")
        return list(ExplanationSerializer(found, many=True).data)


class OwnerBody(StrictSerializer):
    """The user who shall own it: an active member of the authority desk."""

    owner = serializers.UUIDField()


class ByDue(ByCursor):
    """By target; what has no number stands at the moment since when it has been due."""

    ordering = ("due_order", "id")


FILTERS = [
    OpenApiParameter("status", enum=[*ObligationStatus.values, _ALL], default="open"),
    OpenApiParameter("regime", enum=Regime.values),
    OpenApiParameter("recipient", str),
    OpenApiParameter("owner", str, description=f"The UUID of a user, or `{NOBODY}`."),
    OpenApiParameter("duty_holder", str, description="Slug, UUID or external identifier."),
    OpenApiParameter("late", bool, description="Only those whose target has passed."),
    OpenApiParameter("world", enum=list(_WORLDS)),
]


class ObligationList(ListAPIView[Obligation]):
    """Duties to notify by when they are due; the open ones unless another status is asked for."""

    scopes = {"GET": ("obligations:read",)}
    serializer_class = ObligationSerializer
    pagination_class = ByDue
    queryset = Obligation.objects.none()

    def get_queryset(self) -> QuerySet[Obligation]:
        rows = Obligation.objects.visible_to(actor_of(self.request))
        status = _read_choice(
            self.request, "status", (*ObligationStatus.values, _ALL), default="open"
        )
        if status != _ALL:
            rows = rows.filter(status=status)
        return in_order_of_due(with_all(narrow(rows, _read_wanted(self.request, at=now()))))

    @extend_schema(parameters=FILTERS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class ObligationDetail(APIView):
    """One duty to notify."""

    scopes = {"GET": ("obligations:read",)}

    @extend_schema(responses=ObligationWholeSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        visible = Obligation.objects.visible_to(actor_of(request))
        row = with_all(visible.filter(pk=pk)).first()
        if row is None:
            raise NotFound("obligation")
        return answer_one(row, ObligationWholeSerializer)


@dataclass(frozen=True, slots=True)
class _Step:
    """A step's body, and the operation that takes it."""

    body: type[StrictSerializer]
    take: Callable[..., Done[Obligation]]


STEPS = {
    "assign": _Step(OwnerBody, obligations.assign),
    "explain_miss": _Step(ReasonBody, obligations.explain_miss),
    "void": _Step(ReasonBody, obligations.void),
}


def step_view(name: str) -> Callable[..., Any]:
    """The view that takes one step, `POST …/{id}/<name>/`."""
    step = STEPS[name]

    class ObligationStep(APIView):
        scopes = {"POST": ("obligations:write",)}

        @extend_schema(
            operation_id=f"obligations_{name}",
            request=step.body,
            responses=ObligationWholeSerializer,
        )
        def post(self, request: Request, pk: UUID) -> Response:
            body = step.body(data=request.data or {})
            body.is_valid(raise_exception=True)
            done = step.take(command_of(request), obligation=pk, **body.validated_data)
            return answer_done(done, ObligationWholeSerializer)

    ObligationStep.__doc__ = f"Take the step “{name}”."
    return ObligationStep.as_view()


def _read_wanted(request: Request, *, at: dt.datetime) -> Wanted:
    """Raises FilterUnreadable, NotFound."""
    said = request.query_params
    world = _read_choice(request, "world", tuple(_WORLDS))
    late = _read_choice(request, "late", ("true", "false"))
    holder = said.get("duty_holder")
    actor = actor_of(request)
    return Wanted(
        regime=_read_choice(request, "regime", tuple(Regime.values)),
        recipient=said.get("recipient", ""),
        owner=_read_owner(said.get("owner", "")),
        duty_holder=None if not holder else organizations.find(holder, actor=actor).id,
        synthetic=_WORLDS.get(world),
        late_at=at if late == "true" else None,
    )


def _read_owner(text: str) -> str:
    if text in {"", NOBODY}:
        return text
    try:
        return f"user:{UUID(text)}"
    except ValueError:
        raise FilterUnreadable(field="owner") from None


def _read_choice(
    request: Request, field: str, choices: Sequence[str], *, default: str = ""
) -> str:
    text = request.query_params.get(field, default)
    if text not in choices and text != default:
        raise FilterUnreadable(field=field)
    return text
