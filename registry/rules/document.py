"""What a rule may say: the schema of its document, and what no rule can mean."""

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from registry import conditions
from registry.calendars import Calendar
from registry.choices import (
    Anchor,
    Bindingness,
    Direction,
    Extension,
    Regime,
    RetainedFrom,
    SourceGrade,
    Timing,
    Trigger,
    Unit,
)
from registry.conditions import ConditionUnreadable
from registry.periods import Counting, Period, ZoneUnknown, read_zone

IN_HOUSE = "in-house"
"""The recipient of what is done and told to nobody: no authority holds a mandate for it."""


class Standing(StrEnum):
    """Whether an edition that is in force applies on a day."""

    NOT_YET = "not_yet"
    APPLIES = "applies"
    NO_LONGER = "no_longer"


def _check_condition(expression: str) -> str:
    return _checked(expression)


def _check_holder(expression: str) -> str:
    return _checked(expression, roots=("holder", "model"))


def _checked(expression: str, **options: Any) -> str:
    try:
        conditions.check(expression, **options)
    except ConditionUnreadable as unreadable:
        raise ValueError(str(unreadable)) from unreadable
    return expression


def _check_zone(name: str) -> str:
    try:
        read_zone(name)
    except ZoneUnknown as unknown:
        raise ValueError(str(unknown)) from unknown
    return name


Words = Annotated[str, Field(min_length=1, max_length=2000)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=80)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Condition = Annotated[str, Field(max_length=2000), AfterValidator(_check_condition)]
HolderCondition = Annotated[str, Field(max_length=2000), AfterValidator(_check_holder)]
Zone = Annotated[str, AfterValidator(_check_zone)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Binds(_Part):
    """Whom the rule binds, in words and as a condition over holder and model.

    `operator` is false where it binds others: then it is shown, and never clocked.
    """

    who: Words
    operator: bool
    condition: HolderCondition = "true"


class PeriodPart(_Part):
    """The rule's number. `recurring` begins anew after each filing, until the subject is over."""

    quantity: Annotated[int, Field(ge=1, le=9999)]
    unit: Unit
    direction: Direction = Direction.AFTER
    recurring: bool = False

    @property
    def period(self) -> Period:
        return Period(self.quantity, self.unit)


class CountingPart(_Part):
    """How its period is counted, and by which law.

    `interpretation` says that the later moment rests on a reading, not on the law's own word.
    `last_day_moves` is the rule of law other than Regulation 1182/71 by which a last day that is off moves.
    """

    regulation_1182: bool
    interpretation: bool
    calendar: Calendar | None
    zone: Zone
    hours_extend_to_two_working_days: bool = False
    last_day_moves: bool = False
    citation: Annotated[str, Field(max_length=300)] = ""

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.regulation_1182 and self.last_day_moves:
            raise ValueError(_("a last day moves by one law, not by two"))
        if (self.regulation_1182 or self.last_day_moves) and self.calendar is None:
            raise ValueError(_("what moves a last day needs a calendar"))
        return self

    @property
    def counting(self) -> Counting:
        extension = Extension.LAST_DAY if self.last_day_moves else Extension.NONE
        return Counting(
            zone=ZoneInfo(self.zone),
            calendar=self.calendar,
            extension=Extension.REGULATION_1182 if self.regulation_1182 else extension,
            hours_hold_two_working_days=self.hours_extend_to_two_working_days,
        )


class FieldPart(_Part):
    """Something that the notification must say; that it is not known may always be said."""

    name: FieldName
    label: Words
    stage: FieldName | None = None


class RetentionPart(_Part):
    """How long the record of it is kept, and from when."""

    years: Annotated[int, Field(ge=1, le=100)]
    since: Annotated[RetainedFrom, Field(alias="from")]
    citation: Words


class RuleDocument(_Part):
    """One edition of a rule. `slug` is its stable name, `citation` the article as one cites it.

    `recipients` are keys of mandates, or IN_HOUSE. `anchors` are the moments it may count from: the earliest
    that is known governs.
    """

    slug: Slug
    regime: Regime
    title: Words
    citation: Words
    bindingness: Bindingness
    binds: Binds
    trigger: Trigger
    condition: Condition = "true"
    anchors: tuple[Anchor, ...] = ()
    timing: Timing
    period: PeriodPart | None = None
    counting: CountingPart
    recipients: tuple[Key, ...] = ()
    follows: tuple[Slug, ...] = ()
    fields: tuple[FieldPart, ...] = ()
    floor: bool = False
    retention: RetentionPart | None = None
    applies_from: dt.date | None = None
    applies_to: dt.date | None = None
    source: Words
    grade: SourceGrade
    inferred: bool = False
    verified_on: dt.date | None = None
    interpretation_note: str = ""

    @model_validator(mode="after")
    def _agree(self) -> Self:
        problem = next(iter(_contradictions(self)), None)
        if problem is not None:
            raise ValueError(problem)
        return self

    @property
    def opens_by_itself(self) -> bool:
        """Whether it may open a duty without a person: read in the primary text, and meant for the operator."""
        return self.is_clocked and self.grade is SourceGrade.PRIMARY and not self.inferred

    @property
    def is_clocked(self) -> bool:
        """Whether it opens anything at all: a duty, or a question. What binds others is only shown."""
        told = self.timing is not Timing.RETENTION
        return self.binds.operator and told and not self.floor

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.counting.zone)

    def standing(self, at: dt.datetime) -> Standing:
        """Whether it applies at a moment; both of its dates are days in its own zone, and included."""
        day = at.astimezone(self.zone).date()
        if self.applies_from is not None and day < self.applies_from:
            return Standing.NOT_YET
        if self.applies_to is not None and day > self.applies_to:
            return Standing.NO_LONGER
        return Standing.APPLIES


def _contradictions(rule: RuleDocument) -> Iterator[str]:
    """What no rule can mean, in words."""
    period, names = rule.period, [field.name for field in rule.fields]
    days_off = period is not None and period.unit is Unit.WORKING_DAYS
    needs_anchor = {Timing.PERIOD, Timing.BEFORE_EVENT}
    refused = {
        _("only a rule with a period is timed by one"): (
            (rule.timing is Timing.PERIOD) != (period is not None)
        ),
        _("working days are those of a calendar"): days_off and rule.counting.calendar is None,
        _("it is counted from an anchor"): rule.timing in needs_anchor and not rule.anchors,
        _("it says whom to tell, or that it is done in the house"): (
            rule.is_clocked and not rule.recipients
        ),
        _("it says how long records are kept"): (
            rule.timing is Timing.RETENTION and rule.retention is None
        ),
        _("a field is named twice"): len(set(names)) < len(names),
        _("a rule does not follow itself"): rule.slug in rule.follows,
        _("it ends before it begins"): (
            rule.applies_to is not None
            and rule.applies_from is not None
            and rule.applies_to < rule.applies_from
        ),
    }
    return (sentence for sentence, is_so in refused.items() if is_so)
