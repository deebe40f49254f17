"""Schemes and what counts as which; attestations of the caller's organization."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, ListCreateAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api.commands import answer_done, answer_one, command_of
from registry.api.evidence import (
    TAKES_FILES,
    EvidenceFileSerializer,
    FileBody,
    FilesBody,
    accepts_files,
    read_uploads,
)
from registry.api.permissions import actor_of
from registry.api.strict import StrictSerializer
from registry.choices import AttestationFinding
from registry.errors import NotFound
from registry.models import Attestation, EvidenceFile, Organization, Recognition, Scheme
from registry.operations import attestations
from registry.operations.attestations import Said


class SchemeSerializer(serializers.ModelSerializer[Scheme]):
    jurisdiction = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)

    class Meta:
        model = Scheme
        fields = (
            *("id", "slug", "edition", "name", "kind", "owner", "jurisdiction", "levels"),
            *("months", "draft", "void_from", "note", "source", "grade", "version"),
        )


class RecognitionSerializer(serializers.ModelSerializer[Recognition]):
    in_force = serializers.SerializerMethodField(method_name="is_in_force")

    class Meta:
        model = Recognition
        fields = (
            *("id", "scheme", "level", "satisfies", "up_to", "transitive", "basis", "citation"),
            *("starts_at", "ends_at", "in_force", "enacted_at", "ended_at", "version"),
        )

    def is_in_force(self, row: Recognition) -> bool:
        """Whether two people have put it in force, and nobody has ended it; its dates are beside."""
        return row.enacted_at is not None and row.ended_at is None


class SchemeList(ListAPIView[Scheme]):
    """Schemes that attestations are made under, an edition each. `draft`: nothing under it counts."""

    scopes = {"GET": ("registry:read",)}
    serializer_class = SchemeSerializer
    queryset = Scheme.objects.select_related("jurisdiction")


class RecognitionList(ListAPIView[Recognition]):
    """Which scheme counts as which, up to which level, and on what basis."""

    scopes = {"GET": ("registry:read",)}
    serializer_class = RecognitionSerializer
    queryset = Recognition.objects.all()


class AttestationSerializer(serializers.ModelSerializer[Attestation]):
    organization = serializers.CharField(source="organization.slug", read_only=True)
    legal_entity = serializers.CharField(source="legal_entity.slug", read_only=True)
    scheme = SchemeSerializer(read_only=True)
    counts_until = serializers.SerializerMethodField()
    files = EvidenceFileSerializer(many=True, read_only=True)

    class Meta:
        model = Attestation
        fields = (
            *("id", "organization", "scheme", "level", "issuer", "accreditation", "number"),
            *("legal_entity", "service", "scope_statement", "starts_on", "ends_on"),
            *("bridged_until", "evidence_name", "evidence_sha256", "files", "handed_in_at"),
            *("finding", "reviewed_at", "note", "withdrawn_at", "counts_until", "version"),
        )

    @extend_schema(responses=serializers.DateTimeField(allow_null=True))
    def get_counts_until(self, row: Attestation) -> Any:
        """The end of what it supports, accepted or not; null: nothing says so."""
        return attestations.compute_end(row)


class AttestationBody(FilesBody):
    organization = serializers.CharField(
        required=False, help_text="slug; for staff tooling, which hands in for others"
    )
    scheme = serializers.UUIDField()
    level = serializers.CharField(max_length=40, required=False)
    issuer = serializers.CharField(max_length=200)
    accreditation = serializers.CharField(max_length=200, required=False)
    number = serializers.CharField(max_length=120, required=False)
    legal_entity = serializers.UUIDField(required=False)
    service = serializers.CharField(max_length=200, required=False)
    scope_statement = serializers.CharField(max_length=5_000, required=False)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False)
    bridged_until = serializers.DateField(required=False)
    evidence_name = serializers.CharField(max_length=200, required=False)
    evidence_sha256 = serializers.CharField(
        max_length=64,
        required=False,
        help_text="of the document; without it, that of the first of `files`",
    )


class ReviewBody(StrictSerializer):
    finding = serializers.ChoiceField(choices=AttestationFinding.choices)
    note = serializers.CharField(max_length=2_000, required=False)


class WithdrawalBody(StrictSerializer):
    reason = serializers.CharField(max_length=2_000)


def visible_attestations(request: Request) -> QuerySet[Attestation]:
    """Those the caller may see."""
    return (
        Attestation.objects.visible_to(actor_of(request))
        .select_related("organization", "legal_entity", "scheme__jurisdiction")
        .prefetch_related(
            Prefetch(
                "files",
                EvidenceFile.objects.select_related("organization").order_by("uploaded_at", "id"),
            )
        )
    )


class AttestationList(ListCreateAPIView[Attestation]):
    """Attestations of the caller's organization; for staff tooling, all. What is handed in waits for a review."""

    scopes = {"GET": ("attestations:read",), "POST": ("attestations:write",)}
    serializer_class = AttestationSerializer
    queryset = Attestation.objects.none()
    parser_classes = TAKES_FILES

    def get_queryset(self) -> QuerySet[Attestation]:
        return visible_attestations(self.request)

    @extend_schema(request=accepts_files(AttestationBody), responses={201: AttestationSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = AttestationBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        slug, organization = said.pop("organization", None), actor_of(request).organization_id
        if slug is not None and actor_of(request).is_staff:
            visible = Organization.objects.visible_to(actor_of(request))
            found = visible.filter(slug=slug).first()
            organization = None if found is None else found.id
        if organization is None:
            raise NotFound("organization")
        uploads, confidential = read_uploads(said.pop("files", ())), said.pop("confidential")
        done = attestations.hand_in(
            command_of(request),
            organization=organization,
            said=Said(**said),
            uploads=uploads,
            confidential=confidential,
        )
        return answer_done(done, AttestationSerializer, status=201)


class AttestationDetail(APIView):
    """One attestation."""

    scopes = {"GET": ("attestations:read",)}

    @extend_schema(responses=AttestationSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        row = visible_attestations(request).filter(pk=pk).first()
        if row is None:
            raise NotFound("attestation")
        return answer_one(row, AttestationSerializer)


class AttestationAttach(APIView):
    """Add a document, as `multipart/form-data`: any until the review, and then the one that was named."""

    scopes = {"POST": ("attestations:write",)}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="attestations_attach",
        request={"multipart/form-data": FileBody},
        responses={201: AttestationSerializer},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = FileBody(data=request.data)
        body.is_valid(raise_exception=True)
        (upload,) = read_uploads([body.validated_data["file"]])
        done = attestations.attach(
            command_of(request),
            attestation=pk,
            upload=upload,
            confidential=body.validated_data["confidential"],
        )
        return answer_done(done, AttestationSerializer, status=201)


class AttestationReview(APIView):
    """Accept or refuse what another handed in. For staff tooling."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="attestations_review", request=ReviewBody, responses=AttestationSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = ReviewBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data | {
            "finding": AttestationFinding(body.validated_data["finding"])
        }
        done = attestations.review(command_of(request), attestation=pk, **said)
        return answer_done(done, AttestationSerializer)


class AttestationWithdraw(APIView):
    """It counts no more, from now on. What rests on it is refused from the same moment on."""

    scopes = {"POST": ("attestations:write", "review:write")}

    @extend_schema(
        operation_id="attestations_withdraw",
        request=WithdrawalBody,
        responses=AttestationSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = WithdrawalBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = attestations.withdraw(command_of(request), attestation=pk, **body.validated_data)
        return answer_done(done, AttestationSerializer)
