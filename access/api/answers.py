"""Answers as evidence, for the operator's own staff tooling."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.choices import SearchKind
from access.models import AnswerCount, SearchCount
from access.queries.decision_answers import (
    Sought,
    find_answers,
    find_gaps,
    find_searches,
    name_answers,
    name_clients,
    sum_answers,
)
from registry.api.commands import read_moment
from registry.api.permissions import actor_of
from registry.errors import Invalid, NotFound
from registry.models import AIModel, Client
from registry.queries import organizations

DAY = dt.timedelta(days=1)


class DecisionUnreadable(Invalid):
    code = "decision_unreadable"
    text = _("“decision” must be true or false.")


class AnswerSerializer(serializers.Serializer[AnswerCount]):
    minute = serializers.DateTimeField()
    client = serializers.UUIDField()
    client_name = serializers.CharField(allow_null=True)
    organization = serializers.CharField(allow_null=True)
    member = serializers.UUIDField(allow_null=True)
    model = serializers.CharField(allow_null=True)
    decision = serializers.BooleanField()
    reason = serializers.CharField()
    count = serializers.IntegerField()


class GapSerializer(serializers.Serializer[Any]):
    recorder = serializers.UUIDField()
    host = serializers.CharField()
    since = serializers.DateTimeField()


class TotalSerializer(serializers.Serializer[Any]):
    decision = serializers.BooleanField()
    reason = serializers.CharField()
    count = serializers.IntegerField()


class AnswersSerializer(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    totals = TotalSerializer(many=True)
    gaps = GapSerializer(many=True)
    kept_days = serializers.IntegerField()
    results = AnswerSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class SearchSerializer(serializers.Serializer[SearchCount]):
    minute = serializers.DateTimeField()
    client = serializers.UUIDField()
    client_name = serializers.CharField(allow_null=True)
    kind = serializers.ChoiceField(choices=SearchKind.choices)
    outcome = serializers.CharField()
    count = serializers.IntegerField()
    results = serializers.IntegerField()


class SearchesSerializer(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    gaps = GapSerializer(many=True)
    results = SearchSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class _ByMinute(CursorPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = ("-minute", "-id")


_PARAMETERS = [
    OpenApiParameter("since", OpenApiTypes.DATETIME, description="A day before now, if left out."),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="Exclusive."),
    OpenApiParameter("client", OpenApiTypes.STR, description="The client's client_id."),
    OpenApiParameter("organization", OpenApiTypes.STR),
    OpenApiParameter("model", OpenApiTypes.STR),
    OpenApiParameter("decision", OpenApiTypes.BOOL),
    OpenApiParameter("reason", OpenApiTypes.STR),
    OpenApiParameter("page_size", OpenApiTypes.INT, description="At most 200."),
]


class AnswerList(APIView):
    """How often each client was told yes and no, by minute, subject, model and reason.

    `gaps` are processes that ended without writing: what they answered from then on is not known.
    """

    scopes = {"GET": ("answers:read",)}

    @extend_schema(
        operation_id="answers_list", parameters=_PARAMETERS, responses=AnswersSerializer
    )
    def get(self, request: Request) -> Response:
        at = now()
        sought = _read(request, at)
        pages = _ByMinute()
        rows = pages.paginate_queryset(find_answers(sought), request, self) or []
        names = name_answers(rows)
        body = {
            "since": sought.since,
            "until": sought.until,
            "totals": [
                {"decision": decision, "reason": reason, "count": total}
                for decision, reason, total in sum_answers(sought)
            ],
            "gaps": find_gaps(sought, at=at),
            "kept_days": settings.ANSWERS_KEPT_DAYS,
            "results": [
                {
                    "minute": row.minute,
                    "client": row.client,
                    "client_name": names.clients.get(row.client),
                    "organization": names.organizations.get(row.organization),
                    "member": row.member if row.member.int else None,
                    "model": names.models.get(row.ai_model),
                    "decision": row.decision,
                    "reason": row.reason,
                    "count": row.count,
                }
                for row in rows
            ],
            "next": pages.get_next_link(),
            "previous": pages.get_previous_link(),
        }
        return Response(AnswersSerializer(body).data)


class SearchList(APIView):
    """How often each client searched or read the snapshot, by minute, and how many lines it was told in all.

    `outcome` is empty where it was answered. `gaps` as for answers.
    """

    scopes = {"GET": ("answers:read",)}

    @extend_schema(
        operation_id="answers_searches_list",
        parameters=[
            one for one in _PARAMETERS if one.name in {"since", "until", "client", "page_size"}
        ],
        responses=SearchesSerializer,
    )
    def get(self, request: Request) -> Response:
        at = now()
        sought = _read(request, at)
        pages = _ByMinute()
        rows = pages.paginate_queryset(find_searches(sought), request, self) or []
        names = name_clients(rows)
        body = {
            "since": sought.since,
            "until": sought.until,
            "gaps": find_gaps(sought, at=at),
            "results": [
                {
                    "minute": row.minute,
                    "client": row.client,
                    "client_name": names.get(row.client),
                    "kind": row.kind,
                    "outcome": row.outcome,
                    "count": row.count,
                    "results": row.results,
                }
                for row in rows
            ],
            "next": pages.get_next_link(),
            "previous": pages.get_previous_link(),
        }
        return Response(SearchesSerializer(body).data)


def _read(request: Request, at: dt.datetime) -> Sought:
    """What the parameters ask for. Raises MomentUnreadable, DecisionUnreadable, NotFound."""
    said = request.query_params
    until = read_moment(request, "until") or at
    decision = {None: None, "true": True, "false": False}
    if said.get("decision") not in decision:
        raise DecisionUnreadable
    return Sought(
        since=read_moment(request, "since") or until - DAY,
        until=until,
        client=_find_client(said.get("client")),
        organization=_find_organization(request, said.get("organization")),
        ai_model=_find_model(said.get("model")),
        decision=decision[said.get("decision")],
        reason=said.get("reason"),
    )


def _find_client(name: str | None) -> UUID | None:
    if name is None:
        return None
    row = Client.objects.filter(client_id=name).first()
    if row is None:
        raise NotFound("client")
    return row.id


def _find_organization(request: Request, name: str | None) -> UUID | None:
    return None if name is None else organizations.find(name, actor=actor_of(request)).id


def _find_model(name: str | None) -> UUID | None:
    if name is None:
        return None
    row = AIModel.objects.filter(slug=name).first()
    if row is None:
        raise NotFound("model")
    return row.id
