"""What rules come to for an incident, questions and their answers, and the stop, for staff tooling."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.choices import RestrictionKind
from access.operations.restrictions import Wording, check_confirmed
from access.queries.scopes import Scope
from notifications.choices import QuestionCause, VerdictKind, VerdictReason
from notifications.models import ObligationQuestion
from notifications.operations import duties, questions, stops
from notifications.queries.duties import Assessed, Subject, examine
from notifications.queries.obligations import list_questions
from notifications.queries.verdict_words import explain_rule
from registry.api.commands import answer_done, command_of
from registry.api.incidents import IncidentSerializer, visible_incidents
from registry.api.moments import MomentBody, read_moment_said
from registry.api.occurrences import visible_occurrences
from registry.api.pagination import ByCursor
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, StrictSerializer
from registry.choices import Bindingness, Regime
from registry.commands import Done
from registry.errors import NotFound
from registry.models.incident import INCIDENT_READERS


class VerdictSerializer(serializers.Serializer[Assessed]):
    """One rule, and what it comes to. `due` is what is counted from the moment that is known."""

    rule = serializers.CharField(source="edition.slug")
    rule_edition = serializers.IntegerField(source="edition.number")
    regime = serializers.ChoiceField(Regime.choices, source="document.regime")
    title = serializers.CharField(source="document.title")
    citation = serializers.CharField(source="document.citation")
    bindingness = serializers.ChoiceField(Bindingness.choices, source="document.bindingness")
    verdict = serializers.ChoiceField(VerdictKind.choices, source="judgment.kind")
    reason = serializers.ChoiceField(
        [*VerdictReason.choices, *QuestionCause.choices], source="judgment.reason"
    )
    explanation = serializers.SerializerMethodField(method_name="explain")
    missing = serializers.ListField(child=serializers.CharField(), source="judgment.missing")
    target_due = serializers.SerializerMethodField(method_name="find_target")
    obligations = serializers.SerializerMethodField(method_name="list_obligations")

    def explain(self, row: Assessed) -> str:
        return explain_rule(row.document, row.judgment)

    def find_target(self, row: Assessed) -> Any:
        return None if row.due is None else row.due.target

    def list_obligations(self, row: Assessed) -> list[UUID]:
        return [obligation.id for obligation in row.live]


class DutiesSerializer(serializers.Serializer[Any]):
    """Every rule in force for the subject's kind, each with its verdict and reason."""

    results = VerdictSerializer(many=True)


