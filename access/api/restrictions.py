"""Restrictions: read by whom they cover, imposed and lifted by staff tooling."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.grants import MOMENTS
from access.choices import RestrictionBasis, RestrictionKind
from access.models import Restriction, RestrictionVersion
from access.operations import restrictions
from access.operations.restrictions import Exempted, Wording
from access.queries.restrictions import covering
from access.queries.scopes import Scope
from registry.api.commands import answer_done, command_of, read_moment
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, StrictSerializer


class RestrictionSerializer(serializers.ModelSerializer[Restriction]):
    since = serializers.SerializerMethodField(method_name="find_start")
    until = serializers.SerializerMethodField(method_name="find_end")

    class Meta:
        model = Restriction
        fields = (
            *("id", "kind", "basis", "origin", "title", "public_wording"),
            *("since", "until", "lift_asked_at", "lifted_at", "version"),
        )

    @extend_schema_field({"type": "string", "format": "date-time", "nullable": True})
    def find_start(self, row: Restriction) -> Any:
        version = _shown(row)
        return None if version is None else version.valid.lower

    @extend_schema_field({"type": "string", "format": "date-time", "nullable": True})
    def find_end(self, row: Restriction) -> Any:
        version = _shown(row)
        return None if version is None else version.valid.upper


def _shown(row: Restriction) -> RestrictionVersion | None:
    """The version that was asked for; after a step, the current one that ends last."""
    current = [version for version in row.versions.all() if version.recorded.upper is None]
    found = current or list(row.versions.all())
    return found[-1] if found else None


class RestrictionBody(StrictSerializer):
    """Dimensions narrow each other; an empty one means any; at least one must be given."""

    kind = serializers.ChoiceField(choices=RestrictionKind.choices)
    basis = serializers.ChoiceField(choices=RestrictionBasis.choices)
    title = serializers.CharField(max_length=200)
    public_wording = serializers.CharField(max_length=5_000)
    confidential_basis = serializers.CharField(max_length=5_000, default="", allow_blank=True)
    organizations = serializers.ListField(child=serializers.UUIDField(), default=list)
    models = serializers.ListField(child=serializers.UUIDField(), default=list)
    programs = serializers.ListField(child=serializers.UUIDField(), default=list)
    jurisdictions = serializers.ListField(child=serializers.UUIDField(), default=list)
    vendors = serializers.ListField(child=serializers.UUIDField(), default=list)
    person_class = serializers.SlugField(default=None, allow_null=True)
    exceptions_complete = serializers.BooleanField(default=True)


class ExemptionBody(StrictSerializer):
    organization = serializers.UUIDField()
    member = serializers.UUIDField(default=None, allow_null=True)
    basis = serializers.CharField(max_length=300)


class RestrictionList(ListCreateAPIView[Restriction]):
    """Restrictions in force at a moment. A partner reads those that cover it, in their public wording."""

    scopes = {"GET": ("grants:read",), "POST": ("restrictions:write",)}
    serializer_class = RestrictionSerializer
    queryset = Restriction.objects.none()

    def get_queryset(self) -> QuerySet[Restriction]:
        as_of, known_at = (read_moment(self.request, name) for name in ("as_of", "known_at"))
        moment = as_of or known_at or now()
        versions = RestrictionVersion.objects.as_of(moment, known_at)
        rows = Restriction.objects.filter(pk__in=versions.values("restriction"))
        actor = actor_of(self.request)
        if not actor.is_staff:
            rows = rows.filter(pk__in=covering(actor.organization_id, versions, at=moment))
        return rows.prefetch_related(Prefetch("versions", versions))

    @extend_schema(parameters=MOMENTS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=RestrictionBody, responses={201: RestrictionSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = RestrictionBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        done = restrictions.restrict(
            command_of(request),
            kind=RestrictionKind(said["kind"]),
            basis=RestrictionBasis(said["basis"]),
            wording=Wording(said["title"], said["public_wording"], said["confidential_basis"]),
            scope=Scope(
                organizations=tuple(said["organizations"]),
                ai_models=tuple(said["models"]),
                programs=tuple(said["programs"]),
                jurisdictions=tuple(said["jurisdictions"]),
                vendors=tuple(said["vendors"]),
                person_class=said["person_class"],
            ),
            exceptions_complete=said["exceptions_complete"],
        )
        return answer_done(done, RestrictionSerializer, status=201)


class RestrictionExempt(APIView):
    """From the commit on, the restriction does not stop this organization, or this member of it."""

    scopes = {"POST": ("restrictions:write",)}

    @extend_schema(
        operation_id="restrictions_exempt", request=ExemptionBody, responses=RestrictionSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = ExemptionBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = restrictions.exempt(
            command_of(request), restriction=pk, exempted=Exempted(**body.validated_data)
        )
        return answer_done(done, RestrictionSerializer)


class RestrictionLift(APIView):
    """Ask that it be lifted; for a second person: lift it."""

    scopes = {"POST": ("restrictions:write",)}

    @extend_schema(
        operation_id="restrictions_lift", request=Nothing, responses=RestrictionSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        done = restrictions.lift(command_of(request), restriction=pk)
        return answer_done(done, RestrictionSerializer)
