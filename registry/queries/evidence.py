"""Documents of evidence: who may have which, and whether a stored file is still somebody's."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry.actors import Actor
from registry.choices import Role, ScanState
from registry.errors import Conflict, NotFound
from registry.models import EvidenceFile
from registry.policies import check_role
from registry.queries.stored_files import GIVEN_OUT, check_given_out

MARKED_READERS = (Role.REVIEWER, Role.DECIDER, Role.RESTRICTOR, Role.CLEARED)
"""Who of the staff reads what is confidential: those who rule on evidence, and cleared roles."""


class EvidenceMarked(Conflict):
    """It is read by a step of its own, which is recorded."""

    code = "evidence_marked"
    text = _("The file is confidential: take the step “read”. That you read it is recorded.")


class EvidenceUnread(Conflict):
    """Nobody rules on what nobody could have read."""

    code = "evidence_unread"
    text = _(
        "A file of this evidence waits for its scan or was refused by it: nobody could read it."
    )


def find_evidence(actor: Actor, file: UUID) -> EvidenceFile:
    """The row, for whoever may have what it holds.

    Raises NotFound, RoleMissing, AttachmentRedacted, AttachmentWithheld.
    """
    row = EvidenceFile.objects.visible_to(actor).filter(pk=file).first()
    if row is None:
        raise NotFound("evidence")
    if row.confidential and actor.is_staff:
        check_role(actor, *MARKED_READERS)
    check_given_out(row)
    return row


def open_evidence(actor: Actor, file: UUID) -> EvidenceFile:
    """As `find_evidence`, of what is read without a record. Raises EvidenceMarked too."""
    row = find_evidence(actor, file)
    if row.confidential:
        raise EvidenceMarked
    return row


def check_readable(rows: Iterable[EvidenceFile]) -> None:
    """Before somebody accepts what they show. A redacted one may have been read before. Raises EvidenceUnread."""
    if any(row.redacted_at is None and row.scan_state not in GIVEN_OUT for row in rows):
        raise EvidenceUnread


def is_evidence(digest: str) -> bool:
    """Whether a document of evidence still is the file with this checksum."""
    return EvidenceFile.objects.filter(sha256=digest, redacted_at__isnull=True).exists()


def list_unscanned(*, limit: int = 100) -> list[EvidenceFile]:
    """Those that wait for the scanner, the oldest first; those whose content is gone do not."""
    waiting = EvidenceFile.objects.filter(
        scan_state=ScanState.AWAITING_SCAN, redacted_at__isnull=True
    )
    return list(waiting.order_by("uploaded_at", "id")[:limit])
