"""Telling: from the recorded event to the mail in somebody's inbox."""

import datetime as dt
import re

import pytest

from access.choices import PrimaryPurpose, RequestStatus, RevocationReason
from access.events import Event
from access.models import AccessRequest
from access.operations import (
    expansions,
    grants,
    questions,
    requests,
    restrictions,
    reviews,
    waiting,
)
from access.queries.scopes import Scope
from notifications.choices import DeliveryStatus
from notifications.models import Cursor, Delivery
from notifications.operations import deliveries
from notifications.queries.audiences import AUDIENCES
from notifications.queries.letters import _LEADS
from notifications.tasks import send_claimed
from registry.choices import Role
from registry.models import Organization, User
from registry.operations import contacts, ledger, users
from registry.policies import RoleMissing
from tests import make, waits
from tests.access.test_restrictions import restrict
from tests.notifications.mailserver import MailServer

pytestmark = pytest.mark.django_db
NOW = make.MORNING
_TOLD = {
    *("access_request", "expansion", "grant", "restriction"),
    *("condition", "condition_campaign", "recertification", "recertification_item"),
    *("close_out", "notice", "consultation", "line_batch", "line_import", "deputation"),
}


def told_organization() -> Organization:
    """An organization with one contact."""
    organization = make.organization()
    contacts.register(
        make.by(make.staff(Role.INTAKE)),
        organization=organization.id,
        name="Contact",
        email=f"contact@{organization.slug}.invalid",
    )
    return organization


def person(*roles: Role) -> User:
    """A member of staff whose roles are on record, and so who can be told."""
    user = make.user()
    for role in roles:
        users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=user.username, role=role)
    return user


def tell() -> list[Delivery]:
    """Sequence and fan out everything; the deliveries."""
    ledger.sequence_all()
    while deliveries.fan_out(at=NOW):
        pass
    return list(Delivery.objects.order_by("event_row", "address"))


def handed_in(of: Organization) -> AccessRequest:
    """A request that the organization wrote and handed in itself: one mail tells of it."""
    row = requests.draft(
        make.by(make.client(of)),
        organization=of.id,
        tier=make.tier().id,
        purpose=PrimaryPurpose.USE,
        justification="To harden what we run.",
    ).value
    return requests.submit(make.by(make.client(of)), request=row.id).value


