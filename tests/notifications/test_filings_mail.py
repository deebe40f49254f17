"""A notification whose authority is told by mail, over a real mail server that takes, refuses and is away."""

import datetime as dt

import pytest

from notifications.choices import DeliveryStatus, FilingStatus, ObligationStatus
from notifications.models import Delivery, Filing, Obligation
from notifications.operations import deliveries, filings_answers, filings_review
from notifications.operations.filings_dispatch import Way
from notifications.tasks import send_claimed
from registry.actors import SYSTEM
from registry.choices import Channel, Role, Trigger
from tests import filings as making
from tests import make
from tests.notifications.mailserver import MailServer
from tests.notifications.test_deliveries import person, tell
from tests.notifications.test_filings import recorded
from tests.notifications.test_filings_dispatch import OFFICE, accept_mail, dispatch

pytestmark = pytest.mark.django_db
LATER = make.MORNING + dt.timedelta(hours=1)


@pytest.fixture
def sending() -> Filing:
    """Handed over, and not taken by any server yet."""
    row = making.signed()
    accept_mail(row, Trigger.INCIDENT)
    return dispatch(row, Way(Channel.EMAIL, OFFICE, collection="Ask by telephone."))


class TestTaken:
    @pytest.mark.usefixtures("mailserver")
    def test_it_is_sent_and_the_duty_met_once_a_server_took_the_mail(
        self, sending: Filing
    ) -> None:
        assert send_claimed(at=LATER) == 1

        sending.refresh_from_db()
        assert (sending.status, sending.dispatched_at) == (FilingStatus.DISPATCHED, LATER)
        assert str(sending.delivery_id) in sending.dispatch_proof
        duty = Obligation.objects.get()
        assert (duty.status, duty.closed_by) == (
            ObligationStatus.DISCHARGED,
            sending.dispatched_by,
        )
        assert sending.stages.latest("id").by == SYSTEM.key
        assert recorded()[-2:] == ["filing.dispatched", "obligation.discharged"]

    def test_the_mail_has_no_attachment_and_none_of_the_content(
        self, sending: Filing, mailserver: MailServer
    ) -> None:
        send_claimed(at=LATER)
        (mail,) = mailserver.mails
        assert mail["To"] == OFFICE
        assert str(sending.delivery_id) in mail["Message-ID"]
        assert list(mail.iter_attachments()) == []
        whole = mail.as_string()
        assert "sandbox" not in whole
        assert str(sending.id) in whole

    @pytest.mark.usefixtures("mailserver")
    def test_settled_twice_it_is_sent_once(self, sending: Filing) -> None:
        send_claimed(at=LATER)
        assert sending.delivery_id is not None
        deliveries.settle_sent(sending.delivery_id, at=LATER + dt.timedelta(days=1))
        sending.refresh_from_db()
        assert sending.dispatched_at == LATER
        assert recorded().count("filing.dispatched") == 1


class TestRefused:
    def test_is_an_alarm_to_the_desk_and_meets_no_duty(
        self, sending: Filing, mailserver: MailServer
    ) -> None:
        clerk = person(Role.AUTHORITY_DESK)
        tell()
        mailserver.answer = "550 no such user"
        send_claimed(at=LATER)

        sending.refresh_from_db()
        assert (sending.status, sending.dispatched_at) == (FilingStatus.BOUNCED, None)
        assert "550" in sending.bounce_reason
        assert Obligation.objects.get().status == ObligationStatus.OPEN
        assert recorded()[-1] == "filing.bounced"
        told = [mail for mail in tell() if mail.event_name == "filing.bounced"]
        assert [mail.address for mail in told] == [clerk.email]
        assert "NOT DELIVERED" in told[0].title
        assert "sandbox" not in told[0].text

    @pytest.mark.usefixtures("no_mailserver")
    def test_an_absent_server_is_no_bounce_until_it_is_given_up(self, sending: Filing) -> None:
        send_claimed(at=LATER)
        sending.refresh_from_db()
        assert sending.status == FilingStatus.SENDING
        Delivery.objects.update(attempts=len(deliveries.PAUSES), due_at=LATER)
        send_claimed(at=LATER)
        sending.refresh_from_db()
        assert sending.status == FilingStatus.BOUNCED

    def test_tried_again_and_taken_it_is_sent_after_all(
        self, sending: Filing, mailserver: MailServer
    ) -> None:
        mailserver.answer = "550 no such user"
        send_claimed(at=LATER)
        mailserver.answer = "250 kept"
        assert sending.delivery_id is not None
        deliveries.retry(sending.delivery_id, by=make.staff(Role.ADMINISTRATOR), at=LATER)
        send_claimed(at=LATER)
        sending.refresh_from_db()
        assert (sending.status, sending.bounced_at) == (FilingStatus.DISPATCHED, None)
        assert Obligation.objects.get().status == ObligationStatus.DISCHARGED


class TestGivenUp:
    @pytest.mark.usefixtures("mailserver")
    def test_by_a_person_the_mail_is_not_tried_again_and_another_way_is_open(
        self, sending: Filing
    ) -> None:
        filings_answers.bounce(make.by(making.desk()), filing=sending.id, reason="No answer.")
        assert send_claimed(at=LATER) == 0
        assert Delivery.objects.get().status == DeliveryStatus.FAILED
        row = making.send(sending, at=LATER)
        assert (row.status, row.delivery_id) == (FilingStatus.DISPATCHED, None)

    @pytest.mark.usefixtures("mailserver")
    def test_a_mail_that_another_way_has_replaced_changes_nothing_when_it_arrives(
        self, sending: Filing
    ) -> None:
        mail = sending.delivery_id
        assert mail is not None
        filings_answers.bounce(make.by(making.desk()), filing=sending.id, reason="No answer.")
        making.send(sending, at=LATER)
        deliveries.settle_sent(mail, at=LATER + dt.timedelta(days=1))
        row = Filing.objects.get()
        assert (row.channel, row.dispatched_at) == (Channel.PORTAL, LATER)


class TestTellingStaff:
    def test_whoever_acts_next_is_told_and_not_of_their_own_acts(self) -> None:
        clerk, decider, cleared = (
            person(role) for role in (Role.AUTHORITY_DESK, Role.DECIDER, Role.CLEARED)
        )
        row = making.complete(by=make.same(f"user:{clerk.id}", Role.AUTHORITY_DESK))
        told = {mail.address for mail in tell() if mail.event_name == "filing.completed"}
        assert told == {cleared.email}
        filings_review.review(
            make.by(make.same(f"user:{cleared.id}", Role.CLEARED)), filing=row.id
        )
        told = {mail.address for mail in tell() if mail.event_name == "filing.reviewed"}
        assert told == {clerk.email, decider.email}
        filings_review.sign(make.by(make.same(f"user:{decider.id}", Role.DECIDER)), filing=row.id)
        told = {mail.address for mail in tell() if mail.event_name == "filing.signed"}
        assert told == {clerk.email}

    def test_the_subject_says_what_to_do_and_by_when(self) -> None:
        person(Role.DECIDER)
        making.reviewed()
        (mail,) = [mail for mail in tell() if mail.event_name == "filing.reviewed"]
        assert mail.title.startswith("Notification to sign off, due ")
        assert "/admin/notifications/filing/" in mail.text
        assert "sandbox" not in mail.text
