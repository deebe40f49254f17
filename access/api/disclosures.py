"""The disclosure log: a partner reads to whom its own name was given; staff read and write all they may see."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.grants import MOMENTS
from access.api.holdings import show_sources
from access.choices import DisclosureBasis, Marking
from access.models import Disclosure
from access.operations import disclosures
from access.operations.disclosures import Document, Given
from access.queries.disclosures import Wanted, list_disclosures
from registry.api.commands import answer_done, command_of, read_moment
from registry.api.pagination import ByCursor
from registry.api.permissions import actor_of
from registry.api.strict import ReasonBody, StrictSerializer
from registry.choices import Precision
from registry.errors import NotFound
from registry.models import Authority, Organization


class OwnDisclosureSerializer(serializers.ModelSerializer[Disclosure]):
    """To whom the caller's name was given. Who else was named, and which papers went along, is not told."""

    authority = serializers.CharField(source="authority.organization.slug")
    authority_name = serializers.CharField(source="authority.organization.name")
    given_by = serializers.CharField(source="given_by.slug", default=None)
    sources = serializers.SerializerMethodField(method_name="list_sources")

    class Meta:
        model = Disclosure
        fields: tuple[str, ...] = (
            *("id", "authority", "authority_name", "given_by", "given_at", "precision"),
            *("basis", "citation", "origin", "recorded_at", "sources"),
        )

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def list_sources(self, row: Disclosure) -> list[dict[str, Any]]:
        return [] if row.fact is None else show_sources(row.fact)


class DocumentBody(StrictSerializer):
    """A document by its title and SHA-256, in lower-case hexadecimal."""

    title = serializers.CharField(max_length=200)
    sha256 = serializers.CharField(max_length=64)


class DisclosureSerializer(OwnDisclosureSerializer):
    """An entry of the log as staff read it."""

    organizations = serializers.SerializerMethodField(method_name="list_names")
    documents = DocumentBody(many=True, read_only=True)
    corrected_by = serializers.SerializerMethodField(method_name="find_later")

    class Meta(OwnDisclosureSerializer.Meta):
        fields = (
            *OwnDisclosureSerializer.Meta.fields,
            *("organizations", "documents", "handed_over_by", "words", "marking", "corrects"),
            *("correction_reason", "taken_back", "corrected_by", "recorded_by"),
        )

    def list_names(self, row: Disclosure) -> list[str]:
        return [named.organization.slug for named in row.names.all()]

    @extend_schema_field({"type": "string", "format": "uuid", "nullable": True})
    def find_later(self, row: Disclosure) -> UUID | None:
        later: Disclosure | None = getattr(row, "corrected_by", None)
        return None if later is None else later.id


class GivenBody(StrictSerializer):
    """What went to one authority at one time. Organizations are slugs; `given_by` is the one that gave it."""

    authority = serializers.SlugField(max_length=80)
    organizations = serializers.ListField(child=serializers.SlugField(max_length=80), default=list)
    documents = DocumentBody(many=True, default=list)
    given_at = serializers.DateTimeField()
    precision = serializers.ChoiceField(choices=Precision.choices, default=Precision.INSTANT)
    basis = serializers.ChoiceField(choices=DisclosureBasis.choices)
    citation = serializers.CharField(max_length=300, default="", allow_blank=True)
    given_by = serializers.SlugField(max_length=80, default=None, allow_null=True)
    handed_over_by = serializers.CharField(max_length=200, default="", allow_blank=True)
    words = serializers.CharField(max_length=20_000, default="", allow_blank=True)
    marking = serializers.ChoiceField(choices=Marking.choices, default=Marking.RESTRICTED)


class DisclosureCorrectionBody(GivenBody):
    """What was really given, and what was wrong before."""

    reason = serializers.CharField(max_length=5_000)


class LatestGiven(ByCursor):
    ordering = ("-given_at", "-id")


