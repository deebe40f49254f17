"""Sending by the channel on the authority's record, what comes back, and what it does to the duty."""

import datetime as dt

import pytest

from access.models import Disclosure
from notifications.choices import FilingStatus, ObligationStatus
from notifications.models import Delivery, Filing, Obligation
from notifications.operations import filings_answers, filings_dispatch
from notifications.operations.filings import ObligationOver
from notifications.operations.filings_answers import NumberNeeded
from notifications.operations.filings_dispatch import (
    ChannelNotOnRecord,
    CollectionNeeded,
    MailNotAccepted,
    ProofNeeded,
    Way,
)
from notifications.operations.filings_proofs import ProofFile, ProofUnacceptable
from notifications.operations.filings_stages import MomentImpossible, ReasonNeeded
from notifications.workflow import FilingStepNotOpen
from registry import files
from registry.choices import Channel, Role, Trigger
from registry.models import AuditEvent
from registry.operations import authority_channels
from registry.policies import RoleMissing
from tests import duties, make
from tests import filings as making
from tests.notifications.test_filings import recorded

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
PDF = b"%PDF-1.7 a receipt"
OFFICE = "office@authority.invalid"
PORTAL = Way(Channel.PORTAL, making.PORTAL, "Ticket 7")


def dispatch(row: Filing, way: Way = PORTAL, at: dt.datetime = make.MORNING) -> Filing:
    return filings_dispatch.dispatch(make.by(making.desk(), at), filing=row.id, way=way).value


def accept_mail(row: Filing, *kinds: Trigger) -> None:
    assert row.authority_id is not None
    authority_channels.state(
        make.by(making.desk()),
        authority=row.authority_id,
        channel=Channel.EMAIL,
        address=OFFICE,
        classes=kinds,
        basis="Its letter of 1 June",
    )


