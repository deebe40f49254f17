"""OpenID AuthZEN Authorization API 1.0: the decision point's door."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.api import authzen_tally as tally
from access.api.authzen_access import check_put, check_subject, choose_rule
from access.api.authzen_answers import write_error, write_evaluation, write_refusal
from access.api.authzen_bodies import (
    Body,
    Put,
    read_evaluations,
    read_item,
    read_question,
)
from access.api.authzen_doors import DecisionView
from access.api.authzen_schema import (
    ConfigurationAnswer,
    EvaluationAnswer,
    EvaluationBody,
    EvaluationsAnswer,
    EvaluationsBody,
)
from access.choices import Reason
from access.queries.decisions import Evaluation, evaluate_all
from registry.actors import Actor
from registry.api.permissions import actor_of
from registry.errors import DomainError

METADATA_SECONDS = 3600


class EvaluationView(DecisionView):
    """Does this subject hold access to this resource, and why?

    A no is `200` with its reason, also where the registry cannot be asked. Members that the standard
    does not name are passed over.
    """

    @extend_schema(
        operation_id="access_evaluation", request=EvaluationBody, responses=EvaluationAnswer
    )
    def post(self, request: Request) -> Response:
        return Response(answer_one(actor_of(request), self.read(request)))

    def refuse(self, request: Request, reason: Reason) -> Response:
        return Response(refuse_one(self.find_actor(request), self.read(request), reason))


class EvaluationsView(DecisionView):
    """The same for up to a hundred questions, in their order and from one snapshot.

    What they share stands outside. A question that cannot be answered is a no with an `error` in its own
    context, and leaves the others alone. Without `evaluations` it is a single evaluation.
    """

    @extend_schema(
        operation_id="access_evaluations", request=EvaluationsBody, responses=EvaluationsAnswer
    )
    def post(self, request: Request) -> Response:
        return Response(answer_all(actor_of(request), self.read(request)))

    def refuse(self, request: Request, reason: Reason) -> Response:
        return Response(refuse_all(self.find_actor(request), self.read(request), reason))


class ConfigurationView(APIView):
    """Where the decision point is. Open to everyone, as the standard asks."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="access_configuration", responses=ConfigurationAnswer)
    def get(self, request: Request) -> Response:
        base = settings.PUBLIC_URL
        found = {
            "policy_decision_point": base,
            "access_evaluation_endpoint": f"{base}/access/v1/evaluation",
            "access_evaluations_endpoint": f"{base}/access/v1/evaluations",
            "search_subject_endpoint": f"{base}/access/v1/search/subject",
            "search_resource_endpoint": f"{base}/access/v1/search/resource",
            "search_action_endpoint": f"{base}/access/v1/search/action",
        }
        return Response(found, headers={"Cache-Control": f"public, max-age={METADATA_SECONDS}"})


def answer_one(actor: Actor, body: Body) -> dict[str, Any]:
    """One question, answered and counted. Raises what reading and asking it raise."""
    put = read_question(body)
    found = _answer(actor, [put])[0]
    if isinstance(found, DomainError):
        raise found
    return tell(actor, put, found)


def answer_all(actor: Actor, body: Body) -> dict[str, Any]:
    """A batch in one statement; as far as the semantic goes, answered and counted. Raises what reading
    the batch as a whole raises."""
    items, semantic = read_evaluations(body)
    if not items:
        return answer_one(actor, body)
    puts = [_try_read(item) for item in items]
    found = iter(_answer(actor, [put for put in puts if isinstance(put, Put)]))
    told: list[dict[str, Any]] = []
    for put in puts:
        if isinstance(put, Put):
            told.append(tell(actor, put, next(found)))
        else:
            _note(actor, put)
            told.append(write_error(put))
        if told[-1]["decision"] is STOPS.get(semantic):
            break
    return {"evaluations": told}


def refuse_one(actor: Actor | None, body: Body, reason: Reason) -> dict[str, Any]:
    """The no to one question without a registry to ask, counted. Raises what reading it raises."""
    read_question(body)
    _note(actor, reason)
    return write_refusal(reason)


def refuse_all(actor: Actor | None, body: Body, reason: Reason) -> dict[str, Any]:
    """The same to a batch: as many as the semantic would have answered."""
    items, semantic = read_evaluations(body)
    if not items:
        return refuse_one(actor, body, reason)
    number = 1 if semantic == "deny_on_first_deny" else len(items)
    for _ in range(number):
        _note(actor, reason)
    return {"evaluations": [write_refusal(reason) for _ in range(number)]}


STOPS = {"deny_on_first_deny": False, "permit_on_first_permit": True}

Found = Evaluation | Reason | DomainError


def _answer(actor: Actor, puts: list[Put]) -> list[Found]:
    """In the order of the questions: an evaluation, a reason for a no without one, or a refusal to answer."""
    found: dict[int, Found] = {}
    asked = []
    for number, put in enumerate(puts):
        if put.unknown is not None:
            found[number] = put.unknown
            continue
        try:
            check_put(actor, put)
        except DomainError as refusal:
            found[number] = refusal
        else:
            asked.append(number)
    evaluated = evaluate_all([puts[number].asked for number in asked], rule=choose_rule(actor))
    for number, evaluation in zip(asked, evaluated, strict=True):
        found[number] = _check_told(actor, evaluation)
    return [found[number] for number in range(len(puts))]


def _check_told(actor: Actor, evaluation: Evaluation | DomainError) -> Found:
    if isinstance(evaluation, Evaluation):
        try:
            check_subject(actor, evaluation.facts)
        except DomainError as refusal:
            return refusal
    return evaluation


def _try_read(item: object) -> Put | DomainError:
    try:
        return read_item(item)
    except DomainError as refusal:
        return refusal


def tell(actor: Actor, put: Put, found: Found) -> dict[str, Any]:
    """What was found, counted and written for this caller."""
    _note(actor, found)
    if isinstance(found, Evaluation):
        return write_evaluation(actor, found, explained=put.explain)
    return write_refusal(found) if isinstance(found, Reason) else write_error(found)


def _note(actor: Actor | None, found: Found) -> None:
    if isinstance(found, Evaluation):
        tally.note_evaluation(actor, found)
    else:
        tally.note_refusal(actor, found.value if isinstance(found, Reason) else found.code)
