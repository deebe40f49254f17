"""Access requests: drafted, read, and moved by steps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.gates import GateSerializer, show_gates
from access.api.reconsiderations import (
    AskReconsiderationBody,
    ReconsiderationFields,
    UpholdBody,
    ask_reconsideration,
)
from access.api.request_parts import AskedBody, FormFields, StandingFields, read_asked
from access.api.stages import StageFields
from access.choices import DecisionReason, Finding, PrimaryPurpose, RequestStatus
from access.models import (
    AccessRequest,
    DecisionCondition,
    Expansion,
    Question,
    RequestDecision,
    Tier,
)
from access.operations import (
    attachments,
    claims,
    disputes,
    drafts,
    position_overrides,
    reconsiderations,
    recusals,
    requests,
    reviews,
    supersessions,
)
from access.operations.conditions import Requirement
from access.operations.reviews import Ruling
from access.queries.claims import held_by
from access.queries.gates import gates_of_requests
from registry.api.commands import answer_done, answer_one, command_of
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, ReasonBody, StrictSerializer
from registry.commands import Done
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

    @extend_schema(responses=GateSerializer(many=True))
    def show_gates(self, row: AccessRequest) -> list[dict[str, Any]] | None:
        """Read by staff tooling, one request at a time; elsewhere null."""
        actor = self.context.get("gates_for")
        if actor is None:
            return None
        return show_gates(gates_of_requests([row], actor, at=now()).get(row.id, ()))

    def find_grant(self, row: AccessRequest) -> UUID | None:
        return row.grant.id if hasattr(row, "grant") else None


class RequestDetailSerializer(FormFields, StageFields, ReconsiderationFields, RequestSerializer):
    """One read tells where it stands: the status, whose turn it is, what is missing, and what may be done next."""

    class Meta(RequestSerializer.Meta):
        fields = (  # type: ignore[assignment]  # a longer tuple
            *RequestSerializer.Meta.fields,
            *("next_steps", "problems", "form", "answers", "attachments", "submissions"),
            *("on_behalf", "related", "stages", "reconsideration"),
        )


class DraftBody(StrictSerializer):
    """A staff client names the organization, and who asked; a partner speaks for its own."""

    organization = serializers.CharField(required=False, max_length=240)
    program = serializers.SlugField()
    tier = serializers.SlugField()
    purpose = serializers.ChoiceField(choices=PrimaryPurpose.choices)
    justification = serializers.CharField(max_length=20_000, default="", allow_blank=True)
    answers = serializers.DictField(required=False, help_text="By the key of the form's field.")
    asked = AskedBody(required=False)


class SaveBody(StrictSerializer):
    """What has been typed so far, whatever it says. Null takes an answer back; what is not named stays."""

    answers = serializers.DictField(required=False, help_text="By the key of the form's field.")
    justification = serializers.CharField(max_length=20_000, required=False, allow_blank=True)


class AttachmentBody(StrictSerializer):
    attachment = serializers.UUIDField()


class RedactBody(ReasonBody):
    attachment = serializers.UUIDField()


class SubmitBody(StrictSerializer):
    accepts_terms = serializers.IntegerField(required=False, min_value=1)


class NoteBody(StrictSerializer):
    note = serializers.CharField(max_length=5_000)


class ResubmitBody(SaveBody):
    """What changes beside what was saved before."""


class QuestionBody(StrictSerializer):
    question = serializers.CharField(max_length=5_000)


class AnswerBody(StrictSerializer):
    answer = serializers.CharField(max_length=20_000)


class AssessmentBody(StrictSerializer):
    finding = serializers.ChoiceField(choices=Finding.choices)
    reasons = serializers.CharField(max_length=20_000)
    stage = serializers.SlugField(max_length=60, required=False)
    acting_for = serializers.CharField(
        max_length=80, required=False, help_text="The username of whom the caller is the deputy."
    )


class DisputeResolutionBody(StrictSerializer):
    """With `overrules` the objections are set aside; without, only a refusal is left."""

    reasons = serializers.CharField(max_length=20_000)
    overrules = serializers.BooleanField()


class OverrideBody(StrictSerializer):
    position = serializers.UUIDField()
    reasons = serializers.CharField(max_length=5_000)


class PersonBody(StrictSerializer):
    """A member of staff, by username."""

    to = serializers.CharField(max_length=80)


class RequirementBody(StrictSerializer):
    """A condition of the grant. Without `due_at` it is due at the grant's start."""

    code = serializers.SlugField(max_length=60)
    text = serializers.CharField(max_length=20_000)
    evidence_asked = serializers.CharField(max_length=5_000, allow_blank=True, default="")
    due_at = serializers.DateTimeField(required=False)


