"""Review policies: editions are read, proposed, rehearsed and put in force. For staff."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.models import RequestDecision, ReviewPolicy
from access.operations import review_policies
from access.queries.dry_run import dry_run, list_decided
from access.queries.review_policies import find_compared, list_differences
from access.stages import parse_policy
from registry.api.commands import answer_done, answer_one, command_of
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, StrictSerializer
from registry.errors import NotFound


class PolicySerializer(serializers.ModelSerializer[ReviewPolicy]):
    class Meta:
        model = ReviewPolicy
        fields = (
            *("id", "slug", "number", "document", "sha256", "proposed_by", "proposed_at"),
            *("enacted_by", "enacted_at", "version"),
        )


class ChangeSerializer(serializers.Serializer[Any]):
    place = serializers.CharField()
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)


class PolicyDetailSerializer(PolicySerializer):
    """With what it says differently from the edition that it would follow."""

    compared_with = serializers.SerializerMethodField()
    differences = serializers.SerializerMethodField()

    class Meta(PolicySerializer.Meta):
        fields = (  # type: ignore[assignment]  # two more
            *PolicySerializer.Meta.fields,
            *("compared_with", "differences"),
        )

    def get_compared_with(self, row: ReviewPolicy) -> int | None:
        before = find_compared(row)
        return None if before is None else before.number

    @extend_schema(responses=ChangeSerializer(many=True))
    def get_differences(self, row: ReviewPolicy) -> list[Any]:
        return list(ChangeSerializer(list_differences(row), many=True).data)


class PolicyBody(StrictSerializer):
    """The document as JSON, or as YAML text: then what is wrong with it is told line by line."""

    slug = serializers.SlugField(max_length=80)
    document = serializers.DictField(required=False)
    yaml = serializers.CharField(required=False, max_length=100_000, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("document" in attrs) == ("yaml" in attrs):
            raise serializers.ValidationError("Give either document or yaml.")
        return attrs


class RehearsalSerializer(serializers.Serializer[Any]):
    request = serializers.UUIDField(source="request.id")
    organization = serializers.CharField(source="request.organization.slug")
    tier = serializers.CharField(source="request.tier.slug")
    outcome = serializers.CharField(source="decision.outcome")
    decided_at = serializers.DateTimeField(source="decision.decided_at")
    verdict = serializers.CharField(source="difference.verdict")
    waits_for = serializers.ListField(source="difference.waits_for")
    blocked_by = serializers.ListField(source="difference.blocked_by")


def _find(request: Request, pk: UUID) -> ReviewPolicy:
    row = ReviewPolicy.objects.filter(pk=pk).first()
    if row is None or not actor_of(request).is_staff:
        raise NotFound("review policy")
    return row


class PolicyList(ListCreateAPIView[ReviewPolicy]):
    """Editions of review policies. A new one governs nothing until another person puts it in force."""

    scopes = {"GET": ("review:write",), "POST": ("review:write",)}
    serializer_class = PolicySerializer
    queryset = ReviewPolicy.objects.none()

    def get_queryset(self) -> QuerySet[ReviewPolicy]:
        staff = actor_of(self.request).is_staff
        return ReviewPolicy.objects.all() if staff else ReviewPolicy.objects.none()

    @extend_schema(request=PolicyBody, responses={201: PolicyDetailSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = PolicyBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        document = said["document"] if "document" in said else parse_policy(said["yaml"])
        done = review_policies.propose(command_of(request), slug=said["slug"], document=document)
        return answer_done(done, PolicyDetailSerializer, status=201)


class PolicyDetail(APIView):
    """One edition, and what it says differently from the one before it."""

    scopes = {"GET": ("review:write",)}

    @extend_schema(responses=PolicyDetailSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return answer_one(_find(request, pk), PolicyDetailSerializer)


class PolicyEnact(APIView):
    """Put an edition in force that another person proposed."""

    scopes = {"POST": ("review:write",)}

    @extend_schema(
        operation_id="review_policies_enact", request=Nothing, responses=PolicyDetailSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        done = review_policies.enact(command_of(request), policy=_find(request, pk).id)
        return answer_done(done, PolicyDetailSerializer)


class PolicyDryRun(ListAPIView[RequestDecision]):
    """What the edition would have decided differently on requests that are decided. It changes nothing."""

    scopes = {"GET": ("review:write",)}
    serializer_class = RehearsalSerializer
    queryset = RequestDecision.objects.none()

    @extend_schema(
        operation_id="review_policies_dry_run", responses=RehearsalSerializer(many=True)
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        policy = _find(request, self.kwargs["pk"])
        page = self.paginate_queryset(list_decided(policy))
        assert page is not None  # every list is paged
        return self.get_paginated_response(
            RehearsalSerializer(dry_run(policy, page), many=True).data
        )
