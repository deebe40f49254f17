"""Races on notifications: what was reviewed is what is signed, and what is sent is sent once."""

import pytest

from notifications.choices import FilingStatus, ObligationStatus
from notifications.models import Delivery, Filing, Obligation
from notifications.operations import (
    deliveries,
    filings,
    filings_answers,
    filings_dispatch,
    filings_review,
)
from notifications.operations.filings import FieldSaid
from notifications.operations.filings_dispatch import Way
from notifications.queries.filings import write_document
from registry.choices import Channel, Role, Trigger
from registry.models import AuditEvent
from tests import filings as making
from tests import make
from tests.notifications.test_filings_dispatch import OFFICE, PORTAL, accept_mail, dispatch
from tests.races.racing import race, refusals, winners

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("attempt")
class TestOneNotification:
    def test_draft_and_draft(self) -> None:
        duty = making.duty()
        desks = [making.desk(), making.desk()]
        results = race(
            *(lambda desk=desk: filings.draft(make.by(desk), obligation=duty.id) for desk in desks)
        )
        assert winners(results) == 1
        assert refusals(results) == {"filing_in_preparation"}
        assert Filing.objects.count() == 1

    def test_review_and_change_never_leave_a_review_of_other_words(self) -> None:
        row = making.complete()
        reviewer, writer = making.desk(), making.desk()
        results = race(
            lambda: filings_review.review(
                make.by(reviewer, expected_version=row.version), filing=row.id
            ),
            lambda: filings.change(
                make.by(writer), filing=row.id, fields={"moment": FieldSaid(value="2 July")}
            ),
        )
        assert refusals(results) <= {"content_changed", "stale_version"}
        found = Filing.objects.get()
        assert found.fields["moment"] == {"value": "2 July"}
        assert (found.status, found.sha256) == (FilingStatus.DRAFT, "")

    def test_sign_and_sign(self) -> None:
        row = making.reviewed()
        signers = [make.staff(Role.DECIDER), making.desk()]
        results = race(
            *(
                lambda signer=signer: filings_review.sign(make.by(signer), filing=row.id)
                for signer in signers
            )
        )
        assert winners(results) == 1
        assert refusals(results) == {"filing_step_not_open"}
        assert AuditEvent.objects.filter(name="filing.signed").count() == 1

    def test_sign_and_return(self) -> None:
        row = making.reviewed()
        signer, desk = make.staff(Role.DECIDER), making.desk()
        results = race(
            lambda: filings_review.sign(make.by(signer), filing=row.id),
            lambda: filings_review.return_(make.by(desk), filing=row.id, reason="Wrong."),
        )
        assert refusals(results) <= {"filing_step_not_open"}
        found = Filing.objects.get()
        assert (found.status, found.signed_by) == (FilingStatus.DRAFT, "")

    def test_dispatch_and_dispatch(self) -> None:
        row = making.signed()
        desks = [making.desk(), making.desk()]
        results = race(
            *(
                lambda desk=desk: filings_dispatch.dispatch(
                    make.by(desk), filing=row.id, way=PORTAL
                )
                for desk in desks
            )
        )
        assert winners(results) == 1
        assert refusals(results) == {"filing_step_not_open"}
        assert AuditEvent.objects.filter(name="obligation.discharged").count() == 1

    def test_dispatch_and_return(self) -> None:
        row = making.signed()
        first, second = making.desk(), making.desk()
        results = race(
            lambda: filings_dispatch.dispatch(make.by(first), filing=row.id, way=PORTAL),
            lambda: filings_review.return_(make.by(second), filing=row.id, reason="Wrong."),
        )
        assert winners(results) == 1
        sent = Filing.objects.get().status == FilingStatus.DISPATCHED
        met = Obligation.objects.get().status == ObligationStatus.DISCHARGED
        assert sent is met

    def test_the_servers_yes_and_a_persons_giving_up(self) -> None:
        row = making.signed()
        accept_mail(row, Trigger.INCIDENT)
        mail = dispatch(row, Way(Channel.EMAIL, OFFICE, collection="Ask.")).delivery_id
        assert mail is not None
        desk = making.desk()
        race(
            lambda: deliveries.settle_sent(mail, at=make.MORNING),
            lambda: filings_answers.bounce(make.by(desk), filing=row.id, reason="No answer."),
        )
        found, duty = Filing.objects.get(), Obligation.objects.get()
        assert Delivery.objects.count() == 1
        assert found.status in {FilingStatus.DISPATCHED, FilingStatus.BOUNCED}
        met = duty.status == ObligationStatus.DISCHARGED
        assert met is (found.status == FilingStatus.DISPATCHED)

    def test_the_document_of_a_sent_one_is_what_was_reviewed(self) -> None:
        row = Filing.objects.get(pk=making.dispatched().pk)
        assert row.authority is not None
        assert write_document(row, row.authority) == row.document
