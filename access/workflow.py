"""The states of an access request and the steps between them, as one table.

The table answers whether a status may take a step, and nothing else: who may take it is in `policies`,
what follows from it in `operations`. It also feeds the screens' buttons, draws the diagram in the
documentation and writes the database's guard, so the four cannot disagree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from access.choices import PauseKind, Turn
from access.choices import RequestStatus as S
from access.events import Event
from registry.errors import Conflict


class Step(StrEnum):
    SUBMIT = "submit"
    TAKE_UP = "take_up"
    RETURN = "return"
    RESUBMIT = "resubmit"
    ASK = "ask"
    ANSWER = "answer"
    HOLD = "hold"
    RESUME = "resume"
    ESCALATE = "escalate"
    RESOLVE = "resolve"
    APPROVE = "approve"
    COUNTERSIGN = "countersign"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    RECONSIDER = "reconsider"
    SUPERSEDE = "supersede"


@dataclass(frozen=True, slots=True)
class Move:
    """From any of `sources` to `target`. `proposed` is where it waits when a second person must sign."""

    sources: frozenset[S]
    target: S
    event: Event
    proposed: S | None = None


ASSESSABLE = frozenset({S.IN_REVIEW, S.DISPUTED})
INITIAL = frozenset({S.DRAFT, S.SUBMITTED})
CLOSED = frozenset({S.APPROVED, S.DECLINED, S.WITHDRAWN})
OPEN = frozenset(S) - CLOSED - {S.DRAFT}
"""Open means in somebody's hands: a draft is nobody's business yet, and is not counted."""

PAUSED: Mapping[S, PauseKind] = {
    S.QUESTION_OPEN: PauseKind.QUESTION,
    S.RETURNED: PauseKind.RETURNED,
    S.ON_HOLD: PauseKind.HOLD,
}
"""The states in which the request's clock stands still, and why."""
_WITH_THE_ORGANIZATION = frozenset({S.DRAFT, S.RETURNED, S.QUESTION_OPEN})

MOVES: Mapping[Step, Move] = {
    Step.SUBMIT: Move(frozenset({S.DRAFT}), S.SUBMITTED, Event.REQUEST_SUBMITTED),
    Step.TAKE_UP: Move(frozenset({S.SUBMITTED}), S.IN_REVIEW, Event.REQUEST_TAKEN_UP),
    Step.RETURN: Move(frozenset({S.IN_REVIEW}), S.RETURNED, Event.REQUEST_RETURNED),
    Step.RESUBMIT: Move(frozenset({S.RETURNED}), S.SUBMITTED, Event.REQUEST_RESUBMITTED),
    Step.ASK: Move(frozenset({S.IN_REVIEW}), S.QUESTION_OPEN, Event.REQUEST_QUESTION_ASKED),
    Step.ANSWER: Move(frozenset({S.QUESTION_OPEN}), S.IN_REVIEW, Event.REQUEST_QUESTION_ANSWERED),
    Step.HOLD: Move(frozenset({S.SUBMITTED, S.IN_REVIEW}), S.ON_HOLD, Event.REQUEST_HELD),
    Step.RESUME: Move(frozenset({S.ON_HOLD}), S.IN_REVIEW, Event.REQUEST_RESUMED),
    Step.ESCALATE: Move(
        frozenset({S.IN_REVIEW, S.AWAITING_COUNTERSIGNATURE}), S.DISPUTED, Event.REQUEST_ESCALATED
    ),
    Step.RESOLVE: Move(frozenset({S.DISPUTED}), S.IN_REVIEW, Event.REQUEST_DISPUTE_RESOLVED),
    Step.APPROVE: Move(
        frozenset({S.IN_REVIEW, S.DISPUTED}),
        S.APPROVED,
        Event.REQUEST_APPROVED,
        proposed=S.AWAITING_COUNTERSIGNATURE,
    ),
    Step.COUNTERSIGN: Move(
        frozenset({S.AWAITING_COUNTERSIGNATURE}), S.APPROVED, Event.REQUEST_APPROVED
    ),
    Step.DECLINE: Move(frozenset({S.IN_REVIEW, S.DISPUTED}), S.DECLINED, Event.REQUEST_DECLINED),
    Step.WITHDRAW: Move(OPEN, S.WITHDRAWN, Event.REQUEST_WITHDRAWN),
    Step.RECONSIDER: Move(frozenset({S.DECLINED}), S.IN_REVIEW, Event.REQUEST_RECONSIDERED),
    Step.SUPERSEDE: Move(
        frozenset({S.APPROVED, S.DECLINED}), S.DECLINED, Event.REQUEST_DECISION_SUPERSEDED
    ),
}


class StepNotOpen(Conflict):
    """The request's present status does not allow the step; perhaps someone was quicker."""

    code = "step_not_open"
    text = _("A request that is %(status)s cannot take the step “%(step)s”.")


def move(step: Step, status: S) -> Move:
    """The move that `step` makes from `status`. Raises StepNotOpen."""
    found = MOVES[step]
    if status not in found.sources:
        raise StepNotOpen(step=step.value.replace("_", " "), status=S(status).label)
    return found


def whose_turn(status: S) -> Turn:
    """Who must act next on a request in this status."""
    if status in CLOSED:
        return Turn.NOBODY
    return Turn.ORGANIZATION if status in _WITH_THE_ORGANIZATION else Turn.OPERATOR


def steps_from(status: S) -> list[Step]:
    """The steps that a request in this status may take, in the table's order."""
    return [step for step, found in MOVES.items() if status in found.sources]


def declared_pairs() -> list[tuple[S, S]]:
    """Every pair of status before and after that some step makes, sorted: what the database lets through."""
    pairs = {
        (source, target)
        for found in MOVES.values()
        for source in found.sources
        for target in (found.target, found.proposed)
        if target is not None
    }
    return sorted(pairs)
