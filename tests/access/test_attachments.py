"""Files of a request: told by what they hold, scanned or said not to be, given to few, redacted with a tombstone."""

import datetime as dt
from pathlib import Path

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.utils.timezone import now
from pytest_django import Settings

from access.choices import RequestStatus
from access.models import AccessRequest, Attachment
from access.operations import attachments, requests
from access.operations.submissions import AnswersIncomplete
from access.queries.answers import find_problems
from access.queries.attachments import find_attachment
from access.tasks import scan_attachments
from notifications.operations.filings_proofs import sweep_files
from registry import files
from registry.choices import Role, ScanState
from registry.errors import NotFound
from registry.operations import stored_files
from registry.policies import RoleMissing
from registry.queries.stored_files import AttachmentRedacted, AttachmentWithheld
from tests import forms, make

pytestmark = pytest.mark.django_db
VIRUS = b"%PDF-1.7 a virus"


def is_harmless(content: bytes) -> bool:
    """The scanner of these tests."""
    if b"unreadable" in content:
        raise ValueError("it breaks on this")
    return b"virus" not in content


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGE = tmp_path


@pytest.fixture
def scanner(settings: Settings) -> None:
    settings.ATTACHMENT_SCANNER = f"{__name__}.is_harmless"


@pytest.fixture
def draft() -> AccessRequest:
    return make.draft(None, forms.tier(), answers=forms.ANSWERS)


def redact(row: Attachment) -> None:
    attachments.redact(
        make.by(make.staff(Role.ADMINISTRATOR)),
        request=row.request_id,
        attachment=row.id,
        reason="It names a patient.",
    )


class TestAttaching:
    def test_is_kept_under_its_checksum_and_shown_as_not_scanned(
        self, draft: AccessRequest
    ) -> None:
        found = forms.attach(draft)
        assert files.read(found.sha256) == forms.PDF
        assert (found.name, found.scan_state) == ("plan of Ann.pdf", ScanState.NOT_SCANNED)

    def test_what_it_holds_counts_and_not_its_name(self, draft: AccessRequest) -> None:
        for content in (b"\x7fELF\x02\x00", b"", b"only text, called a PDF"):
            with pytest.raises(stored_files.AttachmentUnacceptable):
                forms.attach(draft, content=content)
        assert forms.attach(draft, content=b"only text", field="").kind == "text"

    def test_limits_of_size_number_and_field(self, draft: AccessRequest) -> None:
        with pytest.raises(stored_files.AttachmentTooLarge):
            forms.attach(draft, content=forms.PDF + b" " * 11 * 1024 * 1024)
        with pytest.raises(attachments.AttachmentFieldUnknown):
            forms.attach(draft, field="team")
        forms.attach(draft)
        with pytest.raises(stored_files.TooManyAttachments):
            forms.attach(draft)

    def test_by_nobody_else_and_to_nothing_that_is_in_review(self, draft: AccessRequest) -> None:
        with pytest.raises(NotFound):
            forms.attach(draft, make.client(make.organization()))
        with pytest.raises(attachments.AttachmentNotTaken):
            forms.attach(make.in_review(), field="")
        assert forms.attach(make.request_in(RequestStatus.QUESTION_OPEN), field="").size

    def test_taken_away_before_it_was_handed_in_it_is_gone(self, draft: AccessRequest) -> None:
        partner = make.client(draft.organization)
        found = forms.attach(draft, partner)
        attachments.detach(make.by(partner), request=draft.id, attachment=found.id)
        with pytest.raises(NotFound):
            find_attachment(partner, request=draft.id, attachment=found.id)
        sweep_files(at=now() + dt.timedelta(days=2))
        with pytest.raises(FileNotFoundError):
            files.read(found.sha256)


