"""Positions of authorities, as far as the caller may read them."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.grants import MOMENTS
from access.api.holdings import show_sources
from access.models import Position, PositionVersion
from registry.api.commands import read_moment
from registry.api.permissions import actor_of
from registry.models import Citation


class PositionSerializer(serializers.ModelSerializer[Position]):
    authority = serializers.CharField(source="authority.organization.slug")
    versions = serializers.SerializerMethodField(method_name="list_versions")
    sources = serializers.SerializerMethodField(method_name="list_sources")

    class Meta:
        model = Position
        fields = (
            *("id", "authority", "origin", "marking", "program", "ai_model", "expansion"),
            *("request", "organization", "versions", "sources", "version"),
        )

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def list_versions(self, row: Position) -> list[dict[str, Any]]:
        return [
            {
                "stance": said.stance,
                "grounds": said.grounds,
                "attribution": said.attribution,
                "speaker": said.speaker,
                "legal_force": said.legal_force,
                "statement": said.statement,
                "since": said.valid.lower,
                "until": said.valid.upper,
            }
            for said in row.versions.all()
        ]

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def list_sources(self, row: Position) -> list[dict[str, Any]]:
        return [] if row.fact is None else show_sources(row.fact)


class PositionList(ListAPIView[Position]):
    """Positions of authorities. For staff; confidential ones for cleared roles."""

    scopes = {"GET": ("review:write",)}
    serializer_class = PositionSerializer
    queryset = Position.objects.none()

    def get_queryset(self) -> QuerySet[Position]:
        as_of, known_at = (read_moment(self.request, name) for name in ("as_of", "known_at"))
        versions = PositionVersion.objects.current()
        rows = Position.objects.visible_to(actor_of(self.request))
        if (moment := as_of or known_at) is not None:
            versions = PositionVersion.objects.as_of(moment, known_at)
            rows = rows.filter(pk__in=versions.values("position"))
        return rows.select_related("authority__organization", "fact").prefetch_related(
            Prefetch("versions", versions.order_by("valid")),
            Prefetch("fact__citations", Citation.objects.select_related("source")),
            "fact__disputes",
        )

    @extend_schema(parameters=MOMENTS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)
