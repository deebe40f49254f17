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
from access.forms import Answers
from access.models import AccessRequest, Grant, Program, ProgressReport, ReviewPolicy, Tier
from access.operations.deny_list import _refuse_denied
from access.operations.grants import _end, _open
from access.operations.issuing import (
    GrantFollowed,
    GrantNotRenewable,
    Issued,
    _check_followable,
    _issue_grant,
    _lock_followed,
    _planned_end,
    _renew,
)
from access.operations.on_behalf import Asked, _check_drafter, _note_asked
from access.operations.position_weighing import _check_unheld_after
from access.operations.request_steps import TextMissing
from access.operations.requests import PolicyMissing, _find_policy, _hand_in, _open_draft
from access.operations.submissions import _check_complete, _write_answers
from access.policies import PolicyRules, read_policy
from registry import audit
from registry.choices import Role
from registry.commands import Clock, Command, command, lock, read_clock
from registry.errors import Conflict, NotFound
from registry.policies import check_role


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
    """The holder's report: what came of the access so far, what it was used for, what went wrong.

    `changes` says what is different since the request that the grant rests on.
    """

    text: str
    use: str = ""
    incidents: str = ""
    changes: str = ""


@command
def request_renewal(
    command: Command,
    *,
    grant: UUID,
    progress: Progress,
    accepts_terms: int | None = None,
    answers: Answers | None = None,
    asked: Asked | None = None,
) -> AccessRequest:
    """Ask for the time after the grant's end, in one act: a request with its report, handed in.

    It goes through review by the tier's policy like any other; approved, the successor begins where this
    grant ends. Where the tier has a form, the answers of the request that the grant rests on go along as far as
    they fit; `answers` says the rest, and the report must say what changed.

    Raises NotFound, NotYours, RoleMissing, EvidenceMissing, TextMissing, GrantNotRenewable, GrantEndless,
    GrantFollowed, ProgramIsOver, AnswersUnwritable, AnswersTooLong, AnswersIncomplete, DenyListed,
    PolicyMissing, TermsNotAccepted, RequestAlreadyOpen.
    """
    visible = Grant.objects.visible_to(command.by).select_related(
        "organization", "tier__program", "end"
    )
    # Only read, never locked: requests come before grants, and approval looks again.
    row = visible.filter(pk=grant).first()
    if row is None:
        raise NotFound("grant")
    _check_drafter(command, row.organization_id, asked)
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
        copied_from=row.founding_request,
        clock=clock,
    )
    if request.form is not None and not progress.changes.strip():
        raise TextMissing(field="changes")
    _write_answers(command, request, answers or {}, clock=clock)
    _note_asked(command, request, asked, clock=clock)
    ProgressReport.objects.create(
        request=request,
        text=progress.text,
        use=progress.use,
        incidents=progress.incidents,
        changes=progress.changes,
        reported_by=command.by.key,
        reported_at=clock.recorded,
        changed_at=clock.at,
    )
    _check_complete(request)
    _hand_in(command, request, accepts_terms=accepts_terms, clock=clock)
    return request


@command
def renew(
    command: Command, *, grant: UUID, reason: str, ends_at: dt.datetime | None = None
) -> Grant:
    """Staff's direct decision: a successor from the grant's end on, as long as the tier says or until
    `ends_at`. For a grant that has lapsed it begins now. The successor.

    Raises RoleMissing, NotFound, Stale, TextMissing, GrantNotRenewable, GrantEndless, GrantFollowed,
    ProgramIsOver, DenyListed, PositionBlocks, RenewalNeedsReview, PolicyMissing, and what issuing a grant
    raises.
    """
    check_role(command.by, Role.DECIDER)
    _lock_program(grant)
    row = lock(
        Grant.objects.select_related("organization", "tier__program"), grant, command, what="grant"
    )
    if not reason.strip():
        raise TextMissing(field="reason")
    clock = read_clock(command, row)
    _lock_followed(row.id)
    policy = _find_policy_of_one(row.tier)
    _check_unhindered(command, row, row.tier, rules=read_policy(policy.document), clock=clock)
    issued = Issued(
        tier=row.tier,
        policy=policy,
        starts_at=clock.start(_planned_end(row)),
        ends_at=ends_at,
        renews=row,
    )
    return _renew(command, issued, reason=reason, clock=clock)


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
    GrantFollowed, ProgramIsOver, DenyListed, PositionBlocks, RenewalNeedsReview, PolicyMissing, and what
    issuing a grant raises.
    """
    check_role(command.by, Role.DECIDER)
    _lock_program(grant)
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
    policy = _find_policy_of_one(wanted)
    _check_unhindered(command, row, wanted, rules=read_policy(policy.document), clock=clock)
    planned = _planned_end(row)
    _end(command, row, kind=GrantEndKind.SUPERSEDED, reason="", clock=clock)
    issued = Issued(
        tier=wanted,
        policy=policy,
        starts_at=clock.start(),
        ends_at=ends_at or planned,
        supersedes=row,
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
        _find_policy_of_one(tier)
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


def _check_unhindered(
    command: Command, grant: Grant, tier: Tier, *, rules: PolicyRules, clock: Clock
) -> None:
    """Whatever would keep a request for this from being approved keeps what follows the grant.

    The program is locked. Raises ProgramIsOver, DenyListed, PositionBlocks, OverrideMissing,
    PositionAddsCondition.
    """
    _check_not_over(tier, clock)
    _refuse_denied(grant.organization_id, tier)
    _check_unheld_after(command, grant, tier, rules=rules, clock=clock)


def _find_policy_of_one(tier: Tier) -> ReviewPolicy:
    """The edition in force for the tier. Raises PolicyMissing, RenewalNeedsReview."""
    policy = _find_policy(tier)
    if read_policy(policy.document).countersigned:
        raise RenewalNeedsReview
    return policy


def _lock_program(grant: UUID) -> None:
    """Lock the grant's program, as an approval does: a position or a fact waits for this, or has been seen."""
    programs = Program.objects.filter(grants=grant).select_for_update(of=("self",), no_key=True)
    list(programs)
