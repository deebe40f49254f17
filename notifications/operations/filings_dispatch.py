"""Sending a notification by the channel on the authority's record.

By portal, post and hand a person sends it and says how; that it was sent is the proof that meets the duty. By
mail only where the authority has said that it takes such mails, and the mail holds nothing of the content.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from notifications.choices import FilingStatus, ObligationStatus, StageKind
from notifications.events import Event
from notifications.models import Delivery, Filing
from notifications.operations.filings import ObligationOver
from notifications.operations.filings_discharge import _discharge
from notifications.operations.filings_disclosed import _log_given
from notifications.operations.filings_proofs import KeptProof, ProofFile, keep_proof
from notifications.operations.filings_stages import (
    Act,
    Taken,
    _put_stage,
    _read_moment,
    _take_with_duty,
    _unsend,
)
from notifications.queries.filings import list_channels, rule_of
from notifications.queries.filings_retention import compute_retention
from notifications.queries.letters_filings import write_notice
from notifications.workflow import Step
from registry import audit
from registry.choices import Channel, Role
from registry.commands import Command, Done, command, touch
from registry.errors import Conflict, Invalid
from registry.policies import check_role

_LONGEST = 300


class ChannelNotOnRecord(Conflict):
    """Nothing is sent where the authority has not said that it receives."""

    code = "channel_not_on_record"
    text = _("This channel is not on the authority's record: state it there first.")


class MailNotAccepted(Conflict):
    code = "mail_not_accepted"
    text = _("The authority's record does not say that it takes mail about this: %(kind)s.")


class ProofNeeded(Invalid):
    code = "dispatch_proof_needed"
    text = _("Say what proves that it was sent: a number, a receipt, who took it.")


class CollectionNeeded(Invalid):
    """The mail holds no content, so it must say how the authority comes by it."""

    code = "collection_needed"
    text = _("Say how the authority obtains it: the mail itself does not hold it.")


@dataclass(frozen=True, slots=True)
class Way:
    """How it is sent. `reference` and `sent_at` prove what a person has sent (now, where no moment is given);
    `collection` says in a mail how the authority obtains the content.
    """

    channel: Channel
    address: str
    reference: str = ""
    sent_at: dt.datetime | None = None
    collection: str = ""


def dispatch(
    command: Command, *, filing: UUID, way: Way, proof: ProofFile | None = None
) -> Done[Filing]:
    """Send what was signed off, or did not arrive. By mail it is handed over, and sent once a server took it.

    The duty is met in the transaction that says it was sent. Raises RoleMissing, NotFound, Stale,
    FilingStepNotOpen, ObligationOver, ChannelNotOnRecord, MailNotAccepted, ProofNeeded, CollectionNeeded,
    MomentImpossible, ProofUnacceptable.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    return _dispatch(command, filing=filing, way=way, proof=keep_proof(proof))


@command
def _dispatch(command: Command, *, filing: UUID, way: Way, proof: KeptProof) -> Filing:
    taken = _take_with_duty(command, filing, Step.DISPATCH)
    row = taken.row
    if row.obligation.status == ObligationStatus.VOID:
        raise ObligationOver(status=row.obligation.get_status_display())
    _check_channel(row, way)
    changed = _unsend(row)
    row.channel, row.address = way.channel, way.address
    row.dispatched_by = command.by.key
    if way.channel is Channel.EMAIL:
        _hand_over(taken, collection=way.collection.strip(), changed=changed)
        return row
    if not way.reference.strip():
        raise ProofNeeded
    sent_at = _read_moment(way.sent_at, clock=taken.clock, since=row.signed_at)
    row.dispatch_proof = way.reference.strip()[:_LONGEST]
    row.proof_name, row.proof_sha256 = proof.name, proof.sha256
    _send(taken, sent_at=sent_at, changed=changed)
    return row


def _check_channel(row: Filing, way: Way) -> None:
    """Raises ChannelNotOnRecord, MailNotAccepted, CollectionNeeded."""
    known = list_channels(row).filter(channel=way.channel, address=way.address).first()
    if known is None:
        raise ChannelNotOnRecord
    if way.channel is Channel.EMAIL:
        kind = rule_of(row).trigger
        if kind not in known.classes:
            raise MailNotAccepted(kind=kind.label)
        if not way.collection.strip():
            raise CollectionNeeded


def _hand_over(taken: Taken, *, collection: str, changed: tuple[str, ...]) -> None:
    """Write the mail that tells the authority; whether a server takes it is not known yet."""
    command, row, clock = taken.command, taken.row, taken.clock
    assert taken.move.waiting is not None
    assert row.authority is not None
    event = audit.record(Event.FILING_MAILED, row, command, occurred_at=clock.at)
    notice = write_notice(row, collection=collection)
    row.delivery = Delivery.objects.create(
        event_row=event.id,
        event_name=event.name,
        subject_type=event.subject_type,
        subject_id=row.id,
        organization_id=row.authority.organization_id,
        address=row.address,
        title=notice.title,
        text=notice.text,
        html=notice.html,
        due_at=clock.at,
        created_at=clock.at,
    )
    row.status = taken.move.waiting
    touch(row, clock, "status", *changed)
    _put_stage(taken, StageKind.SENDING, channel=row.channel, address=row.address, note=collection)


def _send(act: Act, *, sent_at: dt.datetime, changed: tuple[str, ...]) -> None:
    """It is sent: write it down, and meet the duty. Both rows are locked."""
    row = act.row
    retention = compute_retention(row, filed_at=sent_at)
    row.status, row.dispatched_at = FilingStatus.DISPATCHED, sent_at
    row.retain_until, row.retention_basis = retention.until, retention.basis[:_LONGEST]
    touch(row, act.clock, "status", *changed)
    _put_stage(
        act,
        StageKind.DISPATCHED,
        happened_at=sent_at,
        note=row.dispatch_proof,
        channel=row.channel,
        address=row.address,
        proof_name=row.proof_name,
        proof_sha256=row.proof_sha256,
        disclosure=_log_given(act, sent_at=sent_at),
    )
    audit.record(
        Event.FILING_DISPATCHED,
        row,
        act.command,
        occurred_at=sent_at,
        channel=row.channel,
        sha256=row.sha256,
        retain_until=row.retain_until,
    )
    _discharge(act, sent_at=sent_at)
