"""What is asked of whoever requests a tier: the form, as JSON Schema too, and its editions on their way into force."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.forms import parse_form, read_form, write_schema
from access.models import RequestForm, Tier
from access.operations import request_forms
from registry.api.commands import answer_done, answer_one, command_of
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, StrictSerializer
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


class FormEditionSerializer(serializers.ModelSerializer[RequestForm]):
    """One edition, proposed or in force, for staff tooling."""

    program = serializers.CharField(source="tier.program.slug")
    tier = serializers.CharField(source="tier.slug")

    class Meta:
        model = RequestForm
        fields = (
            *("id", "program", "tier", "number", "document", "sha256", "proposed_by"),
            *("proposed_at", "enacted_by", "enacted_at", "version"),
        )


class FormBody(StrictSerializer):
    """The document as JSON, or as YAML text: then what is wrong with it is told line by line."""

    program = serializers.SlugField(max_length=80)
    tier = serializers.SlugField(max_length=80)
    document = serializers.DictField(required=False)
    yaml = serializers.CharField(required=False, max_length=100_000, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("document" in attrs) == ("yaml" in attrs):
            raise serializers.ValidationError("Give either document or yaml.")
        return attrs


def _editions(request: Request) -> QuerySet[RequestForm]:
    """Those that the caller may see: staff all of them."""
    rows = RequestForm.objects.select_related("tier__program")
    return rows if actor_of(request).is_staff else rows.none()


def _find_edition(request: Request, pk: UUID) -> RequestForm:
    row = _editions(request).filter(pk=pk).first()
    if row is None:
        raise NotFound("request form")
    return row


class FormList(ListCreateAPIView[RequestForm]):
    """Editions of forms. A new one asks nobody anything until another person puts it in force."""

    scopes = {"GET": ("review:write",), "POST": ("review:write",)}
    serializer_class = FormEditionSerializer
    queryset = RequestForm.objects.none()

    def get_queryset(self) -> QuerySet[RequestForm]:
        return _editions(self.request)

    @extend_schema(request=FormBody, responses={201: FormEditionSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = FormBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        document = said["document"] if "document" in said else parse_form(said["yaml"])
        tier = Tier.objects.filter(program__slug=said["program"], slug=said["tier"]).first()
        if tier is None:
            raise NotFound("tier")
        done = request_forms.propose(command_of(request), tier=tier.id, document=document)
        return answer_done(done, FormEditionSerializer, status=201)


class FormDetail(APIView):
    """One edition of a form, proposed or in force."""

    scopes = {"GET": ("review:write",)}

    @extend_schema(responses=FormEditionSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return answer_one(_find_edition(request, pk), FormEditionSerializer)


class FormEnact(APIView):
    """Put an edition in force that another person proposed."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="request_forms_enact", request=Nothing, responses=FormEditionSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        row = _find_edition(request, pk)
        return answer_done(
            request_forms.enact(command_of(request), form=row.id), FormEditionSerializer
        )
