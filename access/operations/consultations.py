"""Consultations: an authority is asked, and its answer awaited until a day. Silence stays awaited, for good."""

import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import Attribution, LegalForce, Marking, Stance
from access.events import Event
from access.models import Consultation, Position
from access.operations.positions import (
    About,
    Narrowed,
    Stated,
    _lock_received,
    _supersede,
    _take,
)
from access.operations.request_steps import TextMissing
from registry import audit
from registry.actors import SYSTEM
from registry.choices import Channel, Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.errors import Conflict, Invalid, NotFound
from registry.policies import check_role


class AnswerDueBefore(Invalid):
    code = "answer_due_before"
    text = _("The day until which an answer is awaited must lie ahead.")


class ConsultationClosed(Conflict):
    code = "consultation_closed"
    text = _("The consultation has been answered or withdrawn.")


class HandedOverAlready(Conflict):
    code = "consultation_handed_over"
    text = _("The question has been put to the authority already.")


class NotOverdue(Conflict):
    code = "consultation_not_overdue"
    text = _("An answer is not overdue, or that it is has been told.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an authority is asked, and until when its answer is awaited, where a day is set for it."""

    authority: UUID
    about: About
    question: str
    answer_by: dt.datetime | None
    stage: str = ""


@command
def consult(
    command: Command,
    *,
    authority: UUID,
    about: About,
    question: str,
    answer_by: dt.datetime,
    marking: Marking = Marking.OPEN,
    narrowed: Narrowed = Narrowed(),  # noqa: B008 - frozen
    stage: str = "",
) -> Consultation:
    """The authority was asked. Its position is awaited from this commit on: superseding that is its answer.

    `stage` is the key of the review's stage that asks. Raises RoleMissing, TextMissing, AnswerDueBefore, and
    what taking a position raises.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    if not question.strip():
        raise TextMissing(field="question")
    asked = Asked(authority, about, question, answer_by, stage=stage)
    return _ask(command, asked, marking=marking, narrowed=narrowed)


def _ask(
    command: Command,
    asked: Asked,
    *,
    marking: Marking = Marking.OPEN,
    narrowed: Narrowed = Narrowed(),  # noqa: B008 - frozen
    channel: str = "",
    event: Event = Event.CONSULTATION_ASKED,
) -> Consultation:
    """The same in the caller's transaction, by whoever may."""
    position = _take(
        command,
        authority=asked.authority,
        about=asked.about,
        stated=_note(Stance.AWAITING, asked.question),
        marking=marking,
        narrowed=narrowed,
    )
    clock = read_clock(command, position)
    if asked.answer_by is not None and asked.answer_by <= clock.recorded:
        raise AnswerDueBefore
    row = Consultation.objects.create(
        position=position,
        question=asked.question,
        stage=asked.stage,
        channel=channel,
        asked_by=command.by.key,
        asked_at=clock.recorded,
        answer_by=asked.answer_by,
        changed_at=clock.at,
    )
    audit.record(
        event,
        row,
        command,
        occurred_at=clock.recorded,
        position=position.id,
        authority=asked.authority,
        answer_by=asked.answer_by,
        stage=asked.stage,
        private={"question": asked.question},
    )
    return row


@command
def withdraw(command: Command, *, consultation: UUID, reason: str) -> Consultation:
    """Nobody asks any more: the authority counts as not asked. That gives no position and opens nothing.

    Raises RoleMissing, NotFound, Stale, ConsultationClosed, TextMissing.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    if not reason.strip():
        raise TextMissing(field="reason")
    found = Consultation.objects.filter(pk=consultation).first()
    if found is None:
        raise NotFound("consultation")
    # Its own version is compared, not the position's, which is locked first.
    position, clock = _lock_received(_without_version(command), found.position_id)
    row = lock(Consultation.objects.all(), consultation, command, what="consultation")
    return _withdraw(command, row, position, reason=reason, clock=clock)


def _withdraw(
    command: Command, row: Consultation, position: Position, *, reason: str, clock: Clock
) -> Consultation:
    """The same in the caller's transaction, on locked rows. Raises ConsultationClosed."""
    if row.closed_at is not None:
        raise ConsultationClosed
    _supersede(command, position, _note(Stance.NOT_ASKED, reason), clock=clock)
    row.closed_by, row.closed_at = command.by.key, clock.recorded
    row.withdrawn_because = reason
    touch(row, clock, "closed_by", "closed_at", "withdrawn_because")
    audit.record(
        Event.CONSULTATION_WITHDRAWN,
        row,
        command,
        occurred_at=clock.recorded,
        position=position.id,
        private={"reason": reason},
    )
    return row


@command
def hand_over(command: Command, *, consultation: UUID, channel: Channel, how: str) -> Consultation:
    """The desk has put the question to the authority by this channel; `how` is the proof of it.

    Raises RoleMissing, NotFound, Stale, ConsultationClosed, HandedOverAlready, TextMissing.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    if not how.strip():
        raise TextMissing(field="how")
    visible = Consultation.objects.filter(position__in=Position.objects.visible_to(command.by))
    row = lock(visible, consultation, command, what="consultation")
    if row.closed_at is not None:
        raise ConsultationClosed
    if row.handed_over_at is not None:
        raise HandedOverAlready
    _hand_over(command, row, channel=channel, how=how)
    return row


def _hand_over(command: Command, row: Consultation, *, channel: Channel, how: str) -> None:
    clock = read_clock(command, row)
    row.channel = channel
    row.handed_over_by, row.handed_over_at = command.by.key, clock.recorded
    row.handed_over_as = how.strip()
    touch(row, clock, "channel", "handed_over_by", "handed_over_at", "handed_over_as")
    audit.record(
        Event.CONSULTATION_HANDED_OVER,
        row,
        command,
        occurred_at=clock.recorded,
        position=row.position_id,
        channel=channel,
        private={"how": how},
    )


def _note_mailed(command: Command, consultation: UUID, *, how: str) -> None:
    """A mail server has taken the question. Inside the transaction that settles the mail; a second changes nothing."""
    row = lock(Consultation.objects.all(), consultation, command, what="consultation")
    if row.handed_over_at is None:
        _hand_over(command, row, channel=Channel.EMAIL, how=how)


def _note_not_mailed(command: Command, consultation: UUID) -> None:
    """No mail server takes it: unless another has, the desk must hand it over, and is told so."""
    row = lock(Consultation.objects.all(), consultation, command, what="consultation")
    if row.handed_over_at is not None or not row.channel:
        return
    clock = read_clock(command, row)
    row.channel = ""
    touch(row, clock, "channel")
    audit.record(
        Event.CONSULTATION_MAIL_FAILED,
        row,
        command,
        occurred_at=clock.recorded,
        position=row.position_id,
    )


@command
def tell_overdue(command: Command, *, consultation: UUID) -> Consultation:
    """Tell the desk, once, that the day has passed without an answer. It changes nothing else.

    Raises NotFound, NotOverdue.
    """
    row = lock(Consultation.objects.all(), consultation, command, what="consultation")
    clock = read_clock(command, row)
    waits = row.closed_at is None and row.overdue_told_at is None
    if command.by != SYSTEM or not waits or row.answer_by is None or row.answer_by > command.at:
        raise NotOverdue
    row.overdue_told_at = clock.recorded
    touch(row, clock, "overdue_told_at")
    audit.record(
        Event.CONSULTATION_OVERDUE,
        row,
        command,
        occurred_at=row.answer_by,
        position=row.position_id,
    )
    return row


def find_overdue(*, at: dt.datetime, limit: int = 200) -> list[UUID]:
    """Those whose day has passed without an answer, and of which nobody was told.

    Not those that a stage opened: of its deadline, which stands still where the request does, the stage tells.
    """
    rows = Consultation.objects.open().filter(
        answer_by__lte=at, overdue_told_at__isnull=True, asking__isnull=True
    )
    return list(rows.order_by("answer_by", "id").values_list("id", flat=True)[:limit])


def _note(stance: Stance, words: str) -> Stated:
    return Stated(
        stance=stance,
        statement=words,
        attribution=Attribution.OPERATOR,
        legal_force=LegalForce.UNKNOWN,
    )


def _without_version(command: Command) -> Command:
    return replace(command, expected_version=None)
