"""Files that were handed in: which are given out, and as what."""

from django.utils.translation import gettext_lazy as _

from registry.choices import FileKind, ScanState
from registry.errors import Conflict
from registry.models import StoredFile

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


def check_given_out(row: StoredFile) -> None:
    """Raises AttachmentRedacted, AttachmentWithheld."""
    if row.redacted_at is not None:
        raise AttachmentRedacted
    if row.scan_state not in GIVEN_OUT:
        raise AttachmentWithheld(state=ScanState(row.scan_state).label)


def headers_of(row: StoredFile) -> dict[str, str]:
    """With which a file is answered over HTTP: to be kept and not to be shown, as somebody uploaded it."""
    return {
        "Content-Type": MEDIA_TYPES[FileKind(row.kind)],
        "Content-Disposition": f'attachment; filename="{row.name}"',
        "X-Content-Type-Options": "nosniff",
    }
