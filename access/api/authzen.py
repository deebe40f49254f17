"""OpenID AuthZEN Authorization API 1.0: the decision point's door."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.choices import Reason
from access.queries.decisions import Asked, Evaluation, evaluate
from registry.actors import Actor
from registry.api.commands import parse_moment
from registry.api.permissions import actor_of
from registry.errors import Forbidden, Invalid, NotFound
from registry.policies import NotYours
from registry.queries import organizations

CACHE_SECONDS = 0
"""A yes may end with the next commit: nobody is told to keep one."""
MOST_EVALUATIONS = 100


class HistoryNotAllowed(Forbidden):
    code = "history_not_allowed"
    text = _("Asking about another moment needs the scope access:history.")


class MemberOfNobody(Invalid):
    code = "member_organization_missing"
    text = _("A member is asked about with properties.organization.")


class SubjectBody(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=["organization", "member"])
    id = serializers.CharField(max_length=300)
    properties = serializers.DictField(required=False)


class ResourceBody(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=["model", "model_version"])
    id = serializers.CharField(max_length=300)
    properties = serializers.DictField(required=False)


class ActionBody(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60)
    properties = serializers.DictField(required=False)


class EvaluationBody(serializers.Serializer[Any]):
    """Fields that the standard does not name are passed over, as it asks."""

    subject = SubjectBody()
    action = ActionBody()
    resource = ResourceBody()
    context = serializers.DictField(required=False, default=dict)  # type: ignore[assignment]  # its name in the standard


class EvaluationAnswer(serializers.Serializer[Any]):
    decision = serializers.BooleanField()
    context = serializers.DictField()  # type: ignore[assignment]  # its name in the standard


class EvaluationsBody(serializers.Serializer[Any]):
    """Several questions at once; what they share stands outside them."""

    subject = SubjectBody(required=False)
    action = ActionBody(required=False)
    resource = ResourceBody(required=False)
    context = serializers.DictField(required=False)  # type: ignore[assignment]  # its name in the standard
    evaluations = serializers.ListField(
        child=serializers.DictField(), min_length=1, max_length=MOST_EVALUATIONS
    )


_SCOPES = {"POST": ("access:evaluate", "access:evaluate_any")}


class EvaluationView(APIView):
    """Does this subject hold access to this resource, and why?"""

    scopes = _SCOPES

    @extend_schema(request=EvaluationBody, responses=EvaluationAnswer)
    def post(self, request: Request) -> Response:
        return Response(_answer(actor_of(request), request.data))


class EvaluationsView(APIView):
    """The same for up to a hundred questions, each answered on its own."""

    scopes = _SCOPES

    @extend_schema(request=EvaluationsBody, responses=EvaluationAnswer(many=True))
    def post(self, request: Request) -> Response:
        body = EvaluationsBody(data=request.data)
        body.is_valid(raise_exception=True)
        shared = dict(request.data)
        questions = [shared | question for question in shared.pop("evaluations")]
        actor = actor_of(request)
        return Response({"evaluations": [_answer(actor, question) for question in questions]})


class ConfigurationView(APIView):
    """Where the decision point is. Open to everyone, as the standard asks."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        base = settings.PUBLIC_URL
        return Response(
            {
                "policy_decision_point": base,
                "access_evaluation_endpoint": f"{base}/access/v1/evaluation",
                "access_evaluations_endpoint": f"{base}/access/v1/evaluations",
            }
        )


def _answer(actor: Actor, data: Any) -> dict[str, Any]:
    body = EvaluationBody(data=data)
    body.is_valid(raise_exception=True)
    asked = _read(body.validated_data)
    _check_may_ask(actor, asked)
    return _write(evaluate(asked))


def _read(said: dict[str, Any]) -> Asked:
    subject, resource, context = said["subject"], said["resource"], said["context"]
    member = None
    organization = subject["id"]
    if subject["type"] == "member":
        member = subject["id"]
        organization = subject.get("properties", {}).get("organization")
        if not isinstance(organization, str):
            raise MemberOfNobody
    return Asked(
        organization=organization,
        model=resource["id"],
        action=said["action"]["name"],
        member=member,
        version=resource["type"] == "model_version",
        surface=_text(context, "surface"),
        as_of=_moment(context, "as_of"),
        known_at=_moment(context, "known_at"),
        revision=_text(context, "revision"),
    )


def _check_may_ask(actor: Actor, asked: Asked) -> None:
    """A partner asks about itself; whose name it does not know and whose it may not know answer alike."""
    if (asked.as_of or asked.known_at) and "access:history" not in actor.scopes:
        raise HistoryNotAllowed
    if "access:evaluate_any" in actor.scopes:
        return
    try:
        organizations.find(asked.organization, actor=actor)
    except NotFound as unknown:
        raise NotYours from unknown


def _write(evaluation: Evaluation) -> dict[str, Any]:
    answer = evaluation.answer
    reason = Reason(answer.reason)
    context: dict[str, Any] = {
        "reason": {"code": reason.value, "text": str(reason.label)},
        "grant": answer.grant,
        "restriction": answer.stop,
        "conditions": [
            {"id": said.id, "code": said.code, "due_at": said.due_at} for said in answer.conditions
        ],
        "valid_until": answer.valid_until,
        "next_change_at": answer.next_change_at,
        "cache_for": CACHE_SECONDS,
        "evaluated_at": evaluation.evaluated_at,
        "revision": evaluation.revision,
    }
    return {"decision": answer.decision, "context": context}


class _ContextUnreadable(Invalid):
    code = "context_unreadable"
    text = _("context.%(field)s must be a text.")


def _text(context: dict[str, Any], field: str) -> str | None:
    value = context.get(field)
    if value is not None and not isinstance(value, str):
        raise _ContextUnreadable(field=field)
    return value


def _moment(context: dict[str, Any], field: str) -> dt.datetime | None:
    value = context.get(field)
    return None if value is None else parse_moment(value, field)
