"""What a review policy may say, in its second shape: the schema of its document, part by part."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from access.choices import (
    Crossing,
    Ground,
    LegalForce,
    Nobody,
    PositionEffect,
    PrimaryPurpose,
    ReapplyRule,
    StageKind,
    Stance,
    Strategy,
    Tie,
)
from access.waiting import WaitingRule
from registry import conditions
from registry.calendars import Calendar
from registry.choices import OrganizationKind, Role
from registry.conditions import ConditionUnreadable

VERSION = 2
REVIEWING = frozenset(
    {Role.INTAKE, Role.REVIEWER, Role.DECIDER, Role.COUNTERSIGNER, Role.AUTHORITY_DESK}
)
"""Whose finding a policy may ask for."""
SIGNING = {
    StageKind.DECISION: (Role.DECIDER,),
    StageKind.COUNTERSIGNATURE: (Role.COUNTERSIGNER,),
}
"""The stages that one act of one person completes, and the role that the act needs."""

_WORDS = {"purpose": PrimaryPurpose.values, "kind": OrganizationKind.values}
_COMPARED = re.compile(
    r"request\s*\.\s*(purpose|kind)\s*(?:[=!]=\s*(?P<word>'[^']*'|\"[^\"]*\")|in\s*\[(?P<list>[^\]]*)\])"
)
_STRING = re.compile(r"'([^']*)'|\"([^\"]*)\"")


def _check_condition(expression: str) -> str:
    """It can be read; and no misspelled code of a closed list makes a stage quietly not apply."""
    try:
        conditions.check(expression, roots=conditions.REQUEST_ROOTS)
    except ConditionUnreadable as unreadable:
        raise ValueError(str(unreadable)) from unreadable
    for found in _COMPARED.finditer(expression):
        for one, other in _STRING.findall(found["word"] or found["list"]):
            if (one or other) not in _WORDS[found[1]]:
                raise ValueError(_("“%(name)s” is not known") % {"name": one or other})
    return expression


Words = Annotated[str, Field(min_length=1, max_length=300)]
Text = Annotated[str, Field(min_length=1, max_length=5000)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]
Condition = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_check_condition)]
Days = Annotated[int, Field(ge=1, le=3660)]
People = Annotated[int, Field(ge=1, le=20)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Who(_Part):
    """Who may act in a stage: one of the roles, and in the team and with all the attributes, where named."""

    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    team: Slug | None = None
    attributes: dict[Name, Words] = Field(default_factory=dict)


class Deadline(_Part):
    """How many working days a stage may take from its opening, pauses left out, and what the crossing does."""

    working_days: Annotated[int, Field(ge=1, le=366)]
    calendar: Calendar
    crossing: Crossing


class Stage(_Part):
    """One stage of a review. Those with the same `after` run side by side.

    A condition that cannot be decided applies. `consults` are the authorities whose answer is awaited;
    a consultation without them asks people.
    """

    key: Key
    kind: StageKind
    title: Words
    after: tuple[Key, ...] = ()
    who: Who
    strategy: Strategy = Strategy.N_OF_M
    threshold: People | None = None
    nobody: Nobody = Nobody.WAIT
    deadline: Deadline | None = None
    when: Condition | None = None
    consults: tuple[Slug, ...] = ()

    @model_validator(mode="after")
    def _agree(self) -> Self:
        for problem in self._find_problems():
            raise ValueError(problem)
        return self

    @property
    def needed(self) -> int:
        """How many must be heard or support; of those who all must, at least one."""
        return 1 if self.threshold is None else self.threshold

    @property
    def proceeds(self) -> bool:
        """Whether it is done without the authorities that are silent when its deadline has passed."""
        return self.deadline is not None and self.deadline.crossing is Crossing.PROCEED

    @property
    def is_signed(self) -> bool:
        """Whether one act of one person completes it: a decision or a countersignature."""
        return self.kind in SIGNING

    def _find_problems(self) -> Iterator[str]:
        if self.strategy is Strategy.N_HEARD:
            yield _("“%(name)s” is not known") % {"name": self.strategy.value}
        if self.strategy is not Strategy.N_OF_M and self.threshold is not None:
            yield _("a threshold belongs to n_of_m alone")
        if self.key in self.after:
            yield _("it cannot wait for itself")
        if self.consults and self.kind is not StageKind.CONSULTATION:
            yield _("only a consultation asks authorities")
        if self.proceeds and not self.consults:
            yield _("only a stage that asks authorities goes on without an answer")
        if len(set(self.consults)) < len(self.consults):
            yield _("an authority is named twice")
        yield from self._find_signing_problems() if self.is_signed else self._find_open_problems()

    def _find_open_problems(self) -> Iterator[str]:
        if not REVIEWING.issuperset(self.who.roles):
            yield _("the finding of %(roles)s is not asked for in a review") % {
                "roles": ", ".join(sorted(set(self.who.roles) - REVIEWING))
            }
        if self.strategy is Strategy.N_OF_M and self.threshold is None:
            yield _("n_of_m needs a threshold")
        if self.consults and self.needed > len(self.consults):
            yield _("a threshold of %(needed)d cannot be met by %(found)d authorities") % {
                "needed": self.needed,
                "found": len(self.consults),
            }

    def _find_signing_problems(self) -> Iterator[str]:
        role = SIGNING[self.kind]
        if self.who.roles != role:
            yield _("its role must be exactly %(role)s") % {"role": role[0]}
        if self.strategy is not Strategy.N_OF_M or self.needed != 1:
            yield _("one person signs: any other threshold or strategy cannot be met")
        if self.nobody is Nobody.DECIDER:
            yield _("nobody else can sign in place of those named")
        if self.kind is StageKind.DECISION and self.when is not None:
            yield _("a decision always applies")


class AddedCondition(_Part):
    """The condition that a position adds to an approval: due so many days after the grant begins."""

    code: Key
    text: Text
    evidence_asked: str = Field(default="", max_length=5000)
    days: Annotated[int, Field(ge=0, le=3660)]


class PositionRule(_Part):
    """What a position does where it fits all that is said here. What is absent fits everything."""

    stances: Annotated[tuple[Stance, ...], Field(min_length=1)]
    legal_forces: tuple[LegalForce, ...] | None = None
    grounds: tuple[Ground, ...] | None = None
    authorities: tuple[Slug, ...] | None = None
    effect: PositionEffect
    people: People | None = None
    condition: AddedCondition | None = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.people is not None) != (self.effect is PositionEffect.OVERRIDE):
            raise ValueError(_("an override, and nothing else, says how many people"))
        if (self.condition is not None) != (self.effect is PositionEffect.CONDITION):
            raise ValueError(_("a condition is given where one is added, and nowhere else"))
        return self

    def fits(
        self, *, stance: str, legal_force: str, grounds: tuple[str, ...], authority: str
    ) -> bool:
        """Whether a position is one that the rule speaks of. Of its grounds one suffices."""
        return (
            stance in self.stances
            and (self.legal_forces is None or legal_force in self.legal_forces)
            and (self.grounds is None or not set(grounds).isdisjoint(self.grounds))
            and (self.authorities is None or authority in self.authorities)
        )


class GovernmentGate(_Part):
    asked: Annotated[tuple[Slug, ...], Field(min_length=1)]
    binding: bool


class ExportGate(_Part):
    when: Condition
    binding: bool


class Body(_Part):
    authority: Slug
    tie: Tie


class AuthorityGate(_Part):
    bodies: Annotated[tuple[Body, ...], Field(min_length=1)]
    binding: bool


class Gates(_Part):
    """The gates that a grant needs open. What is absent is not needed; what binds also closes grants."""

    government: GovernmentGate | None = None
    export: ExportGate | None = None
    authority: AuthorityGate | None = None


class Reapply(_Part):
    rule: ReapplyRule = ReapplyRule.ANYTIME
    days: Days | None = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.days is not None) != (self.rule is ReapplyRule.AFTER_DAYS):
            raise ValueError(_("days are given with after_days, and nowhere else"))
        return self


class Reconsideration(_Part):
    """Within how many working days a reconsideration that was asked for is decided, and by whom.

    `within_days` is how many days after the decision it may be asked for; without it, as long as that stands.
    """

    working_days: Annotated[int, Field(ge=1, le=366)]
    calendar: Calendar
    within_days: Days | None = None
    by: Annotated[tuple[Literal[Role.DECIDER, Role.COUNTERSIGNER], ...], Field(min_length=1)]


class PolicyRules(_Part):
    """What one edition of a review policy asks for, whichever shape it was written in."""

    version: Literal[1, 2]
    title: Words
    four_eyes: bool
    stages: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=30)]
    positions: tuple[PositionRule, ...] = ()
    gates: Gates = Gates()
    reapply: Reapply = Reapply()
    reconsideration: Reconsideration | None = None
    waiting: tuple[WaitingRule, ...] = ()

    @property
    def countersigned(self) -> bool:
        """Whether some approval under it needs a second signature."""
        return any(stage.kind is StageKind.COUNTERSIGNATURE for stage in self.stages)

    @property
    def decision(self) -> Stage:
        return next(stage for stage in self.stages if stage.kind is StageKind.DECISION)

    def find(self, key: str) -> Stage | None:
        return next((stage for stage in self.stages if stage.key == key), None)

    def weigh(
        self, *, stance: str, legal_force: str, grounds: tuple[str, ...], authority: str
    ) -> PositionRule | None:
        """The first rule that fits a position. None: it informs."""
        said: dict[str, Any] = {
            "stance": stance,
            "legal_force": legal_force,
            "grounds": grounds,
            "authority": authority,
        }
        return next((rule for rule in self.positions if rule.fits(**said)), None)