class TestDownloading:
    def test_a_confidential_file_goes_only_to_its_stages(self, draft: AccessRequest) -> None:
        found = forms.attach(draft)
        requests.submit(make.by(make.client(draft.organization)), request=draft.id)
        for reader in (make.client(draft.organization), make.staff(Role.DECIDER)):
            assert find_attachment(reader, request=draft.id, attachment=found.id) == found
        for stranger in (make.staff(Role.REVIEWER), make.client(make.organization())):
            with pytest.raises(NotFound):
                find_attachment(stranger, request=draft.id, attachment=found.id)

    def test_not_by_the_address_of_another_request(self, draft: AccessRequest) -> None:
        found, other = forms.attach(draft), make.draft(draft.organization)
        with pytest.raises(NotFound):
            find_attachment(make.client(draft.organization), request=other.id, attachment=found.id)


@pytest.mark.usefixtures("scanner")
class TestScanning:
    def test_nothing_is_given_out_before_its_scan_and_what_is_refused_never(
        self, draft: AccessRequest
    ) -> None:
        partner = make.client(draft.organization)
        bad = forms.attach(draft, partner, VIRUS)
        good = forms.attach(draft, partner, b"only text", field="")
        for waits in (bad, good):
            with pytest.raises(AttachmentWithheld):
                find_attachment(partner, request=draft.id, attachment=waits.id)
        scan_attachments()
        assert find_attachment(partner, request=draft.id, attachment=good.id).scan_state == "clean"
        with pytest.raises(AttachmentWithheld):
            find_attachment(partner, request=draft.id, attachment=bad.id)
        with pytest.raises(AnswersIncomplete) as refused:
            requests.submit(make.by(partner), request=draft.id)
        assert [one["code"] for one in refused.value.values["problems"]] == ["file_refused"]

    def test_what_waits_only_warns_and_what_breaks_the_scanner_waits_on(
        self, draft: AccessRequest
    ) -> None:
        forms.attach(draft, content=b"%PDF- unreadable")
        scan_attachments()
        (problem,) = find_problems(AccessRequest.objects.get(pk=draft.pk))
        assert (problem.code, problem.blocks) == ("file_awaiting_scan", False)

    def test_nobody_else_says_what_was_found(self, draft: AccessRequest) -> None:
        found = forms.attach(draft)
        with pytest.raises(stored_files.VerdictOfTheScanner):
            attachments.settle_scan(make.by(make.staff(*Role)), attachment=found.id, clean=True)


class TestRedacting:
    def test_leaves_who_when_why_and_the_checksum_and_nothing_else(
        self, draft: AccessRequest
    ) -> None:
        found = forms.attach(draft)
        requests.submit(make.by(make.client(draft.organization)), request=draft.id)
        redact(found)
        row = Attachment.objects.get()
        assert (row.name, row.redaction_reason) == ("", "It names a patient.")
        assert (row.sha256, row.redacted_by[:5]) == (found.sha256, "user:")
        with pytest.raises(AttachmentRedacted):
            find_attachment(make.staff(Role.DECIDER), request=draft.id, attachment=found.id)
        sweep_files(at=now() + dt.timedelta(days=2))
        with pytest.raises(FileNotFoundError):
            files.read(found.sha256)
        with pytest.raises(stored_files.RedactedAlready):
            redact(found)

    def test_leaves_the_same_file_of_another_request_alone(self, draft: AccessRequest) -> None:
        other = forms.attach(make.draft(None, draft.tier))
        redact(forms.attach(draft))
        sweep_files(at=now() + dt.timedelta(days=2))
        assert files.read(other.sha256) == forms.PDF

    def test_takes_the_role(self, draft: AccessRequest) -> None:
        found = forms.attach(draft)
        with pytest.raises(RoleMissing):
            attachments.redact(
                make.by(make.staff(Role.DECIDER)),
                request=draft.id,
                attachment=found.id,
                reason="So.",
            )

    def test_the_database_keeps_the_checksum(self, draft: AccessRequest) -> None:
        found = forms.attach(draft)
        with pytest.raises(ProgrammingError, match="attachment_stays"), transaction.atomic():
            Attachment.objects.filter(pk=found.pk).update(sha256="0" * 64)
