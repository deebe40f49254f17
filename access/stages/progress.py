"""How far a request has come: the state of each of its stages, why, and who is still missing. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from access.choices import (
    Finding,
    Outcome,
    RequestStatus,
    StageKind,
    StageState,
    Stance,
    Strategy,
)
from access.stages.document import PolicyRules, Stage
from access.stages.order import ancestors
from access.stages.strategies import Said, hear, speak_once
from access.workflow import CLOSED
from registry.conditions import Finding as Answer
from registry.conditions import Verdict, evaluate

_DONE = frozenset({StageState.COMPLETE, StageState.NOT_APPLICABLE})
_TAKES_FINDINGS = frozenset({StageState.OPEN, StageState.BLOCKED, StageState.COMPLETE})
_UNDER_WAY = frozenset({StageState.OPEN, StageState.BLOCKED})
_UNBEGUN = frozenset({RequestStatus.DRAFT, RequestStatus.SUBMITTED})
_RULED = frozenset(
    {RequestStatus.AWAITING_COUNTERSIGNATURE, RequestStatus.APPROVED, RequestStatus.DECLINED}
)
SILENT = frozenset({Stance.NOT_ASKED, Stance.AWAITING})
"""What the operator notes of an authority that has said nothing."""


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What is known of a request and its review.

    `request` is what conditions ask about; a fact that is not there is not known. `findings` are the current
    ones, by stage; `stances` those of authorities whose position bears on the request; `eligible` the keys of
    the people who may act, by stage; `opened` the stages that were opened before, which then apply; `crossed`
    those of which it is on record that their deadline has passed.
    """

    status: RequestStatus
    request: Mapping[str, object] = field(default_factory=dict)
    findings: Mapping[str, Sequence[Said]] = field(default_factory=dict)
    stances: Mapping[str, Stance] = field(default_factory=dict)
    eligible: Mapping[str, Collection[str]] = field(default_factory=dict)
    opened: Collection[str] = ()
    crossed: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class StageProgress:
    """Where one stage stands.

    `reasons` are codes: `condition_false`, `condition_unknown`, `not_taken_up`, `closed`, `after:<stage>`,
    `nobody_eligible`, `missing`, `objection:<who>`, `unanswered:<authority>`. `missing` names the people
    or the authorities who have not spoken and could; `unknown` the facts that a condition wanted.
    """

    stage: Stage
    state: StageState
    reasons: tuple[str, ...] = ()
    found: int = 0
    needed: int = 0
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        """Whether what comes after need not wait for it."""
        return self.state in _DONE

    @property
    def under_way(self) -> bool:
        """Whether its clock runs."""
        return self.state in _UNDER_WAY

    @property
    def takes_findings(self) -> bool:
        """Whether people may say something in it. What is complete may still be contradicted."""
        asked = not self.stage.is_signed and not self.stage.consults
        return asked and self.state in _TAKES_FINDINGS

    @property
    def deserted(self) -> bool:
        """Whether it is open and nobody may act in it."""
        return "nobody_eligible" in self.reasons


def follow(rules: PolicyRules, facts: ReviewFacts) -> tuple[StageProgress, ...]:
    """The progress of every stage, in the policy's order."""
    by_key = {stage.key: stage for stage in rules.stages}
    found: dict[str, StageProgress] = {}
    for key in sorted(by_key, key=lambda key: len(ancestors(key, by_key))):
        found[key] = _follow_stage(by_key[key], facts, found)
    return tuple(found[stage.key] for stage in rules.stages)


def find_obstacles(
    rules: PolicyRules, progress: Sequence[StageProgress], outcome: Outcome
) -> list[StageProgress]:
    """The stages before the decision that keep it from being taken, in the policy's order.

    An approval needs every one done. A refusal needs the same, or one objection that blocks.
    """
    before = ancestors(rules.decision.key, {stage.key: stage for stage in rules.stages})
    undone = [said for said in progress if said.stage.key in before and not said.done]
    blocked = any(said.state is StageState.BLOCKED for said in undone)
    return [] if outcome is Outcome.DECLINED and blocked else undone


def asks_for_signature(progress: Sequence[StageProgress]) -> bool:
    """Whether an approval of this request waits for a second signature."""
    return any(
        said.stage.kind is StageKind.COUNTERSIGNATURE
        and said.state is not StageState.NOT_APPLICABLE
        for said in progress
    )


