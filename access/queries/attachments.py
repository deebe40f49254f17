"""Attachments: who may have which, and whether a stored file is still somebody's."""

from uuid import UUID

from access.models import Attachment
from access.queries.answers import may_read_field
from registry.actors import Actor
from registry.errors import NotFound
from registry.queries.stored_files import check_given_out


def find_attachment(actor: Actor, *, request: UUID, attachment: UUID) -> Attachment:
    """The file's row, for whoever may have what it holds. Raises NotFound, AttachmentRedacted, AttachmentWithheld."""
    rows = Attachment.objects.visible_to(actor).attached()
    row = rows.select_related("request__form").filter(pk=attachment, request=request).first()
    if row is None or not may_read_field(row.request, actor, row.field):
        raise NotFound("attachment")
    check_given_out(row)
    return row


def is_attached(digest: str) -> bool:
    """Whether a request still holds the file with this checksum."""
    return Attachment.objects.filter(sha256=digest, redacted_at__isnull=True).exists()
