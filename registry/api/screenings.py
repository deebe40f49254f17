"""Screenings and their hits, for staff tooling. Partners are told on their requests how it stands, and no more."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, ListCreateAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.api.commands import answer_done, command_of
from registry.api.pagination import ByCursor
from registry.api.permissions import actor_of
from registry.api.strict import StrictSerializer
from registry.choices import HitFinding, ScreeningState
from registry.models import Screening, ScreeningHit, ScreeningMatch, ScreeningRun
from registry.operations import screening_hits, screening_runs
from registry.operations.screening_hits import is_undisclosed
from registry.queries import organizations
from registry.queries.screening import current_hits, find_standings

_HIDDEN: dict[str, Any] = {
    "reference": None,
    "name": None,
    "aliases": [],
    "identifiers": [],
    "jurisdiction": None,
}


class StakeSerializer(serializers.Serializer[Any]):
    """That one owns another; `share` in percent, null where nobody knows it."""

    owner = serializers.UUIDField()
    of = serializers.UUIDField()
    share = serializers.CharField(allow_null=True)


class PartySerializer(serializers.Serializer[Any]):
    organization = serializers.UUIDField()
    way = StakeSerializer(many=True)


class MatchSerializer(serializers.ModelSerializer[ScreeningMatch]):
    """Found in this screening: a hit, and what of the party fits, as likely as said in percent."""

    why = serializers.SerializerMethodField(method_name="tell_why")

    class Meta:
        model = ScreeningMatch
        fields = ("hit", "why")

    @extend_schema(responses=serializers.ListField(child=serializers.DictField()))
    def tell_why(self, row: ScreeningMatch) -> list[dict[str, Any]]:
        """Without the listed words where they would tell an undisclosed name."""
        hidden = {"listed": None} if is_undisclosed(row.hit) else {}
        return [one | hidden for one in row.why]


class ScreeningSerializer(serializers.ModelSerializer[Screening]):
    """`flags` are stakes whose share nobody knows; `snapshots` all that were in use."""

    organization = serializers.CharField(source="organization.slug")
    cause = serializers.CharField(source="run.cause")
    parties = PartySerializer(many=True)
    flags = StakeSerializer(many=True)
    matches = MatchSerializer(many=True)

    class Meta:
        model = Screening
        fields = (
            *("id", "organization", "run", "cause", "snapshots", "parties", "flags", "matches"),
            "screened_at",
        )


class EntryOfHitSerializer(serializers.Serializer[Any]):
    """As the list words it; all null or empty where that would tell an undisclosed name."""

    reference = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_null=True)
    aliases = serializers.ListField(child=serializers.CharField())
    identifiers = serializers.ListField(child=serializers.CharField())
    jurisdiction = serializers.CharField(allow_null=True)


class RulingSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    finding = serializers.CharField()
    note = serializers.CharField()
    by = serializers.CharField(source="ruled_by")
    at = serializers.DateTimeField(source="ruled_at")


class HitSerializer(serializers.ModelSerializer[ScreeningHit]):
    """`finding` empty: open. `party` is the organization itself, or one that owns it on the `way`."""

    organization = serializers.CharField(source="organization.slug")
    party = serializers.CharField(source="party.slug")
    screening_list = serializers.CharField(source="entry.screening_list.slug")
    entry = serializers.SerializerMethodField(method_name="tell_entry")
    way = StakeSerializer(many=True)
    rulings = RulingSerializer(many=True)

    class Meta:
        model = ScreeningHit
        fields = (
            *("id", "organization", "party", "screening_list", "strength", "entry", "way"),
            *("finding", "rulings", "opened_at", "version"),
        )

    @extend_schema(responses=EntryOfHitSerializer)
    def tell_entry(self, row: ScreeningHit) -> dict[str, Any]:
        if is_undisclosed(row):
            return _HIDDEN
        return {name: getattr(row.entry, name) for name in _HIDDEN}


class RunSerializer(serializers.ModelSerializer[ScreeningRun]):
    class Meta:
        model = ScreeningRun
        fields = (
            *("id", "cause", "total", "screened", "opened", "begun_at", "finished_at"),
            "version",
        )


class StandingSerializer(serializers.Serializer[Any]):
    """Where the screening of an organization stands. Only `cleared` meets a requirement."""

    organization = serializers.CharField()
    state = serializers.ChoiceField(choices=ScreeningState.choices)
    lists = serializers.ListField(child=serializers.CharField())
    screened_at = serializers.DateTimeField(allow_null=True)


class ScreenBody(StrictSerializer):
    organization = serializers.CharField(max_length=240)


class HitNoteBody(StrictSerializer):
    note = serializers.CharField(max_length=5_000)


class ByMoment(CursorPagination):
    """Newest first: what is written once is not ordered by a change."""

    page_size = ByCursor.page_size
    page_size_query_param = ByCursor.page_size_query_param
    max_page_size = ByCursor.max_page_size
    ordering = ("-screened_at", "-id")


_ABOUT = OpenApiParameter("organization", str, description="slug, UUID or scheme:value")


class Screenings(ListCreateAPIView[Screening]):
    """Every screening that was made, newest first. POST screens an organization now."""

    scopes = {"GET": ("review:write",), "POST": ("review:write",)}
    serializer_class = ScreeningSerializer
    pagination_class = ByMoment
    queryset = Screening.objects.none()

    def get_queryset(self) -> QuerySet[Screening]:
        rows = Screening.objects.select_related("organization", "run").prefetch_related(
            "matches__hit__organization", "matches__hit__party"
        )
        named = self.request.query_params.get("organization")
        if named is None:
            return rows
        about = organizations.find(named, actor=actor_of(self.request))
        return rows.filter(organization=about)

    @extend_schema(parameters=[_ABOUT])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=ScreenBody, responses={201: RunSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = ScreenBody(data=request.data)
        body.is_valid(raise_exception=True)
        about = organizations.find(body.validated_data["organization"], actor=actor_of(request))
        done = screening_runs.screen(command_of(request), organization=about.id)
        return answer_done(done, RunSerializer, status=201)


class ScreeningStandingView(APIView):
    """Where the screening of one organization stands now."""

    scopes = {"GET": ("review:write",)}

    @extend_schema(operation_id="organizations_screening", responses=StandingSerializer)
    def get(self, request: Request, identifier: str) -> Response:
        about = organizations.find(identifier, actor=actor_of(request))
        standing = find_standings([about.id])[about.id]
        answer = {
            "organization": about.slug,
            "state": standing.state,
            "lists": standing.lists,
            "screened_at": None if standing.last is None else standing.last.screened_at,
        }
        return Response(StandingSerializer(answer).data)


class ScreeningRuns(ListAPIView[ScreeningRun]):
    """Each occasion of screening, and how far it has come."""

    scopes = {"GET": ("review:write",)}
    serializer_class = RunSerializer
    queryset = ScreeningRun.objects.all()


class Hits(ListAPIView[ScreeningHit]):
    """The hits of the last screenings; `finding=open` are those that wait for a person."""

    scopes = {"GET": ("review:write",)}
    serializer_class = HitSerializer
    queryset = ScreeningHit.objects.none()

    def get_queryset(self) -> QuerySet[ScreeningHit]:
        rows = _with_all(current_hits())
        finding = self.request.query_params.get("finding")
        if finding is None:
            return rows
        return rows.filter(finding="" if finding == "open" else finding)

    @extend_schema(
        parameters=[OpenApiParameter("finding", str, enum=["open", *HitFinding.values])]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class HitClear(APIView):
    """It is somebody else, or no obstacle. Holds for this entry as it is worded, and for no other."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="screening_hits_clear", request=HitNoteBody, responses=HitSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = HitNoteBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = screening_hits.clear(command_of(request), hit=pk, **body.validated_data)
        return answer_done(done, HitSerializer)


class HitConfirm(APIView):
    """It is the organization, or an owner that bars it."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="screening_hits_confirm", request=HitNoteBody, responses=HitSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = HitNoteBody(data=request.data)
        body.is_valid(raise_exception=True)
        done = screening_hits.confirm(command_of(request), hit=pk, **body.validated_data)
        return answer_done(done, HitSerializer)


def _with_all(rows: QuerySet[ScreeningHit]) -> QuerySet[ScreeningHit]:
    related = rows.select_related("organization", "party", "entry__screening_list")
    return related.prefetch_related("rulings")
