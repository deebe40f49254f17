"""Expansions for staff: proposed, read with their lines, split, and their lines moved and ranked."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.choices import PrimaryPurpose, RequestStatus
from access.models import Expansion, Program, ReviewPolicy, Tier
from access.operations import expansions, line_moves, line_places
from access.operations.line_moves import Part
from access.queries.expansion_lines import (
    LineView,
    Obstacle,
    find_edition,
    list_line_requests,
    measure_capacity,
    view_lines,
)
from access.queries.expansions import list_expansions
from registry.api.commands import answer_done, answer_one, command_of
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, StrictSerializer
from registry.commands import Done
from registry.errors import NotFound

MOST_AT_ONCE = 200
_AS_IF = OpenApiParameter(
    "as_if",
    str,
    description="An edition of a review policy, `slug:number`: what would stand in the way of each line under it.",
)


class ExpansionSerializer(serializers.ModelSerializer[Expansion]):
    program = serializers.SlugRelatedField[Program](slug_field="slug", read_only=True)
    tier = serializers.SlugRelatedField[Tier](slug_field="slug", read_only=True)
    split_from = serializers.SlugRelatedField[Expansion](slug_field="slug", read_only=True)
    line_count = serializers.IntegerField(read_only=True)
    open_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Expansion
        fields = (
            *("id", "slug", "name", "program", "tier", "purpose", "rationale", "aggregate_risk"),
            *("wave", "capacity", "split_from", "status", "line_count", "open_count"),
            *("proposed_at", "closed_at", "version"),
        )


class HeldSerializer(serializers.Serializer[Any]):
    """`authority` is empty and `position` null for whoever may not read the position."""

    authority = serializers.CharField()
    position = serializers.UUIDField(allow_null=True)
    why = serializers.CharField()


class ExpansionLineSerializer(serializers.Serializer[Any]):
    """`stage` is under way, the stages `undone` come before a decision. `waits_as` is the place in the
    waiting list, from 1; `has_place` says that one was offered.
    """

    request = serializers.UUIDField(source="request.id")
    organization = serializers.CharField(source="request.organization.slug")
    name = serializers.CharField(source="request.organization.name")
    purpose = serializers.ChoiceField(source="request.purpose", choices=PrimaryPurpose.choices)
    state = serializers.ChoiceField(source="request.status", choices=RequestStatus.choices)
    version = serializers.IntegerField(source="request.version")
    stage = serializers.CharField()
    undone = serializers.ListField(child=serializers.CharField())
    held_by = HeldSerializer(many=True)
    obstacles = serializers.ListField(
        child=serializers.ChoiceField(choices=[one.value for one in Obstacle])
    )
    priority = serializers.IntegerField(source="request.priority", allow_null=True)
    waits_as = serializers.IntegerField(allow_null=True)
    has_place = serializers.BooleanField()


class ExpansionWithLinesSerializer(ExpansionSerializer):
    """The first lines; where there are more, `lines_next` is where they go on."""

    places = serializers.SerializerMethodField()
    lines = serializers.SerializerMethodField(method_name="list_lines")
    lines_next = serializers.SerializerMethodField()

    class Meta(ExpansionSerializer.Meta):
        fields = (  # type: ignore[assignment]  # more
            *ExpansionSerializer.Meta.fields,
            *("places", "lines", "lines_next"),
        )

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_places(self, row: Expansion) -> dict[str, int | None]:
        found = measure_capacity(row)
        return {"taken": found.taken, "free": found.free, "waiting": found.waiting}

    @extend_schema_field(ExpansionLineSerializer(many=True))
    def list_lines(self, row: Expansion) -> Any:
        return ExpansionLineSerializer(self.context.get("lines", ()), many=True).data

    @extend_schema_field(OpenApiTypes.URI)
    def get_lines_next(self, row: Expansion) -> str | None:
        found: str | None = self.context.get("lines_next")
        return found


class ProposeBody(StrictSerializer):
    slug = serializers.SlugField(max_length=80)
    name = serializers.CharField(max_length=200)
    program = serializers.SlugField()
    tier = serializers.SlugField()
    rationale = serializers.CharField(max_length=20_000)
    purpose = serializers.ChoiceField(choices=PrimaryPurpose.choices, default=PrimaryPurpose.USE)
    aggregate_risk = serializers.CharField(max_length=20_000, allow_blank=True, default="")
    wave = serializers.IntegerField(min_value=1, max_value=32_767, allow_null=True, default=None)
    capacity = serializers.IntegerField(
        min_value=0, max_value=1_000_000, allow_null=True, default=None
    )


class _ByPlace(CursorPagination):
    """Ranked lines first, then by organization; a page is at most what one screen shows."""

    page_size = MOST_AT_ONCE
    page_size_query_param = "page_size"
    max_page_size = MOST_AT_ONCE
    ordering = ("rank", "organization__slug", "id")


class ExpansionList(ListCreateAPIView[Expansion]):
    """Expansions with how many lines each has. A new one is an empty envelope."""

    scopes = {"GET": ("review:write",), "POST": ("review:write",)}
    serializer_class = ExpansionSerializer
    queryset = Expansion.objects.none()

    def get_queryset(self) -> QuerySet[Expansion]:
        return list_expansions(actor=actor_of(self.request))

    @extend_schema(request=ProposeBody, responses={201: ExpansionWithLinesSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = ProposeBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        tier = Tier.objects.filter(
            program__slug=said.pop("program"), slug=said.pop("tier")
        ).first()
        if tier is None:
            raise NotFound("tier")
        done = expansions.propose(
            command_of(request),
            program=tier.program_id,
            tier=tier.id,
            **(said | {"purpose": PrimaryPurpose(said["purpose"])}),
        )
        return answer_done(done, ExpansionWithLinesSerializer, status=201)


class ExpansionDetail(APIView):
    """One expansion with its lines: state, stage, what holds each and its place, in one request."""

    scopes = {"GET": ("review:write",)}

    @extend_schema(parameters=[_AS_IF], responses=ExpansionWithLinesSerializer)
    def get(self, request: Request, slug: str) -> Response:
        row = find_expansion(request, slug)
        lines, onward = _page(request, row, path=f"{request.path}lines/")
        return answer_one(row, ExpansionWithLinesSerializer, lines=lines, lines_next=onward)


class ExpansionLines(APIView):
    """The lines of one expansion, page by page; each page costs the same."""

    scopes = {"GET": ("review:write",)}

    @extend_schema(
        parameters=[_AS_IF, OpenApiParameter("cursor", str), OpenApiParameter("page_size", int)],
        responses=ExpansionLineSerializer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        row = find_expansion(request, slug)
        lines, onward = _page(request, row, path=request.path)
        return Response(
            {"results": ExpansionLineSerializer(lines, many=True).data, "next": onward}
        )


def find_expansion(request: Request, slug: str) -> Expansion:
    """Raises NotFound, also for whoever is not staff."""
    row = list_expansions(actor=actor_of(request)).filter(slug=slug).first()
    if row is None:
        raise NotFound("expansion")
    return row


def _page(request: Request, row: Expansion, *, path: str) -> tuple[list[LineView], str | None]:
    """One page of lines, and the address of the next."""
    pages = _ByPlace()
    pages.base_url = request.build_absolute_uri(path)
    found = pages.paginate_queryset(list_line_requests(row), request)
    lines = view_lines(
        row, found or [], actor=actor_of(request), at=now(), policy=_read_edition(request)
    )
    pages.base_url = request.build_absolute_uri(path)
    return lines, pages.get_next_link()


def _read_edition(request: Request) -> ReviewPolicy | None:
    """The edition to look through, where one is named. Raises NotFound."""
    said = request.query_params.get("as_if")
    if said is None:
        return None
    slug, _colon, number = said.partition(":")
    found = find_edition(slug, int(number)) if number.isascii() and number.isdigit() else None
    if found is None:
        raise NotFound("edition of a review policy")
    return found


class _LinesBody(StrictSerializer):
    lines = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=2_000)


class MoveBody(_LinesBody):
    to = serializers.SlugField()
    reason = serializers.CharField(max_length=5_000)


class SplitBody(_LinesBody):
    slug = serializers.SlugField(max_length=80)
    name = serializers.CharField(max_length=200)
    rationale = serializers.CharField(max_length=20_000)
    aggregate_risk = serializers.CharField(max_length=20_000, allow_blank=True, default="")
    wave = serializers.IntegerField(min_value=1, max_value=32_767, allow_null=True, default=None)
    capacity = serializers.IntegerField(
        min_value=0, max_value=1_000_000, allow_null=True, default=None
    )


class LineBody(StrictSerializer):
    request = serializers.UUIDField()


class PriorityBody(LineBody):
    priority = serializers.IntegerField(min_value=1, max_value=1_000_000, allow_null=True)


class CapacityBody(StrictSerializer):
    capacity = serializers.IntegerField(min_value=0, max_value=1_000_000, allow_null=True)


_Take = Callable[..., Done[Expansion]]


def _move(command: Any, *, expansion: UUID, to: str, lines: list[UUID], reason: str) -> Any:
    target = Expansion.objects.filter(slug=to).values_list("id", flat=True).first()
    if target is None:
        raise NotFound("expansion")
    return line_moves.move(command, expansion=expansion, to=target, requests=lines, reason=reason)


def _split(command: Any, *, expansion: UUID, lines: list[UUID], **part: Any) -> Any:
    return line_moves.split(command, expansion=expansion, part=Part(**part), requests=lines)


_STEPS: dict[str, tuple[type[StrictSerializer], _Take]] = {
    "add_line": (LineBody, expansions.add_line),
    "move": (MoveBody, _move),
    "split": (SplitBody, _split),
    "change_capacity": (CapacityBody, line_places.change_capacity),
    "prioritize": (PriorityBody, line_places.prioritize),
    "wait": (LineBody, line_places.wait),
    "offer": (Nothing, line_places.offer),
    "give_up": (LineBody, line_places.give_up),
    "close": (Nothing, expansions.close),
}
STEPS = tuple(_STEPS)


def step_view(name: str) -> Callable[..., Any]:
    """`POST /expansions/{slug}/<name>/`; a move and a split answer with the envelope that the lines go to."""
    body_class, take = _STEPS[name]

    class Taken(APIView):
        scopes = {"POST": ("review:write",)}

        @extend_schema(
            operation_id=f"expansions_{name}", request=body_class, responses=ExpansionSerializer
        )
        def post(self, request: Request, slug: str) -> Response:
            row = find_expansion(request, slug)
            body = body_class(data=request.data or {})
            body.is_valid(raise_exception=True)
            done = take(command_of(request), expansion=row.id, **body.validated_data)
            shown = list_expansions(actor=actor_of(request)).get(pk=done.value.pk)
            return answer_done(Done(shown, done.revision, done.replayed), ExpansionSerializer)

    Taken.__doc__ = f"Take the step “{name}”."
    return Taken.as_view()
