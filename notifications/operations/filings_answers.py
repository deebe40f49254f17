"""What comes back of a notification that was sent: a receipt, the authority's number, or that it did not arrive."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.operations.body_notices import _note_notified
from notifications.choices import DeliveryStatus, FilingStatus, StageKind
from notifications.events import Event
from notifications.models import Delivery, Filing
from notifications.operations.filings_discharge import _reopen
from notifications.operations.filings_disclosed import _unlog_given
from notifications.operations.filings_dispatch import ProofNeeded
from notifications.operations.filings_proofs import KeptProof, ProofFile, keep_proof
from notifications.operations.filings_stages import (
    Act,
    _put_stage,
    _read_moment,
    _read_reason,
    _take,
    _take_with_duty,
)
from notifications.workflow import Step
from registry import audit
from registry.choices import Role
from registry.commands import Command, Done, command, touch
from registry.errors import Invalid
from registry.policies import check_role

_LONGEST = 300


class NumberNeeded(Invalid):
    code = "acknowledgement_number_needed"
    text = _("Give the number, or the words, of the acknowledgement.")


def receive(
    command: Command,
    *,
    filing: UUID,
    reference: str,
    received_at: dt.datetime | None = None,
    proof: ProofFile | None = None,
) -> Done[Filing]:
    """The authority has it: a receipt, a signature, a portal's word. Raises RoleMissing, ProofNeeded, NotFound,
    Stale, FilingStepNotOpen, MomentImpossible, ProofUnacceptable.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    if not reference.strip():
        raise ProofNeeded
    return _receive(
        command,
        filing=filing,
        reference=reference.strip()[:_LONGEST],
        received_at=received_at,
        proof=keep_proof(proof),
    )


@command
def _receive(
    command: Command,
    *,
    filing: UUID,
    reference: str,
    received_at: dt.datetime | None,
    proof: KeptProof,
) -> Filing:
    taken = _take(command, filing, Step.RECEIVE)
    row, clock = taken.row, taken.clock
    row.status = taken.move.target
    row.received_at = _read_moment(received_at, clock=clock, since=row.dispatched_at)
    row.receipt_proof = reference
    touch(row, clock, "status", "received_at", "receipt_proof")
    _put_stage(
        taken,
        StageKind.RECEIVED,
        happened_at=row.received_at,
        note=reference,
        **proof.columns,
    )
    audit.record(taken.move.event, row, command, occurred_at=row.received_at)
    return row


def acknowledge(
    command: Command,
    *,
    filing: UUID,
    number: str,
    acknowledged_at: dt.datetime | None = None,
    proof: ProofFile | None = None,
) -> Done[Filing]:
    """The authority has said so, under its own number. Raises RoleMissing, NumberNeeded, NotFound, Stale,
    FilingStepNotOpen, MomentImpossible, ProofUnacceptable.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    if not number.strip():
        raise NumberNeeded
    return _acknowledge(
        command,
        filing=filing,
        number=number.strip(),
        acknowledged_at=acknowledged_at,
        proof=keep_proof(proof),
    )


@command
def _acknowledge(
    command: Command,
    *,
    filing: UUID,
    number: str,
    acknowledged_at: dt.datetime | None,
    proof: KeptProof,
) -> Filing:
    taken = _take(command, filing, Step.ACKNOWLEDGE)
    row, clock = taken.row, taken.clock
    row.status, row.acknowledgement = taken.move.target, number
    since = row.received_at or row.dispatched_at
    row.acknowledged_at = _read_moment(acknowledged_at, clock=clock, since=since)
    touch(row, clock, "status", "acknowledgement", "acknowledged_at")
    _put_stage(
        taken,
        StageKind.ACKNOWLEDGED,
        happened_at=row.acknowledged_at,
        note=number,
        **proof.columns,
    )
    audit.record(taken.move.event, row, command, occurred_at=row.acknowledged_at, number=number)
    _note_known(taken)
    return row


def _note_known(act: Act) -> None:
    """The authority that acknowledged it has been notified of the model that it is about, where it is of one."""
    row, occurrence = act.row, act.row.obligation.occurrence
    if row.authority is None or occurrence is None or occurrence.ai_model is None:
        return
    assert row.acknowledged_at is not None  # written just before
    _note_notified(
        act.command,
        authority=row.authority,
        ai_model=occurrence.ai_model,
        notified_at=row.acknowledged_at,
        notice=row.id,
        recorded_at=act.clock.recorded,
    )


@command
def bounce(
    command: Command, *, filing: UUID, reason: str, bounced_at: dt.datetime | None = None
) -> Filing:
    """It did not arrive, or the mail with it is given up: the desk is alarmed and the duty stands again.

    Raises RoleMissing, ReasonNeeded, NotFound, Stale, FilingStepNotOpen, MomentImpossible.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    said = _read_reason(reason)
    # The mail before the duty, as whoever settles it: else the two could wait for each other.
    mail = Delivery.objects.select_for_update().filter(notification=filing).first()
    taken = _take_with_duty(command, filing, Step.BOUNCE)
    row, clock = taken.row, taken.clock
    if mail is not None and mail.status == DeliveryStatus.WAITING:
        mail.status, mail.last_problem = DeliveryStatus.FAILED, said[:_LONGEST]
        mail.save(update_fields=["status", "last_problem"])
    at = _read_moment(bounced_at, clock=clock, since=row.dispatched_at)
    _alarm(taken, reason=said, at=at)
    return row


def _alarm(act: Act, *, reason: str, at: dt.datetime) -> None:
    """It did not arrive, and meets no duty. Both rows are locked."""
    row, clock = act.row, act.clock
    row.status, row.bounced_at, row.bounce_reason = FilingStatus.BOUNCED, at, reason[:_LONGEST]
    row.retain_until, row.retention_basis = None, ""
    touch(row, clock, "status", "bounced_at", "bounce_reason", "retain_until", "retention_basis")
    _put_stage(
        act,
        StageKind.BOUNCED,
        happened_at=at,
        note=reason,
        channel=row.channel,
        address=row.address,
    )
    _unlog_given(act, reason=reason)
    audit.record(
        Event.FILING_BOUNCED,
        row,
        act.command,
        occurred_at=at,
        channel=row.channel,
        private={"reason": reason},
    )
    _reopen(act)
