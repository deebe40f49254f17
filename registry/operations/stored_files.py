"""What all files that are handed in have in common: kept before the transaction that names them, told apart by
what they hold, scanned or said not to be, redacted with a tombstone."""

import datetime as dt
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from registry import files
from registry.choices import FileKind, ScanState
from registry.commands import Clock, Command
from registry.errors import Conflict, Forbidden, Invalid
from registry.models import StoredFile
from registry.queries.stored_files import MEDIA_TYPES

log = logging.getLogger(__name__)
LARGEST_MB = 10
_MB = 1024 * 1024
_KINDS = {media: kind for kind, media in MEDIA_TYPES.items()}

Scanner: TypeAlias = Callable[[bytes], bool]
"""Whether a file may be given out. Named by the setting ATTACHMENT_SCANNER; raises where it cannot tell."""


class AttachmentUnacceptable(Invalid):
    """By what it holds it is of no kind that is taken here, whatever its name says."""

    code = "attachment_unacceptable"
    text = _("This takes %(kinds)s. What the file holds is something else, or nothing.")


class AttachmentTooLarge(Invalid):
    code = "attachment_too_large"
    text = _("A file may have at most %(limit)s MB here.")


class TooManyAttachments(Invalid):
    code = "too_many_attachments"
    text = _("There are %(limit)s files here already: more are not taken.")


class RedactionReasonMissing(Invalid):
    code = "redaction_reason_missing"
    text = _("Say why the file is redacted.")


class RedactedAlready(Conflict):
    code = "redacted_already"
    text = _("The file was redacted already.")


class ScanSettled(Conflict):
    code = "scan_settled"
    text = _("The file does not wait for a scan any more.")


class VerdictOfTheScanner(Forbidden):
    code = "verdict_of_the_scanner"
    text = _("Only the scanner says what it found.")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as somebody sent it; of one that is too large, no more than shows it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in store under its digest. `kind` None: of none that is taken anywhere, and nothing is stored."""

    name: str
    kind: FileKind | None
    size: int
    sha256: str

    def columns(self, command: Command, clock: Clock) -> dict[str, Any]:
        """As a row keeps it."""
        scanned = ScanState.AWAITING_SCAN if settings.ATTACHMENT_SCANNER else ScanState.NOT_SCANNED
        return {
            "name": self.name,
            "kind": self.kind,
            "size": self.size,
            "sha256": self.sha256,
            "scan_state": scanned,
            "uploaded_by": command.by.key,
            "uploaded_at": clock.at,
            "changed_at": clock.at,
        }


def keep(upload: Upload, *, largest_mb: int = LARGEST_MB) -> Kept:
    """Store it, outside of any transaction. Raises AttachmentTooLarge."""
    if len(upload.content) > largest_mb * _MB:
        raise AttachmentTooLarge(limit=largest_mb)
    media = files.tell_type(upload.content) if upload.content else None
    return Kept(
        name=files.plain_name(upload.name) or "file",
        kind=None if media is None else _KINDS[media],
        size=len(upload.content),
        sha256="" if media is None else files.keep(upload.content),
    )


def check_kind(kept: Kept, kinds: Collection[FileKind] = tuple(FileKind)) -> None:
    """Raises AttachmentUnacceptable."""
    if kept.kind not in kinds:
        raise AttachmentUnacceptable(kinds=", ".join(str(kind.label) for kind in kinds))


def scan(row: StoredFile) -> bool | None:
    """What the scanner says of it, outside of any transaction; None where it cannot tell, and the file waits on."""
    try:
        scanner: Scanner = import_string(settings.ATTACHMENT_SCANNER)
        return scanner(files.read(row.sha256)) is True
    except (
        Exception
    ):  # whatever a scanner breaks on: the file is not given out, and the next run asks again
        log.exception("%s could not be scanned", row)
        return None


def _settle(row: StoredFile, *, clean: bool, at: dt.datetime) -> list[str]:
    """What the scanner found of a locked file; the columns that changed. Raises ScanSettled."""
    if row.scan_state != ScanState.AWAITING_SCAN:
        raise ScanSettled
    row.scan_state = ScanState.CLEAN if clean else ScanState.REFUSED
    row.scanned_at = at
    return ["scan_state", "scanned_at"]


def _redact(command: Command, row: StoredFile, *, reason: str, at: dt.datetime) -> list[str]:
    """Leave a tombstone in place of a locked file; the columns that changed.

    Raises RedactionReasonMissing, RedactedAlready.
    """
    if not reason.strip():
        raise RedactionReasonMissing
    if row.redacted_at is not None:
        raise RedactedAlready
    row.name = ""
    row.redacted_by, row.redaction_reason = command.by.key, reason
    row.redacted_at = at
    return ["name", "redacted_by", "redacted_at", "redaction_reason"]
