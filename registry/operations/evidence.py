"""Documents of evidence: added with what they show, read, scanned, redacted with a tombstone."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from registry import audit
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.events import Event
from registry.models import EvidenceFile, Organization
from registry.operations.stored_files import (
    Kept,
    TooManyAttachments,
    Upload,
    VerdictOfTheScanner,
    _redact,
    _settle,
    check_kind,
    keep,
)
from registry.policies import check_role
from registry.queries.evidence import find_evidence

MOST = 10
"""How many documents one act may bring, and one attestation may have."""


def keep_all(uploads: Iterable[Upload]) -> tuple[Kept, ...]:
    """Store them, outside of any transaction. Raises AttachmentUnacceptable, AttachmentTooLarge."""
    kept = tuple(keep(upload) for upload in uploads)
    for one in kept:
        check_kind(one)
    return kept


@command
def read(command: Command, *, file: UUID) -> EvidenceFile:
    """What it holds may be given to the caller once this has committed: of a confidential one, the reading is recorded.

    Raises NotFound, RoleMissing, AttachmentRedacted, AttachmentWithheld.
    """
    row = find_evidence(command.by, file)
    if row.confidential:
        clock = read_clock(command)
        audit.record(Event.EVIDENCE_READ, row, command, occurred_at=clock.recorded, concerned=())
    return row


@command
def redact(command: Command, *, file: UUID, reason: str) -> EvidenceFile:
    """Leave a tombstone in place of a file: nobody gets it from this commit on, and the sweep removes it.

    What rests on the evidence stands. Raises RoleMissing, NotFound, Stale, RedactionReasonMissing, RedactedAlready.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    row = lock(EvidenceFile.objects.all(), file, command, what="evidence")
    clock = read_clock(command, row)
    touch(row, clock, *_redact(command, row, reason=reason, at=clock.at))
    audit.record(
        Event.EVIDENCE_REDACTED,
        row,
        command,
        occurred_at=clock.at,
        sha256=row.sha256,
        private={"reason": reason},
    )
    return row


@command
def settle_scan(command: Command, *, file: UUID, clean: bool) -> EvidenceFile:
    """Write down what the scanner found. Raises VerdictOfTheScanner, NotFound, ScanSettled."""
    if command.by != SYSTEM:
        raise VerdictOfTheScanner
    row = lock(EvidenceFile.objects.all(), file, command, what="evidence")
    clock = read_clock(command, row)
    touch(row, clock, *_settle(row, clean=clean, at=clock.at))
    audit.record(Event.EVIDENCE_SCANNED, row, command, occurred_at=clock.at, clean=clean)
    return row


def _add(
    command: Command,
    organization: Organization,
    kept: Sequence[Kept],
    *,
    confidential: bool,
    clock: Clock,
    there: int = 0,
) -> list[EvidenceFile]:
    """Documents of an organization, in the transaction of what they show. `there` are so many already.

    Raises TooManyAttachments.
    """
    if there + len(kept) > MOST:
        raise TooManyAttachments(limit=MOST)
    rows = []
    for one in kept:
        row = EvidenceFile.objects.create(
            organization=organization, confidential=confidential, **one.columns(command, clock)
        )
        audit.record(
            Event.EVIDENCE_ADDED,
            row,
            command,
            occurred_at=clock.at,
            sha256=row.sha256,
            size=row.size,
            confidential=confidential,
        )
        rows.append(row)
    return rows
