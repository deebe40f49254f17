"""Files that come with a request: attached while it is the organization's turn, taken away, redacted."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access import policies
from access.choices import RequestStatus
from access.events import Event
from access.forms import FileField, read_form
from access.models import AccessRequest, Attachment
from access.queries.answers import EDITABLE
from access.queries.reconsiderations import find_pending
from access.workflow import Step
from registry import audit
from registry.actors import SYSTEM
from registry.choices import FileKind, Role, ScanState
from registry.commands import Command, Done, command, lock, read_clock, touch
from registry.errors import Conflict, Invalid, NotFound
from registry.operations.stored_files import (
    LARGEST_MB,
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

MOST = 50
_OPEN = EDITABLE | {RequestStatus.QUESTION_OPEN}
_TAKEN_AWAY = "taken away before it was handed in"


class AttachmentNotTaken(Conflict):
    code = "attachment_not_taken"
    text = _("A request that is %(status)s takes no files, and gives none back.")


class AttachmentFieldUnknown(Invalid):
    code = "attachment_field_unknown"
    text = _("The form has no field “%(field)s” that takes files.")


def attach(
    command: Command, *, request: UUID, upload: Upload, field: str = ""
) -> Done[Attachment]:
    """Add a file to a draft, to a request that was returned, while a question is open or a reconsideration waits.

    Raises NotFound, NotYours, RoleMissing, AttachmentNotTaken, AttachmentFieldUnknown, AttachmentUnacceptable,
    AttachmentTooLarge, TooManyAttachments.
    """
    if not AccessRequest.objects.visible_to(command.by).filter(pk=request).exists():
        raise NotFound("access request")
    kept = keep(upload, largest_mb=_largest_mb(request, field))
    return _attach(command, request=request, kept=kept, field=field)


@command
def _attach(command: Command, *, request: UUID, kept: Kept, field: str) -> Attachment:
    row = _lock_open(command, request)
    wanted = _find_field(row, field)
    check_kind(kept, tuple(FileKind) if wanted is None else wanted.kinds)
    standing = row.attachments.attached().filter(redacted_at__isnull=True)
    most = MOST if wanted is None else wanted.at_most
    if standing.filter(field=field).count() >= most or standing.count() >= MOST:
        raise TooManyAttachments(limit=most)
    clock = read_clock(command, row)
    found = Attachment.objects.create(
        request=row,
        field=field,
        **kept.columns(command, clock),
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
    row = lock(AccessRequest.objects.all(), request, command, what="access request")
    found = row.attachments.filter(pk=attachment).first()
    if found is None:
        raise NotFound("attachment")
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
    clock = read_clock(command, row, found)
    touch(found, clock, *_settle(found, clean=clean, at=clock.at))
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
