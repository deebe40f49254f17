"""Members: persons who use access under an organization's grant, and what is asserted of them."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import AssertionKind, MemberAbsenceKind, Role
from registry.commands import Clock, Command, Done, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, NotFound
from registry.events import Event
from registry.models import Member, MemberAbsence, MemberAssertion, Organization
from registry.operations.evidence import _add, keep_all
from registry.operations.facts import PeriodBackward
from registry.operations.stored_files import Kept, Upload
from registry.policies import check_own, check_role
from registry.queries.evidence import check_readable
from registry.versions import change_from, correct, end_at, open_version, span


class MemberKnown(Conflict):
    code = "member_known"
    text = _("The organization has a member “%(reference)s” already.")


class MemberGone(Conflict):
    code = "member_withdrawn"
    text = _("The member has been withdrawn.")


class MemberStandingUnchanged(Conflict):
    code = "member_standing_unchanged"
    text = _("This step does not apply to how the member stands.")


@command
def enroll(command: Command, *, organization: UUID, reference: str) -> Member:
    """A new member, by the organization itself or by intake on its behalf.

    Raises NotFound, NotYours, RoleMissing, MemberKnown.
    """
    row = lock(
        Organization.objects.visible_to(command.by), organization, command, what="organization"
    )
    _check_speaker(command, organization)
    clock = read_clock(command, row)
    member = Member(organization=row, reference=reference, changed_at=clock.at)
    refusal = MemberKnown(reference=reference)
    with violation_means("member_reference_once_per_organization", refusal):
        member.save(force_insert=True)
    audit.record(
        Event.MEMBER_ENROLLED,
        member,
        command,
        occurred_at=clock.at,
        private={"reference": reference},
    )
    return member


def attest(
    command: Command,
    *,
    member: UUID,
    kind: AssertionKind,
    holds: bool,
    evidence: str,
    until: dt.datetime | None = None,
    upload: Upload | None = None,
) -> Done[Member]:
    """The organization asserts a status of its member, from now on. It counts once staff have reviewed it.

    A document about a person is always confidential.

    Raises NotFound, NotYours, RoleMissing, PeriodBackward, AttachmentUnacceptable, AttachmentTooLarge.
    """
    return _attest(
        command,
        member=member,
        kind=kind,
        holds=holds,
        evidence=evidence,
        until=until,
        kept=keep_all(() if upload is None else (upload,)),
    )


@command
def _attest(
    command: Command,
    *,
    member: UUID,
    kind: AssertionKind,
    holds: bool,
    evidence: str,
    until: dt.datetime | None,
    kept: tuple[Kept, ...],
) -> Member:
    row = lock(Member.objects.visible_to(command.by), member, command, what="member")
    _check_speaker(command, row.organization_id)
    clock = read_clock(command, row)
    if until is not None and until <= clock.start():
        raise PeriodBackward
    reaching = row.assertions.current().filter(kind=kind, valid__overlap=span(clock.end))
    for earlier in reaching.order_by("id"):
        end_at(earlier, at=clock.end, recorded=clock.recorded)
    files = _add(command, row.organization, kept, confidential=True, clock=clock)
    assertion = MemberAssertion(
        member=row,
        kind=kind,
        holds=holds,
        evidence=evidence,
        file=files[0] if files else None,
        asserted_at=clock.at,
        valid=span(clock.start(), until),
    )
    open_version(assertion, recorded=clock.recorded)
    touch(row, clock)
    audit.record(
        Event.ASSERTION_ATTESTED,
        row,
        command,
        occurred_at=clock.at,
        kind=kind,
        private={"evidence": evidence},
    )
    return row


@command
def review(command: Command, *, member: UUID, kind: AssertionKind) -> Member:
    """Staff have seen the evidence: the assertion counts from this commit on.

    Raises RoleMissing, NotFound, EvidenceUnread.
    """
    check_role(command.by, Role.RESTRICTOR)
    row = lock(Member.objects.all(), member, command, what="member")
    clock = read_clock(command, row)
    waiting = row.assertions.current().filter(
        kind=kind, reviewed_at__isnull=True, valid__contains=clock.recorded
    )
    assertion = waiting.first()
    if assertion is None:
        raise NotFound("assertion to review")
    if assertion.file is not None:
        check_readable([assertion.file])
    correct(
        assertion,
        recorded=clock.recorded,
        reviewed_by=command.by.key,
        reviewed_at=clock.at,
    )
    touch(row, clock)
    audit.record(Event.ASSERTION_REVIEWED, row, command, occurred_at=clock.at, kind=kind)
    return row


@command
def suspend(command: Command, *, member: UUID, reason: str) -> Member:
    """The member may use nothing from this commit on, until reinstated.

    Raises RoleMissing, NotFound, Stale, MemberStandingUnchanged, MemberGone.
    """
    check_role(command.by, Role.RESTRICTOR)
    row = lock(Member.objects.all(), member, command, what="member")
    _suspend(command, row, reason=reason, clock=read_clock(command, row))
    return row


@command
def reinstate(command: Command, *, member: UUID, reason: str) -> Member:
    """A suspended member may use access again. Raises as `suspend`."""
    check_role(command.by, Role.RESTRICTOR)
    row = lock(Member.objects.all(), member, command, what="member")
    clock = read_clock(command, row)
    absence = _present_absence(row, clock)
    if absence is None:
        raise MemberStandingUnchanged
    end_at(absence, at=clock.end, recorded=clock.recorded)
    touch(row, clock)
    audit.record(
        Event.MEMBER_REINSTATED,
        row,
        command,
        occurred_at=clock.recorded,
        private={"reason": reason},
    )
    return row


@command
def withdraw(command: Command, *, member: UUID) -> Member:
    """The organization no longer lets the member use its access, from this commit on, for good.

    Raises NotFound, NotYours, RoleMissing, Stale, MemberGone.
    """
    row = lock(Member.objects.visible_to(command.by), member, command, what="member")
    _check_speaker(command, row.organization_id)
    _withdraw(command, row, clock=read_clock(command, row))
    return row


def _suspend(command: Command, row: Member, *, reason: str, clock: Clock) -> None:
    """Suspend a locked member. Raises MemberStandingUnchanged, MemberGone."""
    if _present_absence(row, clock) is not None:
        raise MemberStandingUnchanged
    _open_absence(row, MemberAbsenceKind.SUSPENDED, clock)
    touch(row, clock)
    audit.record(
        Event.MEMBER_SUSPENDED,
        row,
        command,
        occurred_at=clock.recorded,
        private={"reason": reason},
    )


def _withdraw(command: Command, row: Member, *, clock: Clock) -> None:
    """Withdraw a locked member, suspended or not. Raises MemberGone."""
    absence = _present_absence(row, clock)
    if absence is None:
        _open_absence(row, MemberAbsenceKind.WITHDRAWN, clock)
    else:
        kind = MemberAbsenceKind.WITHDRAWN
        change_from(absence, at=clock.end, recorded=clock.recorded, kind=kind)
    touch(row, clock)
    audit.record(Event.MEMBER_WITHDRAWN, row, command, occurred_at=clock.recorded)


def _present_absence(row: Member, clock: Clock) -> MemberAbsence | None:
    """Whether the member is suspended now. Raises MemberGone where it is withdrawn."""
    absence = row.absences.as_of(clock.recorded).first()
    if absence is not None and absence.kind == MemberAbsenceKind.WITHDRAWN:
        raise MemberGone
    return absence


def _open_absence(row: Member, kind: MemberAbsenceKind, clock: Clock) -> None:
    absence = MemberAbsence(member=row, kind=kind, valid=span(clock.start()))
    open_version(absence, recorded=clock.recorded)


def _check_speaker(command: Command, organization: UUID) -> None:
    if command.by.is_staff:
        check_role(command.by, Role.INTAKE)
    else:
        check_own(command.by, organization)
