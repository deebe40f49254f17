"""Files that come with a request: kept before the transaction that names them, told apart by what they hold."""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from access import policies
from access.choices import FileKind, RequestStatus, ScanState
from access.events import Event
from access.forms import FileField, read_form
from access.models import AccessRequest, Attachment
from access.queries.answers import EDITABLE
from access.queries.attachments import MEDIA_TYPES
from access.queries.reconsiderations import find_pending
from access.workflow import Step
from registry import audit, files
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import Command, Done, command, lock, read_clock, touch
from registry.errors import Conflict, Forbidden, Invalid, NotFound
from registry.policies import check_role

log = logging.getLogger(__name__)
MOST = 50
LARGEST_MB = 10
_MB = 1024 * 1024
_KINDS = {media: kind for kind, media in MEDIA_TYPES.items()}
_OPEN = EDITABLE | {RequestStatus.QUESTION_OPEN}
_TAKEN_AWAY = "taken away before it was handed in"

Scanner: TypeAlias = Callable[[bytes], bool]
"""Whether a file may be given out. Named by the setting ATTACHMENT_SCANNER; raises where it cannot tell."""


class AttachmentNotTaken(Conflict):
    code = "attachment_not_taken"
    text = _("A request that is %(status)s takes no files, and gives none back.")


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


class AttachmentFieldUnknown(Invalid):
    code = "attachment_field_unknown"
    text = _("The form has no field “%(field)s” that takes files.")


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
class _Kept:
    name: str
    kind: FileKind | None
    size: int
    sha256: str


def attach(
    command: Command, *, request: UUID, upload: Upload, field: str = ""
) -> Done[Attachment]:
    """Add a file to a draft, to a request that was returned, while a question is open or a reconsideration waits.

    Raises NotFound, NotYours, RoleMissing, AttachmentNotTaken, AttachmentFieldUnknown, AttachmentUnacceptable,
    AttachmentTooLarge, TooManyAttachments.
    """
    if not AccessRequest.objects.visible_to(command.by).filter(pk=request).exists():
        raise NotFound("access request")
    if len(upload.content) > _largest_mb(request, field) * _MB:
        raise AttachmentTooLarge(limit=_largest_mb(request, field))
    media = files.tell_type(upload.content) if upload.content else None
    kept = _Kept(
        name=files.plain_name(upload.name) or "file",
        kind=None if media is None else _KINDS[media],
        size=len(upload.content),
        sha256="" if media is None else files.keep(upload.content),
    )
    return _attach(command, request=request, kept=kept, field=field)


@command
def _attach(command: Command, *, request: UUID, kept: _Kept, field: str) -> Attachment:
    row = _lock_open(command, request)
    wanted = _find_field(row, field)
    kinds = tuple(FileKind) if wanted is None else wanted.kinds
    if kept.kind not in kinds:
        raise AttachmentUnacceptable(kinds=", ".join(str(kind.label) for kind in kinds))
    standing = row.attachments.attached().filter(redacted_at__isnull=True)
    most = MOST if wanted is None else wanted.at_most
    if standing.filter(field=field).count() >= most or standing.count() >= MOST:
        raise TooManyAttachments(limit=most)
    clock = read_clock(command, row)
    found = Attachment.objects.create(
        request=row,
        field=field,
        name=kept.name,
        kind=kept.kind,
        size=kept.size,
        sha256=kept.sha256,
        scan_state=(
            ScanState.AWAITING_SCAN if settings.ATTACHMENT_SCANNER else ScanState.NOT_SCANNED
        ),
        uploaded_by=command.by.key,
        uploaded_at=clock.at,
        changed_at=clock.at,
    )
    touch(row, clock)
    audit.record(
        Event.ATTACHMENT_ADDED,
        row,
        command,
        occurred_at=clock.at,
        attachment=found.id,
        field=field,
        sha256=found.sha256,
        size=found.size,
    )
    return found


@command
def detach(command: Command, *, request: UUID, attachment: UUID) -> AccessRequest:
    """Take a file away again. What was never handed in is redacted with it; what was stays with its submission.

    Raises NotFound, NotYours, RoleMissing, AttachmentNotTaken.
    """
    row = _lock_open(command, request)
    found = row.attachments.attached().filter(pk=attachment).first()
    if found is None:
        raise NotFound("attachment")
    clock = read_clock(command, row, found)
    found.detached_at = clock.at
    fields = ["detached_at"]
    handed_in = row.submissions.filter(files__contains=[{"id": str(found.id)}]).exists()
    if not handed_in and found.redacted_at is None:
        fields += _redact(command, found, reason=_TAKEN_AWAY, at=clock.at)
    touch(found, clock, *fields)
    touch(row, clock)
    audit.record(Event.ATTACHMENT_REMOVED, row, command, occurred_at=clock.at, attachment=found.id)
    return row


