"""Attachments: who may have which, and whether a stored file is still somebody's."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import FileKind, ScanState
from access.models import Attachment
from access.queries.answers import may_read_field
from registry.actors import Actor
from registry.errors import Conflict, NotFound

GIVEN_OUT = frozenset({ScanState.CLEAN, ScanState.NOT_SCANNED})
MEDIA_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.TEXT: "text/plain; charset=utf-8",
}


class AttachmentRedacted(Conflict):
    code = "attachment_redacted"
    text = _("The file was redacted: only its checksum and the reason are kept.")


class AttachmentWithheld(Conflict):
    code = "attachment_withheld"
    text = _("The file is not given out: it %(state)s.")


def find_attachment(actor: Actor, *, request: UUID, attachment: UUID) -> Attachment:
    """The file's row, for whoever may have what it holds. Raises NotFound, AttachmentRedacted, AttachmentWithheld."""
    rows = Attachment.objects.visible_to(actor).attached()
    row = rows.select_related("request__form").filter(pk=attachment, request=request).first()
    if row is None or not may_read_field(row.request, actor, row.field):
        raise NotFound("attachment")
    if row.redacted_at is not None:
        raise AttachmentRedacted
    if row.scan_state not in GIVEN_OUT:
        raise AttachmentWithheld(state=ScanState(row.scan_state).label)
    return row


def is_attached(digest: str) -> bool:
    """Whether a request still holds the file with this checksum."""
    return Attachment.objects.filter(sha256=digest, redacted_at__isnull=True).exists()
