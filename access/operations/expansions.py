"""Expansions: envelopes over requests, each of which is decided on its own."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import ExpansionStatus
from access.events import Event
from access.models import AccessRequest, Expansion, Program, Tier
from access.workflow import OPEN
from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
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
        rationale=rationale,
        capacity=capacity,
        proposed_by=command.by.key,
        proposed_at=clock.at,
        changed_at=clock.at,
    )
    with violation_means("access_expansion_slug_key", ExpansionKnown(slug=slug)):
        row.save(force_insert=True)
    audit.record(
        Event.EXPANSION_PROPOSED,
        row,
        command,
        occurred_at=clock.at,
        slug=slug,
        tier=wanted.id,
        capacity=capacity,
        private={"rationale": rationale},
    )
    return row


@command
def add_line(command: Command, *, expansion: UUID, request: UUID) -> Expansion:
    """Put an open request, or a draft, into the envelope. It is adopted as it stands; again is no harm.

    Raises RoleMissing, NotFound, ExpansionClosed, LineElsewhere.
    """
    check_role(command.by, Role.INTAKE)
    envelope = lock(Expansion.objects.all(), expansion, command, what="expansion")
    if envelope.status == ExpansionStatus.CLOSED:
        raise ExpansionClosed
    visible = AccessRequest.objects.visible_to(command.by)
    line = visible.select_for_update(of=("self",), no_key=True).filter(pk=request).first()
    if line is None:
        raise NotFound("access request")
    if line.expansion_id == envelope.id:
        return envelope
    if line.expansion_id is not None or line.tier_id != envelope.tier_id:
        raise LineElsewhere
    clock = read_clock(command, envelope, line)
    line.expansion = envelope
    touch(line, clock, "expansion")
    touch(envelope, clock)
    audit.record(
        Event.EXPANSION_LINE_ADDED, envelope, command, occurred_at=clock.at, request=line.id
    )
    return envelope


@command
def close(command: Command, *, expansion: UUID) -> Expansion:
    """Close the envelope once no line is open.

    Raises RoleMissing, NotFound, Stale, ExpansionClosed, ExpansionHasOpenLines.
    """
    check_role(command.by, Role.INTAKE)
    row = lock(Expansion.objects.all(), expansion, command, what="expansion")
    if row.status == ExpansionStatus.CLOSED:
        raise ExpansionClosed
    if (still := row.access_requests.filter(status__in=OPEN).count()) > 0:
        raise ExpansionHasOpenLines(open=still)
    clock = read_clock(command, row)
    row.status, row.closed_at = ExpansionStatus.CLOSED, clock.at
    touch(row, clock, "status", "closed_at")
    audit.record(Event.EXPANSION_CLOSED, row, command, occurred_at=clock.at)
    return row