class TestFanOut:
    def test_an_organization_is_told_each_step_of_its_request(self) -> None:
        organization = told_organization()
        make.grant(organization)
        assert [delivery.event_name for delivery in tell()] == [
            "access_request.drafted_on_behalf",
            "access_request.submitted",
            "access_request.taken_up",
            "access_request.approved",
            "grant.issued",
        ]

    def test_nobody_else_is_told(self) -> None:
        other = told_organization()
        make.grant(told_organization())
        assert not Delivery.objects.filter(organization=other).exists()
        assert all(delivery.organization_id != other.id for delivery in tell())

    def test_a_grant_that_waits_is_told_so_and_its_opening_once(self) -> None:
        at_tier = make.tier()
        make.policy(at_tier.review_policy, waiting=[waits.rule()])
        row = make.grant(told_organization(), at_tier)
        letter = tell()[-1]
        assert "cannot be used yet" in letter.text
        assert re.search(r"Waits until: \d+ \w+ 20\d\d.*House rules, section 2", letter.text)
        waiting.end_waiting(
            make.by(make.staff(Role.DECIDER)),
            grant=row.id,
            waiting=waits.period(row).id,
            basis="Confidential reasons",
            fact="Letter 7",
        )
        told = [one for one in tell() if one.event_name == "grant.opened"]
        assert len(told) == 1
        assert "may be used from now on" in told[0].text
        assert "Confidential" not in told[0].text

    def test_a_grant_with_a_fact_missing_is_told_that_it_is_open_until_when(self) -> None:
        at_tier = make.tier()
        make.policy(at_tier.review_policy, waiting=[waits.rule(since=waits.OFFICE)])
        row = make.grant(told_organization(), at_tier)
        assert "something that is missing" in tell()[-1].text
        waits.state(row, dt.datetime.now(dt.UTC) - waits.DAY)
        assert "It is known now until when" in tell()[-1].text
        assert "Waits until: " in tell()[-1].text

    def test_a_grant_is_told_with_its_period_as_people_write_it(self) -> None:
        make.grant(told_organization(), make.tier(grant_days=30))
        letter = tell()[-1]
        assert letter.title.endswith(": granted")
        assert re.search(r"Until: \d+ \w+ 20\d\d, \d\d:\d\d UTC", letter.text)

    def test_what_the_decider_says_reaches_the_applicant(self) -> None:
        row = make.assessed(told_organization())
        reviews.decline(
            make.by(make.staff(Role.DECIDER)),
            request=row.id,
            ruling=make.ruling(applicant_text="Not <now>.", internal_text="Never."),
        )
        letter = tell()[-1]
        assert "Not <now>." in letter.text
        assert "Not &lt;now&gt;." in letter.html
        assert "Never." not in letter.text + letter.html

    def test_a_withdrawn_contact_is_told_nothing(self) -> None:
        organization = told_organization()
        contacts.withdraw(make.by(make.staff(Role.INTAKE)), contact=organization.contacts.get().id)
        make.grant(organization)
        assert tell() == []

    def test_a_repeat_writes_nothing_twice(self) -> None:
        make.grant(told_organization())
        first = len(tell())
        Cursor.objects.update(position=0)
        assert len(tell()) == first

    def test_staff_are_told_by_role_and_not_of_their_own_acts(self) -> None:
        intake = person(Role.INTAKE)
        make.submitted(told_organization())
        told = [delivery.address for delivery in tell() if delivery.organization_id is None]
        assert told == [intake.email]

    def test_staff_read_in_the_subject_line_whose_request_it_is(self) -> None:
        person(Role.COUNTERSIGNER)
        row = make.awaiting_countersignature()
        asked = next(told for told in tell() if told.event_name == Event.REQUEST_DECISION_PROPOSED)
        assert asked.title.endswith(f"waits for a countersignature ({row.organization.name})")

    def test_whoever_has_it_in_hand_is_told_and_the_others_are_not(self) -> None:
        person(Role.INTAKE)
        row = make.request_in(RequestStatus.QUESTION_OPEN)
        questions.answer(
            make.by(make.client(row.organization)), request=row.id, answer="Therefore."
        )
        holder = User.objects.get(pk=row.taken_up_by.removeprefix("user:"))
        told = [d.address for d in tell() if d.event_name == "access_request.question_answered"]
        assert told == [holder.email]

    def test_the_holders_that_a_restriction_stops_are_told(self) -> None:
        stopped, untouched = told_organization(), told_organization()
        grant = make.grant(stopped)
        make.grant(untouched)
        restriction = restrict(Scope(programs=(grant.program_id,)))
        for _ in range(2):
            restrictions.lift(make.by(make.staff(Role.RESTRICTOR)), restriction=restriction.id)
        told = [
            (delivery.event_name, delivery.organization_id)
            for delivery in tell()
            if delivery.subject_type == "restriction"
        ]
        assert told == [
            ("restriction.imposed", stopped.id),
            ("restriction.lifted", stopped.id),
        ]

    def test_an_expansion_is_told_to_staff(self) -> None:
        decider = person(Role.DECIDER)
        tier = make.tier()
        expansions.propose(
            make.by(make.staff(Role.INTAKE)),
            slug="wave",
            name="Wave",
            program=tier.program_id,
            tier=tier.id,
            rationale="More.",
        )
        assert [delivery.address for delivery in tell()] == [decider.email]

    def test_every_change_of_state_is_told_to_somebody_in_words(self) -> None:
        silent = {"access_request.drafted", "access_request.assessed", "expansion.line_added"}
        silent |= {"access_request.claimed"}  # by the one person whom it concerns
        silent |= {"access_request.answers_saved", "access_request.stages_moved"}
        silent |= {"access_request.discarded"}  # of a draft, which was nobody's business yet
        silent |= {f"access_request.attachment_{done}" for done in ("added", "removed", "scanned")}
        silent |= {"expansion.capacity_changed", "expansion.split"}
        silent |= {"expansion.line_moved", "expansion.line_ranked"}
        silent |= {str(event) for event in Event if event.startswith("line_")} - set(AUDIENCES)
        silent |= {"grant.imported", "grant.need_changed", "restriction.reported"}
        silent |= {"grant.switched_off", "restriction.basis_read"}
        silent |= {"consultation.asked", "consultation.answered", "consultation.withdrawn"}
        silent |= {"consultation.handed_over"}  # on the desk of those who ask
        silent |= {"grant.waits", "grant.wait_ended"}  # told with the grant, and with its opening
        # A successor is told as a grant that is issued, with the one it follows.
        silent |= {"grant.renewed", "grant.superseded", "condition.carried"}
        states = {event for event in Event if event.partition(".")[0] in _TOLD}
        told = {name for name in AUDIENCES if name in set(Event)}
        led = {name for name in _LEADS if name in set(Event)}
        jobs = {name for name in told if name.startswith("line_")}  # worded by what the job does
        assert states - silent == told == led | jobs


