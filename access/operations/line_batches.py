"""Many lines decided at once: prepared with a look at each, committed, then done line by line by the worker.

The look does to each line what the commit would do, and takes it back: there is no second copy of any rule
that could foresee something else. Nothing foreseen decides. When its turn comes, each line is asked anew,
in the roles that its people hold then, and refused if it is not what was looked at.
"""

import datetime as dt
import sys
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from access.choices import BatchStatus, LineAct, LineResult
from access.events import Event
from access.models import AccessRequest, Expansion, LineBatch, LineBatchItem
from access.operations.condition_campaigns import SystemOnly
from access.operations.expansions import _lock_envelope
from access.operations.line_acts import LineOrder, roles_for, statuses_for
from access.operations.line_moves import NoLines
from access.operations.line_rounds import (
    BatchNotDue,
    _acting,
    _claim,
    _finish,
    _lock_parents,
    _look,
)
from access.operations.line_turns import _do
from access.policies import OwnDecision
from registry import audit
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.errors import Conflict, Invalid, NotFound
from registry.policies import check_role

CHUNK = 200
AT_ONCE = 100
"""So many lines are looked at while somebody waits for the answer; the worker looks at the rest."""
MOST_LINES = 2_000


class TooManyLines(Invalid):
    code = "too_many_lines"
    text = _("A batch has at most %(most)s lines.")


class PublishInThePast(Invalid):
    code = "publish_in_the_past"
    text = _("The moment to publish at must lie in the future.")


class BatchNotOpen(Conflict):
    code = "batch_not_open"
    text = _("The batch is %(status)s: this step does not apply.")


class BatchSigned(Conflict):
    code = "batch_signed"
    text = _("The batch has been countersigned already.")


class NothingToSign(Conflict):
    code = "nothing_to_sign"
    text = _("Only approvals that are prepared here can be countersigned with the batch.")


@command
def prepare(
    command: Command,
    *,
    expansion: UUID,
    order: LineOrder,
    requests: Sequence[UUID] | None = None,
    publish_at: dt.datetime | None = None,
) -> LineBatch:
    """The same for many lines; without `requests`, for every line whose status lets it.

    Nothing is done to any line. What would be done to each, and why not, is on the batch: at once for the
    first, and when the worker has looked at the rest.

    Raises RoleMissing, NotFound, Stale, ExpansionClosed, NoLines, TooManyLines, RulingMissing,
    PositionNotNamed, TextMissing, PublishInThePast.
    """
    asked = None if requests is None else [(line, order) for line in dict.fromkeys(requests)]
    return _prepare(command, expansion, orders=asked, every=order, publish_at=publish_at)


@command
def prepare_each(
    command: Command,
    *,
    expansion: UUID,
    orders: Sequence[tuple[UUID, LineOrder]],
    publish_at: dt.datetime | None = None,
) -> LineBatch:
    """A ruling of its own for each of the lines, to be published together: once committed, or at the moment.

    Raises as `prepare`.
    """
    return _prepare(command, expansion, orders=orders, every=None, publish_at=publish_at)


@command
def countersign(command: Command, *, batch: UUID) -> LineBatch:
    """Sign the approvals that the batch says, so that none waits for a signature when it is applied.

    Whether this person may sign each is asked when it is. Raises RoleMissing, NotFound, Stale,
    BatchNotOpen, BatchSigned, OwnDecision, NothingToSign.
    """
    check_role(command.by, Role.COUNTERSIGNER)
    row = _lock_open(command, batch, BatchStatus.PREPARED, BatchStatus.COMMITTED)
    if row.countersigned_at is not None:
        raise BatchSigned
    if command.by.key in {row.prepared_by, row.committed_by}:
        raise OwnDecision
    if not row.items.filter(act=LineAct.APPROVE, result=LineResult.PENDING).exists():
        raise NothingToSign
    clock = read_clock(command, row)
    row.countersigned_by, row.countersigned_at = command.by.key, clock.recorded
    touch(row, clock, "countersigned_by", "countersigned_at")
    audit.record(Event.LINE_BATCH_COUNTERSIGNED, row, command, occurred_at=clock.recorded)
    return row


@command
def commit(command: Command, *, batch: UUID) -> LineBatch:
    """Have it done, in this person's name: from now on, or from its moment on. Again is refused.

    Raises RoleMissing, NotFound, Stale, BatchNotOpen, OwnDecision.
    """
    row = _lock_open(command, batch, BatchStatus.PREPARED)
    _check_roles(command, row.items.order_by().values_list("act", flat=True).distinct())
    if command.by.key == row.countersigned_by:
        raise OwnDecision
    clock = read_clock(command, row)
    row.status = BatchStatus.COMMITTED
    row.committed_by, row.committed_at = command.by.key, clock.recorded
    touch(row, clock, "status", "committed_by", "committed_at")
    ahead = row.publish_at is not None and row.publish_at > clock.recorded
    audit.record(
        Event.LINE_BATCH_COMMITTED,
        row,
        command,
        occurred_at=clock.recorded,
        expansion=row.expansion_id,
        publish_at=row.publish_at if ahead else None,
    )
    return row


