"""Crossings of clocks, written down each once and told so that nobody hears of one duty five times at once."""

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from notifications.choices import AlertKind
from notifications.clocks import Crossing, Patience, choose_told, find_pending
from notifications.events import Event
from notifications.models import Obligation, ObligationAlert
from notifications.operations.obligations import _record_miss
from notifications.queries.obligations import read_clock_of
from registry import audit
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import Command, command, read_clock, touch
from registry.errors import Conflict, Forbidden

BATCH = 200
_ALSO: dict[AlertKind, tuple[Role, ...]] = {
    AlertKind.ESCALATED: (Role.DECIDER, Role.ADMINISTRATOR),
    AlertKind.DECIDED_UNTOLD: (Role.DECIDER,),
    AlertKind.NO_TABLE: (Role.ADMINISTRATOR,),
}
"""Who hears of a crossing beside those who have the duty in hand."""


class AnnouncedByTheClock(Forbidden):
    code = "announced_by_the_clock"
    text = _("Only the passing of time announces this.")


class ObligationInOtherHands(Conflict):
    """Closed meanwhile, or locked by somebody who is at it just now: the next run looks again."""

    code = "obligation_in_other_hands"
    text = _("This duty is closed, or somebody is at it just now.")


@command
def announce(command: Command, *, obligation: UUID, patience: Patience) -> Obligation:
    """Write down every crossing of one open clock by `at`, dated when it was crossed, each once.

    A target that has passed dates the miss at the target itself. Of several crossings nobody has heard of,
    only the last is told, to all who should have heard of any of them: a worker that stood still for three
    days sends one mail about a duty, and the record says everything.

    Waits for nobody. Raises AnnouncedByTheClock, ObligationInOtherHands.
    """
    if command.by != SYSTEM:
        raise AnnouncedByTheClock
    free = Obligation.objects.open().select_for_update(of=("self",), no_key=True, skip_locked=True)
    row = free.filter(pk=obligation).first()
    if row is None:
        raise ObligationInOtherHands
    pending = _find_pending(row, at=command.at, patience=patience)
    if not pending and not _is_missed(row, at=command.at):
        return row
    clock = read_clock(command, row)
    if _record_miss(command, row, at=command.at):
        touch(row, clock, "missed_at")
    ObligationAlert.objects.bulk_create(
        ObligationAlert(obligation=row, kind=kind, crossed_at=crossed_at, announced_at=clock.at)
        for kind, crossed_at in pending
    )
    told = choose_told(pending, opened_at=row.opened_at)
    also = {role for kind, _at in pending for role in _ALSO.get(kind, ())}
    for crossing in pending:
        audit.record(
            Event.OBLIGATION_ANNOUNCED,
            row,
            command,
            occurred_at=crossing.crossed_at,
            kind=crossing.kind,
            late=row.missed_at is not None,
            told=crossing == told,
            also=also if crossing == told else (),
        )
    return row


def find_crossed(*, at: dt.datetime, patience: Patience, batch: int = BATCH) -> Iterator[UUID]:
    """Open duties that have crossed something by `at` which is not written down; `batch` are read at a time."""
    after = UUID(int=0)
    rows = Obligation.objects.open().order_by("id").prefetch_related("alerts")
    while page := list(rows.filter(id__gt=after)[:batch]):
        for row in page:
            if _is_missed(row, at=at) or _find_pending(row, at=at, patience=patience):
                yield row.id
        after = page[-1].id


def _is_missed(row: Obligation, *, at: dt.datetime) -> bool:
    """Whether a miss has still to be dated: what was opened again may have been announced as late before."""
    return row.missed_at is None and row.target_due is not None and row.target_due <= at


def _find_pending(row: Obligation, *, at: dt.datetime, patience: Patience) -> list[Crossing]:
    announced = {Crossing(AlertKind(alert.kind), alert.crossed_at) for alert in row.alerts.all()}
    return find_pending(read_clock_of(row), announced, at=at, patience=patience)
