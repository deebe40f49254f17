"""Access requests: drafted, read, and moved by steps."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.eligibility import EligibilityFields
from access.api.gates import GateSerializer, show_gates
from access.api.reconsiderations import ReconsiderationFields
from access.api.request_bodies import DraftBody
from access.api.request_parts import FormFields, StandingFields, read_asked
from access.api.stages import StageFields
from access.choices import PrimaryPurpose, RequestStatus
from access.models import (
    AccessRequest,
    DecisionCondition,
    Expansion,
    Question,
    RequestDecision,
    Tier,
)
from access.operations import (
    requests,
)
from access.queries.claims import held_by
from access.queries.gates import gates_of_requests, gates_told_of
from access.queries.screening import CLEARED, IN_PROGRESS, NOT_CLEARED, tell_applicant
from registry.api.commands import answer_done, answer_one, command_of
from registry.api.permissions import actor_of
from registry.errors import NotFound
from registry.queries import organizations


class QuestionSerializer(serializers.ModelSerializer[Question]):
    class Meta:
        model = Question
        fields = ("text", "asked_at", "answer", "answered_at")


class RequirementSerializer(serializers.ModelSerializer[DecisionCondition]):
    class Meta:
        model = DecisionCondition
        fields = ("code", "text", "evidence_asked", "due_at")


class DecisionSerializer(serializers.ModelSerializer[RequestDecision]):
    """What the applicant may read of a decision."""

    text = serializers.CharField(source="applicant_text")
    conditions = RequirementSerializer(many=True, read_only=True)
    supersedes = serializers.SerializerMethodField(method_name="name_superseded")

    def name_superseded(self, row: RequestDecision) -> int | None:
        """The number of the decision that this one took the place of: always the one before."""
        return None if row.supersedes_id is None else row.number - 1

    class Meta:
        model = RequestDecision
        fields = (
            *("number", "outcome", "reason", "text", "conditions", "decided_at"),
            *("countersigned_at", "supersedes", "reapply_rule", "reapply_at"),
        )


class RequestSerializer(StandingFields, serializers.ModelSerializer[AccessRequest]):
    organization = serializers.CharField(source="organization.slug")
    program = serializers.CharField(source="tier.program.slug")
    tier = serializers.CharField(source="tier.slug")
    expansion = serializers.SlugRelatedField[Expansion](slug_field="slug", read_only=True)
    questions = QuestionSerializer(many=True, read_only=True)
    decisions = serializers.SerializerMethodField(method_name="list_decisions")
    grant = serializers.SerializerMethodField(method_name="find_grant")
    gates = serializers.SerializerMethodField(method_name="show_gates")

    class Meta:
        model = AccessRequest
        fields = (
            *("id", "organization", "program", "tier", "purpose", "justification", "status"),
            *("note_to_applicant", "expansion", "renews", "questions", "decisions", "grant"),
            *("copied_from", "whose_turn", "clock", "gates"),
            *("created_at", "submitted_at", "closed_at", "version"),
        )

    @extend_schema(responses=DecisionSerializer(many=True))
    def list_decisions(self, row: AccessRequest) -> list[Any]:
        if row.status == RequestStatus.AWAITING_COUNTERSIGNATURE:
            return []  # not yet said to anybody outside
        return list(DecisionSerializer(row.decisions.all(), many=True).data)

    @extend_schema_field(GateSerializer(many=True, allow_null=True))
    def show_gates(self, row: AccessRequest) -> list[dict[str, Any]] | None:
        """One request at a time; in a list null. The organization reads vetting, staff all four."""
        actor = self.context.get("reader")
        if actor is None:
            return None
        if not actor.is_staff:
            return show_gates(gates_told_of(row))
        return show_gates(gates_of_requests([row], actor, at=now()).get(row.id, ()))

    def find_grant(self, row: AccessRequest) -> UUID | None:
        return row.grant.id if hasattr(row, "grant") else None


class RequestDetailSerializer(
    FormFields, StageFields, ReconsiderationFields, EligibilityFields, RequestSerializer
):
    """One read tells where it stands: the status, whose turn it is, what is missing, and what may be done next."""

    screening = serializers.SerializerMethodField(method_name="tell_screening")

    class Meta(RequestSerializer.Meta):
        fields = (  # type: ignore[assignment]  # a longer tuple
            *RequestSerializer.Meta.fields,
            *("next_steps", "problems", "form", "answers", "attachments", "submissions"),
            *("on_behalf", "related", "stages", "reconsideration", "eligibility", "screening"),
        )

    @extend_schema(
        responses=serializers.ChoiceField(
            choices=[CLEARED, NOT_CLEARED, IN_PROGRESS], allow_null=True
        )
    )
    def tell_screening(self, row: AccessRequest) -> str | None:
        """How the screening stands that the tier or the review asks for; null where neither does."""
        return tell_applicant(row)


def visible_requests(request: Request) -> QuerySet[AccessRequest]:
    """The requests the caller may see, with all that is shown, in a fixed number of queries."""
    return (
        AccessRequest.objects.visible_to(actor_of(request))
        .select_related("organization", "tier__program", "expansion", "grant", "review_policy")
        .prefetch_related(
            "pauses",
            Prefetch("questions", Question.objects.order_by("asked_at", "id")),
            Prefetch(
                "decisions",
                RequestDecision.objects.order_by("number").prefetch_related(
                    Prefetch("conditions", DecisionCondition.objects.order_by("code"))
                ),
            ),
        )
    )


class RequestList(ListCreateAPIView[AccessRequest]):
    """Access requests of the caller's organization; for staff, all. A new one is a draft."""

    scopes = {"GET": ("requests:read",), "POST": ("requests:write", "review:write")}
    serializer_class = RequestSerializer
    queryset = AccessRequest.objects.none()

    def get_queryset(self) -> QuerySet[AccessRequest]:
        rows = visible_requests(self.request)
        status = self.request.query_params.get("status")
        holder = self.request.query_params.get("held_by")
        if holder is not None:
            rows = held_by(rows, holder) if actor_of(self.request).is_staff else rows.none()
        return rows if status is None else rows.filter(status=status)

    @extend_schema(
        parameters=[
            OpenApiParameter("status", enum=RequestStatus.values),
            OpenApiParameter(
                "held_by", description="For staff tooling: a username, or `nobody` for open ones."
            ),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=DraftBody, responses={201: RequestDetailSerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = DraftBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        actor = actor_of(request)
        named = said.get("organization", str(actor.organization_id))
        tier = Tier.objects.filter(program__slug=said["program"], slug=said["tier"]).first()
        if tier is None:
            raise NotFound("tier")
        done = requests.draft(
            command_of(request),
            organization=organizations.find(named, actor=actor).id,
            tier=tier.id,
            purpose=PrimaryPurpose(said["purpose"]),
            justification=said["justification"],
            answers=said.get("answers"),
            asked=read_asked(said),
        )
        return answer_done(done, RequestDetailSerializer, status=201, actor=actor)


class RequestDetail(APIView):
    """One access request."""

    scopes = {"GET": ("requests:read",)}

    @extend_schema(responses=RequestDetailSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        row = visible_requests(request).filter(pk=pk).first()
        if row is None:
            raise NotFound("access request")
        actor = actor_of(request)
        return answer_one(row, RequestDetailSerializer, actor=actor, reader=actor)
