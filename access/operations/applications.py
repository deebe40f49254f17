"""What enforcement points say that they have applied, and the alarm about those who say nothing.

Whoever reports locks the restrictions first and its point after them: so of two points that report at
the same moment, the second sees the first, and the last one completes the stop.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from access.choices import Switch
from access.events import Event
from access.models import EnforcementPoint, Restriction, RestrictionApplication, SilenceAlarm
from access.operations.enforcement import PointRetired
from access.operations.surfaces import SurfaceSaid, _write_surfaces
from registry import audit
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.errors import Conflict, Forbidden, Invalid, NotFound
from registry.policies import check_role

CLOCK_TOLERANCE = dt.timedelta(minutes=5)
"""How far a point's clock may differ from the registry's before its word is taken for a mistake."""
MOST_SURFACES = 2_000


class MomentImplausible(Invalid):
    """A report from before the restriction, or from the future: a clock or a unit is wrong."""

    code = "moment_implausible"
    text = _("“%(field)s” lies before the commit, or in the future: %(said)s.")


class TooManySurfaces(Invalid):
    code = "too_many_surfaces"
    text = _("A report tells of at most %(most)s surfaces: send it in parts.")


class AlarmNotDue(Conflict):
    code = "alarm_not_due"
    text = _(
        "The enforcement point has reported, or its time has not come, or the alarm was raised."
    )


class AlarmOfTheClock(Forbidden):
    code = "alarm_of_the_clock"
    text = _("Only the passing of time raises this alarm.")


@dataclass(frozen=True, slots=True)
class Applied:
    """What a point did about one restriction: when it fetched it, when it applied it, and its last yes since.

    `applied_at` is None where it has read and not applied yet.
    """

    restriction: UUID
    switch: Switch
    read_at: dt.datetime
    applied_at: dt.datetime | None = None
    last_yes_at: dt.datetime | None = None


@command
def report_applied(
    command: Command,
    *,
    point: UUID,
    applied: tuple[Applied, ...] = (),
    surfaces: tuple[SurfaceSaid, ...] = (),
    complete_for: tuple[str, ...] = (),
) -> EnforcementPoint:
    """Take in what a point says; the same again changes nothing.

    The first moment of reading and of applying stands; the last yes may still move later. `surfaces` are
    facts and change no answer; for the models in `complete_for`, what is not named is off.

    By the point's own client, or by a restrictor who was told on the telephone. Raises NotFound (point,
    restriction that it must apply), Stale, RoleMissing, PointRetired, MomentImplausible, TooManySurfaces.
    """
    if len(surfaces) > MOST_SURFACES:
        raise TooManySurfaces(most=MOST_SURFACES)
    restrictions = _lock_restrictions(said.restriction for said in applied)
    row = lock(
        EnforcementPoint.objects.visible_to(command.by), point, command, what="enforcement point"
    )
    if command.by.is_staff:
        check_role(command.by, Role.RESTRICTOR)
    if row.retired_at is not None:
        raise PointRetired
    clock = read_clock(command, row)
    news = [told for said in applied if (told := _apply(command, row, said, clock=clock))]
    changed = _write_surfaces(command, row, surfaces, complete_for=complete_for, clock=clock)
    if not news and not changed:
        return row
    touch(row, clock)
    audit.record(
        Event.POINT_REPORTED,
        row,
        command,
        occurred_at=clock.recorded,
        restrictions=[f"{told.row.switch}:{told.row.restriction_id}" for told in news],
        surfaces=changed,
    )
    for told in news:
        if told.applied_now:
            restriction = restrictions[told.row.restriction_id]
            _complete(command, restriction, Switch(told.row.switch), clock=clock)
    return row


def find_silent(*, at: dt.datetime, limit: int = 200) -> list[UUID]:
    """Applications that a point owes, for which a threshold has passed without its alarm."""
    found: list[UUID] = []
    for after in reversed(settings.STOP_SILENCE_AFTER):
        late = (
            RestrictionApplication.objects.owed()
            .filter(committed_at__lte=at - after)
            .exclude(pk__in=found)
        )
        unalarmed = late.exclude(alarms__after_seconds__gte=after.total_seconds())
        found += unalarmed.order_by("committed_at", "id").values_list("id", flat=True)[:limit]
    return found[:limit]


@command
def raise_alarm(command: Command, *, application: UUID) -> RestrictionApplication:
    """Say, once for each threshold, that a point is silent. After a pause, only the latest threshold.

    Raises AlarmOfTheClock, NotFound, AlarmNotDue.
    """
    if command.by != SYSTEM:
        raise AlarmOfTheClock
    row = lock(RestrictionApplication.objects.all(), application, command, what="application")
    clock = read_clock(command, row)
    silent = command.at - row.committed_at
    passed = [after for after in settings.STOP_SILENCE_AFTER if silent >= after]
    if not passed or not RestrictionApplication.objects.owed().filter(pk=row.pk).exists():
        raise AlarmNotDue
    seconds = int(passed[-1].total_seconds())
    if row.alarms.filter(after_seconds__gte=seconds).exists():
        raise AlarmNotDue
    SilenceAlarm.objects.create(application=row, after_seconds=seconds, raised_at=clock.at)
    audit.record(
        Event.RESTRICTION_POINT_SILENT,
        row,
        command,
        occurred_at=clock.recorded,
        concerned=(),
        restriction=row.restriction_id,
        point=row.point_id,
        switch=row.switch,
        after_seconds=seconds,
    )
    return row


def _lock_restrictions(wanted: Iterable[UUID]) -> dict[UUID, Restriction]:
    found = Restriction.objects.filter(pk__in=set(wanted)).order_by("id")
    return {row.id: row for row in found.select_for_update(no_key=True)}


@dataclass(frozen=True, slots=True)
class _Told:
    """A row that a report has changed, and whether with it the point has applied the switch."""

    row: RestrictionApplication
    applied_now: bool


def _apply(
    command: Command, point: EnforcementPoint, said: Applied, *, clock: Clock
) -> _Told | None:
    """What the report says that is new; None where it says nothing new."""
    row = RestrictionApplication.objects.filter(
        point=point, restriction=said.restriction, switch=said.switch
    ).first()
    if row is None:
        raise NotFound("restriction to apply at this point")
    for field in ("read_at", "applied_at", "last_yes_at"):
        _check_plausible(row, getattr(said, field), field=field, clock=clock)
    last_yes = max(filter(None, (row.last_yes_at, said.last_yes_at)), default=None)
    told = (row.read_at or said.read_at, row.applied_at or said.applied_at, last_yes)
    if told == (row.read_at, row.applied_at, row.last_yes_at):
        return None
    applied_now = row.applied_at is None and said.applied_at is not None
    row.read_at, row.applied_at, row.last_yes_at = told
    row.reported_at, row.reported_by = clock.recorded, command.by.key
    touch(row, clock, "read_at", "applied_at", "last_yes_at", "reported_at", "reported_by")
    return _Told(row, applied_now)


def _check_plausible(
    row: RestrictionApplication, moment: dt.datetime | None, *, field: str, clock: Clock
) -> None:
    """A last yes may be older than the stop."""
    if moment is None:
        return
    early = field != "last_yes_at" and moment < row.committed_at - CLOCK_TOLERANCE
    if early or moment > clock.recorded + CLOCK_TOLERANCE:
        raise MomentImplausible(field=field, said=moment.isoformat())


def _complete(command: Command, row: Restriction, switch: Switch, *, clock: Clock) -> None:
    """Record that all points have applied it, with the report of the last one, and once."""
    of_switch = RestrictionApplication.objects.filter(restriction=row, switch=switch)
    if of_switch.filter(applied_at__isnull=True, point__retired_at__isnull=True).exists():
        return
    audit.record(
        Event.RESTRICTION_APPLIED,
        row,
        command,
        occurred_at=clock.recorded,
        concerned=(),
        switch=switch,
    )
