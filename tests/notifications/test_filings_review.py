"""Review and sign-off by two, and the content that is fixed by it."""

import json
from hashlib import sha256
from io import BytesIO

import pytest
from pypdf import PdfReader

from notifications.choices import FilingStatus, StageKind
from notifications.models import Filing, Obligation
from notifications.operations import filings, filings_review
from notifications.operations.filings import FieldSaid, FilingInPreparation
from notifications.operations.filings_review import (
    ContentChanged,
    FieldsMissing,
    OwnReview,
    OwnWords,
    Printed,
    RecipientMissing,
)
from notifications.operations.filings_stages import ReasonNeeded
from notifications.queries.filings import write_canonically
from notifications.queries.filings_pdf import CharacterUnprintable
from notifications.workflow import FilingStepNotOpen
from registry import files
from registry.choices import Role
from registry.models import AuditEvent
from registry.policies import RoleMissing
from tests import filings as making
from tests import make
from tests.notifications.test_filings import recorded

pytestmark = pytest.mark.django_db


class TestReview:
    @pytest.mark.parametrize("role", [Role.AUTHORITY_DESK, Role.CLEARED])
    def test_fixes_the_content_under_its_checksum(self, role: Role) -> None:
        row, reviewer = making.complete(), make.staff(role)
        reviewed = filings_review.review(make.by(reviewer), filing=row.id).value

        assert (reviewed.status, reviewed.reviewed_by) == (FilingStatus.REVIEWED, reviewer.key)
        assert reviewed.document is not None
        assert reviewed.sha256 == sha256(write_canonically(reviewed.document)).hexdigest()
        assert reviewed.document["fields"] == [
            {"name": "moment", "label": "Start and end dates", "value": "1 July 2026"},
            {
                "name": "victims",
                "label": "Resulting harm",
                "unknown": "The hospital has not told.",
            },
            {
                "name": "events",
                "label": "Chain of events",
                "value": "An agent left its sandbox.",
            },
        ]
        assert recorded()[-1] == "filing.reviewed"
        assert reviewed.stages.latest("id").sha256 == reviewed.sha256

    def test_stores_the_pdf_of_exactly_this_content(self) -> None:
        row = making.reviewed()
        text = PdfReader(BytesIO(files.read(row.pdf_sha256))).pages[0].extract_text()
        assert "An agent left its sandbox." in text
        assert row.sha256 in text.replace("\n", "")
        assert "DRAFT" not in text

    def test_the_checksum_outlives_the_way_through_the_database(self) -> None:
        row = making.reviewed()
        row.refresh_from_db()
        assert row.document is not None
        assert sha256(write_canonically(row.document)).hexdigest() == row.sha256
        assert json.loads(write_canonically(row.document)) == row.document

    def test_what_one_has_written_another_reviews(self) -> None:
        desk = making.desk()
        row = making.complete(by=desk)
        with pytest.raises(OwnWords):
            filings_review.review(make.by(desk), filing=row.id)
        row.refresh_from_db()
        assert row.status == FilingStatus.DRAFT

    def test_whoever_changed_it_last_has_written_it(self) -> None:
        writer, corrector = making.desk(), making.desk()
        row = making.complete(by=writer)
        filings.change(
            make.by(corrector), filing=row.id, fields={"moment": FieldSaid(value="2 July")}
        )
        with pytest.raises(OwnWords):
            filings_review.review(make.by(corrector), filing=row.id)
        assert filings_review.review(make.by(writer), filing=row.id).value.reviewed_by

    def test_refuses_by_name_what_is_said_nothing_of(self) -> None:
        row = making.draft()
        with pytest.raises(FieldsMissing) as refused:
            filings_review.review(make.by(making.desk()), filing=row.id)
        assert refused.value.values == {"fields": "moment, victims, events"}
        assert not AuditEvent.objects.filter(name="filing.reviewed").exists()

    def test_refuses_where_nobody_receives_it(self) -> None:
        row = making.complete()
        Obligation.objects.update(authority=None, recipient="nobody")
        with pytest.raises(RecipientMissing):
            filings_review.review(make.by(making.desk()), filing=row.id)

    def test_refuses_what_the_document_cannot_show(self) -> None:
        row = making.complete()
        said = {"moment": FieldSaid(value="中")}
        filings.change(make.by(making.desk()), filing=row.id, fields=said)
        with pytest.raises(CharacterUnprintable) as refused:
            filings_review.review(make.by(make.staff(Role.CLEARED)), filing=row.id)
        assert refused.value.values == {"character": "中"}

    def test_fixes_nothing_that_was_not_printed(self) -> None:
        row = making.complete()
        stale = Printed("0" * 64, "0" * 64)
        with pytest.raises(ContentChanged):
            filings_review._review(make.by(making.desk()), stale, filing=row.id)
        row.refresh_from_db()
        assert (row.status, row.sha256) == (FilingStatus.DRAFT, "")

    def test_asked_twice_under_one_key_it_answers_as_it_did(self) -> None:
        row, desk = making.complete(), making.desk()
        first, second = (
            filings_review.review(make.by(desk, idempotency="once"), filing=row.id)
            for _ in range(2)
        )
        assert second.replayed
        assert first.value.sha256 == second.value.sha256

    def test_refuses_a_second_review(self) -> None:
        with pytest.raises(FilingStepNotOpen):
            filings_review.review(make.by(making.desk()), filing=making.reviewed().id)

    def test_belongs_to_the_desk_and_to_cleared_roles(self) -> None:
        with pytest.raises(RoleMissing):
            filings_review.review(make.by(make.staff(Role.DECIDER)), filing=making.complete().id)


