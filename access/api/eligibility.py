"""What a tier requires, and how an organization stands to it: told before anybody asks for access."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.timezone import now
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.eligibility import Result
from access.models import AccessRequest, Tier, TierRequirements
from access.queries.eligibility import assess_request, assess_tier, find_requirements
from access.queries.grant_needs import list_resting_on
from registry.api.permissions import actor_of
from registry.errors import NotFound
from registry.models import Attestation, Organization


class RequirementsAnswer(serializers.Serializer[Any]):
    """The edition in force; `edition` null: the tier requires nothing beyond its review."""

    edition = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField(allow_null=True)
    in_force_since = serializers.DateTimeField(allow_null=True)
    binds_grants_from = serializers.DateTimeField(allow_null=True)
    requirements = serializers.ListField(child=serializers.DictField())


class StandingAnswer(serializers.Serializer[Any]):
    """One requirement. `explanation` has the path on which it is met, or the piece that is missing."""

    code = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    advisory = serializers.BooleanField()
    standing = serializers.CharField(help_text="met, not_met or not_known")
    explanation = serializers.DictField()


class EligibilityAnswer(serializers.Serializer[Any]):
    organization = serializers.CharField()
    edition = serializers.IntegerField(allow_null=True)
    eligible = serializers.BooleanField(help_text="nothing that is required is missing")
    assessed_at = serializers.DateTimeField()
    requirements = StandingAnswer(many=True)


def show_results(results: Iterable[Result]) -> list[dict[str, Any]]:
    """As JSON, in the order of the requirements."""
    return [
        {
            "code": result.asked.code,
            "title": result.asked.title,
            "kind": result.asked.kind,
            "advisory": result.asked.advisory,
            "standing": str(result.standing),
            "explanation": dict(result.explanation),
        }
        for result in results
    ]


class EligibilityFields(serializers.Serializer[Any]):
    """How the organization stands to the edition that its request pinned; a draft, to the one in force."""

    eligibility = serializers.SerializerMethodField(method_name="show_eligibility")

    @extend_schema_field(StandingAnswer(many=True))
    def show_eligibility(self, row: AccessRequest) -> list[dict[str, Any]]:
        """Each requirement, met on a path or with the piece that is missing, as of now."""
        return show_results(assess_request(row, at=now()))


class RestingAnswer(serializers.Serializer[Any]):
    """A need of a grant that is met on a path through the attestation."""

    grant = serializers.UUIDField(source="grant_id")
    organization = serializers.CharField(source="grant.organization.slug")
    tier = serializers.CharField(source="grant.tier.slug")
    requirement = serializers.CharField(source="code")
    until = serializers.DateTimeField(source="valid.upper", allow_null=True)


class TierRequirementsView(APIView):
    """What the tier requires of an organization, stated up front."""

    scopes = {"GET": ("registry:read",)}

    @extend_schema(operation_id="tiers_requirements", responses=RequirementsAnswer)
    def get(self, request: Request, slug: str, tier: str) -> Response:
        return Response(RequirementsAnswer(_tell(find_requirements(_find(slug, tier)))).data)


class TierEligibilityView(APIView):
    """How the caller's organization stands to what the tier requires; for staff tooling, `organization`'s."""

    scopes = {"GET": ("attestations:read",)}

    @extend_schema(operation_id="tiers_eligibility", responses=EligibilityAnswer)
    def get(self, request: Request, slug: str, tier: str) -> Response:
        found, at = _find(slug, tier), now()
        organization = _find_organization(request)
        edition = find_requirements(found)
        results = assess_tier(organization.id, found, at=at)
        answer = {
            "organization": organization.slug,
            "edition": None if edition is None else edition.number,
            "eligible": not any(result.refuses for result in results),
            "assessed_at": at,
            "requirements": show_results(results),
        }
        return Response(EligibilityAnswer(answer).data)


class AttestationGrants(APIView):
    """The grants that rest on an attestation, each with the requirement it is needed for."""

    scopes = {"GET": ("attestations:read",)}

    @extend_schema(operation_id="attestations_grants", responses=RestingAnswer(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        row = Attestation.objects.visible_to(actor_of(request)).filter(pk=pk).first()
        if row is None:
            raise NotFound("attestation")
        return Response(RestingAnswer(list_resting_on(row, at=now()), many=True).data)


def _find_organization(request: Request) -> Organization:
    """The caller's own; staff tooling names one. Raises NotFound."""
    actor = actor_of(request)
    named = request.query_params.get("organization") if actor.is_staff else None
    visible = Organization.objects.visible_to(actor)
    own = visible.filter(pk__in=[] if actor.organization_id is None else [actor.organization_id])
    found = (own if named is None else visible.filter(slug=named)).first()
    if found is None:
        raise NotFound("organization")
    return found


def _find(program: str, tier: str) -> Tier:
    found = Tier.objects.filter(program__slug=program, slug=tier).first()
    if found is None:
        raise NotFound("tier")
    return found


def _tell(edition: TierRequirements | None) -> dict[str, Any]:
    if edition is None:
        return {
            "edition": None,
            "sha256": None,
            "in_force_since": None,
            "binds_grants_from": None,
            "requirements": [],
        }
    return {
        "edition": edition.number,
        "sha256": edition.sha256,
        "in_force_since": edition.enacted_at,
        "binds_grants_from": edition.binds_grants_from,
        "requirements": edition.document["requirements"],
    }