@command
def redact(command: Command, *, request: UUID, attachment: UUID, reason: str) -> AccessRequest:
    """Leave a tombstone in place of a file: nobody gets it from this commit on, and the sweep removes it.

    Raises RoleMissing, NotFound, RedactionReasonMissing, RedactedAlready.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    if not reason.strip():
        raise RedactionReasonMissing
    row = lock(AccessRequest.objects.all(), request, command, what="access request")
    found = row.attachments.filter(pk=attachment).first()
    if found is None:
        raise NotFound("attachment")
    if found.redacted_at is not None:
        raise RedactedAlready
    clock = read_clock(command, row, found)
    touch(found, clock, *_redact(command, found, reason=reason, at=clock.at))
    touch(row, clock)
    audit.record(
        Event.ATTACHMENT_REDACTED,
        row,
        command,
        occurred_at=clock.at,
        attachment=found.id,
        sha256=found.sha256,
        private={"reason": reason},
    )
    return row


@command
def settle_scan(command: Command, *, attachment: UUID, clean: bool) -> AccessRequest:
    """Write down what the scanner found. Raises VerdictOfTheScanner, NotFound, ScanSettled."""
    if command.by != SYSTEM:
        raise VerdictOfTheScanner
    request = Attachment.objects.filter(pk=attachment).values_list("request", flat=True).first()
    row = lock(AccessRequest.objects.all(), request, command, what="access request")
    found = row.attachments.get(pk=attachment)
    if found.scan_state != ScanState.AWAITING_SCAN:
        raise ScanSettled
    clock = read_clock(command, row, found)
    found.scan_state = ScanState.CLEAN if clean else ScanState.REFUSED
    found.scanned_at = clock.at
    touch(found, clock, "scan_state", "scanned_at")
    touch(row, clock)
    audit.record(
        Event.ATTACHMENT_SCANNED,
        row,
        command,
        occurred_at=clock.at,
        attachment=found.id,
        clean=clean,
    )
    return row


def find_unscanned(*, limit: int = 100) -> list[Attachment]:
    """Attachments that wait for the scanner, the oldest first; those whose content is gone do not."""
    waiting = Attachment.objects.filter(
        scan_state=ScanState.AWAITING_SCAN, redacted_at__isnull=True
    )
    return list(waiting.order_by("uploaded_at", "id")[:limit])


def scan(found: Attachment) -> bool | None:
    """What the scanner says of it, outside of any transaction; None where it cannot tell, and the file waits on."""
    try:
        scanner: Scanner = import_string(settings.ATTACHMENT_SCANNER)
        return scanner(files.read(found.sha256)) is True
    except (
        Exception
    ):  # whatever a scanner breaks on: the file is not given out, and the next run asks again
        log.exception("attachment %s could not be scanned", found.pk)
        return None


def _redact(command: Command, found: Attachment, *, reason: str, at: dt.datetime) -> list[str]:
    found.name = ""
    found.redacted_by, found.redaction_reason = command.by.key, reason
    found.redacted_at = at
    return ["name", "redacted_by", "redacted_at", "redaction_reason"]


def _lock_open(command: Command, request: UUID) -> AccessRequest:
    visible = AccessRequest.objects.visible_to(command.by)
    row = lock(visible, request, command, what="access request")
    policies.check_may(Step.SUBMIT, row, command.by)
    if row.status not in _OPEN and find_pending(row) is None:
        raise AttachmentNotTaken(status=RequestStatus(row.status).label)
    return row


def _find_field(row: AccessRequest, key: str) -> FileField | None:
    if not key:
        return None
    field = None if row.form is None else read_form(row.form.document).find(key)
    if not isinstance(field, FileField):
        raise AttachmentFieldUnknown(field=key)
    return field


def _largest_mb(request: UUID, key: str) -> int:
    row = AccessRequest.objects.select_related("form").get(pk=request)
    field = _find_field(row, key)
    return LARGEST_MB if field is None else field.largest_mb
