"""AuthZEN's three searches: which subjects, which resources, which actions."""

from dataclasses import replace
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from access.api.authzen_access import (
    check_put,
    check_searched,
    check_subject,
    is_bound_to_itself,
    may_ask_about_anyone,
)
from access.api.authzen_answers import write_moment
from access.api.authzen_bodies import (
    Body,
    MemberOfWrongType,
    read_action,
    read_context,
    read_resource,
    read_subject,
)
from access.api.authzen_doors import DecisionView, RegistryReadOnly
from access.api.authzen_pages import Page, compute_digest, read_page
from access.api.authzen_schema import (
    ActionSearchAnswer,
    ActionSearchBody,
    ResourceSearchAnswer,
    ResourceSearchBody,
    SubjectSearchAnswer,
    SubjectSearchBody,
)
from access.choices import Action, SearchKind
from access.queries.decision_search import Bounds, Found, search
from access.queries.decisions import Evaluation, evaluate_all
from registry.actors import Actor
from registry.api.permissions import actor_of
from registry.errors import DomainError

Entities = list[dict[str, Any]]


class SubjectSearchView(DecisionView):
    """Who may do this with this resource? Undisclosed organizations are never named."""

    kind = SearchKind.SUBJECT

    @extend_schema(
        operation_id="access_search_subject",
        request=SubjectSearchBody,
        responses=SubjectSearchAnswer,
    )
    def post(self, request: Request) -> Response:
        body, actor = self.read(request), actor_of(request)
        subject = read_subject(body, searched=True)
        action, (kind, model) = read_action(body), read_resource(body)
        page = _read_page("subject", actor, body)
        put = read_context(body, subject)
        check_put(actor, put)
        if put.unknown or kind not in _RESOURCES:
            return self.tell(request, _nothing())
        asked = replace(
            page.at(put.asked),
            organization=subject.organization,
            member=None,
            model=model,
            action=action,
            version=kind == "model_version",
        )
        found = search(
            subject.type, asked, limit=page.limit, after=page.after, bounds=_bounds(actor)
        )
        told = _page(page, found, [_name_subject(subject.type, key) for key in found.keys])
        return self.tell(request, told)


class ResourceSearchView(DecisionView):
    """With which models, or versions of them, may this subject do this?"""

    kind = SearchKind.RESOURCE

    @extend_schema(
        operation_id="access_search_resource",
        request=ResourceSearchBody,
        responses=ResourceSearchAnswer,
    )
    def post(self, request: Request) -> Response:
        body, actor = self.read(request), actor_of(request)
        put = read_context(body, read_subject(body))
        action, (kind, _id) = read_action(body), read_resource(body, searched=True)
        page = _read_page("resource", actor, body)
        check_put(actor, put)
        if put.unknown or kind not in _RESOURCES:
            return self.tell(request, _nothing())
        check_searched(actor, put.asked)
        asked = replace(page.at(put.asked), action=action, version=kind == "model_version")
        found = search(kind, asked, limit=page.limit, after=page.after)
        told = _page(page, found, [{"type": kind, "id": key[0]} for key in found.keys])
        return self.tell(request, told)


class ActionSearchView(DecisionView):
    """What may this subject do with this resource? All on one page."""

    kind = SearchKind.ACTION

    @extend_schema(
        operation_id="access_search_action",
        request=ActionSearchBody,
        responses=ActionSearchAnswer,
    )
    def post(self, request: Request) -> Response:
        body, actor = self.read(request), actor_of(request)
        put = read_context(body, read_subject(body))
        kind, model = read_resource(body)
        page = _read_page("action", actor, body)
        check_put(actor, put)
        if put.unknown or kind not in _RESOURCES:
            return self.tell(request, _nothing())
        asked = replace(page.at(put.asked), model=model, version=kind == "model_version")
        questions = [replace(asked, action=action) for action in Action.values]
        evaluations = [_check(actor, found) for found in evaluate_all(questions)]
        told = [
            (evaluation.asked.action or "",)
            for evaluation in evaluations
            if evaluation.answer.decision
        ]
        rest = told[told.index(page.after) + 1 :] if page.after in told else told
        shown, last = rest[: page.limit], evaluations[-1]
        following = None if len(rest) <= page.limit else (shown or [_BEFORE_ALL])[-1]
        found = Found(
            tuple(shown), last.evaluated_at, last.revision, last.facts.writable, following
        )
        return self.tell(request, _page(page, found, [{"name": key[0]} for key in found.keys]))


_RESOURCES = ("model", "model_version")
_BEFORE_ALL = ("",)


def _check(actor: Actor, found: Evaluation | DomainError) -> Evaluation:
    if isinstance(found, DomainError):
        raise found
    check_subject(actor, found.facts)
    return found


def _read_page(what: str, actor: Actor, body: Body) -> Page:
    said = body.get("page")
    if said is None:
        said = {}
    if not isinstance(said, dict):
        raise MemberOfWrongType(field="page", wanted="an object")
    kept = dict(body)
    if what in {"subject", "resource"} and isinstance(kept.get(what), dict):
        kept[what] = {name: value for name, value in kept[what].items() if name != "id"}
    return read_page(said, digest=compute_digest(what, actor, kept))


def _bounds(actor: Actor) -> Bounds:
    if is_bound_to_itself(actor):
        return Bounds(only=actor.organization_id, own=actor.organization_id)
    return Bounds(own=None if may_ask_about_anyone(actor) else actor.organization_id)


def _name_subject(kind: str, key: tuple[str, ...]) -> dict[str, Any]:
    if kind == "organization":
        return {"type": kind, "id": key[0]}
    return {"type": kind, "id": key[1], "properties": {"organization": key[0]}}


def _nothing() -> dict[str, Any]:
    """Types that are not ours: nobody and nothing is of them."""
    return {"page": {"next_token": "", "count": 0}, "context": {}, "results": []}


def _page(page: Page, found: Found, results: Entities) -> dict[str, Any]:
    if not found.writable:
        raise RegistryReadOnly
    token = "" if found.after is None else page.follow(found.evaluated_at, found.after)
    return {
        "page": {"next_token": token, "count": len(results)},
        "context": {
            "evaluated_at": write_moment(page.moment or found.evaluated_at),
            "revision": found.revision,
        },
        "results": results,
    }
