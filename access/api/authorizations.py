"""Export licences and comparable permissions that the operator holds."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.choices import AuthorizationKind
from access.models import Authorization, AuthorizationVersion
from access.operations import authorizations
from access.operations.authorizations import Authorized
from access.queries.positions import find_authority
from registry.api.commands import answer_done, command_of
from registry.api.permissions import actor_of
from registry.api.strict import ReasonBody, StrictSerializer


class AuthorizationSerializer(serializers.ModelSerializer[Authorization]):
    issuer = serializers.CharField(source="issuer.organization.slug")
    periods = serializers.SerializerMethodField(method_name="list_periods")

    class Meta:
        model = Authorization
        fields = (
            *("id", "kind", "issuer", "number", "organization", "program", "ai_model"),
            *("issued_on", "periods", "attached_at", "withdrawn_at", "withdrawn_because"),
            "version",
        )

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def list_periods(self, row: Authorization) -> list[dict[str, Any]]:
        return [
            {"from": said.valid.lower, "until": said.valid.upper, "conditions": said.conditions}
            for said in row.versions.all()
            if said.recorded.upper is None
        ]


class AttachBody(StrictSerializer):
    kind = serializers.ChoiceField(choices=AuthorizationKind.choices)
    issuer = serializers.SlugField(max_length=80)
    number = serializers.CharField(max_length=120)
    organization = serializers.UUIDField(required=False)
    program = serializers.UUIDField(required=False)
    ai_model = serializers.UUIDField(required=False)
    conditions = serializers.CharField(max_length=20_000, allow_blank=True, default="")
    issued_on = serializers.DateField(required=False)
    starts_at = serializers.DateTimeField(required=False)
    ends_at = serializers.DateTimeField(required=False)


class AuthorizationList(ListCreateAPIView[Authorization]):
    """Authorizations on record. For staff."""

    scopes = {"GET": ("review:write",), "POST": ("review:write",)}
    serializer_class = AuthorizationSerializer
    queryset = Authorization.objects.none()

    def get_queryset(self) -> QuerySet[Authorization]:
        rows = Authorization.objects.select_related("issuer__organization").prefetch_related(
            Prefetch("versions", AuthorizationVersion.objects.current().order_by("valid"))
        )
        return rows if actor_of(self.request).is_staff else rows.none()

    @extend_schema(
        operation_id="authorizations_attach",
        request=AttachBody,
        responses={201: AuthorizationSerializer},
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = AttachBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        done = authorizations.attach(
            command_of(request),
            authorized=Authorized(
                kind=AuthorizationKind(said.pop("kind")),
                issuer=find_authority(said.pop("issuer")),
                **said,
            ),
        )
        return answer_done(done, AuthorizationSerializer, status=201)


class AuthorizationWithdraw(APIView):
    """It holds no more, from now on."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="authorizations_withdraw",
        request=ReasonBody,
        responses=AuthorizationSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = ReasonBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = authorizations.withdraw(
            command_of(request), authorization=pk, reason=body.validated_data["reason"]
        )
        return answer_done(done, AuthorizationSerializer)