class TestDispatch:
    def test_is_sent_with_its_proof_and_meets_the_duty_at_once(self) -> None:
        row, desk = making.signed(), making.desk()
        sent = filings_dispatch.dispatch(
            make.by(desk, make.MORNING + DAY),
            filing=row.id,
            way=PORTAL,
            proof=ProofFile("C:\\proofs\\receipt.pdf", PDF),
        ).value

        assert (sent.status, sent.dispatched_by) == (FilingStatus.DISPATCHED, desk.key)
        assert (sent.channel, sent.address) == (Channel.PORTAL, making.PORTAL)
        assert (sent.dispatch_proof, sent.proof_name) == ("Ticket 7", "receipt.pdf")
        assert files.read(sent.proof_sha256) == PDF
        duty = Obligation.objects.get()
        assert (duty.status, duty.closed_by) == (ObligationStatus.DISCHARGED, desk.key)
        assert duty.closed_at == make.MORNING + DAY
        assert duty.missed_at is None
        assert recorded()[-2:] == ["filing.dispatched", "obligation.discharged"]

    def test_sent_late_it_meets_the_duty_and_the_miss_stays(self) -> None:
        row = making.signed()
        target = row.obligation.target_due
        assert target is not None
        dispatch(row, at=target)

        duty = Obligation.objects.get()
        assert (duty.status, duty.missed_at) == (ObligationStatus.DISCHARGED, target)
        assert recorded()[-3:] == [
            *("filing.dispatched", "obligation.missed", "obligation.discharged")
        ]
        assert AuditEvent.objects.get(name="obligation.discharged").details["late"] is True

    def test_a_moment_before_the_target_is_in_time(self) -> None:
        row = making.signed()
        target = row.obligation.target_due
        assert target is not None
        dispatch(row, at=target - dt.timedelta(microseconds=1))
        assert Obligation.objects.get().missed_at is None

    def test_sent_in_time_and_written_down_later_it_was_not_missed(self) -> None:
        row = making.signed()
        target = row.obligation.target_due
        assert target is not None
        Obligation.objects.update(missed_at=target)
        in_time = Way(Channel.PORTAL, making.PORTAL, "Ticket 7", sent_at=target - DAY)
        dispatch(row, in_time, at=target + DAY)

        duty = Obligation.objects.get()
        assert (duty.closed_at, duty.missed_at) == (target - DAY, None)
        details = AuditEvent.objects.get(name="obligation.discharged").details
        assert (details["late"], details["miss_taken_back"]) == (False, True)
        stage = Filing.objects.get().stages.latest("id")
        assert (stage.happened_at, stage.recorded_at) == (target - DAY, target + DAY)

    @pytest.mark.parametrize("off", [-DAY, DAY])
    def test_refuses_to_have_been_sent_before_it_was_signed_or_later_than_now(
        self, off: dt.timedelta
    ) -> None:
        row = making.signed()
        way = Way(Channel.PORTAL, making.PORTAL, "Ticket 7", sent_at=make.MORNING + off)
        with pytest.raises(MomentImpossible):
            dispatch(row, way)
        assert Obligation.objects.get().status == ObligationStatus.OPEN

    @pytest.mark.parametrize(
        "way",
        [
            Way(Channel.PORTAL, "https://elsewhere.invalid/", "Ticket 7"),
            Way(Channel.POST, making.PORTAL, "Ticket 7"),
            Way(Channel.EMAIL, OFFICE, collection="Ask."),
        ],
    )
    def test_refuses_a_channel_that_is_not_on_the_authoritys_record(self, way: Way) -> None:
        row = making.signed()
        with pytest.raises(ChannelNotOnRecord):
            dispatch(row, way)

    def test_refuses_a_channel_that_was_withdrawn(self) -> None:
        row = making.signed()
        assert row.authority_id is not None
        authority_channels.withdraw(
            make.by(making.desk()),
            authority=row.authority_id,
            channel=Channel.PORTAL,
            address=making.PORTAL,
        )
        with pytest.raises(ChannelNotOnRecord):
            dispatch(row)

    def test_needs_a_proof(self) -> None:
        row = making.signed()
        with pytest.raises(ProofNeeded):
            dispatch(row, Way(Channel.PORTAL, making.PORTAL, " "))
        row.refresh_from_db()
        assert (row.status, row.version) == (FilingStatus.SIGNED, 4)

    @pytest.mark.parametrize(
        "content", [b"", b"MZ\x90\x00\xff", b"%PDF-" + b"x" * (3 * 1024 * 1024)]
    )
    def test_refuses_a_file_that_proves_nothing(self, content: bytes) -> None:
        row = making.signed()
        with pytest.raises(ProofUnacceptable):
            filings_dispatch.dispatch(
                make.by(making.desk()),
                filing=row.id,
                way=PORTAL,
                proof=ProofFile("x.pdf", content),
            )

    def test_refuses_what_was_not_signed_off(self) -> None:
        with pytest.raises(FilingStepNotOpen):
            dispatch(making.reviewed())

    def test_refuses_once_the_duty_does_not_apply_any_more(self) -> None:
        row = making.signed()
        Obligation.objects.update(
            status=ObligationStatus.VOID,
            closed_at=make.MORNING,
            closed_by="user:one",
            void_reason="No harm.",
        )
        with pytest.raises(ObligationOver):
            dispatch(row)

    def test_belongs_to_the_authority_desk(self) -> None:
        with pytest.raises(RoleMissing):
            filings_dispatch.dispatch(
                make.by(make.staff(Role.DECIDER)), filing=making.signed().id, way=PORTAL
            )


