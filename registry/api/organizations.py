"""Organizations, models: what a client may read of the registry."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.actors import Actor
from registry.api.commands import answer_one
from registry.api.permissions import actor_of
from registry.choices import Sector
from registry.errors import NotFound
from registry.models import (
    AIModel,
    AIModelVersion,
    ExternalIdentifier,
    Organization,
    OrganizationJurisdiction,
    OrganizationSector,
    OrganizationVersion,
)
from registry.queries import organizations


class SectorSerializer(serializers.Serializer[Any]):
    sector = serializers.ChoiceField(choices=Sector.choices)
    source = serializers.CharField()  # type: ignore[assignment]  # declared, a field of its own
    since = serializers.DateTimeField()


class OrganizationSerializer(serializers.ModelSerializer[Organization]):
    name = serializers.SerializerMethodField()
    kind = serializers.SerializerMethodField()
    standing = serializers.SerializerMethodField()
    jurisdictions = serializers.SerializerMethodField()
    sector = serializers.SerializerMethodField()
    identifiers = serializers.SerializerMethodField()

    class Meta:
        model = Organization
        fields = (
            *("id", "slug", "name", "kind", "standing", "undisclosed", "synthetic"),
            *("jurisdictions", "sector", "identifiers", "version"),
        )

    def get_name(self, row: Organization) -> str:
        return _current(row).name if row.may_be_named_to(self.context["actor"]) else row.name

    def get_kind(self, row: Organization) -> str:
        return _current(row).kind

    def get_standing(self, row: Organization) -> str:
        return _current(row).standing

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_jurisdictions(self, row: Organization) -> list[dict[str, str]]:
        return [
            {"jurisdiction": edge.jurisdiction.slug, "role": edge.role}
            for edge in row.jurisdictions.all()
        ]

    @extend_schema_field(SectorSerializer(allow_null=True))
    def get_sector(self, row: Organization) -> dict[str, Any] | None:
        """Null where no source has said it."""
        found = next(iter(row.sectors.all()), None)
        if found is None:
            return None
        return {"sector": found.sector, "source": found.source, "since": found.valid.lower}

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_identifiers(self, row: Organization) -> list[str]:
        return [f"{known.scheme}:{known.value}" for known in row.identifiers.all()]


def _current(row: Organization) -> OrganizationVersion:
    return row.versions.all()[0]


def with_current(rows: QuerySet[Organization]) -> QuerySet[Organization]:
    """With what the registry knows of them now and will hold on, in a fixed number of queries."""
    versions = OrganizationVersion.objects.current().filter(valid__upper_inf=True)
    held = (
        OrganizationJurisdiction.objects.current()
        .filter(valid__upper_inf=True)
        .select_related("jurisdiction")
        .order_by("role", "jurisdiction__slug")
    )
    sectors = OrganizationSector.objects.current().filter(valid__upper_inf=True)
    known = ExternalIdentifier.objects.current().filter(valid__upper_inf=True)
    return (
        rows.prefetch_related(Prefetch("versions", versions))
        .prefetch_related(Prefetch("jurisdictions", held))
        .prefetch_related(Prefetch("sectors", sectors))
        .prefetch_related(Prefetch("identifiers", known.order_by("scheme", "value")))
    )


class OrganizationList(ListAPIView[Organization]):
    """The organizations the caller may see: its own; for staff, all."""

    scopes = {"GET": ("registry:read",)}
    serializer_class = OrganizationSerializer
    queryset = Organization.objects.none()

    def get_queryset(self) -> QuerySet[Organization]:
        return with_current(Organization.objects.visible_to(actor_of(self.request)))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "actor": actor_of(self.request)}


class OrganizationDetail(APIView):
    """One organization, by slug, UUID or external identifier."""

    scopes = {"GET": ("registry:read",)}

    @extend_schema(responses=OrganizationSerializer)
    def get(self, request: Request, identifier: str) -> Response:
        actor: Actor = actor_of(request)
        row = organizations.find(identifier, actor=actor)
        whole = with_current(Organization.objects.filter(pk=row.pk)).get()
        return answer_one(whole, OrganizationSerializer, actor=actor)


class ModelSerializer(serializers.ModelSerializer[AIModel]):
    developer = serializers.SlugRelatedField[Organization](slug_field="slug", read_only=True)
    stage = serializers.SerializerMethodField()
    versions = serializers.SerializerMethodField(method_name="list_releases")

    class Meta:
        model = AIModel
        fields = ("id", "slug", "name", "developer", "stage", "versions", "synthetic", "version")

    def get_stage(self, row: AIModel) -> str:
        return row.versions.all()[0].stage

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def list_releases(self, row: AIModel) -> list[str]:
        return sorted(release.slug for release in row.releases.all())


def _models() -> QuerySet[AIModel]:
    current = AIModelVersion.objects.current().filter(valid__upper_inf=True)
    return AIModel.objects.select_related("developer").prefetch_related(
        Prefetch("versions", current), "releases"
    )


class ModelList(ListAPIView[AIModel]):
    """AI models."""

    scopes = {"GET": ("registry:read",)}
    serializer_class = ModelSerializer
    queryset = AIModel.objects.none()

    def get_queryset(self) -> QuerySet[AIModel]:
        return _models()


class ModelDetail(APIView):
    """One AI model, by slug."""

    scopes = {"GET": ("registry:read",)}

    @extend_schema(responses=ModelSerializer)
    def get(self, request: Request, slug: str) -> Response:
        row = _models().filter(slug=slug).first()
        if row is None:
            raise NotFound("model")
        return answer_one(row, ModelSerializer)
