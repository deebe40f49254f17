"""Organizations screened against every list in use: one that is asked for, those whose names or owners change,
all when a list changes.

Whoever screens takes one turn after the other (an advisory lock), before any row is locked: so a relation that
comes about is seen by whoever screens next, and two relations that come about at once do not miss each other.
What rests on the result is rewritten last, in the same transaction, which locks programs and then grants.
"""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.actors import SYSTEM
from registry.choices import Role, ScreeningCause, SnapshotStatus
from registry.commands import Clock, Command, command, read_clock, touch
from registry.errors import Conflict, Forbidden, NotFound
from registry.events import Event
from registry.followers import follow
from registry.models import (
    Organization,
    ScreenedOrganization,
    ScreeningRun,
    ScreeningSnapshot,
)
from registry.operations.screening_rows import _screen
from registry.policies import check_role
from registry.queries.screening import find_due
from registry.queries.screening_parties import find_owned

CHUNK = 200
"""So many organizations are screened in one transaction of the worker's."""
AT_ONCE = 20
"""So many are screened in the transaction of the act that makes it necessary; more are left to the worker."""
_TURN = 0x5C4EE
"""The key of the advisory lock; an arbitrary number, used for nothing else."""


class NoListInUse(Conflict):
    code = "no_list_in_use"
    text = _("No screening list is in use: there is nothing to screen against.")


class NothingToScreen(Conflict):
    code = "nothing_to_screen"
    text = _("Nobody is to be screened now.")


class OnlyTheSystem(Forbidden):
    code = "only_the_system_screens"
    text = _("Only the system goes on with screening.")


@command
def screen(command: Command, *, organization: UUID) -> ScreeningRun:
    """Screen the organization and its owners now, and from now on whenever it must be.

    Raises RoleMissing, NotFound, NoListInUse.
    """
    check_role(command.by, Role.INTAKE, Role.REVIEWER, Role.DECIDER)
    _take_turn()
    about = Organization.objects.visible_to(command.by).filter(pk=organization).first()
    if about is None:
        raise NotFound("organization")
    _enroll(command, [about.id])
    rows = _lock_screened(ScreenedOrganization.objects.filter(organization=about))
    run = _screen_at_once(command, rows, cause=ScreeningCause.ASKED, synthetic=about.synthetic)
    if run is None:
        raise NoListInUse
    follow(command, [about.id])
    return run


@command
def go_on(command: Command, *, synthetic: bool, limit: int = CHUNK) -> ScreeningRun:
    """Take the snapshots that wait into use, and screen the next of those who are to be screened.

    The whole of this chunk or, where the worker dies, nothing of it; again until `is_work_waiting` says no.
    Raises OnlyTheSystem, NothingToScreen.
    """
    if command.by != SYSTEM:
        raise OnlyTheSystem
    _take_turn()
    waiting = list(
        ScreeningSnapshot.objects.filter(
            status=SnapshotStatus.COMMITTED, screening_list__synthetic=synthetic
        )
        .select_related("screening_list")
        .order_by("committed_at", "pk")
    )
    for snapshot in waiting:
        _take_into_use(command, snapshot)
    run = ScreeningRun.objects.filter(synthetic=synthetic, finished_at__isnull=True).first()
    due = find_due(synthetic=synthetic)
    if run is None:
        number = due.count()
        if not number and not waiting:
            raise NothingToScreen
        cause = ScreeningCause.LISTS if waiting else ScreeningCause.FACTS
        run = _begin(command, cause=cause, synthetic=synthetic, total=number)
    rows = _lock_screened(due.order_by("pk")[:limit])
    _screen(command, run, rows)
    left = due.count()
    run.total = run.screened + left
    _write_progress(command, run, rows, finished=not left)
    if waiting:
        follow(command, _list_enrolled(synthetic=synthetic))
    else:
        follow(command, [row.organization_id for row in rows])
    return run


def _enroll(command: Command, organizations: Collection[UUID]) -> None:
    """They are screened from now on, the first time by the worker at once. Changes nothing for who is already.

    Inserts alone, and waits for nobody's turn: so it may follow the lock of a program.
    """
    known = ScreenedOrganization.objects.filter(organization__in=organizations)
    new = set(organizations) - set(known.values_list("organization_id", flat=True))
    if not new:
        return
    clock = read_clock(command)
    ScreenedOrganization.objects.bulk_create(
        (ScreenedOrganization(organization_id=pk, due_since=clock.recorded) for pk in sorted(new)),
        ignore_conflicts=True,
    )
    for row in Organization.objects.filter(pk__in=new).order_by("pk"):
        audit.record(Event.SCREENING_ASKED, row, command, occurred_at=clock.recorded, concerned=())


