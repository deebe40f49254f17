"""What a rule comes to for something that happened: it applies, it does not, or a person must say. Pure.

Facts in, a verdict with its reason out. A rule that the facts cannot decide is a question, never nothing; a
rule that was not read in its primary text, or whose facts are only reported, never opens a duty by itself.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from notifications.choices import QuestionCause, VerdictKind, VerdictReason
from registry.choices import Anchor, Precision, SourceGrade, Timing
from registry.conditions import Finding, Verdict, evaluate, names_in
from registry.rules import RuleDocument, Standing

Reason = VerdictReason | QuestionCause


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that a rule counts from, as it is currently stated."""

    anchor: Anchor
    happened_at: dt.datetime
    precision: Precision = Precision.INSTANT
    zone: str = "UTC"

    @property
    def counted_from(self) -> dt.datetime | dt.date:
        """The moment; where its hour is not known, the day in the zone in which it was told."""
        if self.precision in {Precision.DAY, Precision.MONTH}:
            return self.happened_at.astimezone(ZoneInfo(self.zone)).date()
        return self.happened_at


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a subject. `reported`: by a source only. `over`: resolved, or ended.

    `held_at` is the moment at which law and duty-holder are looked at: the earliest that is stated, or when it
    began, or when it was reported.
    """

    facts: Mapping[str, Mapping[str, Any]]
    held_at: dt.datetime
    moments: tuple[Moment, ...] = ()
    reported: bool = False
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Judgment:
    """`missing` are the facts that would decide; `asked` those that the rule looked at, as they are known."""

    kind: VerdictKind
    reason: Reason
    missing: tuple[str, ...] = ()
    asked: tuple[tuple[str, Any], ...] = ()
    anchor: Moment | None = None


def judge(rule: RuleDocument, known: Known) -> Judgment:
    """Hold the rule against what is known."""
    anchor = find_anchor(rule, known)
    outside = _stands_aside(rule, known, anchor)
    if outside is not None:
        return Judgment(VerdictKind.NOT, outside, anchor=anchor)
    facts = {**known.facts, "at": known.held_at}
    bound, falls = evaluate(rule.binds.condition, facts), evaluate(rule.condition, facts)
    asked = _look_up(rule, known)
    if Verdict.NO in {bound.verdict, falls.verdict}:
        reason = (
            VerdictReason.CONDITION_NO
            if falls.verdict is Verdict.NO
            else VerdictReason.HOLDER_NOT_BOUND
        )
        return Judgment(VerdictKind.NOT, reason, asked=asked, anchor=anchor)
    missing = tuple(dict.fromkeys((*bound.missing, *falls.missing)))
    cause = _find_cause(rule, known, bound=bound, falls=falls)
    if cause is None and anchor is None:
        cause = QuestionCause.ANCHOR_MISSING
        missing = tuple(f"moment.{kind}" for kind in rule.anchors)
    if cause is not None:
        return Judgment(VerdictKind.QUESTION, cause, missing, asked, anchor)
    return Judgment(VerdictKind.APPLIES, VerdictReason.FACTS_SUFFICE, (), asked, anchor)


def judge_follower(rule: RuleDocument, known: Known) -> Judgment:
    """The same for a rule that follows a duty which was met: whom it binds and what happened is settled by that.

    A moment that has not come is waited for; nobody needs to say it.
    """
    judgment = judge(rule, known)
    if judgment.kind is not VerdictKind.QUESTION:
        return judgment
    if judgment.anchor is None:
        return replace(judgment, kind=VerdictKind.NOT, reason=VerdictReason.WAITS, missing=())
    if rule.opens_by_itself:
        kind, reason = VerdictKind.APPLIES, VerdictReason.FACTS_SUFFICE
        return replace(judgment, kind=kind, reason=reason, missing=())
    cause = QuestionCause.INFERRED if rule.inferred else QuestionCause.GRADE
    return replace(judgment, reason=cause, missing=())


def find_anchor(rule: RuleDocument, known: Known) -> Moment | None:
    """The earliest moment that the rule names governs. A rule that names none counts from the first of all."""
    named = [
        moment for moment in known.moments if not rule.anchors or moment.anchor in rule.anchors
    ]
    return min(named, key=lambda moment: moment.happened_at, default=None)


def _stands_aside(rule: RuleDocument, known: Known, anchor: Moment | None) -> VerdictReason | None:
    """Why the rule asks nothing here, whatever the facts are."""
    standing = rule.standing(known.held_at if anchor is None else anchor.happened_at)
    reasons = {
        VerdictReason.BINDS_OTHERS: not rule.binds.operator,
        VerdictReason.FLOOR: rule.floor,
        VerdictReason.RECORDS: rule.timing is Timing.RETENTION,
        VerdictReason.NOT_YET: standing is Standing.NOT_YET,
        VerdictReason.NO_LONGER: standing is Standing.NO_LONGER,
        VerdictReason.SUBJECT_OVER: known.ended,
    }
    return next((reason for reason, is_so in reasons.items() if is_so), None)


def _find_cause(
    rule: RuleDocument, known: Known, *, bound: Finding, falls: Finding
) -> QuestionCause | None:
    """Why a person must say, where the facts or the rule do not suffice; what weighs most comes first."""
    causes = {
        QuestionCause.REPORTED: known.reported,
        QuestionCause.FACT_MISSING: falls.verdict is Verdict.NOT_KNOWN,
        QuestionCause.HOLDER_NOT_KNOWN: bound.verdict is Verdict.NOT_KNOWN,
        QuestionCause.GRADE: rule.grade is not SourceGrade.PRIMARY,
        QuestionCause.INFERRED: rule.inferred,
    }
    return next((cause for cause, is_so in causes.items() if is_so), None)


def _look_up(rule: RuleDocument, known: Known) -> tuple[tuple[str, Any], ...]:
    """Each fact that the rule asks about, as it is known; None where it is not."""
    names = dict.fromkeys((*names_in(rule.binds.condition), *names_in(rule.condition)))
    return tuple(
        (name, known.facts.get(name.partition(".")[0], {}).get(name.partition(".")[2]))
        for name in names
    )
