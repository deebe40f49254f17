"""A batch at work: the look at its next lines, their turns, and its end. Of locked rows."""

from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access.choices import BatchStatus, ExpansionStatus, LineResult
from access.events import Event
from access.models import Expansion, LineBatch, LineBatchItem, LineImport, Program
from access.operations.expansions import _close, _is_settled
from access.operations.line_turns import _do, _undone
from access.queries.line_jobs import count_foreseen, count_results, list_told
from registry import audit
from registry.choices import Role
from registry.commands import Command, read_clock, touch
from registry.errors import Conflict, NotFound
from registry.queries.people import find_actor

J = TypeVar("J", LineBatch, LineImport)
_GAINS = (LineResult.DONE, LineResult.PROPOSED)


class BatchNotDue(Conflict):
    code = "batch_not_due"
    text = _("There is nothing to do for this batch now.")


def _claim(jobs: QuerySet[J], pk: UUID) -> J:
    """Lock a job for this worker. Raises BatchNotDue where another is at it, so that none stands and waits."""
    row = jobs.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(pk=pk).first()
    if row is None:
        raise BatchNotDue
    return row


def _look(command: Command, row: LineBatch, envelope: Expansion, *, limit: int) -> None:
    """Foresee the next lines, as whoever prepared the batch; prepared once none is left."""
    acting = _acting(command, row, row.prepared_by)
    items = list(row.items.filter(foreseen=LineResult.PENDING).order_by("id")[:limit])
    outcomes = []
    with _undone():
        if envelope.capacity is not None:
            before = count_foreseen(row)
            taken = sum(before[result] for result in _GAINS)
            Expansion.objects.filter(pk=envelope.pk).update(
                capacity=max(0, envelope.capacity - taken)
            )
        outcomes = [_do(acting, item, None) for item in items]
    for item, outcome in zip(items, outcomes, strict=True):
        item.foreseen, item.foreseen_code, item.foreseen_text = outcome.cells()
    LineBatchItem.objects.bulk_update(items, ["foreseen", "foreseen_code", "foreseen_text"])
    if not row.items.filter(foreseen=LineResult.PENDING).exists():
        row.status = BatchStatus.PREPARED
    touch(row, read_clock(command, row), "status")


def _finish(command: Command, row: LineBatch, envelope: Expansion) -> None:
    """Nothing is left: say once what came of it, and close the envelope where no line is open."""
    clock = read_clock(command, row)
    row.status, row.finished_at = BatchStatus.DONE, clock.recorded
    touch(row, clock, "status", "finished_at")
    results = count_results(row)
    closes = envelope.status == ExpansionStatus.OPEN and _is_settled(envelope)
    audit.record(
        Event.LINE_BATCH_DONE,
        row,
        command,
        occurred_at=clock.recorded,
        concerned=list_told(row),
        expansion=envelope.id,
        also=[Role.COUNTERSIGNER] if results[LineResult.PROPOSED] else [],
        closes=closes,
        results={result.value: number for result, number in results.items()},
    )
    if closes:
        _close(replace(command, part_of=row.id), envelope)


def _acting(command: Command, row: LineBatch, key: str) -> Command:
    """A line's command, in the name of the person with this key and in the roles held now."""
    return replace(
        command, by=find_actor(key), idempotency=None, expected_version=None, part_of=row.id
    )


def _lock_parents(expansion: UUID) -> Expansion:
    """Lock program, then envelope, as every approval does. Raises NotFound."""
    found = Expansion.objects.filter(pk=expansion).values_list("program", flat=True).first()
    if found is None:
        raise NotFound("expansion")
    Program.objects.select_for_update(no_key=True).get(pk=found)
    return Expansion.objects.select_for_update(of=("self",), no_key=True).get(pk=expansion)
