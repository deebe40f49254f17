"""Members: persons who use access under an organization's grant, and what is asserted of them."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import AssertionKind, Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, NotFound
from registry.events import Event
from registry.models import Member, MemberAssertion, Organization
from registry.operations.facts import PeriodBackward
from registry.policies import check_own, check_role
from registry.versions import correct, end_at, open_version, span


class MemberKnown(Conflict):
    code = "member_known"
    text = _("The organization has a member “%(reference)s” already.")


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


@command
def attest(
    command: Command,
    *,
    member: UUID,
    kind: AssertionKind,
    holds: bool,
    evidence: str,
    until: dt.datetime | None = None,
) -> Member:
    """The organization asserts a status of its member, from now on. It counts once staff have reviewed it.

    Raises NotFound, NotYours, RoleMissing, PeriodBackward.
    """
    row = lock(Member.objects.visible_to(command.by), member, command, what="member")
    _check_speaker(command, row.organization_id)
    clock = read_clock(command, row)
    if until is not None and until <= clock.start():
        raise PeriodBackward
    reaching = row.assertions.current().filter(kind=kind, valid__overlap=span(clock.end))
    for earlier in reaching.order_by("id"):
        end_at(earlier, at=clock.end, recorded=clock.recorded)
    assertion = MemberAssertion(
        member=row,
        kind=kind,
        holds=holds,
        evidence=evidence,
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

    Raises RoleMissing, NotFound.
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
    correct(
        assertion,
        recorded=clock.recorded,
        reviewed_by=command.by.key,
        reviewed_at=clock.at,
    )
    touch(row, clock)
    audit.record(Event.ASSERTION_REVIEWED, row, command, occurred_at=clock.at, kind=kind)
    return row


def _check_speaker(command: Command, organization: UUID) -> None:
    if command.by.is_staff:
        check_role(command.by, Role.INTAKE)
    else:
        check_own(command.by, organization)
