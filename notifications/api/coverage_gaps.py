"""Gaps of coverage, for staff tooling: what is open, and why it stays."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications.choices import CoverageNeed, GapStanding
from notifications.models import CoverageGap, GapExplanation
from notifications.operations import coverage_gaps
from notifications.queries.coverage_gaps import GAP_READERS, filter_standing, list_gaps
from registry.api.commands import answer_done, answer_one, command_of
from registry.api.permissions import actor_of
from registry.api.strict import StrictSerializer
from registry.errors import NotFound
from registry.policies import check_role


class GapExplanationSerializer(serializers.ModelSerializer[GapExplanation]):
    class Meta:
        model = GapExplanation
        fields = ("reason", "not_needed", "explained_at")


class CoverageGapSerializer(serializers.ModelSerializer[CoverageGap]):
    """`body` is null where none is registered for the jurisdiction. `covered` is how it stood when the gap opened."""

    program = serializers.CharField(source="program.slug")
    jurisdiction = serializers.CharField(source="jurisdiction.slug")
    body = serializers.CharField(source="body.slug", default=None, allow_null=True)
    explanations = GapExplanationSerializer(many=True)

    class Meta:
        model = CoverageGap
        fields = (
            *("id", "program", "jurisdiction", "body", "need", "covered", "opened_at"),
            *("closed_at", "explanations", "version"),
        )


class _Filters(serializers.Serializer[Any]):
    program = serializers.SlugField(required=False, source="program__slug")
    jurisdiction = serializers.SlugField(required=False, source="jurisdiction__slug")
    body = serializers.SlugField(required=False, source="body__slug")
    need = serializers.ChoiceField(choices=CoverageNeed.choices, required=False)
    stands = serializers.ChoiceField(choices=GapStanding.choices, required=False)


class GapList(ListAPIView[CoverageGap]):
    """Needs that a body does not meet, or is not known to meet, where somebody holds access or asks for it."""

    scopes = {"GET": ("review:write",)}
    serializer_class = CoverageGapSerializer
    queryset = CoverageGap.objects.none()

    def get_queryset(self) -> QuerySet[CoverageGap]:
        check_role(actor_of(self.request), *GAP_READERS)
        asked = _Filters(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        said = dict(asked.validated_data)
        stands = said.pop("stands", None)
        rows = list_gaps(actor_of(self.request)).filter(**said)
        return rows if stands is None else filter_standing(rows, GapStanding(stands))

    @extend_schema(
        parameters=[
            *(OpenApiParameter(name, str) for name in ("program", "jurisdiction", "body")),
            OpenApiParameter("need", enum=CoverageNeed.values),
            OpenApiParameter("stands", enum=GapStanding.values),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class GapDetail(APIView):
    """One gap."""

    scopes = {"GET": ("review:write",)}

    @extend_schema(responses=CoverageGapSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        check_role(actor_of(request), *GAP_READERS)
        row = list_gaps(actor_of(request)).filter(pk=pk).first()
        if row is None:
            raise NotFound("gap of coverage")
        return answer_one(row, CoverageGapSerializer)


class GapExplanationBody(StrictSerializer):
    reason = serializers.CharField(max_length=5_000)
    not_needed = serializers.BooleanField(
        default=False, help_text="then coverage shows it as not needed, with the reason"
    )


class GapExplain(APIView):
    """Say why a gap stays. It is not told again."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="coverage_gaps_explain",
        request=GapExplanationBody,
        responses=CoverageGapSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = GapExplanationBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = coverage_gaps.explain(command_of(request), gap=pk, **body.validated_data)
        return answer_done(done, CoverageGapSerializer)
