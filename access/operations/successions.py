"""What follows a grant: a renewal for the time after it, or another tier in its place.

Nothing lengthens by itself. A successor begins where the grant before it ends, and takes its conditions
over as they stand; one that lapsed leaves its gap, because a successor never begins before it is recorded.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import GrantEndKind, ItemStanding, ProgramStatus
from access.events import Event
from access.models import AccessRequest, Grant, ProgressReport, Tier
from access.operations.grants import _end, _open
from access.operations.issuing import (
    GrantFollowed,
    GrantNotRenewable,
    Issued,
    _check_followable,
    _issue_grant,
    _lock_followed,
    _planned_end,
)
from access.operations.requests import (
    PolicyMissing,
    TextMissing,
    _find_policy,
    _hand_in,
    _open_draft,
)
from access.policies import read_policy
from registry import audit
from registry.choices import Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.errors import Conflict, NotFound
from registry.policies import check_own, check_role


class RenewalNeedsReview(Conflict):
    """What the review policy has two people sign, nobody gives alone."""

    code = "renewal_needs_review"
    text = _("The tier's review policy asks for a countersignature: this needs a request.")


class ProgramIsOver(Conflict):
    code = "program_over"
    text = _("The program has ended: nothing in it is renewed.")


class SameTier(Conflict):
    code = "same_tier"
    text = _("The grant has this tier already.")


@dataclass(frozen=True, slots=True)
class Progress:
    """The holder's report: what came of the access so far, what it was used for, what went wrong."""

    text: str
    use: str = ""
    incidents: str = ""


@command
def request_renewal(
    command: Command, *, grant: UUID, progress: Progress, accepts_terms: int | None = None
) -> AccessRequest:
    """Ask for the time after the grant's end, in one act: a request with its report, handed in.

    It goes through review by the tier's policy like any other; approved, the successor begins where this
    grant ends. Raises NotFound, NotYours, RoleMissing, TextMissing, GrantNotRenewable, GrantEndless,
    GrantFollowed, ProgramIsOver, PolicyMissing, TermsNotAccepted, RequestAlreadyOpen.
    """
    visible = Grant.objects.visible_to(command.by).select_related(
        "organization", "tier__program", "end"
    )
    # Only read, never locked: requests come before grants, and approval looks again.
    row = visible.filter(pk=grant).first()
    if row is None:
        raise NotFound("grant")
    if command.by.is_staff:
        check_role(command.by, Role.INTAKE)
    else:
        check_own(command.by, row.organization_id)
    if not progress.text.strip():
        raise TextMissing(field="text")
    clock = read_clock(command, row)
    _check_followable(row)
    _check_not_over(row.tier, clock)
    request = _open_draft(
        command,
        organization=row.organization,
        tier=row.tier,
        purpose=row.purpose,
        justification=progress.text,
        renews=row,
        clock=clock,
    )
    ProgressReport.objects.create(
        request=request,
        text=progress.text,
        use=progress.use,
        incidents=progress.incidents,
        reported_by=command.by.key,
        reported_at=clock.recorded,
        changed_at=clock.at,
    )
    _hand_in(command, request, accepts_terms=accepts_terms, clock=clock)
    return request


@command
def renew(
    command: Command, *, grant: UUID, reason: str, ends_at: dt.datetime | None = None
) -> Grant:
    """Staff's direct decision: a successor from the grant's end on, as long as the tier says or until
    `ends_at`. For a grant that has lapsed it begins now. The successor.

    Raises RoleMissing, NotFound, Stale, TextMissing, GrantNotRenewable, GrantEndless, GrantFollowed,
    ProgramIsOver, RenewalNeedsReview, PolicyMissing, and what issuing a grant raises.
    """
    check_role(command.by, Role.DECIDER)
    row = lock(
        Grant.objects.select_related("organization", "tier__program"), grant, command, what="grant"
    )
    if not reason.strip():
        raise TextMissing(field="reason")
    clock = read_clock(command, row)
    _lock_followed(row.id)
    _check_not_over(row.tier, clock)
    _check_one_may_give(row.tier)
    issued = Issued(
        tier=row.tier,
        starts_at=clock.start(_planned_end(row)),
        ends_at=ends_at,
        renews=row,
    )
    successor = _issue_grant(
        command, issued, organization=row.organization, purpose=row.purpose, clock=clock
    )
    touch(row, clock)
    audit.record(
        Event.GRANT_RENEWED,
        row,
        command,
        occurred_at=clock.recorded,
        successor=successor.id,
        starts_at=issued.starts_at,
        private={"reason": reason},
    )
    return successor


@command
def supersede(
    command: Command,
    *,
    grant: UUID,
    tier: UUID,
    reason: str,
    ends_at: dt.datetime | None = None,
) -> Grant:
    """Another tier of the same program in this grant's place, from this commit on, in one transaction.

    Without `ends_at` the new grant ends when the old one would have. The new grant.

    Raises RoleMissing, NotFound, Stale, TextMissing, SameTier, GrantOver, GrantNotRenewable,
    GrantFollowed, ProgramIsOver, RenewalNeedsReview, PolicyMissing, and what issuing a grant raises.
    """
    check_role(command.by, Role.DECIDER)
    row = lock(
        Grant.objects.select_related("organization", "tier__program"), grant, command, what="grant"
    )
    if not reason.strip():
        raise TextMissing(field="reason")
    wanted = Tier.objects.select_related("program").filter(pk=tier, program=row.program_id).first()
    if wanted is None:
        raise NotFound("tier")
    if wanted.id == row.tier_id:
        raise SameTier
    clock = read_clock(command, row)
    _check_in_force(row, clock)
    _check_not_over(wanted, clock)
    _check_one_may_give(wanted)
    planned = _planned_end(row)
    _end(command, row, kind=GrantEndKind.SUPERSEDED, reason="", clock=clock)
    issued = Issued(
        tier=wanted, starts_at=clock.start(), ends_at=ends_at or planned, supersedes=row
    )
    successor = _issue_grant(
        command, issued, organization=row.organization, purpose=row.purpose, clock=clock
    )
    audit.record(
        Event.GRANT_SUPERSEDED,
        row,
        command,
        occurred_at=clock.recorded,
        successor=successor.id,
        private={"reason": reason},
    )
    return successor


def may_be_given_alone(tier: Tier) -> bool:
    """Whether one person may renew a grant of the tier, or move one to it; for the button on a screen."""
    try:
        _check_one_may_give(tier)
    except (PolicyMissing, RenewalNeedsReview):
        return False
    return True


def _check_in_force(row: Grant, clock: Clock) -> None:
    """What is suspended stays so, and what has a renewal waiting has a follower already."""
    if any(item.standing == ItemStanding.SUSPENDED for item in _open(row, clock)):
        raise GrantNotRenewable(standing=ItemStanding.SUSPENDED.label)
    if Grant.objects.filter(renews=row).exists():
        raise GrantFollowed


def _check_not_over(tier: Tier, clock: Clock) -> None:
    status = tier.program.versions.as_of(clock.recorded).get().status
    if status == ProgramStatus.ENDED:
        raise ProgramIsOver


def _check_one_may_give(tier: Tier) -> None:
    if read_policy(_find_policy(tier).document).countersigned:
        raise RenewalNeedsReview