@command
def withdraw(command: Command, *, batch: UUID) -> LineBatch:
    """Nothing of it will be done. Raises RoleMissing, NotFound, Stale, BatchNotOpen (it is at work)."""
    row = _lock_open(
        command, batch, BatchStatus.LOOKING, BatchStatus.PREPARED, BatchStatus.COMMITTED
    )
    _check_roles(command, row.items.order_by().values_list("act", flat=True).distinct())
    if row.items.exclude(result=LineResult.PENDING).exists():
        raise BatchNotOpen(status=row.get_status_display())
    clock = read_clock(command, row)
    row.status, row.finished_at = BatchStatus.WITHDRAWN, clock.recorded
    touch(row, clock, "status", "finished_at")
    audit.record(Event.LINE_BATCH_WITHDRAWN, row, command, occurred_at=clock.recorded)
    return row


@command
def go_on(command: Command, *, batch: UUID, limit: int = CHUNK) -> LineBatch:
    """Look at the next lines, or do them; the whole of this chunk or, where the worker dies, nothing of it.

    What is to be published is done to its last line in this one transaction, so that everybody sees all of it
    or nothing. Again until `find_batches_at_work` finds it no more. Raises SystemOnly, BatchNotDue (also
    while another worker is at it).
    """
    if command.by != SYSTEM:
        raise SystemOnly
    row = _claim(LineBatch.objects.all(), batch)
    if row.status == BatchStatus.LOOKING:
        envelope = _lock_parents(row.expansion_id)
        _look(command, row, envelope, limit=limit)
        return row
    clock = read_clock(command, row)
    early = row.publish_at is not None and row.publish_at > clock.recorded
    if row.status != BatchStatus.COMMITTED or early:
        raise BatchNotDue
    envelope = _lock_parents(row.expansion_id)
    acting = _acting(command, row, row.committed_by)
    signing = _acting(command, row, row.countersigned_by) if row.countersigned_by else None
    pending = row.items.filter(result=LineResult.PENDING).order_by("id")
    chunk = pending[:limit] if row.publish_at is None else pending
    for item in chunk.iterator(chunk_size=CHUNK):
        outcome = _do(acting, item, signing)
        item.result, item.result_code, item.result_text = outcome.cells()
        item.settled_at = clock.recorded
        item.save(update_fields=["result", "result_code", "result_text", "settled_at"])
    if row.items.filter(result=LineResult.PENDING).exists():
        touch(row, clock)
    else:
        _finish(command, row, envelope)
    return row


def _prepare(
    command: Command,
    expansion: UUID,
    *,
    orders: Sequence[tuple[UUID, LineOrder]] | None,
    every: LineOrder | None,
    publish_at: dt.datetime | None,
) -> LineBatch:
    said = [every] if every is not None else [order for _line, order in orders or ()]
    for order in said:
        order.check()
    _check_roles(command, {order.act for order in said})
    _lock_parents(expansion)
    envelope = _lock_envelope(command, expansion)
    clock = read_clock(command, envelope)
    if publish_at is not None and publish_at <= clock.recorded:
        raise PublishInThePast
    lines = _find_lines(envelope, orders, every)
    row = LineBatch.objects.create(
        expansion=envelope,
        status=BatchStatus.LOOKING,
        # Without a moment, what is said of each line is published as soon as it is committed.
        publish_at=clock.recorded if publish_at is None and every is None else publish_at,
        prepared_by=command.by.key,
        prepared_at=clock.at,
        changed_at=clock.at,
    )
    LineBatchItem.objects.bulk_create(
        LineBatchItem(
            batch=row,
            request=line,
            act=order.act,
            said=order.write(),
            seen_version=line.version,
        )
        for line, order in lines
    )
    audit.record(
        Event.LINE_BATCH_PREPARED,
        row,
        command,
        occurred_at=clock.at,
        expansion=envelope.id,
        acts=sorted({order.act for _line, order in lines}),
        lines=len(lines),
        publish_at=publish_at,
    )
    _look(command, row, envelope, limit=AT_ONCE)
    return row


def _find_lines(
    envelope: Expansion,
    orders: Sequence[tuple[UUID, LineOrder]] | None,
    every: LineOrder | None,
) -> list[tuple[AccessRequest, LineOrder]]:
    """The lines with what is to be done to each, in the order in which they have their turn.

    Ranked ones first; then as they were named, or where all are meant, as they were handed in.
    """
    ranked = F("line_place__priority").asc(nulls_last=True)
    lines = envelope.access_requests.order_by(ranked, "submitted_at", "id")
    if orders is None:
        assert every is not None
        open_to = lines.filter(status__in=statuses_for(LineAct(every.act)))
        found = [(line, every) for line in open_to[: MOST_LINES + 1]]
    else:
        asked = dict(orders[: MOST_LINES + 1])
        named = {line: number for number, line in enumerate(asked)}
        known = list(lines.filter(pk__in=asked).select_related("line_place"))
        known.sort(key=lambda line: (_rank_of(line), named[line.pk]))
        found = [(line, asked[line.pk]) for line in known]
        if len(found) != len(asked):
            raise NotFound("line of this expansion")
    if not found:
        raise NoLines
    if len(found) > MOST_LINES:
        raise TooManyLines(most=MOST_LINES)
    return found


def _rank_of(line: AccessRequest) -> int:
    place = getattr(line, "line_place", None)
    return sys.maxsize if place is None or place.priority is None else place.priority


def _check_roles(command: Command, acts: Iterable[str]) -> None:
    """Raise RoleMissing unless the person may take each of the acts."""
    for act in acts:
        check_role(command.by, *roles_for(LineAct(act)))


def _lock_open(command: Command, batch: UUID, *wanted: BatchStatus) -> LineBatch:
    row = lock(LineBatch.objects.all(), batch, command, what="batch")
    if row.status not in wanted:
        raise BatchNotOpen(status=row.get_status_display())
    return row
