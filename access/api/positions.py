"""Positions of authorities, as far as the caller may read them, and what the desk does with them."""

import base64
import binascii
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.grants import MOMENTS
from access.api.holdings import show_sources
from access.choices import Action, Attribution, Ground, LegalForce, Marking, Stance
from access.models import Position, PositionPaper, PositionVersion
from access.operations import position_reading, positions
from access.operations.position_papers import Paper, PaperUnacceptable
from access.operations.positions import About, Narrowed, Stated
from access.queries.positions import find_authority
from registry import files
from registry.api.commands import answer_one, command_of, read_moment
from registry.api.permissions import actor_of
from registry.api.strict import StrictSerializer
from registry.choices import OrganizationKind, SourceGrade
from registry.commands import Done
from registry.errors import NotFound
from registry.models import Citation

_SCOPES = {"GET": ("review:write",), "POST": ("review:write",)}


class PositionSerializer(serializers.ModelSerializer[Position]):
    """The words and papers of a confidential one are empty until they are read: `POST …/read/` records it."""

    authority = serializers.CharField(source="authority.organization.slug")
    jurisdiction = serializers.CharField(source="jurisdiction.slug", default=None)
    versions = serializers.SerializerMethodField(method_name="list_versions")
    sources = serializers.SerializerMethodField(method_name="list_sources")
    papers = serializers.SerializerMethodField(method_name="list_papers")
    readers = serializers.SerializerMethodField(method_name="list_readers")
    withheld = serializers.SerializerMethodField(method_name="tell_withheld")

    class Meta:
        model = Position
        fields = (
            *("id", "authority", "origin", "marking", "program", "ai_model", "expansion"),
            *("request", "organization", "jurisdiction", "organization_kind", "action"),
            *("versions", "sources", "papers", "readers", "withheld", "version"),
        )

    @property
    def _read(self) -> bool:
        return bool(self.context.get("read"))

    def tell_withheld(self, row: Position) -> bool:
        return row.is_wordless and not self._read

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def list_versions(self, row: Position) -> list[dict[str, Any]]:
        shut = self.tell_withheld(row)
        return [
            {
                "stance": said.stance,
                "grounds": said.grounds,
                "attribution": said.attribution,
                "speaker": "" if shut else said.speaker,
                "legal_force": said.legal_force,
                "statement": "" if shut else said.statement,
                "received_at": said.received_at,
                "since": said.valid.lower,
                "until": said.valid.upper,
            }
            for said in row.versions.all()
        ]

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def list_sources(self, row: Position) -> list[dict[str, Any]]:
        return [] if row.fact is None else show_sources(row.fact)

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def list_papers(self, row: Position) -> list[dict[str, Any]]:
        if self.tell_withheld(row):
            return []
        return [
            {
                "number": paper.number,
                "title": paper.title,
                "file_name": paper.file_name,
                "sha256": paper.sha256,
                "dated_on": paper.dated_on,
                "source": None if paper.source is None else paper.source.slug,
                "grade": paper.grade,
                "passage": paper.passage,
                "recorded_at": paper.recorded_at,
            }
            for paper in row.papers.all()
        ]

    @extend_schema_field({"type": "array", "items": {"type": "string", "format": "uuid"}})
    def list_readers(self, row: Position) -> list[UUID]:
        return [named.reader_id for named in row.readers.all() if named.ended_at is None]


class PaperBody(StrictSerializer):
    """A document as base64 with its name, or a registered publication with its grade."""

    title = serializers.CharField(max_length=200)
    content = serializers.CharField(required=False, max_length=14_000_000)
    file_name = serializers.CharField(required=False, max_length=200)
    dated_on = serializers.DateField(required=False)
    source = serializers.SlugField(required=False, max_length=120)  # type: ignore[assignment]
    grade = serializers.ChoiceField(choices=SourceGrade.choices, required=False)
    passage = serializers.CharField(required=False, max_length=300, allow_blank=True)


class StatedBody(StrictSerializer):
    stance = serializers.ChoiceField(choices=Stance.choices)
    statement = serializers.CharField(max_length=20_000)
    attribution = serializers.ChoiceField(choices=Attribution.choices)
    legal_force = serializers.ChoiceField(choices=LegalForce.choices)
    grounds = serializers.ListField(
        child=serializers.ChoiceField(choices=Ground.choices), default=list
    )
    speaker = serializers.CharField(max_length=200, allow_blank=True, default="")
    received_at = serializers.DateTimeField(required=False)
    papers = PaperBody(many=True, default=list)


class PositionBody(StatedBody):
    """Whose position it is, and what it is about: together the scopes narrow it."""

    authority = serializers.SlugField(max_length=80)
    program = serializers.UUIDField(required=False)
    ai_model = serializers.UUIDField(required=False)
    expansion = serializers.UUIDField(required=False)
    request = serializers.UUIDField(required=False)
    organization = serializers.UUIDField(required=False)
    jurisdiction = serializers.SlugField(required=False)
    organization_kind = serializers.ChoiceField(choices=OrganizationKind.choices, required=False)
    action = serializers.ChoiceField(choices=Action.choices, required=False)
    marking = serializers.ChoiceField(choices=Marking.choices, default=Marking.OPEN)


