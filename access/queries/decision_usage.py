"""Who may use what, and until when: the decision's rule over everything that was ever granted.

The same statement and the same rule as a single question, for any action on any surface.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from access.choices import Action
from access.decision import Answer, Facts, Item, Question, decide, find_allowing
from access.queries.decisions import Asked, gather

_ANYTHING = Question(None)


@dataclass(frozen=True, slots=True)
class Usage:
    """What the decision point says of one organization and one model that it was ever granted.

    `actions` and `surfaces` are those of the grants that allow; no surfaces means any. `since` and
    `until` are of the grant that the answer speaks of, which runs on where it was prolonged.
    """

    organization: UUID
    ai_model: UUID
    answer: Answer
    origin: str
    since: dt.datetime | None
    until: dt.datetime | None
    actions: tuple[str, ...] = ()
    surfaces: tuple[str, ...] = ()


def evaluate_users(
    ai_model: UUID, *, as_of: dt.datetime, known_at: dt.datetime | None = None
) -> list[Usage]:
    """Every organization that was ever granted the model. Raises KnownInFuture."""
    return _evaluate(Asked("", str(ai_model), None, as_of=as_of, known_at=known_at))


def evaluate_used(
    organization: UUID, *, as_of: dt.datetime, known_at: dt.datetime | None = None
) -> list[Usage]:
    """Every model that the organization was ever granted. Raises KnownInFuture."""
    return _evaluate(Asked(str(organization), "", None, as_of=as_of, known_at=known_at))


def _evaluate(asked: Asked) -> list[Usage]:
    return [_describe(found.facts) for found in gather("ever_held", asked).candidates]


def _describe(facts: Facts) -> Usage:
    answer = decide(_ANYTHING, facts)
    allowing = find_allowing(_ANYTHING, facts)
    told = answer.item or _find_last(facts, answer.grant)
    own = [item for item in facts.items if item.grant == told.grant]
    actions = {action for item in allowing for action in item.actions}
    bound = all(item.surfaces for item in allowing)
    surfaces = {surface for item in allowing for surface in item.surfaces} if bound else set()
    return Usage(
        organization=facts.organizations[0].id,
        ai_model=facts.models[0].id,
        answer=answer,
        origin=told.origin,
        since=own[0].starts_at,
        until=own[-1].lasts_until(facts.at) if answer.decision else own[-1].ends_at,
        actions=tuple(action for action in Action.values if action in actions),
        surfaces=tuple(sorted(surfaces)),
    )


def _find_last(facts: Facts, grant: UUID | None) -> Item:
    """The grant's last item; where the answer speaks of none, the last there is."""
    own = [item for item in facts.items if item.grant == grant]
    return (own or list(facts.items))[-1]
