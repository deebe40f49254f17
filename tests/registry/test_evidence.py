"""Documents of evidence: kept with what they show, read by few, and redacted with a tombstone."""

import datetime as dt
from pathlib import Path

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.utils.timezone import now
from pytest_django import Settings

from notifications.operations.filings_proofs import sweep_files
from registry import files
from registry.choices import AssertionKind, AttestationFinding, Role, ScanState
from registry.errors import NotFound
from registry.models import Attestation, AuditEvent, EvidenceFile
from registry.operations import attestations, evidence, members, stored_files
from registry.operations.attestations import (
    AttestationReviewed,
    EvidenceDiffers,
    EvidenceSettled,
    OwnAttestation,
    Said,
)
from registry.operations.evidence import MOST
from registry.operations.stored_files import Upload
from registry.policies import RoleMissing
from registry.queries.evidence import EvidenceMarked, EvidenceUnread, open_evidence
from registry.queries.stored_files import AttachmentRedacted, AttachmentWithheld
from registry.tasks import scan_evidence
from tests import eligible, make
from tests.eligible import TODAY
from tests.forms import PDF

pytestmark = pytest.mark.django_db
REPORT, LETTER = Upload("report of Ann.pdf", PDF), Upload("letter.txt", b"It goes on.")


def is_harmless(content: bytes) -> bool:
    """The scanner of these tests."""
    return b"virus" not in content


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGE = tmp_path


def handed_in(*uploads: Upload, confidential: bool = False, scheme: str = "iso") -> Attestation:
    """By the holder's own client."""
    of = make.organization()
    said = Said(eligible.scheme(scheme).id, "A body", TODAY)
    return attestations.hand_in(
        make.by(make.client(of)),
        organization=of.id,
        said=said,
        uploads=uploads,
        confidential=confidential,
    ).value


def accept(row: Attestation) -> Attestation:
    return attestations.review(
        make.by(make.staff(Role.REVIEWER)),
        attestation=row.id,
        finding=AttestationFinding.ACCEPTED,
    ).value


def redact(file: EvidenceFile) -> None:
    evidence.redact(
        make.by(make.staff(Role.ADMINISTRATOR)), file=file.id, reason="It names a patient."
    )


