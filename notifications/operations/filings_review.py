"""Review and sign-off by two. What one has written another reviews, and what was reviewed is fixed."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from notifications.choices import FilingStatus, StageKind
from notifications.models import Filing
from notifications.operations.filings import FilingInPreparation
from notifications.operations.filings_stages import _put_stage, _read_reason, _take, _unfix
from notifications.queries.filings import (
    find_authority,
    find_filing,
    find_missing,
    write_canonically,
    write_document,
)
from notifications.queries.filings_pdf import print_document
from notifications.workflow import Step
from registry import audit, files
from registry.actors import Actor
from registry.choices import Role
from registry.commands import Command, Done, command, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Forbidden, WorldsApart
from registry.policies import check_role

MAY_REVIEW = (Role.AUTHORITY_DESK, Role.CLEARED)
MAY_SIGN = (Role.DECIDER, Role.AUTHORITY_DESK)


class OwnWords(Forbidden):
    """What goes to an authority has been read by somebody who did not write it."""

    code = "own_notification"
    text = _("You wrote what it says now: another person must review it.")


class OwnReview(Forbidden):
    code = "own_filing_review"
    text = _("You reviewed it yourself: another person must sign it off.")


class FieldsMissing(Conflict):
    code = "fields_missing"
    text = _("Say something of each of these, if only that it is unknown and why: %(fields)s.")


class RecipientMissing(Conflict):
    code = "recipient_missing"
    text = _("Nobody is registered to receive it: register who receives for “%(key)s”.")


class ContentChanged(Conflict):
    """Somebody, or something that it tells of, was quicker than the printing."""

    code = "content_changed"
    text = _("What it says was changed while it was printed: look at it again.")


@dataclass(frozen=True, slots=True)
class Printed:
    """What was printed: the digest of the content, and that of its PDF, which is stored already."""

    sha256: str
    pdf_sha256: str


def review(command: Command, *, filing: UUID) -> Done[Filing]:
    """Find it right: from now on its content is fixed, and its PDF is stored.

    The PDF is made and stored before the transaction, which then fixes exactly the content that was printed.
    Raises RoleMissing, NotFound, Stale, FilingStepNotOpen, OwnWords, FieldsMissing, RecipientMissing,
    WorldsApart, ContentChanged, CharacterUnprintable.
    """
    check_role(command.by, *MAY_REVIEW)
    # By position, so that it is no part of what was asked: a repeat may find another PDF to be right.
    return _review(command, _print(command.by, filing), filing=filing)


@command
def _review(command: Command, printed: Printed | None, /, *, filing: UUID) -> Filing:
    taken = _take(command, filing, Step.REVIEW)
    row, clock = taken.row, taken.clock
    if row.prepared_by == command.by.key:
        raise OwnWords
    if missing := find_missing(row):
        raise FieldsMissing(fields=", ".join(missing))
    document = _write(row)
    digest = _digest(document)
    if printed is None or printed.sha256 != digest:
        raise ContentChanged
    row.document, row.sha256, row.pdf_sha256 = document, digest, printed.pdf_sha256
    row.status = taken.move.target
    row.reviewed_by, row.reviewed_at = command.by.key, clock.at
    touch(
        row,
        clock,
        *("status", "document", "sha256", "pdf_sha256", "authority"),
        *("reviewed_by", "reviewed_at"),
    )
    _put_stage(taken, StageKind.REVIEWED)
    audit.record(
        taken.move.event,
        row,
        command,
        occurred_at=clock.at,
        sha256=digest,
        pdf_sha256=row.pdf_sha256,
    )
    return row


@command
def return_(command: Command, *, filing: UUID, reason: str) -> Filing:
    """Give it back to be changed. What was fixed stays readable with this stage.

    Raises RoleMissing, ReasonNeeded, NotFound, Stale, FilingStepNotOpen, FilingInPreparation.
    """
    check_role(command.by, *MAY_REVIEW, *MAY_SIGN)
    said = _read_reason(reason)
    taken = _take(command, filing, Step.RETURN)
    row, clock = taken.row, taken.clock
    taken_back, before = row.document, row.sha256
    row.status = taken.move.target
    with violation_means("filing_one_in_preparation", FilingInPreparation()):
        touch(row, clock, "status", *_unfix(row))
    _put_stage(taken, StageKind.RETURNED, note=said, document=taken_back, sha256=before)
    audit.record(
        taken.move.event,
        row,
        command,
        occurred_at=clock.at,
        taken_back=before,
        private={"reason": said},
    )
    return row


@command
def sign(command: Command, *, filing: UUID) -> Filing:
    """Sign off what another has reviewed: it may be sent. Raises RoleMissing, NotFound, Stale,
    FilingStepNotOpen, OwnReview.
    """
    check_role(command.by, *MAY_SIGN)
    taken = _take(command, filing, Step.SIGN)
    row, clock = taken.row, taken.clock
    if row.reviewed_by == command.by.key:
        raise OwnReview
    row.status = taken.move.target
    row.signed_by, row.signed_at = command.by.key, clock.at
    touch(row, clock, "status", "signed_by", "signed_at")
    _put_stage(taken, StageKind.SIGNED)
    audit.record(taken.move.event, row, command, occurred_at=clock.at, sha256=row.sha256)
    return row


def _print(by: Actor, filing: UUID) -> Printed | None:
    """None where there is nothing yet to print: the transaction says what stands in the way."""
    row = find_filing(filing, by)
    if row is None or row.status != FilingStatus.DRAFT or find_missing(row):
        return None
    document = _write(row)
    return Printed(_digest(document), files.keep(print_document(document)))


def _write(row: Filing) -> dict[str, Any]:
    """The document for whoever receives it now. Raises RecipientMissing, WorldsApart."""
    row.authority = find_authority(row.obligation)
    if row.authority is None:
        raise RecipientMissing(key=row.obligation.recipient)
    if row.authority.organization.synthetic != row.obligation.duty_holder.synthetic:
        raise WorldsApart
    return write_document(row, row.authority)


def _digest(document: dict[str, Any]) -> str:
    return sha256(write_canonically(document)).hexdigest()
