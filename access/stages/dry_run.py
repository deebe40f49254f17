"""What another edition of a policy would have made of a request that is decided. Pure; it changes nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from access.choices import Outcome, PositionEffect, StageState
from access.stages.document import PolicyRules
from access.stages.progress import (
    ReviewFacts,
    asks_for_signature,
    find_obstacles,
    follow,
)

_HOLDING = frozenset({PositionEffect.BLOCKS, PositionEffect.OVERRIDE})
SIGNATURE = "countersignature"
"""What an approval waits for that only one person signed."""


class Verdict(StrEnum):
    """What would have come of the same findings, at the same moment."""

    SAME = "same"
    WAITS = "would_have_waited"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class HeldPosition:
    """A position that bore on the request when it was decided."""

    stance: str
    legal_force: str
    grounds: tuple[str, ...]
    authority: str


@dataclass(frozen=True, slots=True)
class DecidedFacts:
    """A request as it was when it was decided, and by whom it was."""

    facts: ReviewFacts
    outcome: Outcome
    decided_by: str
    countersigned: bool
    assessors: Collection[str] = ()
    deciders: Collection[str] = ()
    """Whom the other edition would have let decide."""
    positions: Sequence[HeldPosition] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """`waits_for` are stages by their keys, or `another_decider`; `blocked_by` stages, or `position:<authority>`."""

    verdict: Verdict
    waits_for: tuple[str, ...] = ()
    blocked_by: tuple[str, ...] = ()


def rehearse(rules: PolicyRules, decided: DecidedFacts) -> Difference:
    """Hold a decided request against the rules. The facts are those of just before the decision."""
    progress = follow(rules, decided.facts)
    obstacles = find_obstacles(rules, progress, decided.outcome)
    blocked = [said.stage.key for said in obstacles if said.state is StageState.BLOCKED]
    waits = [said.stage.key for said in obstacles if said.state is not StageState.BLOCKED]
    own = rules.four_eyes and decided.decided_by in decided.assessors
    if own or decided.decided_by not in decided.deciders:
        waits.append("another_decider")
    if decided.outcome is Outcome.APPROVED:
        blocked += _find_positions(rules, decided.positions)
        if asks_for_signature(progress) and not decided.countersigned:
            waits.append(SIGNATURE)
    verdict = Verdict.BLOCKED if blocked else Verdict.WAITS if waits else Verdict.SAME
    return Difference(verdict, tuple(waits), tuple(blocked))


def _find_positions(rules: PolicyRules, positions: Sequence[HeldPosition]) -> list[str]:
    found = []
    for held in positions:
        rule = rules.weigh(
            stance=held.stance,
            legal_force=held.legal_force,
            grounds=held.grounds,
            authority=held.authority,
        )
        if rule is not None and rule.effect in _HOLDING:
            found.append(f"position:{held.authority}")
    return found
