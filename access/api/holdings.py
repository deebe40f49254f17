"""Who holds access, and how we know."""

from typing import Any

from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.grants import MOMENTS
from access.choices import Holds, Origin
from access.models import StatedCount
from access.queries.holdings import Holding, Holdings, list_holdings
from registry.api.commands import read_moment
from registry.api.permissions import actor_of
from registry.errors import Invalid, NotFound
from registry.models import AIModel, ReportedFact


class ModelMissing(Invalid):
    code = "model_missing"
    text = _("Say which model: ?model=<slug>.")


def show_sources(fact: ReportedFact) -> list[dict[str, Any]]:
    """The sources of a fact, each with its grade for this fact, and whether the fact is disputed."""
    disputed = bool(fact.disputes.all())
    return [
        {
            "publisher": citation.source.publisher,
            "title": citation.source.title,
            "location": citation.source.location,
            "published_on": citation.source.published_on,
            "grade": citation.grade,
            "statement": fact.statement,
            "disputed": disputed,
        }
        for citation in fact.citations.all()
    ]


class HoldingSerializer(serializers.Serializer[Holding]):
    organization = serializers.CharField(source="organization.slug")
    name = serializers.CharField(source="organization.name")
    holds = serializers.ChoiceField(choices=Holds.choices)
    origin = serializers.ChoiceField(choices=Origin.choices)
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    manner = serializers.CharField()
    grant = serializers.UUIDField(source="grant.id", default=None)
    sources = serializers.SerializerMethodField(method_name="list_sources")

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def list_sources(self, row: Holding) -> list[dict[str, Any]]:
        return [source for fact in row.facts for source in show_sources(fact)]


class CountSerializer(serializers.Serializer[StatedCount]):
    qualifier = serializers.CharField()
    number = serializers.IntegerField()
    of_what = serializers.CharField()
    proposed = serializers.BooleanField()
    sources = serializers.SerializerMethodField(method_name="list_sources")

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def list_sources(self, row: StatedCount) -> list[dict[str, Any]]:
        return show_sources(row.fact)


class HoldingsSerializer(serializers.Serializer[Holdings]):
    model = serializers.CharField(source="ai_model.slug")
    synthetic = serializers.BooleanField(source="ai_model.synthetic")
    as_of = serializers.DateTimeField()
    known_at = serializers.DateTimeField(allow_null=True)
    not_recorded = serializers.BooleanField()
    results = HoldingSerializer(many=True, source="rows")
    next = serializers.CharField(allow_null=True, default=None)
    previous = serializers.CharField(allow_null=True, default=None)
    stated_counts = CountSerializer(many=True, source="counts")


class HoldingList(APIView):
    """Who holds access to a model, at a moment, as known at a moment. A partner reads its own line."""

    scopes = {"GET": ("holdings:read",)}

    @extend_schema(
        parameters=[OpenApiParameter("model", str, required=True), *MOMENTS],
        responses=HoldingsSerializer,
    )
    def get(self, request: Request) -> Response:
        slug = request.query_params.get("model")
        if slug is None:
            raise ModelMissing
        model = AIModel.objects.filter(slug=slug).first()
        if model is None:
            raise NotFound("model")
        known_at = read_moment(request, "known_at")
        as_of = read_moment(request, "as_of") or known_at or now()
        actor = actor_of(request)
        own = None if actor.is_staff else actor.organization_id
        found = list_holdings(model, as_of=as_of, known_at=known_at)
        return Response(HoldingsSerializer(found.only(own)).data)
