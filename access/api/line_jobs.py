"""Jobs on the lines of an expansion, for staff: files of organizations, batches of rulings, publication."""

import base64
import binascii
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.expansions import MOST_AT_ONCE, find_expansion
from access.api.request_bodies import RulingBody, read_ruling
from access.choices import DecisionReason, LineAct, UnknownRule
from access.models import LineBatch, LineBatchItem, LineImport, LineImportRow
from access.operations import line_batches, line_imports
from access.operations.line_acts import LineOrder
from access.queries.line_jobs import count_foreseen, count_results, count_rows
from registry.api.commands import answer_done, answer_one, command_of
from registry.api.strict import Nothing, StrictSerializer
from registry.commands import Done
from registry.errors import NotFound


class BatchSerializer(serializers.ModelSerializer[LineBatch]):
    """`foreseen` and `results` count the lines: how far the look, and then the work, has come."""

    expansion = serializers.CharField(source="expansion.slug")
    foreseen = serializers.SerializerMethodField()
    results = serializers.SerializerMethodField()

    class Meta:
        model = LineBatch
        fields = (
            *("id", "expansion", "status", "publish_at", "foreseen", "results", "prepared_at"),
            *("countersigned_at", "committed_at", "finished_at", "version"),
        )

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_foreseen(self, row: LineBatch) -> dict[str, int]:
        return {result.value: number for result, number in count_foreseen(row).items()}

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_results(self, row: LineBatch) -> dict[str, int]:
        return {result.value: number for result, number in count_results(row).items()}


class BatchItemSerializer(serializers.ModelSerializer[LineBatchItem]):
    """What is to be done to a line; `foreseen` says what would come of it, `result` what did, and why not."""

    organization = serializers.CharField(source="request.organization.slug")

    class Meta:
        model = LineBatchItem
        fields = (
            *("request", "organization", "act", "seen_version"),
            *("foreseen", "foreseen_code", "foreseen_text"),
            *("result", "result_code", "result_text", "settled_at"),
        )


class ImportSerializer(serializers.ModelSerializer[LineImport]):
    expansion = serializers.CharField(source="expansion.slug")
    counts = serializers.SerializerMethodField()

    class Meta:
        model = LineImport
        fields = (
            *("id", "expansion", "file_name", "sha256", "unknown", "status", "problems", "counts"),
            *("uploaded_at", "committed_at", "finished_at", "version"),
        )

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_counts(self, row: LineImport) -> dict[str, int]:
        return count_rows(row)


class ImportRowSerializer(serializers.ModelSerializer[LineImportRow]):
    organization = serializers.SerializerMethodField()

    class Meta:
        model = LineImportRow
        fields = ("line", "organization", "effect", "registers", "problems", "request")

    def get_organization(self, row: LineImportRow) -> str:
        return str(row.cells.get("organization", ""))


class OrderBody(RulingBody):
    """What to do to each line: a ruling for approve and decline, a note for hold and return.

    To override, name the `position`, with the reasons as the note.
    """

    act = serializers.ChoiceField(choices=LineAct.choices)
    reason = serializers.ChoiceField(choices=DecisionReason.choices, required=False)
    note = serializers.CharField(max_length=5_000, allow_blank=True, default="")
    position = serializers.UUIDField(required=False)


class DecideBody(OrderBody):
    """Without `lines`, every line whose state lets it."""

    lines = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=2_000, required=False
    )


class LineOrderBody(OrderBody):
    line = serializers.UUIDField()


class PublishBody(StrictSerializer):
    """A ruling for each line, applied together at `publish_at` or, without it, once it is committed."""

    publish_at = serializers.DateTimeField(required=False)
    rulings = LineOrderBody(many=True, allow_empty=False)


class ImportBody(StrictSerializer):
    """`content` is the file: CSV as text, or a workbook in base64 as `content_base64`."""

    file_name = serializers.CharField(max_length=200)
    content = serializers.CharField(
        max_length=5 * 1024 * 1024, trim_whitespace=False, required=False
    )
    content_base64 = serializers.CharField(max_length=7 * 1024 * 1024, required=False)
    unknown = serializers.ChoiceField(choices=UnknownRule.choices, default=UnknownRule.REFUSE)
    justification = serializers.CharField(max_length=20_000, allow_blank=True, default="")

    def validate_content_base64(self, said: str) -> bytes:
        try:
            return base64.b64decode(said, validate=True)
        except binascii.Error as wrong:
            raise serializers.ValidationError("This is not base64.") from wrong

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("content" in attrs) == ("content_base64" in attrs):
            raise serializers.ValidationError("Give the file once: as text, or in base64.")
        text = attrs.pop("content", None)
        binary = attrs.pop("content_base64", b"")
        return {**attrs, "content": binary if text is None else text.encode()}


