"""Files that prove a stage of a notification's way: kept before the transaction that names them, orphans swept."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from access.models import PositionPaper
from access.queries.attachments import is_attached
from notifications.models import Filing, FilingStage
from registry import files
from registry.errors import Invalid
from registry.queries.evidence import is_evidence

LARGEST = 3 * 1024 * 1024
ORPHAN_AFTER = dt.timedelta(days=1)


class ProofUnacceptable(Invalid):
    code = "proof_unacceptable"
    text = _("The proof must be a PDF, a PNG or JPEG picture, or plain text of at most 3 MB.")


@dataclass(frozen=True, slots=True)
class ProofFile:
    """A file as somebody uploaded it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class KeptProof:
    """A file that is stored, under the digest of what it holds. Without one, both are empty."""

    name: str = ""
    sha256: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """As a stage of a notification keeps it."""
        return {"proof_name": self.name, "proof_sha256": self.sha256}


def keep_proof(file: ProofFile | None) -> KeptProof:
    """Store it, outside of any transaction. Raises ProofUnacceptable."""
    if file is None:
        return KeptProof()
    if not file.content or len(file.content) > LARGEST or files.tell_type(file.content) is None:
        raise ProofUnacceptable
    return KeptProof(files.plain_name(file.name) or "proof", files.keep(file.content))


def sweep_files(*, at: dt.datetime) -> int:
    """Remove the files that nothing names any more and that were kept a day ago or longer; how many."""
    before = at - ORPHAN_AFTER
    return sum(
        files.discard(digest, before=before)
        for digest in files.list_kept(before=before)
        if not _is_named(digest)
    )


def _is_named(digest: str) -> bool:
    return (
        is_attached(digest)
        or is_evidence(digest)
        or PositionPaper.objects.filter(sha256=digest).exists()
        or FilingStage.objects.filter(proof_sha256=digest).exists()
        or Filing.objects.filter(pdf_sha256=digest).exists()
    )
