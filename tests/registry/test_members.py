import datetime as dt

import pytest

from registry.actors import Actor
from registry.choices import AssertionKind, Role
from registry.errors import NotFound
from registry.models import AuditEvent, Member, MemberAssertion, Organization
from registry.operations import members
from registry.operations.facts import PeriodBackward
from registry.policies import RoleMissing
from tests import make

pytestmark = pytest.mark.django_db

LATER = dt.datetime(2199, 1, 1, tzinfo=dt.UTC)


def enroll(of: Organization, actor: Actor | None = None, reference: str = "m-1") -> Member:
    return members.enroll(
        make.by(actor or make.client(of)), organization=of.id, reference=reference
    ).value


def attest(member: Member, actor: Actor | None = None, **more: object) -> Member:
    said = {"kind": AssertionKind.US_PERSON, "holds": True, "evidence": "passport seen"} | more
    return members.attest(
        make.by(actor or make.client(member.organization)),
        member=member.id,
        **said,  # type: ignore[arg-type]
    ).value


def review(member: Member, role: Role = Role.RESTRICTOR) -> Member:
    return members.review(
        make.by(make.staff(role)), member=member.id, kind=AssertionKind.US_PERSON
    ).value


def current(member: Member) -> MemberAssertion:
    return member.assertions.current().get(valid__upper_inf=True)


class TestEnroll:
    def test_the_organization_enrolls_its_own(self) -> None:
        row = make.organization()
        member = enroll(row)
        assert (member.organization, member.reference) == (row, "m-1")

    def test_intake_enrolls_on_its_behalf(self) -> None:
        assert enroll(make.organization(), make.staff(Role.INTAKE)).version == 1

    def test_the_reference_is_kept_outside_the_ledger(self) -> None:
        row = make.organization()
        enroll(row)
        event = AuditEvent.objects.latest("id")
        assert (event.name, event.organizations) == ("member.enrolled", [row.id])
        assert set(event.details["reference"]) == {"private", "hmac"}

    def test_a_reference_is_used_once_by_an_organization(self) -> None:
        row = make.organization()
        enroll(row)
        with pytest.raises(members.MemberKnown):
            enroll(row)
        enroll(make.organization())
        assert Member.objects.count() == 2

    def test_another_organization_is_not_there(self) -> None:
        with pytest.raises(NotFound):
            enroll(make.organization(), make.client(make.organization()))

    def test_other_staff_may_not(self) -> None:
        with pytest.raises(RoleMissing):
            enroll(make.organization(), make.staff(Role.RESTRICTOR))


class TestAttest:
    def test_says_it_from_now_on_until_the_moment_said(self) -> None:
        member = attest(enroll(make.organization()), until=LATER)
        assertion = member.assertions.get()
        assert (assertion.holds, assertion.valid.upper) == (True, LATER)
        assert (assertion.reviewed_at, assertion.reviewed_by) == (None, "")

    def test_a_later_one_ends_the_earlier_and_awaits_its_own_review(self) -> None:
        member = enroll(make.organization())
        attest(member)
        review(member)
        attest(member, holds=False)
        assert (current(member).holds, current(member).reviewed_at) == (False, None)
        assert member.assertions.current().count() == 2

    def test_a_later_one_ends_an_earlier_with_an_end_of_its_own(self) -> None:
        member = attest(enroll(make.organization()), until=LATER)
        attest(member, holds=False)
        assert current(member).holds is False

    def test_an_end_that_has_passed_is_refused(self) -> None:
        member = enroll(make.organization())
        with pytest.raises(PeriodBackward):
            attest(member, until=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        assert not member.assertions.exists()

    def test_the_evidence_is_kept_outside_the_ledger(self) -> None:
        attest(enroll(make.organization()))
        event = AuditEvent.objects.latest("id")
        assert (event.name, event.details["kind"]) == ("assertion.attested", "us_person")
        assert set(event.details["evidence"]) == {"private", "hmac"}

    def test_a_member_of_another_organization_is_not_there(self) -> None:
        with pytest.raises(NotFound):
            attest(enroll(make.organization()), make.client(make.organization()))

    def test_other_staff_may_not(self) -> None:
        with pytest.raises(RoleMissing):
            attest(enroll(make.organization()), make.staff(Role.DECIDER))


class TestReview:
    def test_counts_as_seen_by_whom_and_when(self) -> None:
        member = attest(enroll(make.organization()))
        begins = current(member).valid.lower
        review(member)
        assertion = current(member)
        assert assertion.reviewed_at == make.MORNING
        assert assertion.reviewed_by.startswith("user:")
        assert assertion.valid.lower == begins

    def test_was_not_known_to_count_before(self) -> None:
        member = attest(enroll(make.organization()))
        before = current(member).recorded.lower
        assert before is not None
        review(member)
        known = member.assertions.as_of(before, before).get()
        assert known.reviewed_at is None

    def test_is_reviewed_once(self) -> None:
        member = attest(enroll(make.organization()))
        review(member)
        with pytest.raises(NotFound):
            review(member)

    def test_refuses_where_nothing_is_asserted(self) -> None:
        with pytest.raises(NotFound):
            review(enroll(make.organization()))

    def test_the_organization_does_not_review_itself(self) -> None:
        member = attest(enroll(make.organization()))
        with pytest.raises(RoleMissing):
            members.review(
                make.by(make.client(member.organization)),
                member=member.id,
                kind=AssertionKind.US_PERSON,
            )

    def test_needs_a_restrictor(self) -> None:
        member = attest(enroll(make.organization()))
        with pytest.raises(RoleMissing):
            review(member, Role.INTAKE)


class TestSuspendReinstateAndWithdraw:
    def absence(self, member: Member) -> str | None:
        rows = member.absences.current().filter(valid__upper_inf=True)
        return rows.values_list("kind", flat=True).first()

    def test_staff_suspend_and_reinstate(self) -> None:
        member = enroll(make.organization())
        restrictor = make.by(make.staff(Role.RESTRICTOR))
        members.suspend(restrictor, member=member.id, reason="?")
        assert self.absence(member) == "suspended"
        with pytest.raises(members.MemberStandingUnchanged):
            members.suspend(restrictor, member=member.id, reason="?")
        members.reinstate(restrictor, member=member.id, reason="!")
        assert self.absence(member) is None
        with pytest.raises(members.MemberStandingUnchanged):
            members.reinstate(restrictor, member=member.id, reason="!")

    def test_an_organization_suspends_nobody(self) -> None:
        member = enroll(make.organization())
        with pytest.raises(RoleMissing):
            members.suspend(
                make.by(make.client(member.organization)), member=member.id, reason="?"
            )

    def test_the_organization_withdraws_its_own_for_good(self) -> None:
        member = enroll(make.organization())
        client = make.by(make.client(member.organization))
        members.withdraw(client, member=member.id)
        assert self.absence(member) == "withdrawn"
        for act in (members.suspend, members.reinstate):
            with pytest.raises(members.MemberGone):
                act(make.by(make.staff(Role.RESTRICTOR)), member=member.id, reason="!")
        with pytest.raises(members.MemberGone):
            members.withdraw(client, member=member.id)

    def test_one_that_is_suspended_can_be_withdrawn(self) -> None:
        member = enroll(make.organization())
        members.suspend(make.by(make.staff(Role.RESTRICTOR)), member=member.id, reason="?")
        members.withdraw(make.by(make.client(member.organization)), member=member.id)
        assert self.absence(member) == "withdrawn"

    def test_not_anothers(self) -> None:
        member = enroll(make.organization())
        with pytest.raises(NotFound):
            members.withdraw(make.by(make.client(make.organization())), member=member.id)
