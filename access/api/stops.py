"""A stop before it is imposed: what is said of it, and whom it would reach."""

import datetime as dt
from typing import Any

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.choices import RestrictionBasis, RestrictionKind
from access.operations.restrictions import Exempted, RestrictionCoversNothing, Wording
from access.queries.scopes import Scope, name_scope
from access.queries.stops import PAGE, Reach, list_reached, measure_reach, points_concerned
from registry.api.permissions import actor_of
from registry.api.strict import StrictSerializer
from registry.choices import Role
from registry.policies import check_role

_DIMENSIONS = {
    "organizations": "organizations",
    "models": "ai_models",
    "programs": "programs",
    "jurisdictions": "jurisdictions",
    "vendors": "vendors",
}
LARGEST_PAGE = 200


class ExceptionBody(StrictSerializer):
    organization = serializers.UUIDField()
    member = serializers.UUIDField(default=None, allow_null=True)
    basis = serializers.CharField(max_length=300)


class ScopeBody(StrictSerializer):
    """Dimensions narrow each other; an empty one means any; at least one must be given."""

    organizations = serializers.ListField(child=serializers.UUIDField(), default=list)
    models = serializers.ListField(child=serializers.UUIDField(), default=list)
    programs = serializers.ListField(child=serializers.UUIDField(), default=list)
    jurisdictions = serializers.ListField(child=serializers.UUIDField(), default=list)
    vendors = serializers.ListField(child=serializers.UUIDField(), default=list)
    person_class = serializers.SlugField(default=None, allow_null=True)


class PreviewBody(ScopeBody):
    """`excepted` are left out; the organizations are listed from the slug `after` on."""

    excepted = serializers.ListField(child=serializers.UUIDField(), default=list)
    after = serializers.CharField(default="", allow_blank=True, max_length=80)
    page_size = serializers.IntegerField(default=PAGE, min_value=1, max_value=LARGEST_PAGE)


class RestrictionBody(ScopeBody):
    """`confirm` is the scope's name, as its preview tells it. Without `public_wording` the words wait."""

    kind = serializers.ChoiceField(choices=RestrictionKind.choices)
    basis = serializers.ChoiceField(choices=RestrictionBasis.choices)
    title = serializers.CharField(max_length=200)
    public_wording = serializers.CharField(max_length=5_000, default="", allow_blank=True)
    confidential_basis = serializers.CharField(max_length=5_000, default="", allow_blank=True)
    exceptions = serializers.ListField(child=ExceptionBody(), default=list, max_length=2_000)
    exceptions_complete = serializers.BooleanField(default=True)
    because_of = serializers.UUIDField(default=None, allow_null=True)
    confirm = serializers.CharField(max_length=1_000)


def read_scope(said: dict[str, Any], *, everyone: bool = False) -> Scope:
    """The scope of a valid body; for everyone, or for the class of persons that it names."""
    return Scope(
        **{field: tuple(said[name]) for name, field in _DIMENSIONS.items()},
        person_class=None if everyone else said["person_class"],
    )


def read_restriction(said: dict[str, Any]) -> dict[str, Any]:
    """What the operation is told beside the scope."""
    return {
        "kind": RestrictionKind(said["kind"]),
        "basis": RestrictionBasis(said["basis"]),
        "wording": Wording(said["title"], said["public_wording"], said["confidential_basis"]),
        "exceptions": tuple(Exempted(**one) for one in said["exceptions"]),
        "exceptions_complete": said["exceptions_complete"],
        "because_of": said["because_of"],
    }


class ReachSerializer(serializers.Serializer[Any]):
    organizations = serializers.IntegerField()
    excepted = serializers.IntegerField()
    grants = serializers.IntegerField()
    surfaces = serializers.IntegerField()
    members = serializers.IntegerField()
    continuing = serializers.IntegerField(help_text="members who could go on")
    inside = serializers.IntegerField(help_text="members established to be in the class")
    unclear = serializers.IntegerField(help_text="members of whom nothing is established")
    continuing_organizations = serializers.IntegerField()
    without_members = serializers.IntegerField(help_text="organizations that named no member")


class ChoiceSerializer(serializers.Serializer[Any]):
    """One of the two: its name, which confirms it, its figures, and the points that must apply it."""

    name = serializers.CharField()
    reach = ReachSerializer()
    enforcement_points = serializers.ListField(child=serializers.CharField())


class ReachedSerializer(serializers.Serializer[Any]):
    organization = serializers.CharField(source="slug")
    name = serializers.CharField()
    excepted = serializers.BooleanField()
    grants = serializers.IntegerField()
    members = serializers.IntegerField()
    outside = serializers.IntegerField()
    inside = serializers.IntegerField()
    unclear = serializers.IntegerField()
    surface_count = serializers.IntegerField()
    surfaces = serializers.ListField(child=serializers.CharField(), help_text="the first five")


class PreviewSerializer(serializers.Serializer[Any]):
    person_class = ChoiceSerializer(allow_null=True)
    everyone = ChoiceSerializer(allow_null=True)
    results = ReachedSerializer(many=True)
    after = serializers.CharField(allow_null=True, help_text="where the next page begins")


class RestrictionPreview(APIView):
    """Whom a restriction would reach: for the class of persons that it names, and for everyone. Writes nothing."""

    scopes = {"POST": ("restrictions:impose",)}

    @extend_schema(
        operation_id="restrictions_preview", request=PreviewBody, responses=PreviewSerializer
    )
    def post(self, request: Request) -> Response:
        check_role(actor_of(request), Role.RESTRICTOR)
        body = PreviewBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        narrow, wide = read_scope(said), read_scope(said, everyone=True)
        if narrow == Scope():
            raise RestrictionCoversNothing
        at, size = now(), said["page_size"]
        rows = list_reached(
            narrow, at=at, excepted=said["excepted"], after=said["after"], limit=size + 1
        )
        reach = measure_reach(narrow, at=at, excepted=said["excepted"])
        found = {
            "person_class": None if narrow.person_class is None else _choice(narrow, reach, at=at),
            "everyone": None if wide == Scope() else _choice(wide, reach.for_everyone(), at=at),
            "results": rows[:size],
            "after": rows[size - 1].slug if len(rows) > size else None,
        }
        return Response(PreviewSerializer(found).data)


def _choice(scope: Scope, reach: Reach, *, at: dt.datetime) -> dict[str, Any]:
    return {
        "name": name_scope(scope),
        "reach": reach,
        "enforcement_points": [point.slug for point in points_concerned(scope, at=at)],
    }
