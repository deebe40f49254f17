"""Lines from one envelope into another, with all that was said about them.

A request keeps its assessments, questions and decisions, for they are its own. What an authority holds
about the envelope that a line leaves goes on bearing on it: moving is no way round a position.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import ExpansionStatus
from access.events import Event
from access.models import AccessRequest, Expansion, LineMove
from access.operations.expansions import ExpansionClosed, _lock_envelope, _open
from access.operations.line_places import LineClosed, _leave_list
from access.operations.request_steps import _said
from access.queries.expansions import UNSETTLED
from registry import audit
from registry.choices import Role
from registry.commands import Clock, Command, command, read_clock, touch
from registry.errors import Conflict, Invalid, NotFound
from registry.policies import check_role


class OtherTier(Conflict):
    code = "other_tier"
    text = _("The other expansion is to another tier: a line would ask for something else there.")


class NoLines(Invalid):
    code = "no_lines"
    text = _("Name at least one line.")


class SameExpansion(Invalid):
    code = "same_expansion"
    text = _("The lines are in this expansion already.")


@dataclass(frozen=True, slots=True)
class Part:
    """What the new envelope of a split is called, and how many lines of it may hold access."""

    slug: str
    name: str
    rationale: str
    aggregate_risk: str = ""
    wave: int | None = None
    capacity: int | None = None


@command
def move(
    command: Command, *, expansion: UUID, to: UUID, requests: Sequence[UUID], reason: str
) -> Expansion:
    """Move lines into another open envelope of the same tier; the one they go to.

    They give up their places in the waiting list of the one they leave. All of them move, or none.

    Raises RoleMissing, NotFound, Stale, ExpansionClosed, OtherTier, SameExpansion, LineClosed, NoLines,
    TextMissing.
    """
    check_role(command.by, Role.INTAKE)
    _said(reason, "reason")
    if to == expansion:
        raise SameExpansion
    # In one order, whichever way they go: two moves against each other wait, and never for one another.
    both = Expansion.objects.filter(pk__in=[expansion, to]).order_by("pk")
    locked = {row.pk: row for row in both.select_for_update(of=("self",), no_key=True)}
    source = _lock_envelope(command, expansion)
    target = locked.get(to)
    if target is None:
        raise NotFound("expansion")
    if target.status == ExpansionStatus.CLOSED:
        raise ExpansionClosed
    if target.tier_id != source.tier_id:
        raise OtherTier
    clock = read_clock(command, source, target)
    _move_lines(command, source, target, requests=requests, reason=reason, clock=clock)
    touch(source, clock)
    touch(target, clock)
    return target


@command
def split(command: Command, *, expansion: UUID, part: Part, requests: Sequence[UUID]) -> Expansion:
    """A new envelope of the same tier and purpose, with these lines; the new one.

    Raises RoleMissing, NotFound, Stale, ExpansionClosed, ExpansionKnown, LineClosed, NoLines, TextMissing.
    """
    check_role(command.by, Role.INTAKE)
    _said(part.rationale, "rationale")
    source = _lock_envelope(command, expansion)
    clock = read_clock(command, source)
    row = Expansion(
        slug=part.slug,
        name=part.name,
        program_id=source.program_id,
        tier_id=source.tier_id,
        purpose=source.purpose,
        rationale=part.rationale,
        aggregate_risk=part.aggregate_risk,
        wave=part.wave if part.wave is not None else source.wave,
        capacity=part.capacity,
        split_from=source,
        proposed_by=command.by.key,
        proposed_at=clock.at,
        changed_at=clock.at,
    )
    _open(command, row, clock=clock)
    _move_lines(command, source, row, requests=requests, reason=part.rationale, clock=clock)
    touch(source, clock)
    audit.record(
        Event.EXPANSION_SPLIT, source, command, occurred_at=clock.at, part=row.id, slug=row.slug
    )
    return row


def _move_lines(
    command: Command,
    source: Expansion,
    target: Expansion,
    *,
    requests: Sequence[UUID],
    reason: str,
    clock: Clock,
) -> None:
    """Move each line, in the order of their ids. Raises NoLines, NotFound, LineClosed."""
    wanted = set(requests)
    if not wanted:
        raise NoLines
    lines = source.access_requests.filter(pk__in=wanted).order_by("pk")
    found = list(lines.select_for_update(of=("self",), no_key=True))
    if len(found) != len(wanted):
        raise NotFound("line of this expansion")
    for line in found:
        _move_line(command, line, source=source, target=target, reason=reason, clock=clock)


def _move_line(
    command: Command,
    line: AccessRequest,
    *,
    source: Expansion,
    target: Expansion,
    reason: str,
    clock: Clock,
) -> None:
    if line.status not in UNSETTLED:
        raise LineClosed(status=line.get_status_display())
    _leave_list(line)
    LineMove.objects.create(
        request=line,
        from_expansion=source,
        to_expansion=target,
        reason=reason,
        moved_by=command.by.key,
        moved_at=clock.at,
    )
    line.expansion = target
    touch(line, clock, "expansion")
    audit.record(
        Event.EXPANSION_LINE_MOVED,
        target,
        command,
        occurred_at=clock.at,
        request=line.id,
        origin=source.id,
        private={"reason": reason},
    )