def _facts_changed(command: Command, organizations: Iterable[UUID]) -> set[UUID]:
    """Names, identifiers or owners of these have changed: screen whoever is screened with them.

    Few at once, in the caller's transaction; of more it is written down that they are to be screened. Returns
    all of them, and these: what rests on their facts is then rewritten by the caller.
    """
    _take_turn()
    at = read_clock(command).recorded
    reached = find_owned(organizations, at=at)
    rows = _lock_screened(ScreenedOrganization.objects.filter(organization__in=reached))
    for synthetic in (False, True):
        there = [row for row in rows if row.organization.synthetic is synthetic]
        if len(there) <= AT_ONCE:
            _screen_at_once(command, there, cause=ScreeningCause.FACTS, synthetic=synthetic)
        else:
            _call_due(there, read_clock(command))
    return {*organizations, *(row.organization_id for row in rows)}


def _lists_changed(command: Command, *, synthetic: bool) -> None:
    """What organizations of that world are screened against has changed. The caller has its turn."""
    enrolled = ScreenedOrganization.objects.filter(organization__synthetic=synthetic)
    if enrolled.count() <= AT_ONCE:
        rows = _lock_screened(enrolled)
        _screen_at_once(command, rows, cause=ScreeningCause.LISTS, synthetic=synthetic)
    follow(command, _list_enrolled(synthetic=synthetic))


def _take_into_use(command: Command, row: ScreeningSnapshot) -> None:
    """From now on everybody is screened against this snapshot, and not against the one before it."""
    clock = read_clock(command, row)
    if row.screening_list.retired_at is not None:
        row.status = SnapshotStatus.WITHDRAWN  # retired while it waited
        touch(row, clock, "status")
        audit.record(Event.SNAPSHOT_WITHDRAWN, row, command, occurred_at=clock.recorded)
        return
    before = ScreeningSnapshot.objects.select_for_update(no_key=True).filter(
        screening_list=row.screening_list_id, status=SnapshotStatus.IN_USE
    )
    for one in before:
        one.status, one.replaced_at = SnapshotStatus.REPLACED, clock.recorded
        touch(one, clock, "status", "replaced_at")
    row.status, row.in_use_at = SnapshotStatus.IN_USE, clock.recorded
    touch(row, clock, "status", "in_use_at")
    audit.record(
        Event.SNAPSHOT_IN_USE,
        row,
        command,
        occurred_at=clock.recorded,
        screening_list=row.screening_list.slug,
        as_of=row.as_of,
    )


def _take_turn() -> None:
    """Wait until nobody else screens, or changes what is screened, in a transaction that is still open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])


def _lock_screened(rows: QuerySet[ScreenedOrganization]) -> list[ScreenedOrganization]:
    """In the order of their keys; with their organizations."""
    keys = list(rows.values_list("pk", flat=True))
    locked = ScreenedOrganization.objects.filter(pk__in=keys).select_related("organization")
    return list(locked.select_for_update(of=("self",), no_key=True).order_by("pk"))


def _list_enrolled(*, synthetic: bool) -> list[UUID]:
    rows = ScreenedOrganization.objects.filter(organization__synthetic=synthetic)
    return list(rows.values_list("organization_id", flat=True))


def _call_due(rows: Collection[ScreenedOrganization], clock: Clock) -> None:
    waiting = [row.pk for row in rows if row.due_since is None]
    ScreenedOrganization.objects.filter(pk__in=waiting).update(due_since=clock.recorded)


def _screen_at_once(
    command: Command,
    rows: Sequence[ScreenedOrganization],
    *,
    cause: ScreeningCause,
    synthetic: bool,
) -> ScreeningRun | None:
    """A run of its own, begun and finished in this transaction. None where there is nothing to screen against:
    then they are to be screened as soon as there is."""
    if not rows:
        return None
    if not ScreeningSnapshot.objects.in_use(synthetic=synthetic).exists():
        _call_due(rows, read_clock(command))
        return None
    run = _begin(command, cause=cause, synthetic=synthetic, total=len(rows), at_once=True)
    _screen(command, run, rows)
    _write_progress(command, run, rows, finished=True)
    return run


def _begin(
    command: Command,
    *,
    cause: ScreeningCause,
    synthetic: bool,
    total: int,
    at_once: bool = False,
) -> ScreeningRun:
    clock = read_clock(command)
    return ScreeningRun.objects.create(
        cause=cause,
        synthetic=synthetic,
        total=total,
        begun_by=command.by.key,
        begun_at=clock.recorded,
        finished_at=clock.recorded if at_once else None,
        changed_at=clock.at,
    )


def _write_progress(
    command: Command, run: ScreeningRun, rows: Iterable[ScreenedOrganization], *, finished: bool
) -> None:
    clock = read_clock(command, run)
    run.finished_at = clock.recorded if finished else None
    touch(run, clock, "total", "screened", "opened", "finished_at")
    audit.record(
        Event.SCREENING_RUN_FINISHED if finished else Event.SCREENING_RUN_WENT_ON,
        run,
        command,
        occurred_at=clock.recorded,
        cause=run.cause,
        screened=[row.organization_id for row in rows],
        total=run.total,
        opened=run.opened,
    )
