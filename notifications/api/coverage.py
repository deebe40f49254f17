"""Coverage by jurisdiction and body, for staff tooling."""

from typing import Any

from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.grants import MOMENTS
from access.api.holdings import show_sources
from access.models import Program
from notifications.choices import CoverageNeed, Covered
from notifications.queries.coverage import Asked, Line, read_coverage
from notifications.queries.coverage_cells import Evidence
from registry.api.commands import read_moment
from registry.api.permissions import actor_of
from registry.choices import Role
from registry.errors import Invalid, NotFound
from registry.models import AIModel, Governed
from registry.policies import check_role


class CoverageOfNothing(Invalid):
    code = "coverage_of_nothing"
    text = _("Say of which program or model: ?program=<slug>, ?model=<slug>, or both.")


class CellEvidenceSerializer(serializers.Serializer[Evidence]):
    """By what it is known. `kind` and `id` name the row where it is on record; `sources` are those of a report."""

    text = serializers.CharField()
    kind = serializers.CharField(allow_null=True)
    id = serializers.CharField(allow_null=True)
    sources = serializers.ListField(child=serializers.DictField())

    def to_representation(self, said: Evidence) -> dict[str, Any]:
        row = said.row
        return {
            "text": said.text,
            "kind": None if row is None else row._meta.model_name,
            "id": str(row.pk) if isinstance(row, Governed) else None,
            "sources": [source for fact in said.facts for source in show_sources(fact)],
        }


class CellSerializer(serializers.Serializer[Any]):
    need = serializers.ChoiceField(choices=CoverageNeed.choices)
    covered = serializers.ChoiceField(choices=Covered.choices)
    evidence = CellEvidenceSerializer(many=True)


class CoverageLineSerializer(serializers.Serializer[Line]):
    """One body in one jurisdiction; `body` is null where none is registered for it."""

    jurisdiction = serializers.CharField(source="jurisdiction.slug")
    body = serializers.CharField(source="body.slug", default=None, allow_null=True)
    name = serializers.CharField(source="body.name", default=None, allow_null=True)
    concerned = serializers.BooleanField()
    cells = CellSerializer(many=True)


class CoverageSerializer(serializers.Serializer[Any]):
    program = serializers.CharField(source="asked.program.slug", default=None, allow_null=True)
    models = serializers.SerializerMethodField(method_name="list_models")
    synthetic = serializers.BooleanField(source="asked.synthetic")
    as_of = serializers.DateTimeField(source="asked.as_of")
    known_at = serializers.DateTimeField(source="asked.known_at", allow_null=True)
    results = CoverageLineSerializer(source="lines", many=True)

    def list_models(self, found: Any) -> list[str]:
        return [model.slug for model in found.models]


class CoverageView(APIView):
    """Which body of which jurisdiction meets which need of a program or a model, at a moment. For staff."""

    scopes = {"GET": ("review:write",)}

    @extend_schema(
        parameters=[OpenApiParameter("program", str), OpenApiParameter("model", str), *MOMENTS],
        responses=CoverageSerializer,
    )
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        check_role(actor, *Role)
        program = _find(Program, request.query_params.get("program"), "program")
        model = _find(AIModel, request.query_params.get("model"), "model")
        if program is None and model is None:
            raise CoverageOfNothing
        known_at, at = read_moment(request, "known_at"), now()
        asked = Asked(
            actor=actor,
            as_of=read_moment(request, "as_of") or known_at or at,
            now=at,
            known_at=known_at,
            program=program,
            ai_model=model,
        )
        return Response(CoverageSerializer(read_coverage(asked)).data)


def _find(kind: Any, slug: str | None, what: str) -> Any:
    """Raises NotFound."""
    if slug is None:
        return None
    found = kind.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(what)
    return found