class TestDispatchByMail:
    def test_refuses_where_the_record_names_no_such_kind(self) -> None:
        row = making.signed()
        accept_mail(row, Trigger.FRAMEWORK)
        with pytest.raises(MailNotAccepted):
            dispatch(row, Way(Channel.EMAIL, OFFICE, collection="Ask."))
        assert not Delivery.objects.exists()

    def test_must_say_how_the_authority_obtains_it(self) -> None:
        row = making.signed()
        accept_mail(row, Trigger.INCIDENT)
        with pytest.raises(CollectionNeeded):
            dispatch(row, Way(Channel.EMAIL, OFFICE))

    def test_waits_for_a_server_to_take_the_mail_and_meets_no_duty_before(self) -> None:
        row = making.signed()
        accept_mail(row, Trigger.INCIDENT)
        sending = dispatch(row, Way(Channel.EMAIL, OFFICE, collection="Ask by telephone."))
        assert (sending.status, sending.dispatched_at) == (FilingStatus.SENDING, None)
        assert Obligation.objects.get().status == ObligationStatus.OPEN
        assert recorded()[-1] == "filing.mailed"

    def test_the_mail_holds_nothing_of_the_content(self) -> None:
        row = making.signed()
        accept_mail(row, Trigger.INCIDENT)
        dispatch(row, Way(Channel.EMAIL, OFFICE, collection="Ask by telephone."))
        mail = Delivery.objects.get()
        whole = mail.title + mail.text + mail.html
        assert mail.address == OFFICE
        assert str(row.id) in mail.title
        assert "Ask by telephone." in mail.text
        assert row.document is not None
        words = [field.get("value") or field["unknown"] for field in row.document["fields"]]
        words += [row.document["subject"]["title"], row.document["rule"]["citation"]]
        assert [word for word in words if word in whole] == []


class TestReceive:
    def test_keeps_the_receipt_and_its_moment(self) -> None:
        row = making.dispatched()
        received = filings_answers.receive(
            make.by(making.desk(), make.MORNING + DAY),
            filing=row.id,
            reference="Stamp 3",
            received_at=make.MORNING + making.HOUR,
            proof=ProofFile("stamp.txt", b"received"),
        ).value
        assert (received.status, received.receipt_proof) == (FilingStatus.RECEIVED, "Stamp 3")
        assert received.received_at == make.MORNING + making.HOUR
        assert files.read(received.stages.latest("id").proof_sha256) == b"received"

    def test_refuses_before_it_was_sent_and_without_a_proof(self) -> None:
        row = making.dispatched(at=make.MORNING + DAY)
        late = make.by(making.desk(), make.MORNING + 2 * DAY)
        with pytest.raises(MomentImpossible):
            filings_answers.receive(late, filing=row.id, reference="x", received_at=make.MORNING)
        with pytest.raises(ProofNeeded):
            filings_answers.receive(late, filing=row.id, reference=" ")
        with pytest.raises(FilingStepNotOpen):
            filings_answers.receive(late, filing=making.signed().id, reference="x")


class TestAcknowledge:
    def test_keeps_the_authoritys_number(self) -> None:
        row = making.dispatched()
        acknowledged = filings_answers.acknowledge(
            make.by(making.desk(), make.MORNING + DAY), filing=row.id, number="AIO-1"
        ).value
        assert (acknowledged.status, acknowledged.acknowledgement) == (
            FilingStatus.ACKNOWLEDGED,
            "AIO-1",
        )
        assert recorded()[-1] == "filing.acknowledged"

    def test_needs_a_number_and_the_desk(self) -> None:
        row = making.dispatched()
        with pytest.raises(NumberNeeded):
            filings_answers.acknowledge(make.by(making.desk()), filing=row.id, number="")
        with pytest.raises(RoleMissing):
            filings_answers.acknowledge(
                make.by(make.staff(Role.CLEARED)), filing=row.id, number="AIO-1"
            )


