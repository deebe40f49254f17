"""What is asked of whoever requests a tier: the form, for people and as JSON Schema."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.forms import read_form, write_schema
from access.models import RequestForm
from registry.errors import NotFound


class RequestFormSerializer(serializers.Serializer[Any]):
    """One edition of a form. `fields` are in the order in which they are asked."""

    program = serializers.CharField()
    tier = serializers.CharField()
    edition = serializers.IntegerField()
    sha256 = serializers.CharField()
    in_force_since = serializers.DateTimeField()
    document = serializers.DictField()
    json_schema = serializers.DictField()


class TierForm(APIView):
    """The form in force for a tier; with `edition` an earlier one, such as a draft may still have."""

    scopes = {"GET": ("registry:read",)}

    @extend_schema(
        operation_id="programs_tiers_form",
        responses=RequestFormSerializer,
        parameters=[OpenApiParameter("edition", int)],
    )
    def get(self, request: Request, slug: str, tier: str) -> Response:
        forms = RequestForm.objects.filter(
            tier__program__slug=slug, tier__slug=tier, enacted_at__isnull=False
        )
        asked = request.query_params.get("edition")
        if asked is not None:
            forms = forms.filter(number=int(asked)) if asked.isdecimal() else forms.none()
        row = forms.order_by("-number").first()
        if row is None:
            raise NotFound("form")
        form = read_form(row.document)
        said = {
            "program": slug,
            "tier": tier,
            "edition": row.number,
            "sha256": row.sha256,
            "in_force_since": row.enacted_at,
            "document": row.document,
            "json_schema": write_schema(form),
        }
        return Response(RequestFormSerializer(said).data)
