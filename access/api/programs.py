"""Programs with their tiers and terms."""

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.models import Program, ProgramVersion, TermsEdition, Tier
from access.operations import terms
from registry.api.commands import answer_one, command_of
from registry.api.permissions import actor_of
from registry.api.strict import StrictSerializer
from registry.errors import NotFound
from registry.models import AIModel, Organization


class TierSerializer(serializers.ModelSerializer[Tier]):
    models = serializers.SlugRelatedField[AIModel](
        source="ai_models", slug_field="slug", many=True, read_only=True
    )

    class Meta:
        model = Tier
        fields = ("id", "slug", "name", "description", "actions", "models", "grant_days")


class TermsSerializer(serializers.ModelSerializer[TermsEdition]):
    class Meta:
        model = TermsEdition
        fields = ("number", "title", "body", "sha256", "published_at", "required_from")


class ProgramSerializer(serializers.ModelSerializer[Program]):
    developer = serializers.SlugRelatedField[Organization](slug_field="slug", read_only=True)
    status = serializers.SerializerMethodField()
    tiers = TierSerializer(many=True, read_only=True)
    terms = TermsSerializer(many=True, read_only=True)

    class Meta:
        model = Program
        fields = (
            *("id", "slug", "name", "developer", "status", "synthetic"),
            *("tiers", "terms", "version"),
        )

    def get_status(self, row: Program) -> str:
        return row.versions.all()[0].status


def _programs() -> QuerySet[Program]:
    current = ProgramVersion.objects.current().filter(valid__upper_inf=True)
    return Program.objects.select_related("developer").prefetch_related(
        Prefetch("versions", current),
        Prefetch("tiers", Tier.objects.order_by("slug").prefetch_related("ai_models")),
        Prefetch("terms", TermsEdition.objects.order_by("number")),
    )


class ProgramList(ListAPIView[Program]):
    """Programs, with what their tiers allow and the terms that bind."""

    scopes = {"GET": ("registry:read",)}
    serializer_class = ProgramSerializer
    queryset = Program.objects.none()

    def get_queryset(self) -> QuerySet[Program]:
        return _programs()


class ProgramDetail(APIView):
    """One program, by slug."""

    scopes = {"GET": ("registry:read",)}

    @extend_schema(responses=ProgramSerializer)
    def get(self, request: Request, slug: str) -> Response:
        row = _programs().filter(slug=slug).first()
        if row is None:
            raise NotFound("program")
        return answer_one(row, ProgramSerializer)


class TermsBody(StrictSerializer):
    edition = serializers.IntegerField(min_value=1)


class ProgramAcceptTerms(APIView):
    """The caller's organization accepts an edition of the program's terms. Again is no harm."""

    scopes = {"POST": ("requests:write",)}

    @extend_schema(
        operation_id="programs_accept_terms", request=TermsBody, responses=ProgramSerializer
    )
    def post(self, request: Request, slug: str) -> Response:
        body = TermsBody(data=request.data)
        body.is_valid(raise_exception=True)
        row = _programs().filter(slug=slug).first()
        organization = actor_of(request).organization_id
        if row is None or organization is None:
            raise NotFound("program")
        done = terms.accept(
            command_of(request),
            organization=organization,
            program=row.id,
            edition=body.validated_data["edition"],
        )
        response = answer_one(row, ProgramSerializer)
        response["Concordat-Revision"] = done.revision
        return response