class TestBounce:
    def test_opens_the_duty_again_and_what_followed_from_it_is_void(self) -> None:
        row = making.dispatched()
        follower = duties.obligation(
            rule=duties.rule("final"), incident=row.obligation.incident, follows=row.obligation
        )
        filings_answers.bounce(
            make.by(making.desk(), make.MORNING + making.HOUR),
            filing=row.id,
            reason="No such office.",
        )

        row.refresh_from_db()
        duty = Obligation.objects.get(pk=row.obligation_id)
        follower.refresh_from_db()
        assert (row.status, row.bounce_reason) == (FilingStatus.BOUNCED, "No such office.")
        assert (duty.status, duty.closed_at, duty.closed_by) == (ObligationStatus.OPEN, None, "")
        assert follower.status == ObligationStatus.VOID
        assert recorded()[-3:] == [*("filing.bounced", "obligation.reopened", "obligation.voided")]

    def test_what_somebody_works_on_already_is_left_to_them(self) -> None:
        row = making.dispatched()
        follower = duties.obligation(
            rule=duties.rule("final"), incident=row.obligation.incident, follows=row.obligation
        )
        making.draft(follower)
        filings_answers.bounce(make.by(making.desk()), filing=row.id, reason="No such office.")
        follower.refresh_from_db()
        assert follower.status == ObligationStatus.OPEN

    def test_sent_again_it_meets_the_duty_then_and_the_first_try_stays_readable(self) -> None:
        row = making.bounced()
        making.send(row, at=make.MORNING + DAY)
        row.refresh_from_db()
        assert (row.status, row.bounced_at) == (FilingStatus.DISPATCHED, None)
        assert Obligation.objects.get().closed_at == make.MORNING + DAY
        assert [stage.kind for stage in row.stages.order_by("id")][-3:] == [
            *("dispatched", "bounced", "dispatched")
        ]

    def test_the_duty_stays_met_where_an_amendment_arrived(self) -> None:
        row = making.dispatched()
        Filing.objects.create(
            obligation=row.obligation,
            amends=row,
            status=FilingStatus.RECEIVED,
            dispatched_at=make.MORNING,
            dispatched_by="user:one",
            dispatch_proof="x",
            channel=Channel.PORTAL,
            signed_by="user:three",
            signed_at=make.MORNING,
            reviewed_by="user:two",
            reviewed_at=make.MORNING,
            document={},
            sha256="0",
            pdf_sha256="0",
            prepared_by="user:one",
            prepared_at=make.MORNING,
            changed_at=make.MORNING,
        )
        filings_answers.bounce(make.by(making.desk()), filing=row.id, reason="No such office.")
        assert Obligation.objects.get().status == ObligationStatus.DISCHARGED

    def test_needs_a_reason_and_something_sent(self) -> None:
        with pytest.raises(ReasonNeeded):
            filings_answers.bounce(
                make.by(making.desk()), filing=making.dispatched().id, reason=""
            )
        with pytest.raises(FilingStepNotOpen):
            filings_answers.bounce(make.by(making.desk()), filing=making.signed().id, reason="x")


class TestTheDisclosureLog:
    def test_has_the_document_and_whom_it_names_in_confidence_once_it_is_sent(self) -> None:
        row = making.dispatched()
        given = row.stages.get(kind="dispatched").disclosure
        assert given is not None
        assert (given.authority_id, given.given_at) == (row.authority_id, row.dispatched_at)
        assert (given.basis, given.citation, given.marking) == (
            *("duty", "Test Act, Article 1"),
            "confidential",
        )
        assert [one.organization_id for one in given.names.all()] == [
            row.obligation.duty_holder_id
        ]
        assert {one.sha256 for one in given.documents.all()} == {row.sha256, row.pdf_sha256}

    def test_takes_back_what_did_not_arrive_and_has_it_anew_once_it_is_sent_again(self) -> None:
        row = making.bounced()
        assert not Disclosure.objects.standing().exists()
        back = Disclosure.objects.get(taken_back=True)
        assert back.correction_reason == "It did not arrive: No such office."
        making.send(row, at=make.MORNING + DAY)
        assert Disclosure.objects.standing().count() == 1

    def test_has_nothing_of_what_is_not_sent_yet(self) -> None:
        making.signed()
        assert not Disclosure.objects.exists()
