"""Mails about a grant's life: to the holder's contacts, and to staff only what one can act on."""

import datetime as dt

import pytest
from django.utils.timezone import now

from access.choices import ConditionFinding
from access.models import Grant, Recertification
from access.operations import close_outs, conditions, grants, recertifications
from access.operations.conditions import Requirement
from notifications.models import Delivery
from registry.actors import SYSTEM
from registry.choices import AssertionKind, Role
from registry.operations import members
from tests import make
from tests.lifecycle import DAY, covered, give_notices, proposed, round_of, scope_of
from tests.notifications.test_deliveries import person, tell, told_organization

pytestmark = pytest.mark.django_db


def letters(name: str) -> list[Delivery]:
    """The mails about events of this name, after everything was told."""
    return [delivery for delivery in tell() if delivery.event_name == name]


def conditional(due_at: dt.datetime | None = None) -> Grant:
    said = Requirement("mfa", "Sign in with keys.", "A report", due_at or now() + 40 * DAY)
    return make.grant(told_organization(), conditions=(said,))


class TestConditions:
    def test_the_holder_reads_what_to_do_and_by_when(self) -> None:
        conditional(dt.datetime(2199, 3, 1, tzinfo=dt.UTC))
        (letter,) = letters("condition.imposed")
        assert "Sign in with keys." in letter.text
        assert "Due: 1 March 2199, 00:00 UTC" in letter.text
        assert "Evidence: A report" in letter.text

    def test_what_the_reviewer_says_to_the_holder_reaches_it(self) -> None:
        grant = conditional()
        row = grant.conditions.get()
        conditions.hand_in(
            make.by(make.client(grant.organization)), condition=row.id, text="A secret of ours."
        )
        conditions.review(
            make.by(make.staff(Role.REVIEWER)),
            condition=row.id,
            finding=ConditionFinding.NOT_MET,
            applicant_text="Two people are missing.",
        )
        (letter,) = letters("condition.not_met")
        assert "Two people are missing." in letter.text
        assert not any("A secret of ours." in one.text for one in Delivery.objects.all())

    def test_a_campaign_tells_its_holders_each_and_staff_once(self) -> None:
        intake, decider = person(Role.INTAKE), person(Role.DECIDER)
        grant = make.grant(told_organization())
        make.grant(told_organization(), grant.tier)
        campaign = covered(scope_of(grant))
        assert len(letters("condition.imposed")) == 2
        launched = letters("condition_campaign.launched")
        assert {letter.address for letter in launched} == {intake.email, decider.email}
        give_notices(campaign.due_at - 7 * DAY)
        assert len(letters("notice.given_in_campaign")) == 2
        (summed,) = letters("notice.summed_up")
        assert summed.address == intake.email
        assert summed.title.endswith("7 days left")

    def test_a_proposal_is_told_to_who_can_launch_it(self) -> None:
        decider = person(Role.DECIDER)
        proposed(scope_of(make.grant(told_organization())))
        (letter,) = letters("condition_campaign.proposed")
        assert letter.address == decider.email
        assert "Grants affected: 1" in letter.text


class TestNotices:
    @pytest.mark.parametrize(
        ("days", "title"), [(30, "30 days left"), (7, "7 days left"), (1, "1 day left")]
    )
    def test_the_end_of_a_grant_is_told_to_holder_and_intake(self, days: int, title: str) -> None:
        intake = person(Role.INTAKE)
        organization = told_organization()
        grant = make.grant(organization, make.tier(grant_days=90))
        give_notices(make.end_of(grant.items.get()) - days * DAY)
        told = letters("notice.given")
        assert {letter.address for letter in told} == {
            intake.email,
            organization.contacts.get().email,
        }
        assert all(letter.title.endswith(title) for letter in told)
        assert all("Ask for a renewal" in letter.text for letter in told)

    def test_a_condition_that_is_missed_says_that_access_is_refused(self) -> None:
        due_at = now() + 40 * DAY
        conditional(due_at)
        give_notices(due_at)
        (letter,) = letters("notice.given")
        assert letter.title.endswith("overdue")
        assert "Access is refused until it is." in letter.text

    def test_terms_that_bind_say_which(self) -> None:
        grant = make.grant(told_organization())
        binds = now() + 40 * DAY
        make.terms(grant.program, required_from=binds)
        give_notices(binds - DAY)
        (letter,) = letters("notice.given_in_campaign")
        assert "Edition: 1: Terms" in letter.text

    def test_an_assertion_that_runs_out_names_the_member_by_reference(self) -> None:
        organization = told_organization()
        make.grant(organization)
        intake, restrictor = make.staff(Role.INTAKE), make.staff(Role.RESTRICTOR)
        member = members.enroll(
            make.by(intake), organization=organization.id, reference="m-17"
        ).value
        until = now() + 60 * DAY
        members.attest(
            make.by(intake, at=now()),
            member=member.id,
            kind=AssertionKind.US_PERSON,
            holds=True,
            evidence="Form",
            until=until,
        )
        members.review(make.by(restrictor), member=member.id, kind=AssertionKind.US_PERSON)
        give_notices(until - DAY)
        (letter,) = letters("notice.given")
        assert letter.title == "Member m-17: 1 day left"


class TestQuestionsAndCloseOuts:
    def test_the_holder_is_asked_and_told_that_the_date_has_passed(self) -> None:
        grant = make.grant(told_organization())
        row = round_of(scope_of(grant))
        give_notices(row.due_at - DAY)
        (reminder,) = letters("notice.given_in_campaign")
        Recertification.objects.update(due_at=now())
        recertifications.lapse(make.by(SYSTEM, at=now()), recertification=row.id)
        (asked,) = letters("recertification_item.asked")
        (lapsed,) = letters("recertification_item.lapsed")
        assert "Tell us who uses it." in asked.text
        assert "You have not answered yet" in reminder.text
        assert "without your answer" in lapsed.text

    def test_the_end_of_a_grant_says_by_when_to_close_out(self) -> None:
        grant = make.grant(told_organization())
        client = make.client(grant.organization)
        grants.surrender(make.by(client), grant=grant.id)
        (letter,) = letters("grant.surrendered")
        assert "Attest the close-out by:" in letter.text
        give_notices(grant.close_out.due_at)
        (missing,) = letters("notice.given")
        assert "is missing" in missing.text
        close_outs.attest(
            make.by(client),
            close_out=grant.close_out.id,
            data_deleted=True,
            access_returned=False,
        )
        (attested,) = letters("close_out.attested")
        assert "Access returned: no" in attested.text
