"""What a batch does to one line: the same acts as on the request's own page, with the same refusals.

Each runs inside the caller's transaction, with the program and the envelope locked.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from access.choices import DecisionReason, LineAct, RequestStatus
from access.models import AccessRequest
from access.operations.conditions import Requirement
from access.operations.position_overrides import OVERRIDABLE, OVERRIDERS, _override
from access.operations.request_steps import _said, _take
from access.operations.requests import _note, _resume, _take_up
from access.operations.rulings import Ruling, _approve, _countersign, _decline
from access.policies import STAFF_STEPS
from access.workflow import MOVES, Step
from registry.choices import Role
from registry.commands import Command
from registry.errors import Invalid

_MOMENTS = ("starts_at", "ends_at")
_RULINGS = frozenset({LineAct.APPROVE, LineAct.DECLINE})
_NOTES = frozenset({LineAct.RETURN, LineAct.HOLD, LineAct.OVERRIDE})


class RulingMissing(Invalid):
    code = "ruling_missing"
    text = _("To %(act)s, say the ruling: its reason, and the words for the applicant.")


class PositionNotNamed(Invalid):
    code = "position_not_named"
    text = _("Say which position is to be overridden.")


@dataclass(frozen=True, slots=True)
class LineOrder:
    """What is to be done to a line: with a ruling, with a note to the applicant, or with neither.

    To override a position is to name it, with the reasons as the note: no applicant reads those.
    """

    act: LineAct
    ruling: Ruling | None = None
    note: str = ""
    position: UUID | None = None

    def check(self) -> None:
        """Raise RulingMissing, PositionNotNamed or TextMissing where the act needs what is not there."""
        if self.act in _RULINGS and self.ruling is None:
            raise RulingMissing(act=self.act.label)
        if self.act is LineAct.DECLINE and self.ruling is not None:
            _said(self.ruling.applicant_text, "applicant_text")
        if self.act is LineAct.OVERRIDE and self.position is None:
            raise PositionNotNamed
        if self.act in _NOTES:
            _said(self.note, "note")

    def write(self) -> dict[str, Any]:
        """As JSON, to be read back by `read_order`."""
        if self.act is LineAct.OVERRIDE:
            return {"note": self.note, "position": str(self.position)}
        if self.ruling is None:
            return {"note": self.note}
        said = asdict(self.ruling)
        for words in (said, *said["conditions"]):
            for name in (*_MOMENTS, "due_at"):
                if words.get(name) is not None:
                    words[name] = words[name].isoformat()
        return {"ruling": said}


def read_order(act: str, said: Mapping[str, Any]) -> LineOrder:
    """What `LineOrder.write` wrote."""
    if "ruling" not in said:
        position = UUID(said["position"]) if "position" in said else None
        return LineOrder(LineAct(act), note=said["note"], position=position)
    words = dict(said["ruling"])
    for name in _MOMENTS:
        words[name] = words[name] and parse_datetime(words[name])
    words["conditions"] = tuple(
        Requirement(**(one | {"due_at": one["due_at"] and parse_datetime(one["due_at"])}))
        for one in words["conditions"]
    )
    words["reason"] = DecisionReason(words["reason"])
    return LineOrder(LineAct(act), ruling=Ruling(**words))


def roles_for(act: LineAct) -> tuple[Role, ...]:
    """Who may take the act on a request; what the batch asks of whoever prepares it."""
    return OVERRIDERS if act is LineAct.OVERRIDE else STAFF_STEPS[Step(act.value)]


def statuses_for(act: LineAct) -> frozenset[RequestStatus]:
    """The statuses of a request that let the act be taken."""
    return OVERRIDABLE if act is LineAct.OVERRIDE else MOVES[Step(act.value)].sources


def _act_on(command: Command, line: UUID, order: LineOrder, *, seen: int) -> AccessRequest:
    """Do it, if the line is still what was looked at. Raises Stale, and what the act raises."""
    return _ACTS[order.act](replace(command, expected_version=seen), line, order)


def _rule_for(command: Command, line: UUID, order: LineOrder) -> AccessRequest:
    assert order.ruling is not None  # checked when the batch was prepared
    row, _found, clock = _take(command, line, Step.APPROVE)
    return _approve(command, row, order.ruling, clock=clock)


def _rule_against(command: Command, line: UUID, order: LineOrder) -> AccessRequest:
    assert order.ruling is not None  # checked when the batch was prepared
    row, _found, clock = _take(command, line, Step.DECLINE)
    return _decline(command, row, order.ruling, clock=clock)


def _sign(command: Command, line: UUID, _order: LineOrder) -> AccessRequest:
    row, _found, clock = _take(command, line, Step.COUNTERSIGN)
    return _countersign(command, row, clock=clock)


def _set_aside(command: Command, line: UUID, order: LineOrder) -> AccessRequest:
    assert order.position is not None  # checked when the batch was prepared
    return _override(command, line, position=order.position, reasons=order.note)


def _sign_prepared(command: Command, row: AccessRequest) -> AccessRequest:
    """Countersign what has just been decided, by whom signed the batch. Raises what countersigning raises."""
    if row.status != RequestStatus.AWAITING_COUNTERSIGNATURE:
        return row
    return _sign(replace(command, expected_version=None), row.id, LineOrder(LineAct.COUNTERSIGN))


_ACTS: Mapping[LineAct, Callable[[Command, UUID, LineOrder], AccessRequest]] = {
    LineAct.TAKE_UP: lambda command, line, _order: _take_up(command, line),
    LineAct.RETURN: lambda command, line, order: _note(
        command, line, step=Step.RETURN, note=order.note
    ),
    LineAct.HOLD: lambda command, line, order: _note(
        command, line, step=Step.HOLD, note=order.note
    ),
    LineAct.RESUME: lambda command, line, _order: _resume(command, line),
    LineAct.APPROVE: _rule_for,
    LineAct.COUNTERSIGN: _sign,
    LineAct.DECLINE: _rule_against,
    LineAct.OVERRIDE: _set_aside,
}
