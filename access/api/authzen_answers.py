"""Writing the decision point's answers, as plain values for JSON."""

import datetime as dt
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.encoding import force_str
from django.utils.translation import get_language

from access.api.authzen_access import explain_to, may_ask_about_anyone
from access.choices import Reason
from access.decision import Answer, Facts, Ground, Item
from access.queries.decisions import Evaluation
from registry.actors import Actor
from registry.errors import DomainError, Forbidden

_SCHEDULED = "scheduled"


def write_evaluation(
    actor: Actor, evaluation: Evaluation, *, explained: bool = False
) -> dict[str, Any]:
    """The answer, for this caller."""
    answer, facts = evaluation.answer, evaluation.facts
    cache_for = 0
    if answer.decision and not evaluation.asked.is_past:
        ends = (answer.valid_until, answer.next_change_at)
        cache_for = compute_cache_for(evaluation.evaluated_at, *ends)
    context = {
        "reason": _write_reason(answer.reason),
        "grant": answer.grant and str(answer.grant),
        "restriction": answer.stop and str(answer.stop),
        "conditions": _list_conditions(answer),
        "valid_until": write_moment(answer.valid_until),
        "next_change_at": write_moment(answer.next_change_at),
        "next_change_covers": _SCHEDULED,
        "cache_for": cache_for,
        "evaluated_at": write_moment(evaluation.evaluated_at),
        "revision": evaluation.revision,
    }
    if not answer.decision and may_ask_about_anyone(actor):
        context["reason_admin"] = _write_for_operator(answer, facts)
    if explained:
        grounds = explain_to(actor, evaluation.asked.question, facts)
        context["reasons"] = [_write_ground(ground, facts, actor) for ground in grounds]
    return {"decision": answer.decision, "context": context}


def write_refusal(reason: Reason) -> dict[str, Any]:
    """A no that rests on no facts: the types are not ours, or there is no registry to ask."""
    return {
        "decision": False,
        "context": {
            "reason": _write_reason(reason),
            "grant": None,
            "restriction": None,
            "conditions": [],
            "valid_until": None,
            "next_change_at": None,
            "next_change_covers": _SCHEDULED,
            "cache_for": 0,
            "evaluated_at": None,
            "revision": None,
        },
    }


def write_error(refusal: DomainError) -> dict[str, Any]:
    """The place of a question in a batch that could not be answered."""
    status = 403 if isinstance(refusal, Forbidden) else 400
    error = {"status": status, "code": refusal.code, "message": str(refusal)}
    reason = {"code": refusal.code, "text": str(refusal)}
    return {"decision": False, "context": {"reason": reason, "error": error, "cache_for": 0}}


def write_moment(moment: dt.datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    if moment is None:
        return None
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def compute_cache_for(now: dt.datetime, *changes_at: dt.datetime | None) -> int:
    """Seconds for which a yes may be used again: never past its end or a scheduled change."""
    bound = int(settings.DECISION_CACHE_SECONDS)
    for moment in changes_at:
        if moment is not None:
            bound = min(bound, int((moment - now).total_seconds()))
    return max(0, bound)


def _list_conditions(answer: Answer) -> list[dict[str, Any]]:
    """What the grant binds its use to, and what its holder has yet to do, or should have done, nearest first."""
    bounds = [] if answer.item is None else _list_bounds(answer.item)
    return bounds + [
        {
            "kind": "condition",
            "id": str(unsettled.id),
            "code": unsettled.code,
            "due_at": write_moment(unsettled.due_at),
        }
        for unsettled in answer.conditions
    ]


def _list_bounds(item: Item) -> list[dict[str, Any]]:
    conditions: list[dict[str, Any]] = [
        {"kind": "actions", "values": sorted(item.actions)},
        {"kind": "purpose", "values": [item.purpose]},
    ]
    if item.surfaces:
        conditions.append({"kind": "surfaces", "values": sorted(item.surfaces)})
    if item.release is not None:
        conditions.append({"kind": "model_version", "values": [str(item.release)]})
    if item.terms is not None:
        terms = {"kind": "terms", "values": [str(item.terms.id)], "edition": item.terms.number}
        conditions.append(terms)
    return conditions


def _write_reason(reason: Reason) -> dict[str, Any]:
    return {"code": reason.value, "text": _translate(reason, get_language())}


@cache
def _translate(reason: Reason, _language: str | None) -> str:
    """The reason's text in the language that is active: to look it up takes longer than to decide."""
    return force_str(reason.label)


def _write_for_operator(answer: Answer, facts: Facts) -> dict[str, Any]:
    """The reason as the operator's own need it: which restriction it was, and of which kind."""
    told = _write_reason(answer.reason)
    kind = next((stop.kind for stop in facts.stops if stop.id == answer.stop), None)
    return told | {"restriction_kind": kind, "grants_tried": len(facts.items)}


def _write_ground(ground: Ground, facts: Facts, actor: Actor) -> dict[str, Any]:
    """One reason with the identifiers of the rows behind it. Never a basis, never a wording."""
    written = _write_reason(ground.reason) | {
        "grant": ground.grant and str(ground.grant),
        "restriction": ground.stop and str(ground.stop),
        "terms": ground.terms and str(ground.terms),
        "condition": ground.condition and str(ground.condition),
        "need": ground.need or None,
    }
    if ground.stop is not None and may_ask_about_anyone(actor):
        written["restriction_kind"] = next(
            (stop.kind for stop in facts.stops if stop.id == ground.stop), None
        )
    return written
