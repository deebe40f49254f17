"""Waiting periods: what a review policy says of them, and when one is over. Pure: no database and no clock.

A grant may be bound not to take effect before a period ends. The period runs from the decision, or from a
fact; as long as the fact is missing, or a holiday table that the count needs, it waits. Nothing ends it
by silence.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from registry.calendars import Calendar, Holidays
from registry.choices import Bindingness, Extension, Unit
from registry.errors import Invalid
from registry.periods import Counting, Period, count
from registry.rules.document import Slug, Zone

DECISION = "decision"
NOTIFIED = "notified:"
FACT = "fact:"

Words = Annotated[str, Field(min_length=1, max_length=300)]
Origin = Annotated[
    str,
    Field(pattern=r"^(decision|notified:[a-z0-9][a-z0-9-]*|fact:[a-z][a-z0-9_]*)$", max_length=80),
]


class WaitingUnreadable(Invalid):
    """The waiting periods of a review policy are not of the shape below."""

    code = "waiting_unreadable"
    text = gettext_lazy("The waiting periods cannot be read: at %(place)s, %(problem)s.")


class VoluntaryNeverBlocks(Invalid):
    """Who waits because of something voluntary has chosen to: then it is the operator's own policy."""

    code = "voluntary_never_blocks"
    text = gettext_lazy(
        "“%(citation)s” is voluntary, and nothing voluntary makes access wait as law does. "
        "Where it is your own choice to wait, say “policy”."
    )


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class WaitingCount(_Part):
    """How long. Without a calendar every day counts; with one, a last day that is off moves on.

    By Regulation 1182/71 with the Commission's calendar, and to the next working day with the others.
    Hours never move. Working days need a calendar.
    """

    quantity: Annotated[int, Field(ge=1, le=9999)]
    unit: Unit
    calendar: Calendar | None = None
    zone: Zone

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.unit is Unit.WORKING_DAYS and self.calendar is None:
            raise ValueError(_("working days are those of a calendar"))
        return self

    @property
    def counting(self) -> Counting:
        extension = Extension.LAST_DAY
        if self.calendar is None:
            extension = Extension.NONE
        elif self.calendar is Calendar.EU_COMMISSION:
            extension = Extension.REGULATION_1182
        return Counting(ZoneInfo(self.zone), self.calendar, extension)

    def __str__(self) -> str:
        return str(Period(self.quantity, self.unit))


class WaitingRule(_Part):
    """One waiting period. `rule` is the slug of a rule of duties that it rests on, where there is one.

    `since` (`from`) is `decision`, `notified:<key of a mandate>` or `fact:<name>`.
    """

    basis: Words
    citation: Words
    bindingness: Bindingness
    period: WaitingCount
    since: Annotated[Origin, Field(alias="from")]
    rule: Slug | None = None

    @property
    def needs_fact(self) -> bool:
        """Whether it runs from something else than the decision itself."""
        return self.since != DECISION


_RULES = TypeAdapter(tuple[WaitingRule, ...])


@dataclass(frozen=True, slots=True)
class Reckoned:
    """When a waiting period is over, in UTC and exclusive; or what is missing so that it cannot be said.

    `missing` is the name of a fact, or `holidays:<calendar>:<year>`. Exactly one of the two is given.
    """

    ends_at: dt.datetime | None
    missing: str
    how: str = ""


def read_waiting(document: Sequence[Any]) -> tuple[WaitingRule, ...]:
    """The waiting periods of a policy, in its order. Raises WaitingUnreadable, VoluntaryNeverBlocks."""
    try:
        rules = _RULES.validate_json(json.dumps(document))
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "waiting"
        problem = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise WaitingUnreadable(place=place, problem=problem) from wrong
    except (TypeError, ValueError) as wrong:
        raise WaitingUnreadable(place="waiting", problem=str(wrong)) from wrong
    for rule in rules:
        if rule.bindingness not in {Bindingness.LAW, Bindingness.POLICY}:
            raise VoluntaryNeverBlocks(citation=rule.citation)
    return rules


def reckon(rule: WaitingRule, anchor_at: dt.datetime | None, holidays: Holidays) -> Reckoned:
    """When the period from this moment is over. No moment, or no table for a year that it needs: it waits.

    Of a strict and a later count the later one holds: what must not begin too early waits the longer.
    """
    if anchor_at is None:
        return Reckoned(None, rule.since)
    period = Period(rule.period.quantity, rule.period.unit)
    counted = count(anchor_at, period, rule.period.counting, holidays=holidays)
    if counted.latest is None:
        missing = f"holidays:{rule.period.calendar}:{counted.missing}"
        return Reckoned(None, missing, counted.basis)
    return Reckoned(counted.latest.closes_at, "", counted.basis)
