"""Interests of staff in organizations, for staff tooling: declared, read and ended."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api.commands import answer_done, command_of
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, StrictSerializer
from registry.choices import InterestKind
from registry.models import Interest
from registry.operations import interests
from registry.queries import organizations


class InterestSerializer(serializers.ModelSerializer[Interest]):
    person = serializers.CharField(source="person.username")
    organization = serializers.CharField(source="organization.slug")

    class Meta:
        model = Interest
        fields = (
            "id",
            "person",
            "organization",
            "kind",
            "note",
            "starts_at",
            "ends_at",
            "version",
        )


class InterestBody(StrictSerializer):
    """`person` is a username. `since` is now where it is not said."""

    person = serializers.CharField(max_length=80)
    organization = serializers.CharField(max_length=240)
    kind = serializers.ChoiceField(choices=InterestKind.choices)
    note = serializers.CharField(max_length=2_000, allow_blank=True, default="")
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


class InterestList(ListCreateAPIView[Interest]):
    """Declared interests. A program reads them, and declares one for a person, in an administrator's role."""

    scopes = {"GET": ("review:write",), "POST": ("review:write",)}
    serializer_class = InterestSerializer
    queryset = Interest.objects.none()

    def get_queryset(self) -> QuerySet[Interest]:
        rows = Interest.objects.visible_to(actor_of(self.request))
        return rows.select_related("person", "organization")

    @extend_schema(request=InterestBody, responses={201: InterestSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = InterestBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        about = organizations.find(said.pop("organization"), actor=actor_of(request))
        kind = InterestKind(said.pop("kind"))
        done = interests.declare(command_of(request), organization=about.id, kind=kind, **said)
        return answer_done(done, InterestSerializer, status=201)


class InterestEnd(APIView):
    """Say that an interest is over."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(operation_id="interests_end", request=Nothing, responses=InterestSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        return answer_done(interests.end(command_of(request), interest=pk), InterestSerializer)
