"""Time in which a request's clock stands still: pure, so that due moments are derived and never counted up."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from access.choices import PauseKind, Turn

TURNS = {
    PauseKind.QUESTION: Turn.ORGANIZATION,
    PauseKind.RETURNED: Turn.ORGANIZATION,
    PauseKind.HOLD: Turn.OPERATOR,
}
"""Whose act ends a pause of this kind."""


@dataclass(frozen=True, slots=True)
class Span:
    """One pause: from `began_at` until `ended_at`, exclusive; None while it lasts."""

    kind: PauseKind
    began_at: dt.datetime
    ended_at: dt.datetime | None = None

    @property
    def whose_turn(self) -> Turn:
        """Who must act so that the clock goes on."""
        return TURNS[self.kind]


def paused_between(spans: Iterable[Span], since: dt.datetime, until: dt.datetime) -> dt.timedelta:
    """For how long the clock stood still from `since` until `until`. Pauses never overlap."""
    stood = (min(span.ended_at or until, until) - max(span.began_at, since) for span in spans)
    return sum((length for length in stood if length > dt.timedelta()), dt.timedelta())


def open_pause(spans: Iterable[Span]) -> Span | None:
    """The pause that lasts, if the clock stands still now."""
    return next((span for span in spans if span.ended_at is None), None)
