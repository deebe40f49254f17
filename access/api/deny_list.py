"""The deny list, for staff tooling: proposed by one, in force by another's act, withdrawn by any."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.choices import DenyEffect
from access.models import DenyEntry
from access.operations import deny_list
from registry.api.commands import answer_done, command_of
from registry.api.pagination import ByCursor
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, ReasonBody, StrictSerializer
from registry.commands import Command, Done
from registry.errors import NotFound
from registry.models import AIModel, Organization

_SCOPES = ("restrictions:write",)


class DenyEntrySerializer(serializers.ModelSerializer[DenyEntry]):
    organization = serializers.CharField(source="organization.slug")
    model = serializers.CharField(source="ai_model.slug", default=None, allow_null=True)

    class Meta:
        model = DenyEntry
        fields = (
            *("id", "organization", "model", "effect", "reason"),
            *("proposed_at", "enacted_at", "withdrawn_at", "version"),
        )


class DenyEntryBody(StrictSerializer):
    """Slugs; without a `model` the entry is about any."""

    organization = serializers.SlugField()
    model = serializers.SlugField(default=None, allow_null=True)
    effect = serializers.ChoiceField(choices=DenyEffect.choices)
    reason = serializers.CharField(max_length=5_000)


class _NewestFirst(ByCursor):
    ordering = ("-proposed_at", "-id")


class DenyEntryList(ListCreateAPIView[DenyEntry]):
    """Every entry, those not yet in force and those withdrawn too, the newest first."""

    scopes = {"GET": _SCOPES, "POST": _SCOPES}
    serializer_class = DenyEntrySerializer
    pagination_class = _NewestFirst
    queryset = DenyEntry.objects.none()

    def get_queryset(self) -> QuerySet[DenyEntry]:
        if not actor_of(self.request).is_staff:
            return DenyEntry.objects.none()
        return DenyEntry.objects.select_related("organization", "ai_model")

    @extend_schema(request=DenyEntryBody, responses={201: DenyEntrySerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = DenyEntryBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        model = said["model"]
        done = deny_list.propose(
            command_of(request),
            organization=_find(Organization, said["organization"], "organization"),
            ai_model=None if model is None else _find(AIModel, model, "model"),
            effect=DenyEffect(said["effect"]),
            reason=said["reason"],
        )
        return answer_done(done, DenyEntrySerializer, status=201)


def _find(of: type[Organization] | type[AIModel], slug: str, what: str) -> UUID:
    found: UUID | None = of._default_manager.filter(slug=slug).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(what, slug=slug)
    return found


def _enact(command: Command, entry: UUID, _said: dict[str, Any]) -> Done[DenyEntry]:
    return deny_list.enact(command, entry=entry)


def _withdraw(command: Command, entry: UUID, said: dict[str, Any]) -> Done[DenyEntry]:
    return deny_list.withdraw(command, entry=entry, reason=said["reason"])


STEPS: dict[str, tuple[type[StrictSerializer], Callable[..., Done[DenyEntry]]]] = {
    "enact": (Nothing, _enact),
    "withdraw": (ReasonBody, _withdraw),
}


def step_view(name: str) -> Callable[..., Any]:
    """The view that takes one step, `POST …/{id}/<name>/`."""
    body_class, take = STEPS[name]

    class DenyEntryStep(APIView):
        scopes = {"POST": _SCOPES}

        @extend_schema(
            operation_id=f"deny_entries_{name}",
            request=body_class,
            responses=DenyEntrySerializer,
        )
        def post(self, request: Request, pk: UUID) -> Response:
            body = body_class(data=request.data or {})
            body.is_valid(raise_exception=True)
            return answer_done(
                take(command_of(request), pk, body.validated_data), DenyEntrySerializer
            )

    DenyEntryStep.__doc__ = f"Take the step “{name}”."
    return DenyEntryStep.as_view()
