"""What a grant needs beside its own terms, written down. Inside the transaction that changes an input."""

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from access.choices import NeedKind
from access.eligibility import NeedSpan
from access.events import Event
from access.models import Grant, GrantNeedVersion
from registry import audit
from registry.commands import Clock, Command, touch
from registry.versions import end_at, open_version, span

__all__ = ["NeedSpan", "_set_need"]


def _set_need(
    command: Command,
    grant: Grant,
    *,
    kind: NeedKind,
    code: str,
    spans: Sequence[NeedSpan],
    clock: Clock,
    locked: bool = True,
) -> bool:
    """From now on the need of a locked grant stands so; whether that is news.

    Not `locked`: another lock lets nobody else write this need, and the grant's own version stays.

    The spans follow each other from this moment on, and the last has no end: a need that is met for a time
    says what comes after it. No spans: the grant has no such need any more. What was known before stays.
    Raises ValueError for spans that leave a gap.
    """
    spans = [one for one in spans if one.until is None or one.until > clock.recorded]
    _check_order(spans)
    rows = list(
        grant.needs.current()
        .filter(kind=kind, code=code)
        .filter(Q(valid__upper_inf=True) | Q(valid__endswith__gt=clock.recorded))
        .order_by("valid")
    )
    if [_say(row) for row in rows] == [(s.standing, dict(s.explanation), s.until) for s in spans]:
        return False
    for row in rows:
        end_at(row, at=clock.recorded, recorded=clock.recorded)
    start: dt.datetime | None = clock.recorded
    for one in spans:
        version = GrantNeedVersion(
            grant=grant,
            kind=kind,
            code=code,
            standing=one.standing,
            explanation=dict(one.explanation),
            valid=span(start, one.until),
        )
        open_version(version, recorded=clock.recorded)
        start = one.until
    if locked:
        touch(grant, clock)
    audit.record(
        Event.GRANT_NEED_CHANGED,
        grant,
        command,
        occurred_at=clock.recorded,
        kind=kind,
        code=code,
        standing=spans[0].standing if spans else None,
        until=spans[0].until if spans else None,
    )
    return True


def _check_order(spans: Sequence[NeedSpan]) -> None:
    ends = [one.until for one in spans]
    if not ends:
        return
    if ends[-1] is not None or None in ends[:-1]:
        raise ValueError("the last span of a need, and no other, has no end")
    if any(a is not None and b is not None and a >= b for a, b in itertools.pairwise(ends)):
        raise ValueError("the spans of a need follow each other")


def _say(row: GrantNeedVersion) -> tuple[str, dict[str, Any], dt.datetime | None]:
    return row.standing, row.explanation, row.valid.upper
