"""Conditions of grants: what the holder must do and by when, its evidence, and what was found of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.choices import ConditionFinding, ConditionStanding
from access.models import Condition, ConditionEvidence, ConditionVersion
from access.operations import conditions
from registry.api.commands import answer_done, answer_one, command_of
from registry.api.evidence import (
    TAKES_FILES,
    EvidenceFileSerializer,
    FilesBody,
    accepts_files,
    read_uploads,
)
from registry.api.permissions import actor_of
from registry.api.strict import ReasonBody, StrictSerializer
from registry.commands import Done
from registry.errors import NotFound
from registry.models import EvidenceFile


class EvidenceSerializer(serializers.ModelSerializer[ConditionEvidence]):
    text_to_holder = serializers.CharField(source="applicant_text")
    files = EvidenceFileSerializer(many=True, read_only=True)

    class Meta:
        model = ConditionEvidence
        fields = (
            *(
                "text",
                "reference",
                "files",
                "handed_in_at",
                "finding",
                "text_to_holder",
                "reviewed_at",
            ),
        )


class ConditionSerializer(serializers.ModelSerializer[Condition]):
    organization = serializers.CharField(source="grant.organization.slug")
    standing = serializers.SerializerMethodField(method_name="show_standing")
    due_at = serializers.SerializerMethodField(method_name="show_due")
    evidence = EvidenceSerializer(many=True, read_only=True)

    class Meta:
        model = Condition
        fields = (
            *("id", "grant", "organization", "code", "text", "evidence_asked", "due_at"),
            *("standing", "campaign", "imposed_at", "evidence", "version"),
        )

    @extend_schema(responses=serializers.ChoiceField(choices=ConditionStanding.choices))
    def show_standing(self, row: Condition) -> str:
        return row.versions.all()[0].standing

    @extend_schema(responses=serializers.DateTimeField())
    def show_due(self, row: Condition) -> Any:
        return serializers.DateTimeField().to_representation(row.versions.all()[0].due_at)


def visible_conditions(request: Request) -> QuerySet[Condition]:
    """The conditions the caller may see, as they stand, in a fixed number of queries."""
    standing = ConditionVersion.objects.current().filter(valid__upper_inf=True)
    return (
        Condition.objects.visible_to(actor_of(request))
        .select_related("grant__organization")
        .prefetch_related(
            Prefetch("versions", standing),
            Prefetch("evidence", ConditionEvidence.objects.order_by("handed_in_at", "id")),
            Prefetch(
                "evidence__files",
                EvidenceFile.objects.select_related("organization").order_by("uploaded_at", "id"),
            ),
        )
    )


class ConditionList(ListAPIView[Condition]):
    """Conditions on the grants of the caller's organization; for staff, all."""

    scopes = {"GET": ("grants:read",)}
    serializer_class = ConditionSerializer
    queryset = Condition.objects.none()

    def get_queryset(self) -> QuerySet[Condition]:
        rows = visible_conditions(self.request)
        asked = _Filters(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        said = dict(asked.validated_data)
        standing = said.pop("standing", None)
        if standing is not None:
            standing_so = ConditionVersion.objects.current().filter(
                valid__upper_inf=True, standing=standing
            )
            rows = rows.filter(pk__in=standing_so.values("condition"))
        return rows.filter(**said)

    @extend_schema(
        parameters=[
            OpenApiParameter("standing", enum=ConditionStanding.values),
            OpenApiParameter("grant", UUID),
            OpenApiParameter("campaign", UUID),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class _Filters(serializers.Serializer[Any]):
    standing = serializers.ChoiceField(choices=ConditionStanding.choices, required=False)
    grant = serializers.UUIDField(required=False)
    campaign = serializers.UUIDField(required=False)


class ConditionDetail(APIView):
    """One condition."""

    scopes = {"GET": ("grants:read",)}

    @extend_schema(responses=ConditionSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        row = visible_conditions(request).filter(pk=pk).first()
        if row is None:
            raise NotFound("condition")
        return answer_one(row, ConditionSerializer)


class EvidenceBody(FilesBody):
    text = serializers.CharField(max_length=20_000)
    reference = serializers.CharField(max_length=300, allow_blank=True, default="")


class FindingBody(StrictSerializer):
    finding = serializers.ChoiceField(choices=ConditionFinding.choices)
    applicant_text = serializers.CharField(max_length=5_000, allow_blank=True, default="")


def _hand_in(command: Any, *, condition: UUID, files: Any = (), **said: Any) -> Done[Condition]:
    return conditions.hand_in(command, condition=condition, uploads=read_uploads(files), **said)


def _review(
    command: Any, *, condition: UUID, finding: str, applicant_text: str
) -> Done[Condition]:
    return conditions.review(
        command,
        condition=condition,
        finding=ConditionFinding(finding),
        applicant_text=applicant_text,
    )


@dataclass(frozen=True, slots=True)
class _Step:
    body: type[StrictSerializer]
    take: Callable[..., Done[Condition]]
    scope: str


STEPS = {
    "hand_in": _Step(EvidenceBody, _hand_in, "grants:write"),
    "review": _Step(FindingBody, _review, "review:write"),
    "waive": _Step(ReasonBody, conditions.waive, "review:write"),
}


def step_view(name: str) -> Callable[..., Any]:
    """The view that takes one step, `POST …/{id}/<name>/`."""
    step = STEPS[name]

    class ConditionStep(APIView):
        scopes = {"POST": (step.scope,)}
        parser_classes = TAKES_FILES if step.body is EvidenceBody else [JSONParser]

        @extend_schema(
            operation_id=f"conditions_{name}",
            request=accepts_files(step.body) if step.body is EvidenceBody else step.body,
            responses=ConditionSerializer,
        )
        def post(self, request: Request, pk: UUID) -> Response:
            body = step.body(data=request.data or {})
            body.is_valid(raise_exception=True)
            done = step.take(command_of(request), condition=pk, **body.validated_data)
            shown = replace(done, value=visible_conditions(request).get(pk=pk))
            return answer_done(shown, ConditionSerializer)

    ConditionStep.__doc__ = f"Take the step “{name}”."
    return ConditionStep.as_view()
