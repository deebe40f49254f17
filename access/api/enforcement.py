"""Enforcement points over HTTP: what they must apply, what they say they applied, how far a stop is."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.choices import SurfaceStanding, Switch
from access.models import EnforcementPoint, Grant, Restriction, RestrictionApplication
from access.operations import applications
from access.operations.applications import MOST_SURFACES, Applied
from access.operations.surfaces import SurfaceSaid
from access.queries.effects import measure_effect
from access.queries.restrictions import tell
from access.queries.surfaces import list_drift, list_grant_surfaces
from registry.api.commands import answer_done, command_of
from registry.api.permissions import actor_of
from registry.api.strict import StrictSerializer
from registry.errors import NotFound


class PointSerializer(serializers.ModelSerializer[EnforcementPoint]):
    owner = serializers.CharField(source="owner.slug")

    class Meta:
        model = EnforcementPoint
        fields = ("id", "slug", "name", "owner", "surfaces", "retired_at", "version")


class AppliedBody(StrictSerializer):
    """`applied_at` is left out where it was read and not applied yet."""

    restriction = serializers.UUIDField()
    switch = serializers.ChoiceField(choices=Switch.choices)
    read_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(default=None, allow_null=True)
    last_yes_at = serializers.DateTimeField(default=None, allow_null=True)


class SurfaceBody(StrictSerializer):
    surface = serializers.CharField(max_length=240)
    model = serializers.CharField(max_length=200)
    standing = serializers.ChoiceField(choices=SurfaceStanding.choices)


class ReportBody(StrictSerializer):
    """For the models in `complete_for`, what `surfaces` does not name is off."""

    applied = serializers.ListField(child=AppliedBody(), default=list, max_length=200)
    surfaces = serializers.ListField(child=SurfaceBody(), default=list, max_length=MOST_SURFACES)
    complete_for = serializers.ListField(
        child=serializers.CharField(max_length=200), default=list, max_length=200
    )


class ApplicationSerializer(serializers.ModelSerializer[RestrictionApplication]):
    title = serializers.SerializerMethodField(method_name="tell_title")

    class Meta:
        model = RestrictionApplication
        fields = (
            *("restriction", "title", "switch", "committed_at", "read_at", "applied_at"),
            *("last_yes_at", "reported_at"),
        )

    def tell_title(self, row: RestrictionApplication) -> str:
        return tell(row.restriction).title


class DriftSerializer(serializers.Serializer[Any]):
    surface = serializers.CharField()
    model = serializers.CharField()
    difference = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)


class PointEffectSerializer(serializers.Serializer[Any]):
    point = serializers.CharField(source="application.point.slug")
    owner = serializers.CharField(source="application.point.owner.slug")
    alarm_name = serializers.CharField(source="application.point.alarm_name")
    committed_at = serializers.DateTimeField(source="application.committed_at")
    read_at = serializers.DateTimeField(source="application.read_at", allow_null=True)
    applied_at = serializers.DateTimeField(source="application.applied_at", allow_null=True)
    last_yes_at = serializers.DateTimeField(source="application.last_yes_at", allow_null=True)
    answered_yes_at = serializers.DateTimeField(allow_null=True)
    seconds_to_effect = serializers.FloatField(allow_null=True)
    silent_seconds = serializers.FloatField(allow_null=True)
    overdue = serializers.BooleanField()


class EffectSerializer(serializers.Serializer[Any]):
    switch = serializers.ChoiceField(choices=Switch.choices)
    complete = serializers.BooleanField()
    applied = serializers.IntegerField()
    concerned = serializers.IntegerField()
    seconds_to_effect = serializers.FloatField(allow_null=True)
    cache_seconds = serializers.IntegerField()
    points = PointEffectSerializer(many=True)


class GrantSurfaceSerializer(serializers.Serializer[Any]):
    model = serializers.CharField()
    surface = serializers.CharField()
    standing = serializers.CharField(help_text="approved, provisioned, active or off")
    since = serializers.DateTimeField(allow_null=True)


def _find_point(request: Request, pk: UUID) -> EnforcementPoint:
    found = EnforcementPoint.objects.visible_to(actor_of(request)).filter(pk=pk).first()
    if found is None:
        raise NotFound("enforcement point")
    return found


class PointList(ListAPIView[EnforcementPoint]):
    """The enforcement points that the caller reports for; for staff, all."""

    scopes = {"GET": ("enforcement:report", "restrictions:write")}
    serializer_class = PointSerializer
    queryset = EnforcementPoint.objects.none()

    def get_queryset(self) -> QuerySet[EnforcementPoint]:
        visible = EnforcementPoint.objects.visible_to(actor_of(self.request))
        return visible.select_related("owner")


class PointApplications(APIView):
    """What the point has still to apply, the oldest first; at most 200."""

    scopes = {"GET": ("enforcement:report", "restrictions:write")}

    @extend_schema(
        operation_id="enforcement_points_applications",
        responses=ApplicationSerializer(many=True),
    )
    def get(self, request: Request, pk: UUID) -> Response:
        point = _find_point(request, pk)
        owed = RestrictionApplication.objects.owed().filter(point=point)
        rows = owed.select_related("restriction").order_by("committed_at", "id")[:200]
        return Response({"results": ApplicationSerializer(rows, many=True).data})


class PointReportApplied(APIView):
    """Say what the point has applied, and how models stand on its surfaces. The same again changes nothing."""

    scopes = {"POST": ("enforcement:report", "restrictions:write")}

    @extend_schema(
        operation_id="enforcement_points_report_applied",
        request=ReportBody,
        responses=PointSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = ReportBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        done = applications.report_applied(
            command_of(request),
            point=pk,
            applied=tuple(
                Applied(**(one | {"switch": Switch(one["switch"])})) for one in said["applied"]
            ),
            surfaces=tuple(
                SurfaceSaid(**(one | {"standing": SurfaceStanding(one["standing"])}))
                for one in said["surfaces"]
            ),
            complete_for=tuple(said["complete_for"]),
        )
        return answer_done(done, PointSerializer)


class PointDrift(APIView):
    """Where the point differs from the registry: the first of each kind."""

    scopes = {"GET": ("enforcement:report", "restrictions:write")}

    @extend_schema(operation_id="enforcement_points_drift", responses=DriftSerializer(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        drift = list_drift(_find_point(request, pk), at=now(), limit=200)
        return Response({"results": DriftSerializer(drift, many=True).data})


class RestrictionEffect(APIView):
    """How far a restriction is at each enforcement point, and its end once it is lifted. For staff tooling."""

    scopes = {"GET": ("restrictions:write",)}

    @extend_schema(operation_id="restrictions_effect", responses=EffectSerializer(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        if not Restriction.objects.filter(pk=pk).exists():
            raise NotFound("restriction")
        found = [effect for effect in measure_effect(pk, at=now()) if effect is not None]
        return Response({"results": EffectSerializer(found, many=True).data})


class GrantSurfaces(APIView):
    """How each model of a grant stands on each surface, as enforcement points report it."""

    scopes = {"GET": ("grants:read",)}

    @extend_schema(operation_id="grants_surfaces", responses=GrantSurfaceSerializer(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        grant = Grant.objects.visible_to(actor_of(request)).filter(pk=pk).first()
        if grant is None:
            raise NotFound("grant")
        found = list_grant_surfaces(grant)
        return Response({"results": GrantSurfaceSerializer(found, many=True).data})
