"""Restrictions: read by whom they cover, imposed and lifted by staff tooling."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.grants import MOMENTS
from access.api.stops import RestrictionBody, read_restriction, read_scope
from access.choices import RestrictionBasis
from access.models import Restriction, RestrictionVersion
from access.operations import renewals, restrictions, wordings
from access.operations.restrictions import Exempted, check_confirmed
from access.queries.restrictions import covering, tell
from registry.api.commands import answer_done, command_of, read_moment
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, StrictSerializer
from registry.commands import Command, Done


class RestrictionSerializer(serializers.ModelSerializer[Restriction]):
    """What a partner may read, whoever asks: the words written for those who are stopped, or the neutral text."""

    title = serializers.SerializerMethodField(method_name="tell_title")
    public_wording = serializers.SerializerMethodField(method_name="tell_wording")
    basis = serializers.SerializerMethodField(method_name="tell_basis")
    lift_asked_at = serializers.SerializerMethodField(method_name="tell_asked")
    since = serializers.SerializerMethodField(method_name="find_start")
    until = serializers.SerializerMethodField(method_name="find_end")

    class Meta:
        model = Restriction
        fields = (
            *("id", "kind", "basis", "origin", "title", "public_wording"),
            *("since", "until", "lift_asked_at", "lifted_at", "version"),
        )

    def tell_title(self, row: Restriction) -> str:
        return tell(row).title

    def tell_wording(self, row: Restriction) -> str:
        return tell(row).wording

    @extend_schema_field({"type": "string", "format": "date-time", "nullable": True})
    def tell_asked(self, row: Restriction) -> Any:
        """For staff tooling only: that somebody asks is nothing for those who are stopped to count on."""
        request = self.context.get("request")
        return row.lift_asked_at if request is None or actor_of(request).is_staff else None

    @extend_schema_field({"type": "string", "enum": RestrictionBasis.values, "nullable": True})
    def tell_basis(self, row: Restriction) -> Any:
        return tell(row).basis

    @extend_schema_field({"type": "string", "format": "date-time", "nullable": True})
    def find_start(self, row: Restriction) -> Any:
        version = _shown(row)
        return None if version is None else version.valid.lower

    @extend_schema_field({"type": "string", "format": "date-time", "nullable": True})
    def find_end(self, row: Restriction) -> Any:
        version = _shown(row)
        return None if version is None else version.valid.upper


def _shown(row: Restriction) -> RestrictionVersion | None:
    """The version that was asked for; after a step, the current one that ends last."""
    current = [version for version in row.versions.all() if version.recorded.upper is None]
    found = current or list(row.versions.all())
    return found[-1] if found else None


class ExemptionBody(StrictSerializer):
    organization = serializers.UUIDField()
    member = serializers.UUIDField(default=None, allow_null=True)
    basis = serializers.CharField(max_length=300)


class RestrictionList(ListCreateAPIView[Restriction]):
    """Restrictions in force at a moment. A partner reads those that cover it, in their public wording."""

    scopes = {"GET": ("grants:read",), "POST": ("restrictions:impose",)}
    serializer_class = RestrictionSerializer
    queryset = Restriction.objects.none()

    def get_queryset(self) -> QuerySet[Restriction]:
        as_of, known_at = (read_moment(self.request, name) for name in ("as_of", "known_at"))
        moment = as_of or known_at or now()
        versions = RestrictionVersion.objects.as_of(moment, known_at)
        rows = Restriction.objects.filter(pk__in=versions.values("restriction"))
        actor = actor_of(self.request)
        if not actor.is_staff:
            rows = rows.filter(pk__in=covering(actor.organization_id, versions, at=moment))
        return rows.prefetch_related(Prefetch("versions", versions))

    @extend_schema(parameters=MOMENTS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=RestrictionBody, responses={201: RestrictionSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = RestrictionBody(data=request.data)
        body.is_valid(raise_exception=True)
        scope = read_scope(body.validated_data)
        check_confirmed(scope, body.validated_data["confirm"])
        done = restrictions.restrict(
            command_of(request), scope=scope, **read_restriction(body.validated_data)
        )
        return answer_done(done, RestrictionSerializer, status=201)


class WordingBody(StrictSerializer):
    title = serializers.CharField(max_length=200)
    public_wording = serializers.CharField(max_length=5_000)


class LapsedRenewalBody(StrictSerializer):
    reason = serializers.CharField(max_length=300)
    grants = serializers.ListField(
        child=serializers.UUIDField(), default=None, allow_null=True, max_length=200
    )


def _exempt(command: Command, restriction: UUID, said: dict[str, Any]) -> Done[Restriction]:
    return restrictions.exempt(command, restriction=restriction, exempted=Exempted(**said))


def _lift(command: Command, restriction: UUID, _said: dict[str, Any]) -> Done[Restriction]:
    return restrictions.lift(command, restriction=restriction)


def _withdraw(command: Command, restriction: UUID, _said: dict[str, Any]) -> Done[Restriction]:
    return restrictions.withdraw_lift(command, restriction=restriction)


def _word(command: Command, restriction: UUID, said: dict[str, Any]) -> Done[Restriction]:
    return wordings.word(
        command, restriction=restriction, title=said["title"], public=said["public_wording"]
    )


def _renew(command: Command, restriction: UUID, said: dict[str, Any]) -> Done[Restriction]:
    grants = said["grants"]
    return renewals.renew_lapsed(
        command,
        restriction=restriction,
        reason=said["reason"],
        grants=None if grants is None else tuple(grants),
    )


def _countersign(command: Command, restriction: UUID, _said: dict[str, Any]) -> Done[Restriction]:
    return renewals.countersign_renewals(command, restriction=restriction)


STEPS: dict[str, tuple[type[StrictSerializer], Callable[..., Done[Restriction]], str]] = {
    "exempt": (ExemptionBody, _exempt, "restrictions:write"),
    "lift": (Nothing, _lift, "restrictions:write"),
    "withdraw_lift": (Nothing, _withdraw, "restrictions:write"),
    "word": (WordingBody, _word, "restrictions:write"),
    "renew_lapsed": (LapsedRenewalBody, _renew, "review:write"),
    "countersign_renewals": (Nothing, _countersign, "review:write"),
}


def step_view(name: str) -> Callable[..., Any]:
    """The view that takes one step, `POST …/{id}/<name>/`."""
    body_class, take, scope = STEPS[name]

    class RestrictionStep(APIView):
        scopes = {"POST": (scope,)}

        @extend_schema(
            operation_id=f"restrictions_{name}",
            request=body_class,
            responses=RestrictionSerializer,
        )
        def post(self, request: Request, pk: UUID) -> Response:
            body = body_class(data=request.data or {})
            body.is_valid(raise_exception=True)
            done = take(command_of(request), pk, body.validated_data)
            return answer_done(done, RestrictionSerializer)

    RestrictionStep.__doc__ = f"Take the step “{name}”."
    return RestrictionStep.as_view()
