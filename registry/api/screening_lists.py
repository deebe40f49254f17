"""Screening lists and their snapshots, for staff tooling."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, ListCreateAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api.commands import answer_done, answer_one, command_of
from registry.api.pagination import ByCursor
from registry.api.strict import Nothing, StrictSerializer
from registry.choices import ScreeningListKind
from registry.errors import NotFound
from registry.models import ScreeningList, ScreeningSnapshot, SnapshotEntry
from registry.operations import screening_lists, screening_snapshots
from registry.operations.screening_lists import LIKENESS, ListProfile
from registry.operations.screening_readers import LIMITS
from registry.queries.screening import compare_with_used


class ScreeningListSerializer(serializers.ModelSerializer[ScreeningList]):
    class Meta:
        model = ScreeningList
        fields = (
            *("id", "slug", "name", "issuer", "kind", "source", "reader", "likeness", "synthetic"),
            *("registered_at", "retired_at", "version"),
        )


class SnapshotSerializer(serializers.ModelSerializer[ScreeningSnapshot]):
    screening_list = serializers.CharField(source="screening_list.slug")

    class Meta:
        model = ScreeningSnapshot
        fields = (
            *("id", "screening_list", "number", "as_of", "file_name", "sha256", "entry_count"),
            *("status", "uploaded_at", "committed_at", "in_use_at", "replaced_at", "version"),
        )


class ComparedSerializer(serializers.Serializer[Any]):
    """Entries, against what is in use. What is worded otherwise is removed and added."""

    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class SnapshotDetailSerializer(SnapshotSerializer):
    """With what is wrong with its file, and what it would change."""

    compared = serializers.SerializerMethodField()

    class Meta(SnapshotSerializer.Meta):
        fields = (*SnapshotSerializer.Meta.fields, "problems", "compared")  # type: ignore[assignment]

    @extend_schema(responses=ComparedSerializer)
    def get_compared(self, row: ScreeningSnapshot) -> Any:
        return dict(compare_with_used(row))


class EntrySerializer(serializers.ModelSerializer[SnapshotEntry]):
    reference = serializers.CharField(source="entry.reference")
    name = serializers.CharField(source="entry.name")
    aliases = serializers.ListField(source="entry.aliases", child=serializers.CharField())
    identifiers = serializers.ListField(source="entry.identifiers", child=serializers.CharField())
    jurisdiction = serializers.CharField(source="entry.jurisdiction")

    class Meta:
        model = SnapshotEntry
        fields = ("line", "reference", "name", "aliases", "identifiers", "jurisdiction")


class ScreeningListBody(StrictSerializer):
    slug = serializers.SlugField(max_length=60)
    name = serializers.CharField(max_length=200)
    issuer = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=ScreeningListKind.choices)
    source = serializers.CharField(max_length=300)  # type: ignore[assignment]  # a field of this name
    reader = serializers.CharField(max_length=40, default="sheet")
    likeness = serializers.IntegerField(min_value=LIKENESS[0], max_value=LIKENESS[-1], default=60)
    synthetic = serializers.BooleanField(default=False)


class RetireBody(StrictSerializer):
    reason = serializers.CharField(max_length=2_000)


class SnapshotBody(StrictSerializer):
    file = serializers.FileField(max_length=200)
    as_of = serializers.DateField(help_text="the day whose state the file tells")


class ScreeningLists(ListCreateAPIView[ScreeningList]):
    """The lists that organizations are screened against, retired ones too."""

    scopes = {"GET": ("review:write",), "POST": ("review:write",)}
    serializer_class = ScreeningListSerializer
    queryset = ScreeningList.objects.all()

    @extend_schema(request=ScreeningListBody, responses={201: ScreeningListSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = ScreeningListBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        synthetic = said.pop("synthetic")
        said["kind"] = ScreeningListKind(said["kind"])
        done = screening_lists.register(
            command_of(request), profile=ListProfile(**said), synthetic=synthetic
        )
        return answer_done(done, ScreeningListSerializer, status=201)


class ScreeningListRetire(APIView):
    """Nobody is screened against it any more."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="screening_lists_retire",
        request=RetireBody,
        responses=ScreeningListSerializer,
    )
    def post(self, request: Request, slug: str) -> Response:
        body = RetireBody(data=request.data)
        body.is_valid(raise_exception=True)
        row = _find_list(slug)
        done = screening_lists.retire(
            command_of(request), screening_list=row.id, **body.validated_data
        )
        return answer_done(done, ScreeningListSerializer)


