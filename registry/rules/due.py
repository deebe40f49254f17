"""By when a duty under a rule is to be met, counted from the moment that opened it."""

import datetime as dt
from dataclasses import dataclass

from registry.calendars import Holidays
from registry.choices import Timing
from registry.periods import Counted, Flag, begin_day, count
from registry.rules.document import RuleDocument


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
