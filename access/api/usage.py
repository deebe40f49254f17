"""Who can use this model, what can this organization use, and until when: by the decision's own rule."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.grants import MOMENTS
from access.choices import Holds, Origin
from access.queries.usage import UsageLine, list_used, list_users
from registry.actors import Actor
from registry.admin.files import answer_file
from registry.api.commands import read_moment
from registry.api.permissions import actor_of
from registry.errors import Invalid, NotFound
from registry.models import AIModel
from registry.queries import organizations

HEAD = (
    *("organization", "model", "holds", "actions", "surfaces", "since", "until"),
    *("next_change_at", "reason", "origin", "grant", "restriction"),
)


class UsageSerializer(serializers.Serializer[UsageLine]):
    organization = serializers.CharField(source="organization.slug")
    model = serializers.CharField(source="ai_model.slug")
    holds = serializers.ChoiceField(choices=Holds.choices)
    actions = serializers.ListField(child=serializers.CharField(), source="usage.actions")
    surfaces = serializers.ListField(child=serializers.CharField(), source="usage.surfaces")
    since = serializers.DateTimeField(source="usage.since", allow_null=True)
    until = serializers.DateTimeField(source="usage.until", allow_null=True)
    next_change_at = serializers.DateTimeField(
        source="usage.answer.next_change_at", allow_null=True
    )
    reason = serializers.CharField(source="usage.answer.reason")
    origin = serializers.ChoiceField(choices=Origin.choices, source="usage.origin")
    grant = serializers.UUIDField(source="usage.answer.grant", allow_null=True)
    restriction = serializers.UUIDField(source="usage.answer.stop", allow_null=True)


class UsagesSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateTimeField()
    known_at = serializers.DateTimeField(allow_null=True)
    results = UsageSerializer(many=True)
    next = serializers.CharField(allow_null=True, default=None)
    previous = serializers.CharField(allow_null=True, default=None)


class ModelOrOrganization(Invalid):
    code = "model_or_organization"
    text = _("Say of which model or of which organization: ?model=<slug> or ?organization=<slug>.")


class CsvRenderer(JSONRenderer):
    """Lets a caller ask for a file; a problem stays the JSON that it is."""

    media_type = "text/csv"
    format = "csv"


class UsageList(APIView):
    """Who can use this model, or what this organization can use, and until when, by the decision's own rule.

    `holds` is `not_known` where a restriction is decided on the person: ask about the member. A partner
    reads its own lines. `?format=csv` gives a file.
    """

    scopes = {"GET": ("holdings:read",)}
    renderer_classes = (JSONRenderer, CsvRenderer)

    @extend_schema(
        operation_id="holdings_usable",
        parameters=[
            OpenApiParameter("model", str, description="The model's slug."),
            OpenApiParameter("organization", str, description="Slug, UUID or scheme:value."),
            *MOMENTS,
        ],
        responses=UsagesSerializer,
    )
    def get(self, request: Request) -> Response | HttpResponse:
        known_at = read_moment(request, "known_at")
        as_of = read_moment(request, "as_of") or known_at or now()
        lines = _list_lines(request, actor_of(request), as_of=as_of, known_at=known_at)
        if request.accepted_renderer.format == CsvRenderer.format:
            return _answer_csv(lines, as_of)
        body = {"as_of": as_of, "known_at": known_at, "results": lines}
        return Response(UsagesSerializer(body).data)


def _list_lines(
    request: Request, actor: Actor, *, as_of: dt.datetime, known_at: dt.datetime | None
) -> list[UsageLine]:
    model, organization = (request.query_params.get(n) for n in ("model", "organization"))
    if (model is None) is (organization is None):
        raise ModelOrOrganization
    if organization is not None:
        row = organizations.find(organization, actor=actor)
        return list_used(row, as_of=as_of, known_at=known_at)
    found = AIModel.objects.filter(slug=model).first()
    if found is None:
        raise NotFound("model")
    lines = list_users(found, as_of=as_of, known_at=known_at)
    if actor.is_staff:
        return lines
    return [line for line in lines if line.organization.id == actor.organization_id]


def _answer_csv(lines: list[UsageLine], as_of: dt.datetime) -> HttpResponse:
    """Several values in a cell are separated by semicolons."""
    rows = UsageSerializer(lines, many=True).data
    cells = (
        ["; ".join(cell) if isinstance(cell, list) else cell for cell in (row[c] for c in HEAD)]
        for row in rows
    )
    return answer_file(f"usable-{as_of:%Y-%m-%d}.csv", HEAD, cells)
