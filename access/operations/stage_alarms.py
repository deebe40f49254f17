"""What the clock says of stages: told once, and decided never.

A task that did not run, or ran twice, changes nothing: what is due is derived, and what was told is on record.
"""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import StageAlarm
from access.events import Event
from access.models import AccessRequest, StageAnnouncement
from access.operations.stage_rows import _follow_stages
from access.queries.stage_alarms import Alarm, find_alarms
from registry import audit
from registry.actors import SYSTEM
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.errors import Conflict, Forbidden
from registry.queries.rules import holidays_in_force

_EVENTS = {
    StageAlarm.OVERDUE: Event.REQUEST_STAGE_OVERDUE,
    StageAlarm.DESERTED: Event.REQUEST_STAGE_DESERTED,
}


class NothingToAnnounce(Conflict):
    code = "nothing_to_announce"
    text = _("Nothing is to be told of this review, or somebody was quicker.")


class AnnouncementOfTheClock(Forbidden):
    code = "announcement_of_the_clock"
    text = _("Only the passing of time announces this.")


@command
def announce(command: Command, *, request: UUID) -> AccessRequest:
    """Tell what is due to be told of the stages of a request: each crossing once, in one act.

    Raises AnnouncementOfTheClock, NotFound, NothingToAnnounce.
    """
    row = _lock(command, request)
    clock = read_clock(command, row)
    holidays = holidays_in_force(clock.recorded)
    alarms = list(find_alarms(row, at=clock.at, holidays=holidays))
    if not alarms:
        raise NothingToAnnounce
    touch(row, clock)
    for alarm in alarms:
        _announce(command, row, alarm, clock=clock)
    _follow_stages(row, clock)  # a crossing may let the review go on without an answer
    return row


@command
def follow(command: Command, *, request: UUID) -> AccessRequest:
    """Open and close the stages that something else than an act on the request has moved.

    Raises AnnouncementOfTheClock, NotFound, NothingToAnnounce.
    """
    row = _lock(command, request)
    clock = read_clock(command, row)
    if not _follow_stages(row, clock):
        raise NothingToAnnounce
    touch(row, clock)
    audit.record(Event.REQUEST_STAGES_MOVED, row, command, occurred_at=clock.at)
    return row


def _announce(command: Command, row: AccessRequest, alarm: Alarm, *, clock: Clock) -> None:
    StageAnnouncement.objects.create(
        run=alarm.run,
        alarm=alarm.kind,
        due_at=alarm.due_at,
        announced_at=clock.at,
        handed_to=list(alarm.deputies),
        changed_at=clock.at,
    )
    audit.record(
        _EVENTS[alarm.kind],
        row,
        command,
        occurred_at=clock.at,
        stage=alarm.run.stage,
        crossing=alarm.crossing,
        due_at=alarm.due_at,
        to=list(alarm.to),
        deputies=list(alarm.deputies),
        also=list(alarm.also),
    )


def _lock(command: Command, request: UUID) -> AccessRequest:
    if command.by != SYSTEM:
        raise AnnouncementOfTheClock
    rows = AccessRequest.objects.select_related("organization", "tier__program", "review_policy")
    return lock(rows, request, command, what="access request")
