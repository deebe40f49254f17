"""Which open stages have crossed their deadline, or are open to nobody, and were not announced yet."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from access.choices import Crossing, Nobody, StageAlarm
from access.models import AccessRequest, Pause, ReviewPolicy, StageAnnouncement, StageRun
from access.queries.pauses import pauses
from access.queries.stages import StageView, find_due, list_stages, rules_of
from access.stages import Stage, read_policy
from access.workflow import CLOSED, PAUSED
from registry.calendars import Holidays
from registry.choices import Role
from registry.queries.rules import holidays_in_force


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is to be told of one run: to the people `to` by their keys, and to whoever holds a role of `also`.

    `deputies` are those among them to whom the stage is handed.
    """

    run: StageRun
    kind: StageAlarm
    title: str
    due_at: dt.datetime | None
    crossing: Crossing
    to: tuple[str, ...]
    also: tuple[Role, ...]
    deputies: tuple[str, ...] = ()


def find_alarming(*, at: dt.datetime) -> list[UUID]:
    """The requests of which something may be to be told: those, and no more, are locked and looked at."""
    holidays = holidays_in_force(at)
    return [
        row.id
        for row in _list_running(
            lambda stage: stage.deadline is not None or stage.nobody is Nobody.ESCALATE
        )
        if _is_late(row, at=at, holidays=holidays) or _is_watched(row)
    ]


def _is_late(row: AccessRequest, *, at: dt.datetime, holidays: Holidays) -> bool:
    """Read from what was fetched with the row: nothing is asked for each."""
    spans = pauses(row)
    for run, stage in _list_open(row, StageAlarm.OVERDUE):
        due = find_due(stage, run, spans=spans, holidays=holidays)
        if due is not None and due.at is not None and due.at <= at:
            return True
    return False


def _is_watched(row: AccessRequest) -> bool:
    return any(
        stage.nobody is Nobody.ESCALATE for _run, stage in _list_open(row, StageAlarm.DESERTED)
    )


def _list_open(row: AccessRequest, alarm: StageAlarm) -> Iterator[tuple[StageRun, Stage]]:
    """The open runs of which this was not told yet."""
    rules = rules_of(row)
    for run in row.stage_runs.all():
        told = any(said.alarm == alarm for said in run.announcements.all())
        stage = rules.find(run.stage)
        if run.closed_at is None and stage is not None and not told:
            yield run, stage


def find_alarms(request: AccessRequest, *, at: dt.datetime, holidays: Holidays) -> Iterator[Alarm]:
    """What is to be told of a request's open stages and was not yet, by the policy that it pinned."""
    if request.status in PAUSED:
        return  # the clock stands still, and nobody here is late
    told = set(StageAnnouncement.objects.filter(run__request=request).values_list("run", "alarm"))
    for view in list_stages(request, at=at, holidays=holidays):
        if view.run is None or view.run.closed_at is not None:
            continue
        for alarm in _look(view, view.run, at=at):
            if (view.run.id, alarm.kind) not in told:
                yield alarm


def find_unfollowed(*, at: dt.datetime) -> list[UUID]:
    """Requests under review whose stages moved by something that is no act on them, such as a position."""
    moving = _list_running(lambda stage: bool(stage.consults))
    return [row.id for row in moving if _has_moved(row, at=at)]


def _has_moved(row: AccessRequest, *, at: dt.datetime) -> bool:
    running = {run.stage for run in row.stage_runs.all() if run.closed_at is None}
    under_way = {
        view.progress.stage.key
        for view in list_stages(row, at=at, holidays=Holidays())
        if view.progress.under_way
    }
    return running != under_way


def _look(view: StageView, run: StageRun, *, at: dt.datetime) -> Iterator[Alarm]:
    stage, progress = view.progress.stage, view.progress
    if view.due is not None and view.due.at is not None and view.due.at <= at:
        assert stage.deadline is not None
        crossing = stage.deadline.crossing
        handed = crossing is Crossing.DEPUTY and not stage.consults
        deputies = tuple(sorted(set(view.deputies.values()))) if handed else ()
        # Where nobody who is late has a deputy, those who decide must see to it.
        escalates = crossing in {Crossing.ESCALATE, Crossing.DEPUTY} and not deputies
        people = () if crossing is Crossing.ESCALATE or stage.consults else progress.missing
        yield Alarm(
            run=run,
            kind=StageAlarm.OVERDUE,
            title=stage.title,
            due_at=view.due.at,
            crossing=crossing,
            to=tuple(dict.fromkeys((*people, *deputies))),
            deputies=deputies,
            also=(
                *([Role.DECIDER] if escalates else []),
                *([Role.AUTHORITY_DESK] if stage.consults else []),
            ),
        )
    if progress.deserted and stage.nobody is Nobody.ESCALATE:
        yield Alarm(
            run=run,
            kind=StageAlarm.DESERTED,
            title=stage.title,
            due_at=None,
            crossing=Crossing.ESCALATE,
            to=(),
            also=(Role.DECIDER, Role.ADMINISTRATOR),
        )


def _list_running(wanted: Callable[[Stage], bool]) -> QuerySet[AccessRequest]:
    """Requests under review whose policy has a stage of this kind, with what their clocks need."""
    running = StageRun.objects.filter(request=OuterRef("pk"), closed_at__isnull=True)
    rows = AccessRequest.objects.exclude(status__in=CLOSED).filter(Exists(running))
    policies = [
        policy.pk
        for policy in ReviewPolicy.objects.filter(pk__in=rows.values("review_policy"))
        if any(map(wanted, read_policy(policy.document).stages))
    ]
    return (
        rows.filter(review_policy__in=policies)
        .select_related("organization", "tier__program", "review_policy")
        .prefetch_related(
            Prefetch("stage_runs", StageRun.objects.prefetch_related("announcements")),
            Prefetch("pauses", Pause.objects.order_by("began_at", "id")),
        )
        .order_by("submitted_at", "id")
    )
