"""The steps on access requests: each a view of its own, with its body and the operation that takes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api.reconsiderations import AskReconsiderationBody, UpholdBody, ask_reconsideration
from access.api.request_bodies import (
    AnswerBody,
    AssessmentBody,
    AttachmentBody,
    DisputeResolutionBody,
    NoteBody,
    OverrideBody,
    PersonBody,
    QuestionBody,
    RedactBody,
    ResubmitBody,
    RulingBody,
    SaveBody,
    SubmitBody,
    read_ruling,
)
from access.api.requests import RequestDetailSerializer
from access.choices import Finding
from access.models import (
    AccessRequest,
)
from access.operations import (
    attachments,
    claims,
    disputes,
    drafts,
    position_overrides,
    questions,
    reconsiderations,
    recusals,
    requests,
    reviews,
    supersessions,
)
from registry.api.commands import answer_done, command_of
from registry.api.permissions import actor_of
from registry.api.strict import Nothing, ReasonBody, StrictSerializer
from registry.commands import Done


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


STEPS = {
    "save": _Step(SaveBody, drafts.save, "requests:write"),
    "detach": _Step(AttachmentBody, attachments.detach, "requests:write"),
    "redact": _Step(RedactBody, attachments.redact, "review:write"),
    "submit": _Step(SubmitBody, requests.submit, "requests:write"),
    "resubmit": _Step(ResubmitBody, requests.resubmit, "requests:write"),
    "answer": _Step(AnswerBody, questions.answer, "requests:write"),
    "withdraw": _Step(Nothing, requests.withdraw, "requests:write"),
    "take_up": _Step(Nothing, requests.take_up, "review:write"),
    "return": _Step(NoteBody, requests.return_, "review:write"),
    "ask": _Step(QuestionBody, questions.ask, "review:write"),
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
