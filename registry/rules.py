"""A rule that opens duties to tell, as a document: read, asked and counted. Pure: no database and no clock.

The document is data with a citation; an edition of it is in force by two people's act. Law moves without the
program: a new deadline is a new edition.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from registry import conditions
from registry.calendars import Calendar, Holidays
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
from registry.errors import Invalid
from registry.periods import (
    Counted,
    Counting,
    Flag,
    Period,
    ZoneUnknown,
    begin_day,
    count,
    read_zone,
)


class RuleUnreadable(Invalid):
    """A rule's document is not of the shape below."""

    code = "rule_unreadable"
    text = gettext_lazy("The rule cannot be read: at %(place)s, %(problem)s.")


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
    """One edition of a rule. `slug` is its stable name, `citation` the article as one cites it."""

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


@dataclass(frozen=True, slots=True)
class Due:
    """By when, in UTC; both are exclusive ends.

    `target` is the strict count and drives every alert; None where the rule gives no number. `latest` is
    what the law of periods would still allow; None also where a year's holidays are not known. `basis` is
    the reason in words and citations, to be kept; `flags` are codes.
    """

    target: dt.datetime | None
    latest: dt.datetime | None
    basis: str
    flags: tuple[Flag, ...] = ()
    latest_is_interpretation: bool = False
    counted: Counted | None = None


_DEFAULTS: Mapping[bool, dict[str, Any]] = {
    True: {"timing": Timing.PERIOD},
    False: {"timing": Timing.WITHOUT_UNDUE_DELAY},
}
"""How a rule is timed where it does not say so: by whether it has a period."""


def parse_rule(text: str) -> dict[str, Any]:
    """A rule's document from YAML. Raises RuleUnreadable where the text is no mapping; `read_rule` does the rest."""
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            raise RuleUnreadable(place=_("its top"), problem=_("it may not refer to itself"))
        said = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        place = _("its top") if mark is None else _("line %(line)d") % {"line": mark.line + 1}
        problem = getattr(wrong, "problem", None) or _("it is no YAML")
        raise RuleUnreadable(place=place, problem=problem) from wrong
    if not isinstance(said, dict):
        raise RuleUnreadable(place=_("its top"), problem=_("it is no mapping of names to values"))
    return said


def write_rule(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as JSON keeps it: what its author wrote, with dates as text. Raises RuleUnreadable."""
    written: dict[str, Any] = json.loads(_dump(document))
    return written


def read_rule(document: Mapping[str, Any]) -> RuleDocument:
    """Read a rule's document, as it came from YAML or JSON. Raises RuleUnreadable: the place and the problem."""
    return _read(_dump(_DEFAULTS[bool(document.get("period"))] | dict(document)))


@lru_cache(maxsize=1024)
def _read(text: str) -> RuleDocument:
    """Editions are never edited and read again and again: each text is held to the schema once."""
    try:
        return RuleDocument.model_validate_json(text)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or _("its top")
        problem = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise RuleUnreadable(place=place, problem=problem) from wrong


def _dump(document: Mapping[str, Any]) -> str:
    try:
        return json.dumps(document, default=_write_day, allow_nan=False)
    except (TypeError, ValueError) as wrong:
        raise RuleUnreadable(place=_("its top"), problem=str(wrong)) from wrong


def compute_due(
    document: RuleDocument, anchor_at: dt.datetime | dt.date, holidays: Holidays
) -> Due:
    """By when a duty that this moment opened is to be met. A day where the hour is not known."""
    if document.timing is Timing.BEFORE_EVENT:
        return _precede(document, anchor_at)
    if document.period is None:
        return Due(None, None, str(document.timing.label), (Flag.NO_NUMBER,))
    counted = count(
        anchor_at,
        document.period.period,
        document.counting.counting,
        holidays=holidays,
        direction=document.period.direction,
    )
    reading = document.counting.interpretation and counted.latest is not None
    flags = {*counted.flags, *([Flag.INTERPRETATION] if reading else [])}
    return Due(
        target=counted.target.closes_at,
        latest=None if counted.latest is None else counted.latest.closes_at,
        basis=" ".join(filter(None, [counted.basis, document.counting.citation])),
        flags=tuple(sorted(flags)),
        latest_is_interpretation=reading,
        counted=counted,
    )


def _precede(document: RuleDocument, event: dt.datetime | dt.date) -> Due:
    basis = str(document.timing.label)
    if isinstance(event, dt.datetime):
        return Due(event, event, basis)
    begun = begin_day(event, document.zone)
    return Due(begun, begun, basis, (Flag.HOUR_NOT_KNOWN,))


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
        _("it goes together with a rule that it follows"): (
            rule.timing is Timing.WITH_ANOTHER and not rule.follows
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


def _write_day(value: object) -> str:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    raise TypeError(_("“%(value)s” is nothing that a rule can say") % {"value": value})