class ExpansionImport(APIView):
    """Look at a file of organizations. It is taken in by `commit`, whole or not at all."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="expansions_import", request=ImportBody, responses={201: ImportSerializer}
    )
    def post(self, request: Request, slug: str) -> Response:
        row = find_expansion(request, slug)
        body = ImportBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        said["unknown"] = UnknownRule(said["unknown"])
        done = line_imports.upload(command_of(request), expansion=row.id, **said)
        return answer_done(done, ImportSerializer, status=201)


class ExpansionDecideLines(APIView):
    """Prepare the same for many lines. Nothing happens to a line before `commit`."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="expansions_decide_lines",
        request=DecideBody,
        responses={201: BatchSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        row = find_expansion(request, slug)
        body = DecideBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        wanted = said.pop("lines", None)
        done = line_batches.prepare(
            command_of(request), expansion=row.id, order=_read_order(said), requests=wanted
        )
        return answer_done(done, BatchSerializer, status=201)


class ExpansionPublish(APIView):
    """Prepare a ruling for each line, to be applied together at a chosen moment."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="expansions_publish", request=PublishBody, responses={201: BatchSerializer}
    )
    def post(self, request: Request, slug: str) -> Response:
        row = find_expansion(request, slug)
        body = PublishBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        orders = [(one.pop("line"), _read_order(one)) for one in map(dict, said["rulings"])]
        done = line_batches.prepare_each(
            command_of(request),
            expansion=row.id,
            orders=orders,
            publish_at=said.get("publish_at"),
        )
        return answer_done(done, BatchSerializer, status=201)


def _read_order(said: dict[str, Any]) -> LineOrder:
    act, note = LineAct(said.pop("act")), said.pop("note")
    position = said.pop("position", None)
    if "reason" not in said:
        return LineOrder(act, note=note, position=position)
    return LineOrder(act, ruling=read_ruling(said), note=note)


class _InFileOrder(CursorPagination):
    page_size = MOST_AT_ONCE
    page_size_query_param = "page_size"
    max_page_size = MOST_AT_ONCE
    ordering = ("id",)


class BatchDetail(APIView):
    """One batch, with how far it has come in numbers."""

    scopes = {"GET": ("review:write",)}

    @extend_schema(responses=BatchSerializer)
    def get(self, request: Request, slug: str, pk: UUID) -> Response:
        return answer_one(
            _find(LineBatch.objects.all(), request, slug=slug, pk=pk), BatchSerializer
        )


class BatchItems(ListAPIView[LineBatchItem]):
    """What is foreseen for each line of a batch, and what came of it."""

    scopes = {"GET": ("review:write",)}
    serializer_class = BatchItemSerializer
    pagination_class = _InFileOrder
    queryset = LineBatchItem.objects.none()

    def get_queryset(self) -> QuerySet[LineBatchItem]:
        if getattr(self, "swagger_fake_view", False):
            return LineBatchItem.objects.none()
        batch: LineBatch = _find(LineBatch.objects.all(), self.request, **self.kwargs)
        return batch.items.select_related("request__organization")


class ImportDetail(APIView):
    """One file, with how far it has come in numbers."""

    scopes = {"GET": ("review:write",)}

    @extend_schema(responses=ImportSerializer)
    def get(self, request: Request, slug: str, pk: UUID) -> Response:
        return answer_one(
            _find(LineImport.objects.all(), request, slug=slug, pk=pk), ImportSerializer
        )


class ImportRows(ListAPIView[LineImportRow]):
    """What each row of a file would do or did, and what is wrong with it."""

    scopes = {"GET": ("review:write",)}
    serializer_class = ImportRowSerializer
    pagination_class = _InFileOrder
    queryset = LineImportRow.objects.none()

    def get_queryset(self) -> QuerySet[LineImportRow]:
        if getattr(self, "swagger_fake_view", False):
            return LineImportRow.objects.none()
        found: LineImport = _find(LineImport.objects.all(), self.request, **self.kwargs)
        return found.rows.all()


def _find(rows: QuerySet[Any], request: Request, *, slug: str, pk: UUID) -> Any:
    """A job of this expansion. Raises NotFound."""
    expansion = find_expansion(request, slug)
    row = rows.filter(expansion=expansion, pk=pk).select_related("expansion").first()
    if row is None:
        raise NotFound("job of this expansion")
    return row


_Take = Callable[..., Done[Any]]
_BATCH: dict[str, _Take] = {
    "commit": lambda command, pk: line_batches.commit(command, batch=pk),
    "countersign": lambda command, pk: line_batches.countersign(command, batch=pk),
    "withdraw": lambda command, pk: line_batches.withdraw(command, batch=pk),
}
BATCH_STEPS = tuple(_BATCH)


def batch_step(name: str) -> Callable[..., Any]:
    """`POST /expansions/{slug}/batches/{id}/<name>/`."""
    return _step_view(
        f"expansion_batches_{name}",
        _BATCH[name],
        rows=LineBatch.objects.all(),
        shown=BatchSerializer,
    )


def import_commit() -> Callable[..., Any]:
    """`POST /expansions/{slug}/imports/{id}/commit/`."""
    return _step_view(
        "expansion_imports_commit",
        lambda command, pk: line_imports.commit(command, line_import=pk),
        rows=LineImport.objects.all(),
        shown=ImportSerializer,
    )


def _step_view(
    name: str, take: _Take, *, rows: QuerySet[Any], shown: type[Any]
) -> Callable[..., Any]:
    class Taken(APIView):
        scopes = {"POST": ("review:write",)}

        @extend_schema(operation_id=name, request=Nothing, responses=shown)
        def post(self, request: Request, slug: str, pk: UUID) -> Response:
            Nothing(data=request.data or {}).is_valid(raise_exception=True)
            _find(rows.all(), request, slug=slug, pk=pk)
            return answer_done(take(command_of(request), pk), shown)

    Taken.__doc__ = f"Take the step “{name.rpartition('_')[2]}”."
    return Taken.as_view()
