"""When a stage has heard enough, by the name of its strategy. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from access.choices import Finding, StageState, Strategy


@dataclass(frozen=True, slots=True)
class Said:
    """One current finding in a stage: by whom; `overruled` where a dispute about it was resolved against it.

    `acted_for` is the person whose place it takes, where it is a deputy's.
    """

    by: str
    finding: Finding
    overruled: bool = False
    acted_for: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a stage comes to: its state, and how many of the `needed` have been found."""

    state: StageState
    found: int
    needed: int


def hear(
    strategy: Strategy, said: Sequence[Said], *, needed: int, eligible: Collection[str]
) -> Heard:
    """Count the findings as the strategy says. An objection that was overruled blocks no more."""
    return _STRATEGIES[strategy](said, needed, frozenset(eligible))


def speak_once(said: Sequence[Said]) -> list[Said]:
    """The findings, oldest first, with one voice for each place: whoever speaks themselves goes before their
    deputy, and of two deputies of one person the later."""
    spoken = {one.by for one in said}
    last = {one.acted_for: one.by for one in said if one.acted_for}
    return [
        one
        for one in said
        if not one.acted_for or (one.acted_for not in spoken and last[one.acted_for] == one.by)
    ]


def _opposed(said: Sequence[Said]) -> int:
    return sum(one.finding is Finding.OPPOSES and not one.overruled for one in said)


def _supported(said: Sequence[Said]) -> int:
    return sum(one.finding is Finding.SUPPORTS for one in said)


def _so_many_heard(said: Sequence[Said], needed: int, _eligible: frozenset[str]) -> Heard:
    state = StageState.COMPLETE if len(said) >= needed else StageState.OPEN
    return Heard(state, len(said), needed)


def _so_many_support(said: Sequence[Said], needed: int, _eligible: frozenset[str]) -> Heard:
    """As many that oppose block; what was overruled counts as if it were support."""
    found = _supported(said) + sum(one.overruled for one in said)
    if _opposed(said) >= needed:
        return Heard(StageState.BLOCKED, found, needed)
    return Heard(StageState.COMPLETE if found >= needed else StageState.OPEN, found, needed)


def _one_objects(said: Sequence[Said], needed: int, _eligible: frozenset[str]) -> Heard:
    """One that opposes blocks; without, one that supports, or whose objection was overruled, completes."""
    found = _supported(said) + sum(one.overruled for one in said)
    if _opposed(said):
        return Heard(StageState.BLOCKED, found, needed)
    return Heard(StageState.COMPLETE if found >= needed else StageState.OPEN, found, needed)


def _all_support(said: Sequence[Said], needed: int, eligible: frozenset[str]) -> Heard:
    """Everybody who may act, or a deputy for them, and at least one. Where nobody may, it never completes."""
    content = {one.by for one in said if one.overruled or one.finding is Finding.SUPPORTS}
    wanted = (eligible - {one.acted_for for one in said}) | {one.by for one in said}
    needed = max(needed, len(wanted))
    if _opposed(said):
        return Heard(StageState.BLOCKED, len(content), needed)
    state = StageState.COMPLETE if len(content) >= needed else StageState.OPEN
    return Heard(state, len(content), needed)


_STRATEGIES: Mapping[Strategy, Callable[[Sequence[Said], int, frozenset[str]], Heard]] = {
    Strategy.N_HEARD: _so_many_heard,
    Strategy.N_OF_M: _so_many_support,
    Strategy.ONE_OBJECTS_BLOCKS: _one_objects,
    Strategy.ALL_MUST: _all_support,
}
