"""What the caller's organization is asked and must do, by when; its answers to recertification and close-outs."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.choices import NoticeKind
from access.models import CloseOut, CloseOutQuerySet, RecertificationItem, TermsEdition
from access.operations import close_outs, recertifications
from access.queries.endings import Ending, list_to_do
from registry.api.commands import answer_done, command_of
from registry.api.permissions import actor_of
from registry.api.strict import StrictSerializer
from registry.errors import NotFound
from registry.queries import organizations

_LONGEST = 500
_HOW = {
    NoticeKind.GRANT: "/api/v1/grants/{thing}/request_renewal/",
    NoticeKind.CONDITION: "/api/v1/conditions/{thing}/hand_in/",
    NoticeKind.ASSERTION: "/api/v1/members/{thing}/attest/",
    NoticeKind.RECERTIFICATION: "/api/v1/recertification-items/{thing}/answer/",
    NoticeKind.CLOSE_OUT: "/api/v1/close-outs/{thing}/attest/",
    NoticeKind.ATTESTATION: "/api/v1/attestations/",
    NoticeKind.TERMS: "/api/v1/programs/{program}/accept_terms/",
}


class ToDoSerializer(serializers.Serializer[Any]):
    """`code` is that of the condition, the kind of the assertion, the scheme of the attestation, or the number
    of the edition."""

    kind = serializers.ChoiceField(choices=NoticeKind.choices)
    id = serializers.UUIDField()
    code = serializers.CharField()
    due_at = serializers.DateTimeField()
    days_left = serializers.IntegerField()
    overdue = serializers.BooleanField()
    step = serializers.CharField()


class ToDoList(APIView):
    """All that the caller's organization must do, or will lose, nearest first. Staff name the organization."""

    scopes = {"GET": ("grants:read",)}

    @extend_schema(
        operation_id="to_do_list",
        responses=ToDoSerializer(many=True),
        parameters=[OpenApiParameter("organization", str, description="For staff: its slug.")],
    )
    def get(self, request: Request) -> Response:
        at = now()
        found = list_to_do(_organization(request), at=at, limit=_LONGEST)
        programs = _programs(found)
        rows = [_write(ending, at, programs) for ending in found]
        return Response({"results": ToDoSerializer(rows, many=True).data})


class RecertificationItemSerializer(serializers.ModelSerializer[RecertificationItem]):
    title = serializers.CharField(source="recertification.title")
    text = serializers.CharField(source="recertification.text")
    organization = serializers.CharField(source="organization.slug")
    due_at = serializers.DateTimeField(source="recertification.due_at")

    class Meta:
        model = RecertificationItem
        fields = (
            *("id", "recertification", "title", "text", "organization", "grant", "member"),
            *("due_at", "needed", "used_by", "needed_until", "note", "answered_at", "lapsed_at"),
            "version",
        )


class RecertificationAnswerBody(StrictSerializer):
    needed = serializers.BooleanField()
    used_by = serializers.CharField(max_length=5_000, allow_blank=True, default="")
    needed_until = serializers.DateTimeField(required=False)
    note = serializers.CharField(max_length=5_000, allow_blank=True, default="")


def visible_items(request: Request) -> QuerySet[RecertificationItem]:
    """What the caller's organization is asked; for staff, everybody."""
    rows = RecertificationItem.objects.visible_to(actor_of(request))
    return rows.select_related("recertification", "organization")


class ItemList(ListAPIView[RecertificationItem]):
    """Questions whether access is still needed, and the answers. `unanswered=1` shows the open ones."""

    scopes = {"GET": ("grants:read",)}
    serializer_class = RecertificationItemSerializer
    queryset = RecertificationItem.objects.none()

    def get_queryset(self) -> QuerySet[RecertificationItem]:
        rows = visible_items(self.request)
        return rows.unanswered() if self.request.query_params.get("unanswered") == "1" else rows  # type: ignore[attr-defined]

    @extend_schema(parameters=[OpenApiParameter("unanswered", enum=["1"])])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class ItemAnswer(APIView):
    """Answer, once. A no gives the grant back or withdraws the member; a yes about a grant says by whom."""

    scopes = {"POST": ("grants:write",)}

    @extend_schema(
        operation_id="recertification_items_answer",
        request=RecertificationAnswerBody,
        responses=RecertificationItemSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = RecertificationAnswerBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = recertifications.answer(command_of(request), item=pk, **body.validated_data)
        shown = replace(done, value=visible_items(request).get(pk=pk))
        return answer_done(shown, RecertificationItemSerializer)


class CloseOutSerializer(serializers.ModelSerializer[CloseOut]):
    organization = serializers.CharField(source="grant.organization.slug")

    class Meta:
        model = CloseOut
        fields = (
            *("id", "grant", "organization", "asked_at", "due_at", "data_deleted"),
            *("access_returned", "evidence", "attested_at", "withdrawn_at", "version"),
        )


class CloseOutBody(StrictSerializer):
    data_deleted = serializers.BooleanField()
    access_returned = serializers.BooleanField()
    evidence = serializers.CharField(max_length=5_000, allow_blank=True, default="")


class CloseOutList(ListAPIView[CloseOut]):
    """Close-outs after the end of the caller's grants; for staff, all. `missing=1`: still asked for."""

    scopes = {"GET": ("grants:read",)}
    serializer_class = CloseOutSerializer
    queryset = CloseOut.objects.none()

    def get_queryset(self) -> QuerySet[CloseOut]:
        rows = visible_close_outs(self.request)
        missing = self.request.query_params.get("missing") == "1"
        return rows.awaited() if missing else rows

    @extend_schema(parameters=[OpenApiParameter("missing", enum=["1"])])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class CloseOutAttest(APIView):
    """Attest, once, what became of data and access."""

    scopes = {"POST": ("grants:write",)}

    @extend_schema(
        operation_id="close_outs_attest", request=CloseOutBody, responses=CloseOutSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = CloseOutBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = close_outs.attest(command_of(request), close_out=pk, **body.validated_data)
        shown = replace(done, value=visible_close_outs(request).get(pk=pk))
        return answer_done(shown, CloseOutSerializer)


def visible_close_outs(request: Request) -> CloseOutQuerySet:
    """The close-outs the caller may see."""
    rows = CloseOut.objects.visible_to(actor_of(request))
    return rows.select_related("grant__organization")


def _organization(request: Request) -> UUID:
    actor = actor_of(request)
    named = request.query_params.get("organization")
    if named is not None:
        return organizations.find(named, actor=actor).id
    if actor.organization_id is None:
        raise NotFound("organization")
    return actor.organization_id


def _programs(found: list[Ending]) -> dict[UUID, str]:
    editions = [ending.thing for ending in found if ending.kind == NoticeKind.TERMS]
    rows = TermsEdition.objects.filter(pk__in=editions).values_list("pk", "program__slug")
    return dict(rows)


def _write(ending: Ending, at: dt.datetime, programs: dict[UUID, str]) -> dict[str, Any]:
    step = _HOW[NoticeKind(ending.kind)]
    return {
        "kind": ending.kind,
        "id": ending.thing,
        "code": ending.code,
        "due_at": ending.ends_at,
        "days_left": ending.days,
        "overdue": ending.ends_at <= at,
        "step": step.format(thing=ending.thing, program=programs.get(ending.thing, "")),
    }
