"""How far a restriction, or its end, has come: per enforcement point, and as a whole."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from access.choices import Switch
from access.models import RestrictionApplication, RestrictionVersion
from access.queries.decision_answers import find_last_yes

_EVIDENCE_BEFORE = dt.timedelta(days=1)
"""How long before a stop a last yes is still looked for: the page looks anew every few seconds."""


@dataclass(frozen=True, slots=True)
class PointEffect:
    """One point's part. `took` is the time to effect: to the later of applying and of its last yes, and, for
    switching off, as much again as a yes may be used for (`Effect.cache_for`).

    `answered_yes_at` is the minute of the last yes that its client was given here about the organizations
    and models that the restriction names: the registry's own evidence, which changes nothing of `took`.
    `silent_for` is how long it has owed the report; None once it has applied, or is retired.
    `overdue` says that an alarm was raised about it.
    """

    application: RestrictionApplication
    took: dt.timedelta | None
    silent_for: dt.timedelta | None
    overdue: bool
    answered_yes_at: dt.datetime | None = None

    @property
    def seconds_to_effect(self) -> float | None:
        return _seconds(self.took)

    @property
    def silent_seconds(self) -> float | None:
        return _seconds(self.silent_for)


@dataclass(frozen=True, slots=True)
class Effect:
    """All points that must apply one switch of a restriction. `took` is that of the slowest, once all have.

    `cache_for` is how long a yes from before may be used again by whoever was given it.
    """

    switch: Switch
    points: tuple[PointEffect, ...]
    applied: int
    took: dt.timedelta | None
    cache_for: dt.timedelta

    @property
    def cache_seconds(self) -> int:
        return int(self.cache_for.total_seconds())

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
    """Of switching off; and of switching on again, once the restriction is lifted. At most four queries."""
    found = (
        RestrictionApplication.objects.filter(restriction=restriction)
        .select_related("point__owner", "restriction")
        .prefetch_related("alarms")
        .order_by("point__slug")
    )
    rows = list(found)
    answered = _find_answered(restriction, rows)
    off = _measure(
        Switch.OFF,
        [_measure_point(row, answered, at=at) for row in rows if row.switch == Switch.OFF],
    )
    lifted = [_measure_point(row, {}, at=at) for row in rows if row.switch == Switch.ON]
    return off, _measure(Switch.ON, lifted) if lifted else None


def _find_answered(
    restriction: UUID, rows: list[RestrictionApplication]
) -> dict[UUID, dt.datetime]:
    """For each point's client the last yes here, of what the restriction names."""
    clients = [row.point.client_id for row in rows if row.point.client_id is not None]
    scope = RestrictionVersion.objects.current().filter(restriction=restriction).first()
    if not clients or scope is None:
        return {}
    return find_last_yes(
        clients,
        since=min(row.committed_at for row in rows) - _EVIDENCE_BEFORE,
        organizations=scope.organizations,
        ai_models=scope.ai_models,
    )


def list_owed(restrictions: Iterable[UUID]) -> dict[UUID, int]:
    """For each restriction in force, how many points have not applied it; none where all have."""
    owed: dict[UUID, int] = {}
    found = RestrictionApplication.objects.owed().filter(
        restriction__in=list(restrictions), switch=Switch.OFF
    )
    for restriction in found.values_list("restriction", flat=True):
        owed[restriction] = owed.get(restriction, 0) + 1
    return owed


def _measure(switch: Switch, points: list[PointEffect]) -> Effect:
    took = [point.took for point in points if point.took is not None]
    waiting = any(point.silent_for is not None for point in points)
    return Effect(
        switch=switch,
        points=tuple(points),
        applied=len(took),
        took=None if waiting or not took else max(took),
        cache_for=_cache_for(switch),
    )


def _cache_for(switch: str) -> dt.timedelta:
    """Only a yes may be used again."""
    return dt.timedelta(seconds=settings.DECISION_CACHE_SECONDS if switch == Switch.OFF else 0)


def _measure_point(
    row: RestrictionApplication, answered: Mapping[UUID, dt.datetime], *, at: dt.datetime
) -> PointEffect:
    """A point whose clock is behind ours took no time, and never less."""
    client = row.point.client_id
    answered_yes_at = None if client is None else answered.get(client)
    if row.applied_at is not None:
        moments = [row.committed_at, row.applied_at]
        if row.last_yes_at is not None and row.switch == Switch.OFF:
            moments.append(row.last_yes_at)
        took = max(moments) - row.committed_at + _cache_for(row.switch)
        return PointEffect(row, took, None, overdue=False, answered_yes_at=answered_yes_at)
    moot = row.point.retired_at is not None or (
        row.switch == Switch.OFF and row.restriction.lifted_at is not None
    )
    return PointEffect(
        row,
        took=None,
        silent_for=None if moot else max(at - row.committed_at, dt.timedelta()),
        overdue=not moot and bool(row.alarms.all()),
        answered_yes_at=answered_yes_at,
    )


def _seconds(length: dt.timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()
