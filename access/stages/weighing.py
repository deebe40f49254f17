"""What authorities' positions do to a request, by its policy. The policy decides, not the typist. Pure.

The first rule that fits a position says what it does; one that no rule fits informs. What a source only
reports informs, whatever it says. An objection that more people may override holds until they have.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from access.choices import PositionEffect
from access.stages.document import AddedCondition, PolicyRules


@dataclass(frozen=True, slots=True)
class Held:
    """What one authority holds: the position and the version of it that is current, in the policy's terms.

    `authority` is a slug. `reported` positions were read in a source and never received.
    """

    position: UUID
    statement: int
    authority: str
    stance: str
    legal_force: str
    grounds: tuple[str, ...] = ()
    reported: bool = False


@dataclass(frozen=True, slots=True)
class Weighed:
    """A position with what it does. `rule` is its place in the policy's `positions`, from 1; None: none fits.

    `people` is how many must override it, `overridden_by` who has.
    """

    held: Held
    effect: PositionEffect
    rule: int | None = None
    people: int = 0
    overridden_by: tuple[str, ...] = ()
    condition: AddedCondition | None = None

    @property
    def holds(self) -> bool:
        """Whether it keeps the request from being approved."""
        if self.effect is PositionEffect.OVERRIDE:
            return self.missing > 0
        return self.effect is PositionEffect.BLOCKS

    @property
    def missing(self) -> int:
        """How many more people must override it."""
        return max(self.people - len(self.overridden_by), 0)


Overrides = Mapping[int, Iterable[str]]
"""Who has overridden which statement, by the statement's number."""


def weigh(
    rules: PolicyRules, held: Iterable[Held], overrides: Overrides | None = None
) -> tuple[Weighed, ...]:
    """Each position with its effect, in the order given.

    An override counts for the statement it was made against, and each person once.
    """
    return tuple(_weigh_one(rules, one, overrides or {}) for one in held)


def _weigh_one(rules: PolicyRules, one: Held, overrides: Overrides) -> Weighed:
    if one.reported:
        return Weighed(one, PositionEffect.INFORMS)
    rule = rules.weigh(
        stance=one.stance,
        legal_force=one.legal_force,
        grounds=one.grounds,
        authority=one.authority,
    )
    if rule is None:
        return Weighed(one, PositionEffect.INFORMS)
    overrule = rule.effect is PositionEffect.OVERRIDE
    return Weighed(
        one,
        rule.effect,
        rule=rules.positions.index(rule) + 1,
        people=rule.people or 0,
        overridden_by=tuple(sorted(set(overrides.get(one.statement, ())))) if overrule else (),
        condition=rule.condition,
    )