class DisclosureList(ListAPIView[Disclosure]):
    """A partner: to whom its name was given, but for what is kept in confidence. Staff: the log."""

    scopes = {"GET": ("registry:read", "review:write"), "POST": ("review:write",)}
    serializer_class = DisclosureSerializer
    pagination_class = LatestGiven
    queryset = Disclosure.objects.none()

    def get_serializer_class(self) -> type[Any]:
        if getattr(self, "swagger_fake_view", False) or actor_of(self.request).is_staff:
            return DisclosureSerializer
        return OwnDisclosureSerializer

    def get_queryset(self) -> QuerySet[Disclosure]:
        if getattr(self, "swagger_fake_view", False):
            return Disclosure.objects.none()
        asked = self.request.query_params
        return list_disclosures(
            actor_of(self.request),
            Wanted(
                organization=_find(asked.get("organization")),
                authority=_find_authority(asked.get("authority")),
                sha256=asked.get("sha256", ""),
                as_of=read_moment(self.request, "as_of"),
                known_at=read_moment(self.request, "known_at"),
                history=asked.get("history") == "1",
            ),
        )

    @extend_schema(
        parameters=[
            OpenApiParameter("organization", str, description="Slug; whose name was given."),
            OpenApiParameter("authority", str, description="Slug; to whom."),
            OpenApiParameter("sha256", str, description="Of a document that was given."),
            OpenApiParameter("history", enum=["1"], description="Staff: also what was corrected."),
            *MOMENTS,
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=GivenBody, responses={201: DisclosureSerializer})
    def post(self, request: Request) -> Response:
        body = GivenBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = disclosures.disclose(command_of(request), given=_read_given(body.validated_data))
        return answer_done(done, DisclosureSerializer, status=201)


class DisclosureDetail(APIView):
    """One entry, as far as the caller may read it, also where it has been corrected since."""

    scopes = {"GET": ("registry:read", "review:write")}

    @extend_schema(responses=DisclosureSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        actor = actor_of(request)
        row = list_disclosures(actor, Wanted(history=True)).filter(pk=pk).first()
        if row is None:
            raise NotFound("disclosure")
        shown = DisclosureSerializer if actor.is_staff else OwnDisclosureSerializer
        return Response(shown(row).data, headers={"ETag": f'"{row.version}"'})


class DisclosureCorrect(APIView):
    """What was given was something else."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(request=DisclosureCorrectionBody, responses={201: DisclosureSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        body = DisclosureCorrectionBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        done = disclosures.correct(
            command_of(request), disclosure=pk, given=_read_given(said), reason=said["reason"]
        )
        return answer_done(done, DisclosureSerializer, status=201)


class DisclosureTakeBack(APIView):
    """Nothing was given after all."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(request=ReasonBody, responses={201: DisclosureSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        body = ReasonBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = disclosures.take_back(
            command_of(request), disclosure=pk, reason=body.validated_data["reason"]
        )
        return answer_done(done, DisclosureSerializer, status=201)


def _read_given(said: dict[str, Any]) -> Given:
    authority = _find_authority(said["authority"])
    assert authority is not None
    return Given(
        authority=authority,
        given_at=said["given_at"],
        basis=DisclosureBasis(said["basis"]),
        organizations=_find_all(said["organizations"]),
        documents=tuple(Document(**document) for document in said["documents"]),
        given_by=_find(said["given_by"]),
        handed_over_by=said["handed_over_by"],
        precision=Precision(said["precision"]),
        citation=said["citation"],
        words=said["words"],
        marking=Marking(said["marking"]),
    )


def _find(slug: str | None) -> UUID | None:
    """Raises NotFound."""
    return None if slug is None else _find_all([slug])[0]


def _find_all(slugs: list[str]) -> tuple[UUID, ...]:
    """In one query. Raises NotFound."""
    found = Organization.objects.in_bulk(set(slugs), field_name="slug")
    for slug in slugs:
        if slug not in found:
            raise NotFound("organization", slug=slug)
    return tuple(found[slug].id for slug in dict.fromkeys(slugs))


def _find_authority(slug: str | None) -> UUID | None:
    """Raises NotFound."""
    if slug is None:
        return None
    pk = Authority.objects.filter(organization__slug=slug).values_list("id", flat=True).first()
    if pk is None:
        raise NotFound("authority", slug=slug)
    return pk
