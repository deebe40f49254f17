"""Gaps of coverage: each opens once, is told once, and stays until the need is met; a person may say why it stays."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.models import Program
from notifications.choices import CoverageNeed, Covered
from notifications.events import Event
from notifications.models import CoverageGap, CoverageNotice, GapExplanation
from registry import audit
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.errors import Conflict, Forbidden, Invalid
from registry.policies import check_role


class GapsSeenByTheClock(Forbidden):
    code = "gaps_seen_by_the_clock"
    text = _("Only the system opens and closes gaps of coverage.")


class ProgramInOtherHands(Conflict):
    """Locked by somebody who is at it just now: the next look comes again."""

    code = "program_in_other_hands"
    text = _("Somebody is at this program just now.")


class GapClosed(Conflict):
    code = "coverage_gap_closed"
    text = _("The need has been met meanwhile.")


class GapUnexplained(Invalid):
    code = "gap_reason_needed"
    text = _("Say why.")


@dataclass(frozen=True, slots=True)
class GapSeen:
    """A need that is not met, or not known to be; `body` None where none is registered for the jurisdiction."""

    jurisdiction: UUID
    body: UUID | None
    need: CoverageNeed
    covered: Covered


@command
def note(command: Command, *, program: UUID, seen: Collection[GapSeen]) -> Program:
    """Open what is new among the gaps seen, and tell of it once, together; close what is not seen any more.

    Waits for nobody. Raises GapsSeenByTheClock, ProgramInOtherHands.
    """
    if command.by != SYSTEM:
        raise GapsSeenByTheClock
    free = Program.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    row = free.filter(pk=program).first()
    if row is None:
        raise ProgramInOtherHands
    clock = read_clock(command)
    wanted = {(gap.jurisdiction, gap.body, gap.need.value): gap for gap in seen}
    there = {
        (gap.jurisdiction_id, gap.body_id, gap.need): gap
        for gap in CoverageGap.objects.select_for_update(of=("self",), no_key=True).filter(
            program=row, closed_at__isnull=True
        )
    }
    for key in there.keys() - wanted.keys():
        _close(command, there[key], clock)
    fresh = [gap for key, gap in wanted.items() if key not in there]
    if fresh:
        _open(command, row, fresh, clock=clock)
    return row


@command
def explain(command: Command, *, gap: UUID, reason: str, not_needed: bool = False) -> CoverageGap:
    """Say why a gap stays, or that there is nothing to meet. What others have said of it stays beside it.

    Raises RoleMissing, GapUnexplained, NotFound, Stale, GapClosed.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    if not reason.strip():
        raise GapUnexplained
    row = lock(CoverageGap.objects.all(), gap, command, what="gap of coverage")
    if row.closed_at is not None:
        raise GapClosed
    clock = read_clock(command, row)
    GapExplanation.objects.create(
        gap=row,
        reason=reason.strip(),
        not_needed=not_needed,
        explained_by=command.by.key,
        explained_at=clock.recorded,
    )
    touch(row, clock)
    audit.record(
        Event.COVERAGE_GAP_EXPLAINED,
        row,
        command,
        occurred_at=clock.at,
        not_needed=not_needed,
        private={"reason": reason},
    )
    return row


def _open(command: Command, program: Program, fresh: list[GapSeen], *, clock: Clock) -> None:
    notice = CoverageNotice.objects.create(program=program, given_at=clock.at)
    for gap in fresh:
        row = CoverageGap.objects.create(
            program=program,
            jurisdiction_id=gap.jurisdiction,
            body_id=gap.body,
            need=gap.need,
            covered=gap.covered,
            notice=notice,
            opened_at=clock.at,
            changed_at=clock.at,
        )
        audit.record(
            Event.COVERAGE_GAP_OPENED,
            row,
            command,
            occurred_at=clock.at,
            program=program.id,
            jurisdiction=gap.jurisdiction,
            body=gap.body,
            need=gap.need,
            covered=gap.covered,
        )
    audit.record(Event.COVERAGE_TOLD, notice, command, occurred_at=clock.at, gaps=len(fresh))


def _close(command: Command, row: CoverageGap, clock: Clock) -> None:
    row.closed_at = clock.at
    touch(row, clock, "closed_at")
    audit.record(Event.COVERAGE_GAP_CLOSED, row, command, occurred_at=clock.at)