class TestHandingIn:
    def test_the_document_is_kept_and_its_checksum_is_the_attestations(self) -> None:
        row = handed_in(REPORT, LETTER)
        report, letter = row.files.order_by("name")[::-1]
        assert (report.sha256, files.read(report.sha256)) == (row.evidence_sha256, PDF)
        assert (letter.kind, letter.organization) == ("text", row.organization)
        assert (row.evidence_name, report.name) == ("", "report of Ann.pdf")
        added = AuditEvent.objects.filter(name="evidence.added")
        assert {event.subject_id for event in added} == {report.id, letter.id}
        assert "Ann" not in str([event.details for event in added])

    def test_a_checksum_that_no_file_has_is_refused(self) -> None:
        of, scheme = make.organization(), eligible.scheme()
        with pytest.raises(EvidenceDiffers):
            attestations.hand_in(
                make.by(make.client(of)),
                organization=of.id,
                said=Said(scheme.id, "A body", TODAY, "ab" * 32),
                uploads=(REPORT,),
            )

    @pytest.mark.parametrize(
        ("uploads", "refusal"),
        [
            ((Upload("x.pdf", b"\x7fELF\x02\x00"),), stored_files.AttachmentUnacceptable),
            ((Upload("x.pdf", PDF + b" " * 11 * 1024 * 1024),), stored_files.AttachmentTooLarge),
            ((REPORT,) * (MOST + 1), stored_files.TooManyAttachments),
        ],
    )
    def test_what_is_none_too_large_or_too_many_brings_no_attestation(
        self, uploads: tuple[Upload, ...], refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            handed_in(*uploads)
        assert not Attestation.objects.exists()

    def test_a_document_about_a_member_is_always_confidential(self) -> None:
        member = make.member(make.organization(), "m-1")
        members.attest(
            make.by(make.client(member.organization)),
            member=member.id,
            kind=AssertionKind.US_PERSON,
            holds=True,
            evidence="Passport seen by HR",
            upload=REPORT,
        )
        members.review(
            make.by(make.staff(Role.RESTRICTOR)), member=member.id, kind=AssertionKind.US_PERSON
        )
        said = member.assertions.current().get()
        assert said.reviewed_at is not None
        assert said.file is not None
        assert said.file.confidential


class TestAddingLater:
    def test_any_until_the_review_then_only_the_one_that_is_named(self) -> None:
        row = eligible.handed_in(
            make.organization(), eligible.scheme(), evidence_sha256=files.keep(PDF)
        )
        partner = make.by(make.client(row.organization))
        attestations.attach(partner, attestation=row.id, upload=LETTER)
        accept(row)
        with pytest.raises(EvidenceSettled):
            attestations.attach(partner, attestation=row.id, upload=Upload("z.txt", b"Another"))
        attestations.attach(partner, attestation=row.id, upload=REPORT)
        assert {file.sha256 for file in row.files.all()} >= {row.evidence_sha256}
        attestations.withdraw(partner, attestation=row.id, reason="Void.")
        with pytest.raises(AttestationReviewed):
            attestations.attach(partner, attestation=row.id, upload=REPORT)

    def test_by_nobody_else_and_who_added_one_does_not_review(self) -> None:
        row = handed_in(REPORT)
        with pytest.raises(NotFound):
            attestations.attach(
                make.by(make.client(make.organization())), attestation=row.id, upload=LETTER
            )
        both = make.staff(Role.INTAKE, Role.REVIEWER)
        attestations.attach(make.by(both), attestation=row.id, upload=LETTER)
        with pytest.raises(OwnAttestation):
            attestations.review(
                make.by(both), attestation=row.id, finding=AttestationFinding.ACCEPTED
            )


class TestReading:
    def test_its_own_organization_and_staff_with_a_role_and_nobody_else(self) -> None:
        row = handed_in(REPORT)
        (file,) = row.files.all()
        for reader in (make.client(row.organization), make.staff(Role.INTAKE)):
            assert open_evidence(reader, file.id) == file
        for stranger in (make.client(make.organization()), make.staff(Role.AUTHORITY_DESK)):
            with pytest.raises(NotFound):
                open_evidence(stranger, file.id)

    def test_a_confidential_one_is_read_by_who_rules_and_on_record(self) -> None:
        (file,) = handed_in(REPORT, confidential=True).files.all()
        reviewer = make.staff(Role.REVIEWER)
        with pytest.raises(EvidenceMarked):
            open_evidence(reviewer, file.id)
        with pytest.raises(RoleMissing):
            evidence.read(make.by(make.staff(Role.INTAKE)), file=file.id)
        assert evidence.read(make.by(reviewer), file=file.id).value == file
        event = AuditEvent.objects.get(name="evidence.read")
        assert (event.actor, event.subject_id) == (reviewer.key, file.id)
        assert event.organizations == []

    def test_what_needs_no_record_makes_none(self) -> None:
        (file,) = handed_in(REPORT).files.all()
        evidence.read(make.by(make.staff(Role.REVIEWER)), file=file.id)
        assert not AuditEvent.objects.filter(name="evidence.read").exists()


class TestScanning:
    def test_nobody_accepts_what_nobody_could_read(self, settings: Settings) -> None:
        settings.ATTACHMENT_SCANNER = f"{__name__}.is_harmless"
        good, bad = handed_in(LETTER), handed_in(Upload("x.txt", b"a virus"), scheme="soc")
        with pytest.raises(EvidenceUnread):
            accept(good)
        scan_evidence()
        assert {file.scan_state for file in EvidenceFile.objects.all()} == {
            ScanState.CLEAN,
            ScanState.REFUSED,
        }
        assert accept(good).finding == "accepted"
        with pytest.raises(EvidenceUnread):
            accept(bad)
        with pytest.raises(AttachmentWithheld):
            open_evidence(make.client(bad.organization), bad.files.get().id)
        with pytest.raises(stored_files.VerdictOfTheScanner):
            evidence.settle_scan(make.by(make.staff(*Role)), file=bad.files.get().id, clean=True)


class TestRedacting:
    def test_leaves_who_when_why_and_the_checksum_and_what_rests_on_it_stands(self) -> None:
        row = accept(handed_in(REPORT))
        redact(row.files.get())
        file = row.files.get()
        assert (file.name, file.redaction_reason) == ("", "It names a patient.")
        assert (file.sha256, row.versions.current().count()) == (row.evidence_sha256, 1)
        with pytest.raises(AttachmentRedacted):
            open_evidence(make.staff(Role.REVIEWER), file.id)
        sweep_files(at=now() + dt.timedelta(days=2))
        with pytest.raises(FileNotFoundError):
            files.read(file.sha256)
        with pytest.raises(stored_files.RedactedAlready):
            redact(file)

    def test_the_sweep_leaves_what_is_named_and_takes_the_orphan_of_a_refused_act(self) -> None:
        (kept,) = handed_in(REPORT).files.all()
        orphan = files.keep(b"orphan")
        sweep_files(at=now() + dt.timedelta(days=2))
        assert files.read(kept.sha256) == PDF
        with pytest.raises(FileNotFoundError):
            files.read(orphan)

    def test_takes_the_role_and_the_database_keeps_the_checksum(self) -> None:
        (file,) = handed_in(REPORT).files.all()
        with pytest.raises(RoleMissing):
            evidence.redact(make.by(make.staff(Role.DECIDER)), file=file.id, reason="So.")
        with pytest.raises(ProgrammingError, match="evidence_file_stays"), transaction.atomic():
            EvidenceFile.objects.filter(pk=file.pk).update(sha256="0" * 64)
