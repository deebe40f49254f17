"""Obligations as the assessment writes them: opened, moved, addressed, voided. Inside its transaction."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from notifications.choices import ObligationFlag, ObligationStatus, Unaddressed
from notifications.events import Event
from notifications.models import Obligation
from notifications.queries.duties import Assessed, Examination, count_due, flags_of
from notifications.queries.openings import Opening
from notifications.verdicts import Moment, find_anchor
from registry import audit
from registry.choices import Anchor
from registry.commands import Clock, Command, touch
from registry.operations.moments import of


@dataclass(frozen=True, slots=True)
class Work:
    """One assessment under way: who does it, what was found, and when. `grant` is what the subject began with."""

    command: Command
    found: Examination
    clock: Clock
    grant: UUID | None = None

    def name(self, rule: Assessed) -> dict[str, Any]:
        """What every event says of the rule and of what the duty is about."""
        return {
            "rule": rule.edition.slug,
            "edition": rule.edition.number,
            "regime": rule.document.regime,
            "duty_holder": self.found.subject.duty_holder_id,
            **{kind: subject.id for kind, subject in of(self.found.subject).items()},
        }


def _open(work: Work, rule: Assessed, opening: Opening) -> Obligation:
    found, clock, moment = work.found, work.clock, opening.moment
    subject = found.subject
    due = count_due(rule.document, moment, found.holidays)
    mandate = found.mandates.get(opening.recipient)
    flags = flags_of(due)
    if mandate is None and opening.recipient not in {"", *Unaddressed.values}:
        flags.append(ObligationFlag.NO_RECIPIENT)
    row = Obligation.objects.create(
        rule=rule.edition,
        **of(subject),
        grant_id=work.grant,
        follows=opening.follows,
        round=opening.round,
        duty_holder_id=subject.duty_holder_id,
        recipient=opening.recipient,
        authority_id=None if mandate is None else mandate.authority_id,
        anchor=moment.anchor,
        anchor_at=moment.happened_at,
        zone=rule.document.counting.zone,
        target_due=due.target,
        latest_due=due.latest,
        latest_is_interpretation=due.latest_is_interpretation,
        basis=due.basis,
        flags=flags,
        opened_by=work.command.by.key,
        opened_at=clock.at,
        changed_at=clock.at,
    )
    audit.record(
        Event.OBLIGATION_OPENED,
        row,
        work.command,
        occurred_at=work.clock.at,
        **work.name(rule),
        recipient=row.recipient,
        authority=row.authority_id,
        grant=work.grant,
        follows=row.follows_id,
        round=row.round,
        anchor=row.anchor,
        anchor_at=row.anchor_at,
        target_due=row.target_due,
        latest_due=row.latest_due,
        flags=flags,
    )
    return row


def _move(work: Work, rule: Assessed, row: Obligation) -> None:
    """Count an open duty anew where its moment has changed, or a table has come that it lacked."""
    if row.anchor == Anchor.NOTIFIED:
        moment: Moment | None = Moment(Anchor.NOTIFIED, row.anchor_at)
    else:
        moment = find_anchor(rule.document, work.found.known)
    if moment is None:
        return
    same = (moment.anchor, moment.happened_at) == (row.anchor, row.anchor_at)
    if same and ObligationFlag.NO_TABLE not in row.flags:
        return
    due = count_due(rule.document, moment, work.found.holidays)
    if same and (due.target, due.latest) == (row.target_due, row.latest_due):
        return
    before = {
        "anchor": row.anchor,
        "anchor_at": row.anchor_at,
        "target_due": row.target_due,
        "latest_due": row.latest_due,
    }
    kept = [flag for flag in row.flags if flag == ObligationFlag.NO_RECIPIENT]
    row.anchor, row.anchor_at = moment.anchor, moment.happened_at
    row.target_due, row.latest_due = due.target, due.latest
    row.latest_is_interpretation = due.latest_is_interpretation
    row.basis, row.flags = due.basis, [*flags_of(due), *kept]
    if row.missed_at and (due.target is None or row.missed_at < due.target):
        row.missed_at = (
            None  # by the right moment it was not late; the events keep that it was told so
        )
    fields = ("anchor", "anchor_at", "target_due", "latest_due", "latest_is_interpretation")
    touch(row, work.clock, *fields, "basis", "flags", "missed_at")
    audit.record(
        Event.OBLIGATION_RESCHEDULED,
        row,
        work.command,
        occurred_at=work.clock.at,
        **work.name(rule),
        before=before,
        anchor=row.anchor,
        anchor_at=row.anchor_at,
        target_due=row.target_due,
        latest_due=row.latest_due,
        flags=row.flags,
    )


def _address(work: Work, row: Obligation) -> None:
    """Somebody is registered now to receive what was open to nobody."""
    mandate = work.found.mandates.get(row.recipient)
    if row.authority_id is not None or mandate is None:
        return
    row.authority_id = mandate.authority_id
    row.flags = [flag for flag in row.flags if flag != ObligationFlag.NO_RECIPIENT]
    touch(row, work.clock, "authority", "flags")
    audit.record(
        Event.OBLIGATION_ADDRESSED,
        row,
        work.command,
        occurred_at=work.clock.at,
        recipient=row.recipient,
        authority=row.authority_id,
    )


def _void(work: Work, rule: Assessed, *, why: str) -> None:
    """End the open duties of a rule that does not reach the facts. What was sent is never voided."""
    for row in _open_ones(rule):
        if row.id in work.found.sent:
            continue
        row.status = ObligationStatus.VOID
        row.closed_by, row.closed_at, row.void_reason = work.command.by.key, work.clock.at, why
        row.flags = [*row.flags, ObligationFlag.FACTS_CHANGED]
        touch(row, work.clock, "status", "closed_by", "closed_at", "void_reason", "flags")
        audit.record(
            Event.OBLIGATION_VOIDED,
            row,
            work.command,
            occurred_at=work.clock.at,
            **work.name(rule),
            because=rule.judgment.reason,
            facts=[name for name, _value in rule.judgment.asked],
        )


def _open_ones(rule: Assessed) -> list[Obligation]:
    return [row for row in rule.live if row.status == ObligationStatus.OPEN]
