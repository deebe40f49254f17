"""Plain questions answered as text, for the thin door: the same answers as those of the views, written faster.

What the rule says of a grant that is open does not depend on which grant it is: only its number, its end
and the moment differ. So the text of such an answer is made once, by the rule and the writer that serve
everybody, with places for what differs, and filled in for the next grant with the same terms. Nothing is
kept of what may change: whether a grant is open, and on which terms, is read for every question.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from access.api import authzen_tally as tally
from access.api.authzen import STOPS, answer_all, answer_one, tell
from access.api.authzen_access import (
    check_put,
    choose_rule,
    is_bound_to_itself,
)
from access.api.authzen_answers import compute_cache_for, write_moment
from access.api.authzen_bodies import Body, Put, read_evaluations, read_item, read_question
from access.choices import Reason
from access.decision import Answer
from access.queries.decision_plain import Found, Moment, Plain, find_plain, find_plain_for
from access.queries.decisions import evaluate_plain, find_plain_form
from registry.actors import Actor
from registry.errors import DomainError
from registry.policies import NotYours
from registry.queries.callers import find_caller, read_caller, sum_token

MOST_TEXTS = 4096
"""Beyond it those that were made are forgotten: whoever has so many kinds of grants makes them anew."""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as JSON text, to whom, and how many of each it holds."""

    text: str
    actor: Actor | None
    yes: int
    no: int


def tell_one(token: str, body: Body, scopes: frozenset[str]) -> Told | None:
    """The answer to one question of whoever calls with this token; None where nobody may call with it, or
    not with any of these scopes. Raises what reading and asking it raise."""
    put = read_question(body)
    form = _find_form(put)
    if form is None:
        actor = _find_caller(token, scopes)
        return None if actor is None else dump(actor, answer_one(actor, body))
    found = find_plain_for(sum_token(token), _pair(put), organization=form[0], model=form[1])
    if found is None:
        return None
    columns, plain = found
    actor = read_caller(columns)
    if actor.scopes.isdisjoint(scopes):
        return None
    check_put(actor, put)
    if not plain.is_quiet:
        return dump(actor, answer_one(actor, body))
    text, decision = _write(actor, put, plain)
    return Told(text, actor, int(decision), int(not decision))


def tell_all(token: str, body: Body, scopes: frozenset[str]) -> Told | None:
    """The same for a batch."""
    actor = _find_caller(token, scopes)
    if actor is None:
        return None
    items, semantic = read_evaluations(body)
    puts = _read_plain(actor, items)
    if not puts:
        return dump(actor, answer_all(actor, body))
    forms = {_find_form(put) for put in puts}
    if len(forms) != 1 or (form := forms.pop()) is None:
        return dump(actor, answer_all(actor, body))
    found = find_plain(list(map(_pair, puts)), organization=form[0], model=form[1])
    if found is None:
        return dump(actor, answer_all(actor, body))
    stop = STOPS.get(semantic)
    texts, yes = [], 0
    for put, plain in zip(puts, found, strict=True):
        text, decision = _try_to_write(actor, put, plain)
        texts.append(text)
        yes += decision
        if decision is stop:
            break
    return Told(f'{{"evaluations":[{",".join(texts)}]}}', actor, yes, len(texts) - yes)


def _find_caller(token: str, scopes: frozenset[str]) -> Actor | None:
    actor = find_caller(token)
    return None if actor is None or actor.scopes.isdisjoint(scopes) else actor


def _read_plain(actor: Actor, items: Sequence[object]) -> list[Put]:
    """The questions where each of them can be read and may be put; else none, and the views' way is taken."""
    puts = []
    try:
        for item in items:
            put = read_item(item)
            check_put(actor, put)
            puts.append(put)
    except DomainError:
        return []
    return puts


def _find_form(put: Put) -> tuple[str, str] | None:
    return None if put.explain or put.unknown is not None else find_plain_form(put.asked)


def _pair(put: Put) -> tuple[str, str]:
    return put.asked.organization, put.asked.model


def dump(actor: Actor | None, told: dict[str, Any]) -> Told:
    """An answer, or those of a batch, that were written as plain values."""
    decisions = [one["decision"] for one in told.get("evaluations", [told])]
    return Told(_dump(told), actor, sum(decisions), len(decisions) - sum(decisions))


def _dump(told: dict[str, Any]) -> str:
    return json.dumps(told, separators=(",", ":"))


def _try_to_write(actor: Actor, put: Put, found: Plain) -> tuple[str, bool]:
    try:
        return _write(actor, put, found)
    except DomainError as refusal:
        told = tell(actor, put, refusal)
        return _dump(told), told["decision"]


def _write(actor: Actor, put: Put, found: Plain) -> tuple[str, bool]:
    """One answer, counted, and whether it is a yes. Raises NotYours."""
    row, rule = found.rows[0], choose_rule(actor)
    if is_bound_to_itself(actor) and row.organization != str(actor.organization_id):
        raise NotYours
    key = None
    if len(found.rows) == 1 and row.holds == "t" and row.stops is None and row.changes is None:
        key = (
            *(row.standing, row.stage, row.terms, row.program_status, row.edition),
            *(row.edition_number, row.terms_change_at, row.accepted, found.moment.writable),
            *(put.asked.action, put.asked.surface, rule, get_language()),
        )
        text = _texts.get(key)
        if text is not None:
            tally.note_yes(actor, found)
            return _fill(text, row, found.moment), True
    evaluation = evaluate_plain(put.asked, found, rule=rule)
    told = tell(actor, put, evaluation)
    if key is not None and _is_the_same_for_all(evaluation.answer):
        if len(_texts) >= MOST_TEXTS:
            _texts.clear()
        _texts[key] = _make_text(told)
    return _dump(told), told["decision"]


_texts: dict[object, str] = {}


def _is_the_same_for_all(answer: Answer) -> bool:
    """Whether a yes has nothing of one grant alone but its number and its end: no moment of its own before
    that, at which it might change."""
    item = answer.item
    return (
        item is not None
        and answer.reason is Reason.GRANT_IN_FORCE
        and not (item.conditions or item.needs or item.wait or item.terms_change_at)
    )


def _make_text(told: dict[str, Any]) -> str:
    """The text of an answer, with a place for each of `_PLACES` in their order."""
    context = {**told["context"], **{name: f"<{name}>" for name in _PLACES}}
    text = _dump({**told, "context": context}).replace("%", "%%")
    for name in _PLACES:
        text = text.replace(f'"<{name}>"', "%s")
    return text


_PLACES = ("grant", "valid_until", "next_change_at", "cache_for", "evaluated_at", "revision")


def _fill(text: str, row: Found, moment: Moment) -> str:
    ends = _write_end(row.ends_at)
    cache_for = 0
    if settings.DECISION_CACHE_SECONDS:
        ends_at = None if row.ends_at is None else dt.datetime.fromisoformat(row.ends_at)
        cache_for = compute_cache_for(moment.now, ends_at)
    evaluated_at = write_moment(moment.now)
    return text % (
        f'"{row.grant}"',
        ends,
        ends,
        cache_for,
        f'"{evaluated_at}"',
        f'"{moment.revision}"',
    )


@lru_cache(maxsize=4096)
def _write_end(text: str | None) -> str:
    return json.dumps(None if text is None else write_moment(dt.datetime.fromisoformat(text)))