class TestDeliver:
    def test_sends_text_and_html_over_smtp(self, mailserver: MailServer) -> None:
        handed_in(told_organization())
        tell()
        assert send_claimed(at=NOW) == 1
        (mail,) = mailserver.mails
        assert mail["Auto-Submitted"] == "auto-generated"
        assert str(Delivery.objects.get().id) in mail["Message-ID"]
        kinds = {part.get_content_type() for part in mail.walk()}
        assert {"text/plain", "text/html"} <= kinds
        sent = Delivery.objects.get()
        assert (sent.status, sent.sent_at) == (DeliveryStatus.SENT, NOW)

    def test_nothing_is_sent_twice(self, mailserver: MailServer) -> None:
        handed_in(told_organization())
        tell()
        send_claimed(at=NOW)
        assert send_claimed(at=NOW + dt.timedelta(days=9)) == 0
        assert len(mailserver.mails) == 1

    @pytest.mark.usefixtures("no_mailserver")
    def test_a_server_that_is_away_is_tried_again_with_growing_pauses(self) -> None:
        handed_in(told_organization())
        tell()
        at, pauses = NOW, []
        for _ in deliveries.PAUSES:
            assert send_claimed(at=at) == 1
            row = Delivery.objects.get()
            pauses.append(row.due_at - at)
            at = row.due_at
        assert tuple(pauses) == deliveries.PAUSES
        send_claimed(at=at)
        row = Delivery.objects.get()
        assert row.status == DeliveryStatus.FAILED
        assert row.last_problem

    def test_what_was_given_up_can_be_tried_again(self, mailserver: MailServer) -> None:
        handed_in(told_organization())
        (delivery,) = tell()
        mailserver.answer = "550 nobody here"
        send_claimed(at=NOW)
        delivery.refresh_from_db()
        assert delivery.status == DeliveryStatus.FAILED
        mailserver.answer = "250 kept"
        with pytest.raises(RoleMissing):
            deliveries.retry(delivery.id, by=make.staff(Role.REVIEWER), at=NOW)
        assert deliveries.retry(delivery.id, by=make.staff(Role.INTAKE), at=NOW)
        send_claimed(at=NOW)
        delivery.refresh_from_db()
        assert delivery.status == DeliveryStatus.SENT

    def test_a_claim_that_lapses_is_taken_up_by_another(self, mailserver: MailServer) -> None:
        handed_in(told_organization())
        tell()
        assert len(deliveries.claim(at=NOW)) == 1
        assert send_claimed(at=NOW) == 0
        assert send_claimed(at=NOW + deliveries.LEASE) == 1
        assert len(mailserver.mails) == 1

    def test_a_revocation_reaches_the_holder(self, mailserver: MailServer) -> None:
        grant = make.grant(told_organization())
        grants.revoke(
            make.by(make.staff(Role.RESTRICTOR)), grant=grant.id, reason=RevocationReason.MISUSE
        )
        tell()
        while send_claimed(at=NOW):
            pass
        bodies = [mail.get_body(("plain",)) for mail in mailserver.mails]
        said = [body.get_content() for body in bodies if body is not None]
        assert sum("Access is refused from now on." in text for text in said) == 1