class TestReturn:
    def test_makes_it_a_draft_with_a_reason_that_stays(self) -> None:
        row, desk = making.signed(), making.desk()
        back = filings_review.return_(make.by(desk), filing=row.id, reason="Wrong date.").value

        assert (back.status, back.sha256, back.reviewed_by, back.signed_by) == (
            FilingStatus.DRAFT,
            "",
            "",
            "",
        )
        stage = back.stages.latest("id")
        assert (stage.kind, stage.by, stage.note) == (
            StageKind.RETURNED,
            desk.key,
            "Wrong date.",
        )
        assert (stage.sha256, stage.document) == (row.sha256, row.document)
        assert [kept.kind for kept in back.stages.order_by("id")] == [
            *("drafted", "changed", "reviewed", "signed", "returned")
        ]

    def test_the_reason_stays_out_of_the_record(self) -> None:
        filings_review.return_(
            make.by(making.desk()), filing=making.reviewed().id, reason="Wrong date."
        )
        details = AuditEvent.objects.latest("id").details
        assert set(details["reason"]) == {"private", "hmac"}

    def test_takes_back_what_did_not_arrive_to_be_changed(self) -> None:
        row = making.bounced()
        back = filings_review.return_(
            make.by(making.desk()), filing=row.id, reason="Wrong office."
        ).value
        assert (back.status, back.dispatched_at, back.bounced_at, back.channel) == (
            FilingStatus.DRAFT,
            None,
            None,
            "",
        )

    def test_not_while_another_is_in_preparation(self) -> None:
        row = making.dispatched()
        filings.amend(make.by(making.desk()), filing=row.id)
        Filing.objects.filter(pk=row.id).update(status=FilingStatus.BOUNCED)
        with pytest.raises(FilingInPreparation):
            filings_review.return_(make.by(making.desk()), filing=row.id, reason="Wrong.")

    def test_needs_a_reason_and_something_to_return(self) -> None:
        with pytest.raises(ReasonNeeded):
            filings_review.return_(make.by(making.desk()), filing=making.reviewed().id, reason="")
        with pytest.raises(FilingStepNotOpen):
            filings_review.return_(make.by(making.desk()), filing=making.draft().id, reason="x")


class TestSign:
    @pytest.mark.parametrize("role", [Role.AUTHORITY_DESK, Role.DECIDER])
    def test_lets_it_be_sent(self, role: Role) -> None:
        row, signer = making.reviewed(), make.staff(role)
        signed = filings_review.sign(make.by(signer), filing=row.id).value
        assert (signed.status, signed.signed_by) == (FilingStatus.SIGNED, signer.key)
        assert AuditEvent.objects.latest("id").details == {"sha256": row.sha256}

    def test_two_people_suffice(self) -> None:
        writer = making.desk()
        row = making.complete(by=writer)
        filings_review.review(make.by(making.desk()), filing=row.id)
        assert filings_review.sign(make.by(writer), filing=row.id).value.signed_by == writer.key

    def test_whoever_reviewed_it_does_not_sign_it_off(self) -> None:
        row, desk = making.complete(), making.desk()
        filings_review.review(make.by(desk), filing=row.id)
        with pytest.raises(OwnReview):
            filings_review.sign(make.by(desk), filing=row.id)
        row.refresh_from_db()
        assert (row.status, row.signed_by) == (FilingStatus.REVIEWED, "")

    def test_refuses_what_nobody_reviewed(self) -> None:
        with pytest.raises(FilingStepNotOpen):
            filings_review.sign(make.by(make.staff(Role.DECIDER)), filing=making.complete().id)

    def test_belongs_to_deciders_and_the_desk(self) -> None:
        with pytest.raises(RoleMissing):
            filings_review.sign(make.by(make.staff(Role.CLEARED)), filing=making.reviewed().id)