class ReaderBody(StrictSerializer):
    reader = serializers.UUIDField()


class ReadBody(StrictSerializer):
    """Which paper is read; without a number, the words."""

    paper = serializers.IntegerField(required=False, min_value=1)


def visible_positions(request: Request) -> QuerySet[Position]:
    """What the caller may see, then or as it stands now, in a fixed number of queries."""
    as_of, known_at = (read_moment(request, name) for name in ("as_of", "known_at"))
    versions = PositionVersion.objects.current()
    rows = Position.objects.visible_to(actor_of(request))
    if (moment := as_of or known_at) is not None:
        versions = PositionVersion.objects.as_of(moment, known_at)
        rows = rows.filter(pk__in=versions.values("position"))
    return rows.select_related("authority__organization", "fact", "jurisdiction").prefetch_related(
        Prefetch("versions", versions.order_by("valid")),
        Prefetch("papers", PositionPaper.objects.select_related("source").order_by("number")),
        "readers",
        Prefetch("fact__citations", Citation.objects.select_related("source")),
        "fact__disputes",
    )


class PositionList(ListCreateAPIView[Position]):
    """Positions of authorities. For staff; confidential ones for cleared roles, and named readers alone."""

    scopes = _SCOPES
    serializer_class = PositionSerializer
    queryset = Position.objects.none()

    def get_queryset(self) -> QuerySet[Position]:
        return visible_positions(self.request)

    @extend_schema(parameters=MOMENTS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="positions_take",
        request=PositionBody,
        responses={201: PositionSerializer},
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = PositionBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        about = ("program", "ai_model", "expansion", "request", "organization")
        narrowed = ("jurisdiction", "organization_kind", "action")
        done = positions.receive(
            command_of(request),
            authority=find_authority(said["authority"]),
            about=About(**{name: said.get(name) for name in about}),
            narrowed=Narrowed(**{name: said.get(name) for name in narrowed}),
            marking=Marking(said["marking"]),
            **_read_stated(said),
        )
        return _answer(request, done, status=201)


class PositionDetail(APIView):
    """One position."""

    scopes = {"GET": ("review:write",)}

    @extend_schema(parameters=MOMENTS, responses=PositionSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        row = visible_positions(request).filter(pk=pk).first()
        if row is None:
            raise NotFound("position")
        return answer_one(row, PositionSerializer)


def _supersede(command: Any, *, position: UUID, **said: Any) -> Done[Position]:
    return positions.replace_(command, position=position, **_read_stated(said))


STEPS: dict[str, tuple[type[StrictSerializer], Callable[..., Done[Position]]]] = {
    "supersede": (StatedBody, _supersede),
    "read": (ReadBody, position_reading.read),
    "name_reader": (ReaderBody, position_reading.name_reader),
    "end_reader": (ReaderBody, position_reading.end_reader),
}


def step_view(name: str) -> Callable[..., Any]:
    """The view that takes one step, `POST …/{id}/<name>/`."""
    body_class, take = STEPS[name]

    class PositionStep(APIView):
        scopes = {"POST": ("review:write",)}

        @extend_schema(
            operation_id=f"positions_{name}", request=body_class, responses=PositionSerializer
        )
        def post(self, request: Request, pk: UUID) -> Response:
            body = body_class(data=request.data or {})
            body.is_valid(raise_exception=True)
            done = take(command_of(request), position=pk, **body.validated_data)
            response = _answer(request, done, read=name == "read")
            if (paper := body.validated_data.get("paper")) is not None:
                kept = done.value.papers.get(number=paper)
                response.data["content"] = base64.b64encode(files.read(kept.sha256)).decode()
            return response

    PositionStep.__doc__ = (
        "Read the words, or the paper of this number (its `content` as base64). That you did is recorded."
        if name == "read"
        else f"Take the step “{name}”."
    )
    return PositionStep.as_view()


def _answer(
    request: Request, done: Done[Position], *, status: int = 200, read: bool = False
) -> Response:
    shown = visible_positions(request).filter(pk=done.value.pk).first()
    if shown is None:  # it names readers, and the caller is none of them
        return Response(status=204, headers={"Concordat-Revision": done.revision})
    response = answer_one(shown, PositionSerializer, status=status, read=read)
    response["Concordat-Revision"] = done.revision
    return response


def _read_stated(said: dict[str, Any]) -> dict[str, Any]:
    return {
        "stated": Stated(
            stance=Stance(said["stance"]),
            statement=said["statement"],
            attribution=Attribution(said["attribution"]),
            legal_force=LegalForce(said["legal_force"]),
            grounds=tuple(Ground(ground) for ground in said["grounds"]),
            speaker=said["speaker"],
        ),
        "papers": tuple(_read_paper(paper) for paper in said["papers"]),
        "received_at": said.get("received_at"),
    }


def _read_paper(said: dict[str, Any]) -> Paper:
    try:
        content = base64.b64decode(said.get("content", ""), validate=True)
    except binascii.Error as broken:
        raise PaperUnacceptable from broken
    grade = said.get("grade")
    return Paper(**(said | {"content": content, "grade": grade and SourceGrade(grade)}))