def _follow_stage(
    stage: Stage, facts: ReviewFacts, before: Mapping[str, StageProgress]
) -> StageProgress:
    answer = _applies(stage, facts)
    if answer.verdict is Verdict.NO:
        return StageProgress(stage, StageState.NOT_APPLICABLE, ("condition_false",))
    said = _follow_ready(stage, facts, before)
    if said.state is not StageState.COMPLETE and facts.status in CLOSED:
        return StageProgress(stage, StageState.NOT_APPLICABLE, ("closed",))
    if answer.verdict is Verdict.NOT_KNOWN:
        reasons = ("condition_unknown", *said.reasons)
        return replace(said, reasons=reasons, unknown=answer.missing)
    return said


def _applies(stage: Stage, facts: ReviewFacts) -> Answer:
    """A stage that was opened applies, whatever changes later; one of which it is not known applies too."""
    if stage.when is None or stage.key in facts.opened:
        return Answer(Verdict.YES)
    return evaluate(stage.when, {"request": facts.request})


def _follow_ready(
    stage: Stage, facts: ReviewFacts, before: Mapping[str, StageProgress]
) -> StageProgress:
    if facts.status in _UNBEGUN and not facts.opened:
        return StageProgress(stage, StageState.WAITING, ("not_taken_up",))
    unready = tuple(f"after:{key}" for key in stage.after if not before[key].done)
    if unready and not (stage.is_signed and facts.status in _RULED):
        return StageProgress(stage, StageState.WAITING, unready)
    if stage.is_signed:
        return _follow_signature(stage, facts)
    return _follow_authorities(stage, facts) if stage.consults else _follow_people(stage, facts)


def _follow_signature(stage: Stage, facts: ReviewFacts) -> StageProgress:
    ruled = stage.kind is StageKind.DECISION and facts.status in _RULED
    if ruled or facts.status is RequestStatus.APPROVED:
        return StageProgress(stage, StageState.COMPLETE, found=1, needed=1)
    missing = tuple(sorted(facts.eligible.get(stage.key, ())))
    reason = "missing" if missing else "nobody_eligible"
    return StageProgress(stage, StageState.OPEN, (reason,), 0, 1, missing)


def _follow_people(stage: Stage, facts: ReviewFacts) -> StageProgress:
    said = speak_once(facts.findings.get(stage.key, ()))
    eligible = frozenset(facts.eligible.get(stage.key, ()))
    # A consultation asks for advice: what it says is weighed by those who decide, and need not be support.
    advice = stage.kind is StageKind.CONSULTATION and stage.strategy is Strategy.N_OF_M
    strategy = Strategy.N_HEARD if advice else stage.strategy
    heard = hear(strategy, said, needed=stage.needed, eligible=eligible)
    heard_of = {one.by for one in said} | {one.acted_for for one in said}
    missing = tuple(sorted(eligible - heard_of))
    reasons: tuple[str, ...] = ()
    if heard.state is StageState.BLOCKED:
        reasons = tuple(
            f"objection:{one.by}"
            for one in said
            if one.finding is Finding.OPPOSES and not one.overruled
        )
    elif heard.state is StageState.OPEN:
        reasons = ("missing",) if missing else ("nobody_eligible",)
    found, needed = heard.found, heard.needed
    return StageProgress(
        stage, heard.state, reasons, found, needed, () if heard.state in _DONE else missing
    )


def _follow_authorities(stage: Stage, facts: ReviewFacts) -> StageProgress:
    """An authority has answered once its position is known. Silence is no answer, and no position either.

    Where the policy says so, the review goes on without the silent ones once the deadline is past.
    """
    answered = [
        slug for slug in stage.consults if facts.stances.get(slug, Stance.NOT_ASKED) not in SILENT
    ]
    missing = tuple(slug for slug in stage.consults if slug not in answered)
    objecting = [slug for slug in answered if facts.stances[slug] is Stance.OBJECTS]
    needed = stage.needed if stage.strategy is Strategy.N_OF_M else len(stage.consults)
    if objecting and stage.strategy is not Strategy.N_OF_M:
        reasons = tuple(f"objection:{slug}" for slug in objecting)
        return StageProgress(stage, StageState.BLOCKED, reasons, len(answered), needed, missing)
    if len(answered) >= needed:
        return StageProgress(stage, StageState.COMPLETE, (), len(answered), needed)
    if stage.proceeds and stage.key in facts.crossed:
        reasons = tuple(f"unanswered:{slug}" for slug in missing)
        return StageProgress(stage, StageState.COMPLETE, reasons, len(answered), needed)
    return StageProgress(stage, StageState.OPEN, ("missing",), len(answered), needed, missing)