class Snapshots(ListCreateAPIView[ScreeningSnapshot]):
    """The snapshots of a list. A file is uploaded as `multipart/form-data`, and used once it is committed."""

    scopes = {"GET": ("review:write",), "POST": ("review:write",)}
    serializer_class = SnapshotSerializer
    parser_classes = [MultiPartParser]
    queryset = ScreeningSnapshot.objects.none()

    def get_queryset(self) -> QuerySet[ScreeningSnapshot]:
        if getattr(self, "swagger_fake_view", False):
            return ScreeningSnapshot.objects.none()
        rows = ScreeningSnapshot.objects.filter(screening_list=_find_list(self.kwargs["slug"]))
        return rows.select_related("screening_list")

    @extend_schema(
        request={"multipart/form-data": SnapshotBody}, responses={201: SnapshotDetailSerializer}
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = SnapshotBody(data=request.data)
        body.is_valid(raise_exception=True)
        file = body.validated_data["file"]
        done = screening_snapshots.upload(
            command_of(request),
            screening_list=_find_list(self.kwargs["slug"]).id,
            as_of=body.validated_data["as_of"],
            file_name=file.name or "list",
            content=file.read(LIMITS.bytes + 1),
        )
        return answer_done(done, SnapshotDetailSerializer, status=201)


class SnapshotDetail(APIView):
    """One snapshot: what is wrong with its file, or what it would change."""

    scopes = {"GET": ("review:write",)}

    @extend_schema(responses=SnapshotDetailSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return answer_one(_find_snapshot(pk), SnapshotDetailSerializer)


class _InFileOrder(CursorPagination):
    page_size = ByCursor.page_size
    page_size_query_param = ByCursor.page_size_query_param
    max_page_size = ByCursor.max_page_size
    ordering = ("line", "id")


class SnapshotEntries(ListAPIView[SnapshotEntry]):
    """Whom a snapshot lists, in the order in which they were read."""

    scopes = {"GET": ("review:write",)}
    serializer_class = EntrySerializer
    pagination_class = _InFileOrder
    queryset = SnapshotEntry.objects.none()

    def get_queryset(self) -> QuerySet[SnapshotEntry]:
        if getattr(self, "swagger_fake_view", False):
            return SnapshotEntry.objects.none()
        return _find_snapshot(self.kwargs["pk"]).lines.select_related("entry")


class SnapshotCommit(APIView):
    """Everybody is screened against it: at once where they are few, by the worker where they are many."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="screening_snapshots_commit",
        request=Nothing,
        responses=SnapshotDetailSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        done = screening_snapshots.commit(command_of(request), snapshot=pk)
        return answer_done(done, SnapshotDetailSerializer)


class SnapshotWithdraw(APIView):
    """It will not be used."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="screening_snapshots_withdraw",
        request=Nothing,
        responses=SnapshotDetailSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        done = screening_snapshots.withdraw(command_of(request), snapshot=pk)
        return answer_done(done, SnapshotDetailSerializer)


def _find_list(slug: str) -> ScreeningList:
    row = ScreeningList.objects.filter(slug=slug).first()
    if row is None:
        raise NotFound("screening list")
    return row


def _find_snapshot(pk: UUID) -> ScreeningSnapshot:
    row = ScreeningSnapshot.objects.select_related("screening_list").filter(pk=pk).first()
    if row is None:
        raise NotFound("snapshot")
    return row