class IncidentDuties(APIView):
    """What every rule in force comes to for one incident, with its reason. Nothing is opened by looking."""

    scopes = {"GET": ("obligations:read",)}

    @extend_schema(operation_id="incidents_duties", responses=DutiesSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return _answer_duties(request, visible_incidents(actor_of(request)).filter(pk=pk).first())


class OccurrenceDuties(APIView):
    """What every rule in force comes to for one occurrence, with its reason."""

    scopes = {"GET": ("obligations:read",)}

    @extend_schema(operation_id="occurrences_duties", responses=DutiesSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        found = visible_occurrences(actor_of(request)).filter(pk=pk).first()
        return _answer_duties(request, found)


class IncidentAssess(APIView):
    """Bring the duties of an incident up to date now. They follow the record by themselves in seconds."""

    scopes = {"POST": ("obligations:write",)}

    @extend_schema(operation_id="incidents_assess", request=Nothing, responses=IncidentSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        Nothing(data=request.data or {}).is_valid(raise_exception=True)
        done = duties.assess(command_of(request), incident=pk)
        whole = visible_incidents(actor_of(request)).get(pk=pk)
        return answer_done(Done(whole, done.revision, done.replayed), IncidentSerializer)


class StopBody(StrictSerializer):
    """As of a restriction; its basis is the incident. `confirm` is the name of the scope, as for a restriction."""

    kind = serializers.ChoiceField(choices=RestrictionKind.choices)
    title = serializers.CharField(max_length=200)
    public_wording = serializers.CharField(max_length=5_000, default="", allow_blank=True)
    confidential_basis = serializers.CharField(max_length=5_000, default="", allow_blank=True)
    organizations = serializers.ListField(child=serializers.UUIDField(), default=list)
    models = serializers.ListField(child=serializers.UUIDField(), default=list)
    programs = serializers.ListField(child=serializers.UUIDField(), default=list)
    jurisdictions = serializers.ListField(child=serializers.UUIDField(), default=list)
    vendors = serializers.ListField(child=serializers.UUIDField(), default=list)
    person_class = serializers.SlugField(default=None, allow_null=True)
    confirm = serializers.CharField(max_length=300)


class IncidentStopAccess(APIView):
    """In one act: restrict access because of the incident, and open every duty that it brings."""

    scopes = {"POST": ("restrictions:impose",)}

    @extend_schema(
        operation_id="incidents_stop_access", request=StopBody, responses=IncidentSerializer
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = StopBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        scope = Scope(
            organizations=tuple(said["organizations"]),
            ai_models=tuple(said["models"]),
            programs=tuple(said["programs"]),
            jurisdictions=tuple(said["jurisdictions"]),
            vendors=tuple(said["vendors"]),
            person_class=said["person_class"],
        )
        check_confirmed(scope, said["confirm"])
        done = stops.stop_access(
            command_of(request),
            incident=pk,
            kind=RestrictionKind(said["kind"]),
            wording=Wording(said["title"], said["public_wording"], said["confidential_basis"]),
            scope=scope,
        )
        whole = visible_incidents(actor_of(request)).get(pk=pk)
        return answer_done(Done(whole, done.revision, done.replayed), IncidentSerializer)


class ObligationQuestionSerializer(serializers.ModelSerializer[ObligationQuestion]):
    """Whether a rule applies: the data cannot say, or may not."""

    rule = serializers.CharField(source="rule.slug")
    rule_edition = serializers.IntegerField(source="rule.number")
    regime = serializers.ChoiceField(Regime.choices, source="rule.document.regime")
    title = serializers.CharField(source="rule.document.title")
    citation = serializers.CharField(source="rule.document.citation")
    duty_holder = serializers.CharField(source="duty_holder.slug")

    class Meta:
        model = ObligationQuestion
        fields = (
            *("id", "rule", "rule_edition", "regime", "title", "citation", "incident"),
            *("occurrence", "grant", "duty_holder", "cause", "missing", "asked_at"),
            *("would_be_due", "answer", "answered_at", "version"),
        )


class ObligationAnswerBody(StrictSerializer):
    """Where it applies and no moment is stated that the rule counts from, `moment` is needed."""

    applies = serializers.BooleanField()
    reason = serializers.CharField(max_length=5_000)
    moment = MomentBody(default=None, allow_null=True)


class ByAsked(ByCursor):
    ordering = ("-asked_at", "-id")


class QuestionList(ListAPIView[ObligationQuestion]):
    """Open questions, newest first."""

    scopes = {"GET": ("obligations:read",)}
    serializer_class = ObligationQuestionSerializer
    pagination_class = ByAsked
    queryset = ObligationQuestion.objects.none()

    def get_queryset(self) -> QuerySet[ObligationQuestion]:
        return list_questions(actor_of(self.request))


class QuestionAnswer(APIView):
    """Say whether the rule applies, and why. Where it does, its duties open."""

    scopes = {"POST": ("obligations:write",)}

    @extend_schema(
        operation_id="obligation_questions_answer",
        request=ObligationAnswerBody,
        responses=ObligationQuestionSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        body = ObligationAnswerBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        done = questions.answer(
            command_of(request),
            question=pk,
            applies=said["applies"],
            reason=said["reason"],
            moment=None if said["moment"] is None else read_moment_said(said["moment"]),
        )
        return answer_done(done, ObligationQuestionSerializer)


def _answer_duties(request: Request, subject: Subject | None) -> Response:
    if subject is None or not actor_of(request).has(*INCIDENT_READERS):
        raise NotFound("incident or occurrence")
    found = examine(subject, at=now())
    return Response(DutiesSerializer({"results": found.assessed}).data)