class RulingBody(StrictSerializer):
    reason = serializers.ChoiceField(choices=DecisionReason.choices)
    applicant_text = serializers.CharField(max_length=5_000, allow_blank=True, default="")
    internal_text = serializers.CharField(max_length=5_000, allow_blank=True, default="")
    starts_at = serializers.DateTimeField(required=False)
    ends_at = serializers.DateTimeField(required=False)
    use_scope = serializers.CharField(max_length=5_000, allow_blank=True, default="")
    limits = serializers.CharField(max_length=5_000, allow_blank=True, default="")
    personnel_scope = serializers.CharField(max_length=5_000, allow_blank=True, default="")
    conditions = RequirementBody(many=True, default=list)


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
        gates_for = actor if actor.is_staff else None
        return answer_one(row, RequestDetailSerializer, actor=actor, gates_for=gates_for)


@dataclass(frozen=True, slots=True)
class _Step:
    """A step's body, and the operation that takes it."""

    body: type[StrictSerializer]
    take: Callable[..., Done[AccessRequest]]
    scope: str


def _approve(command: Any, *, request: UUID, **said: Any) -> Done[AccessRequest]:
    return reviews.approve(command, request=request, ruling=read_ruling(said))


def _decline(command: Any, *, request: UUID, **said: Any) -> Done[AccessRequest]:
    return reviews.decline(command, request=request, ruling=read_ruling(said))


def _supersede(command: Any, *, request: UUID, **said: Any) -> Done[AccessRequest]:
    return supersessions.supersede(command, request=request, ruling=read_ruling(said))


def _assess(command: Any, *, request: UUID, finding: str, **said: Any) -> Done[AccessRequest]:
    return reviews.assess(command, request=request, finding=Finding(finding), **said)


def read_ruling(said: dict[str, Any]) -> Ruling:
    """The ruling that a checked body says."""
    words = {
        "reason": DecisionReason(said["reason"]),
        "conditions": tuple(Requirement(**wanted) for wanted in said.get("conditions", ())),
    }
    return Ruling(**(said | words))


STEPS = {
    "save": _Step(SaveBody, drafts.save, "requests:write"),
    "detach": _Step(AttachmentBody, attachments.detach, "requests:write"),
    "redact": _Step(RedactBody, attachments.redact, "review:write"),
    "submit": _Step(SubmitBody, requests.submit, "requests:write"),
    "resubmit": _Step(ResubmitBody, requests.resubmit, "requests:write"),
    "answer": _Step(AnswerBody, requests.answer, "requests:write"),
    "withdraw": _Step(Nothing, requests.withdraw, "requests:write"),
    "take_up": _Step(Nothing, requests.take_up, "review:write"),
    "return": _Step(NoteBody, requests.return_, "review:write"),
    "ask": _Step(QuestionBody, requests.ask, "review:write"),
    "hold": _Step(NoteBody, requests.hold, "review:write"),
    "resume": _Step(Nothing, requests.resume, "review:write"),
    "assess": _Step(AssessmentBody, _assess, "review:write"),
    "override": _Step(OverrideBody, position_overrides.override, "review:write"),
    "claim": _Step(Nothing, claims.claim, "review:write"),
    "hand_over": _Step(PersonBody, claims.hand_over, "review:write"),
    "assign": _Step(PersonBody, claims.assign, "review:write"),
    "release": _Step(Nothing, claims.release, "review:write"),
    "recuse": _Step(ReasonBody, recusals.recuse, "review:write"),
    "escalate": _Step(ReasonBody, reviews.escalate, "review:write"),
    "resolve": _Step(DisputeResolutionBody, disputes.resolve, "review:write"),
    "approve": _Step(RulingBody, _approve, "review:write"),
    "countersign": _Step(Nothing, reviews.countersign, "review:write"),
    "decline": _Step(RulingBody, _decline, "review:write"),
    "supersede": _Step(RulingBody, _supersede, "review:write"),
    "ask_reconsideration": _Step(AskReconsiderationBody, ask_reconsideration, "requests:write"),
    "uphold": _Step(UpholdBody, reconsiderations.uphold, "review:write"),
    "reconsider": _Step(ReasonBody, reconsiderations.reconsider, "review:write"),
}


def step_view(name: str) -> Callable[..., Any]:
    """The view that takes one step, `POST …/{id}/<name>/`."""
    step = STEPS[name]

    class RequestStep(APIView):
        scopes = {"POST": (step.scope,)}

        @extend_schema(
            operation_id=f"access_requests_{name}",
            request=step.body,
            responses=RequestDetailSerializer,
        )
        def post(self, request: Request, pk: UUID) -> Response:
            body = step.body(data=request.data or {})
            body.is_valid(raise_exception=True)
            done = step.take(command_of(request), request=pk, **body.validated_data)
            return answer_done(done, RequestDetailSerializer, actor=actor_of(request))

    RequestStep.__doc__ = f"Take the step “{name}”."
    return RequestStep.as_view()
