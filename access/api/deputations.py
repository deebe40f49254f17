"""Deputies of staff, for staff tooling: named, read and revoked."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.models import Deputation, Program
from access.operations import deputations
from registry.api.commands import answer_done, command_of
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, StrictSerializer
from registry.choices import Role
from registry.errors import NotFound
from registry.policies import check_role


class DeputationSerializer(serializers.ModelSerializer[Deputation]):
    person = serializers.CharField(source="person.username")
    deputy = serializers.CharField(source="deputy.username")
    program = serializers.SlugRelatedField[Program](slug_field="slug", read_only=True)

    class Meta:
        model = Deputation
        fields = (
            *("id", "person", "deputy", "program", "stage", "starts_at", "ends_at"),
            *("note", "revoked_at", "version"),
        )


class DeputationBody(StrictSerializer):
    """`person` and `deputy` are usernames. `since` is now where it is not said; without `program` or `stage`, all."""

    person = serializers.CharField(max_length=80)
    deputy = serializers.CharField(max_length=80)
    program = serializers.SlugField(max_length=80, required=False)
    stage = serializers.SlugField(max_length=60, required=False)
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField()
    note = serializers.CharField(max_length=2_000, allow_blank=True, default="")


class DeputationList(ListCreateAPIView[Deputation]):
    """Who stands in for whom, newest first. A program names a deputy in an administrator's role."""

    scopes = {"GET": ("review:write",), "POST": ("review:write",)}
    serializer_class = DeputationSerializer
    queryset = Deputation.objects.none()

    def get_queryset(self) -> QuerySet[Deputation]:
        actor = actor_of(self.request)
        check_role(actor, *Role)
        rows = Deputation.objects.visible_to(actor)
        return rows.select_related("person", "deputy", "program")

    @extend_schema(request=DeputationBody, responses={201: DeputationSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = DeputationBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        slug = said.pop("program", None)
        program = None if slug is None else Program.objects.filter(slug=slug).first()
        if slug is not None and program is None:
            raise NotFound("program")
        done = deputations.name_deputy(
            command_of(request), program=None if program is None else program.id, **said
        )
        return answer_done(done, DeputationSerializer, status=201)


class DeputationRevoke(APIView):
    """The deputy is none from now on."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="deputations_revoke", request=Nothing, responses=DeputationSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        done = deputations.revoke(command_of(request), deputation=pk)
        return answer_done(done, DeputationSerializer)
