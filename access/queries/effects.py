"""How far a restriction, or its end, has come: per enforcement point, and as a whole."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from access.choices import Switch
from access.models import RestrictionApplication


@dataclass(frozen=True, slots=True)
class PointEffect:
    """One point's part. `took` is the time to effect: to the later of applying and of its last yes.

    `silent_for` is how long it has owed the report; None once it has applied, or is retired.
    `overdue` says that an alarm was raised about it.
    """

    application: RestrictionApplication
    took: dt.timedelta | None
    silent_for: dt.timedelta | None
    overdue: bool

    @property
    def seconds_to_effect(self) -> float | None:
        return _seconds(self.took)

    @property
    def silent_seconds(self) -> float | None:
        return _seconds(self.silent_for)


@dataclass(frozen=True, slots=True)
class Effect:
    """All points that must apply one switch of a restriction. `took` is that of the slowest, once all have."""

    switch: Switch
    points: tuple[PointEffect, ...]
    applied: int
    took: dt.timedelta | None

    @property
    def seconds_to_effect(self) -> float | None:
        return _seconds(self.took)

    @property
    def concerned(self) -> int:
        """How many points must report, without those that were retired before they did."""
        return sum(
            point.application.applied_at is not None or point.silent_for is not None
            for point in self.points
        )

    @property
    def complete(self) -> bool:
        """Whether all have."""
        return self.applied == self.concerned

    @property
    def overdue(self) -> int:
        """How many points an alarm is about."""
        return sum(point.overdue for point in self.points)


def measure_effect(restriction: UUID, *, at: dt.datetime) -> tuple[Effect, Effect | None]:
    """Of switching off; and of switching on again, once the restriction is lifted. Two queries."""
    found = (
        RestrictionApplication.objects.filter(restriction=restriction)
        .select_related("point__owner", "restriction")
        .prefetch_related("alarms")
        .order_by("point__slug")
    )
    rows = list(found)
    off = _measure(Switch.OFF, [row for row in rows if row.switch == Switch.OFF], at=at)
    lifted = [row for row in rows if row.switch == Switch.ON]
    return off, _measure(Switch.ON, lifted, at=at) if lifted else None


def list_owed(restrictions: Iterable[UUID]) -> dict[UUID, int]:
    """For each restriction in force, how many points have not applied it; none where all have."""
    owed: dict[UUID, int] = {}
    found = RestrictionApplication.objects.owed().filter(
        restriction__in=list(restrictions), switch=Switch.OFF
    )
    for restriction in found.values_list("restriction", flat=True):
        owed[restriction] = owed.get(restriction, 0) + 1
    return owed


def _measure(switch: Switch, rows: list[RestrictionApplication], *, at: dt.datetime) -> Effect:
    points = tuple(_measure_point(row, at=at) for row in rows)
    took = [point.took for point in points if point.took is not None]
    applied = len(took)
    waiting = any(point.silent_for is not None for point in points)
    return Effect(
        switch=switch,
        points=points,
        applied=applied,
        took=None if waiting or not took else max(took),
    )


def _measure_point(row: RestrictionApplication, *, at: dt.datetime) -> PointEffect:
    """A point whose clock is behind ours took no time, and never less."""
    if row.applied_at is not None:
        moments = [row.committed_at, row.applied_at]
        if row.last_yes_at is not None and row.switch == Switch.OFF:
            moments.append(row.last_yes_at)
        return PointEffect(row, max(moments) - row.committed_at, None, overdue=False)
    moot = row.point.retired_at is not None or (
        row.switch == Switch.OFF and row.restriction.lifted_at is not None
    )
    return PointEffect(
        row,
        took=None,
        silent_for=None if moot else max(at - row.committed_at, dt.timedelta()),
        overdue=not moot and bool(row.alarms.all()),
    )


def _seconds(length: dt.timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()
