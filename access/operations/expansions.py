"""Expansions: envelopes over requests, each of which is decided on its own."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import ExpansionStatus, PrimaryPurpose
from access.events import Event
from access.models import AccessRequest, Expansion, Program, Tier
from access.queries.expansions import UNSETTLED
from access.workflow import OPEN
from registry import audit
from registry.choices import Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, NotFound
from registry.policies import check_role


class ExpansionKnown(Conflict):
    code = "expansion_known"
    text = _("There is an expansion “%(slug)s” already.")


class ExpansionClosed(Conflict):
    code = "expansion_closed"
    text = _("The expansion is closed.")


class ExpansionHasOpenLines(Conflict):
    code = "expansion_has_open_lines"
    text = _("%(open)s requests of this expansion are still open.")


class LineElsewhere(Conflict):
    code = "line_elsewhere"
    text = _("The request belongs to another expansion, or asks for another tier.")


@command
def propose(
    command: Command,
    *,
    slug: str,
    name: str,
    program: UUID,
    tier: UUID,
    rationale: str,
    purpose: PrimaryPurpose = PrimaryPurpose.USE,
    aggregate_risk: str = "",
    wave: int | None = None,
    capacity: int | None = None,
) -> Expansion:
    """Propose to admit many organizations to one tier. Raises RoleMissing, NotFound, ExpansionKnown."""
    check_role(command.by, Role.INTAKE)
    parent = lock(Program.objects.all(), program, command, what="program")
    wanted = Tier.objects.filter(pk=tier, program=parent).first()
    if wanted is None:
        raise NotFound("tier")
    clock = read_clock(command, parent)
    row = Expansion(
        slug=slug,
        name=name,
        program=parent,
        tier=wanted,
        purpose=purpose,
        rationale=rationale,
        aggregate_risk=aggregate_risk,
        wave=wave,
        capacity=capacity,
        proposed_by=command.by.key,
        proposed_at=clock.at,
        changed_at=clock.at,
    )
    _open(command, row, clock=clock)
    return row


@command
def add_line(command: Command, *, expansion: UUID, request: UUID) -> Expansion:
    """Put an open request, or a draft, into the envelope. It is adopted as it stands; again is no harm.

    Raises RoleMissing, NotFound, ExpansionClosed, LineElsewhere.
    """
    check_role(command.by, Role.INTAKE)
    envelope = _lock_envelope(command, expansion)
    visible = AccessRequest.objects.visible_to(command.by)
    line = visible.select_for_update(of=("self",), no_key=True).filter(pk=request).first()
    if line is None:
        raise NotFound("access request")
    if line.expansion_id == envelope.id:
        return envelope
    if line.expansion_id is not None or line.tier_id != envelope.tier_id:
        raise LineElsewhere
    clock = read_clock(command, envelope, line)
    _adopt(command, envelope, line, clock=clock)
    touch(envelope, clock)
    return envelope


@command
def close(command: Command, *, expansion: UUID) -> Expansion:
    """Close the envelope once no line is open.

    Raises RoleMissing, NotFound, Stale, ExpansionClosed, ExpansionHasOpenLines.
    """
    check_role(command.by, Role.INTAKE)
    row = _lock_envelope(command, expansion)
    if (still := row.access_requests.filter(status__in=OPEN).count()) > 0:
        raise ExpansionHasOpenLines(open=still)
    _close(command, row)
    return row


@command
def close_settled(command: Command, *, expansion: UUID) -> Expansion:
    """Write down that nothing is left to decide; see `find_settled`.

    Raises NotFound, ExpansionClosed, ExpansionHasOpenLines.
    """
    row = _lock_envelope(command, expansion)
    if not _is_settled(row):
        raise ExpansionHasOpenLines(open=row.access_requests.filter(status__in=UNSETTLED).count())
    _close(command, row)
    return row


def _open(command: Command, row: Expansion, *, clock: Clock) -> None:
    """Write a new envelope. Raises ExpansionKnown."""
    with violation_means("access_expansion_slug_key", ExpansionKnown(slug=row.slug)):
        row.save(force_insert=True)
    audit.record(
        Event.EXPANSION_PROPOSED,
        row,
        command,
        occurred_at=clock.at,
        slug=row.slug,
        tier=row.tier_id,
        purpose=row.purpose,
        wave=row.wave,
        capacity=row.capacity,
        split_from=row.split_from_id,
        private={"rationale": row.rationale, "aggregate_risk": row.aggregate_risk},
    )


def _lock_envelope(command: Command, expansion: UUID) -> Expansion:
    """The locked envelope, which is open. Raises NotFound, Stale, ExpansionClosed."""
    row = lock(Expansion.objects.all(), expansion, command, what="expansion")
    if row.status == ExpansionStatus.CLOSED:
        raise ExpansionClosed
    return row


def _lock_line(command: Command, envelope: Expansion, request: UUID) -> AccessRequest:
    """A line of the locked envelope, locked. Raises NotFound."""
    lines = envelope.access_requests.visible_to(command.by)
    line = lines.select_for_update(of=("self",), no_key=True).filter(pk=request).first()
    if line is None:
        raise NotFound("line of this expansion")
    return line


def _adopt(command: Command, envelope: Expansion, line: AccessRequest, *, clock: Clock) -> None:
    """Put a locked request into the locked envelope, as it stands."""
    line.expansion = envelope
    touch(line, clock, "expansion")
    audit.record(
        Event.EXPANSION_LINE_ADDED, envelope, command, occurred_at=clock.at, request=line.id
    )


def _is_settled(row: Expansion) -> bool:
    """Whether there are lines and none is open any more, nor a draft that may still be handed in."""
    lines = row.access_requests
    return lines.exists() and not lines.filter(status__in=UNSETTLED).exists()


def _reopen(command: Command, row: Expansion, line: AccessRequest, *, clock: Clock) -> None:
    """An envelope that was closed over a line which is open again is open too. Both are locked."""
    if row.status != ExpansionStatus.CLOSED:
        return
    row.status, row.closed_at = ExpansionStatus.OPEN, None
    touch(row, clock, "status", "closed_at")
    audit.record(Event.EXPANSION_REOPENED, row, command, occurred_at=clock.at, request=line.id)


def _close(command: Command, row: Expansion) -> None:
    clock = read_clock(command, row)
    row.status, row.closed_at = ExpansionStatus.CLOSED, clock.at
    touch(row, clock, "status", "closed_at")
    audit.record(Event.EXPANSION_CLOSED, row, command, occurred_at=clock.at)
