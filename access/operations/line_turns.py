"""One line's turn in a batch: done in a savepoint of its own, or done to see what would come of it and taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from access.choices import LineAct, LineResult
from access.models import AccessRequest, LineBatchItem
from access.operations.line_acts import _act_on, _sign_prepared, read_order
from access.operations.line_places import CapacityReached, _wait_for_place
from registry.commands import Command, read_clock
from registry.errors import DomainError


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a line, and where it was not done, why."""

    result: LineResult
    refusal: DomainError | None = None

    def cells(self) -> tuple[LineResult, str, str]:
        if self.refusal is None:
            return self.result, "", ""
        return self.result, self.refusal.code, str(self.refusal)


@contextmanager
def _undone() -> Iterator[None]:
    """Take back whatever is done inside, whatever it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _do(acting: Command, item: LineBatchItem, signing: Command | None) -> _Outcome:
    """Do it to one line, in a savepoint of its own: the refusal of one line is nobody else's."""
    order = read_order(item.act, item.said)
    try:
        with transaction.atomic():
            line = _act_on(acting, item.request_id, order, seen=item.seen_version)
            if signing is not None and order.act is LineAct.APPROVE:
                line = _sign_prepared(signing, line)
    except CapacityReached as refusal:
        line = AccessRequest.objects.get(pk=item.request_id)
        _wait_for_place(acting, line, clock=read_clock(acting, line))
        return _Outcome(LineResult.WAITS, refusal)
    except DomainError as refusal:
        return _Outcome(LineResult.REFUSED, refusal)
    waits = order.act is LineAct.APPROVE and line.closed_at is None
    return _Outcome(LineResult.PROPOSED if waits else LineResult.DONE)
