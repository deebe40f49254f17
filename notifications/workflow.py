"""The states of a notification and the steps between them, as one table: pure, and the only home of the rule.

It answers whether a status may take a step; who may take it is asked by the operation. It also feeds the
screens' buttons and writes the database's guard.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from notifications.choices import FilingStatus as S
from notifications.events import Event
from registry.errors import Conflict


class Step(StrEnum):
    CHANGE = "change"
    REVIEW = "review"
    RETURN = "return"
    SIGN = "sign"
    DISPATCH = "dispatch"
    RECEIVE = "receive"
    BOUNCE = "bounce"
    ACKNOWLEDGE = "acknowledge"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Move:
    """From any of `sources` to `target`. `waiting` is where it stays while a mail server has not taken it."""

    sources: frozenset[S]
    target: S
    event: Event
    waiting: S | None = None


PREPARED = frozenset({S.DRAFT, S.REVIEWED, S.SIGNED})
"""In somebody's hands here; at most one such for an obligation."""
SENT = frozenset({S.DISPATCHED, S.RECEIVED, S.ACKNOWLEDGED})
"""On its way or there: it meets its duty, and may be amended."""

MOVES: Mapping[Step, Move] = {
    Step.CHANGE: Move(PREPARED, S.DRAFT, Event.FILING_CHANGED),
    Step.REVIEW: Move(frozenset({S.DRAFT}), S.REVIEWED, Event.FILING_REVIEWED),
    Step.RETURN: Move(
        frozenset({S.REVIEWED, S.SIGNED, S.BOUNCED}), S.DRAFT, Event.FILING_RETURNED
    ),
    Step.SIGN: Move(frozenset({S.REVIEWED}), S.SIGNED, Event.FILING_SIGNED),
    Step.DISPATCH: Move(
        frozenset({S.SIGNED, S.BOUNCED}),
        S.DISPATCHED,
        Event.FILING_DISPATCHED,
        waiting=S.SENDING,
    ),
    Step.RECEIVE: Move(frozenset({S.DISPATCHED}), S.RECEIVED, Event.FILING_RECEIVED),
    Step.BOUNCE: Move(frozenset({S.SENDING, S.DISPATCHED}), S.BOUNCED, Event.FILING_BOUNCED),
    Step.ACKNOWLEDGE: Move(
        frozenset({S.DISPATCHED, S.RECEIVED}), S.ACKNOWLEDGED, Event.FILING_ACKNOWLEDGED
    ),
    Step.WITHDRAW: Move(PREPARED | {S.BOUNCED}, S.WITHDRAWN, Event.FILING_WITHDRAWN),
}


class FilingStepNotOpen(Conflict):
    """The notification's present status does not allow the step; perhaps someone was quicker."""

    code = "filing_step_not_open"
    text = _("A notification that is %(status)s cannot take the step “%(step)s”.")


def move(step: Step, status: S) -> Move:
    """The move that `step` makes from `status`. Raises FilingStepNotOpen."""
    found = MOVES[step]
    if status not in found.sources:
        raise FilingStepNotOpen(step=step.value, status=S(status).label)
    return found


def steps_from(status: S) -> list[Step]:
    """The steps that a notification in this status may take, in the table's order."""
    return [step for step, found in MOVES.items() if status in found.sources]


def declared_pairs() -> list[tuple[S, S]]:
    """Every pair of status before and after, sorted: what the database lets through.

    Beside the steps, the mail server's answer moves what is being sent, and may still come for what a person
    had given up.
    """
    pairs = {
        (source, target)
        for found in MOVES.values()
        for source in found.sources
        for target in (found.target, found.waiting)
        if target is not None
    }
    return sorted(pairs | {(S.SENDING, S.DISPATCHED)})
