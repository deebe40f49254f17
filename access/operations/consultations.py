"""Consultations: an authority is asked, and its answer awaited until a day. Silence stays awaited, for good."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import Attribution, LegalForce, Marking, Stance
from access.events import Event
from access.models import Consultation
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
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.errors import Conflict, Invalid, NotFound
from registry.policies import check_role


class AnswerDueBefore(Invalid):
    code = "answer_due_before"
    text = _("The day until which an answer is awaited must lie ahead.")


class ConsultationClosed(Conflict):
    code = "consultation_closed"
    text = _("The consultation has been answered or withdrawn.")


class NotOverdue(Conflict):
    code = "consultation_not_overdue"
    text = _("An answer is not overdue, or that it is has been told.")


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
    position = _take(
        command,
        authority=authority,
        about=about,
        stated=_note(Stance.AWAITING, question),
        marking=marking,
        narrowed=narrowed,
    )
    clock = read_clock(command, position)
    if answer_by <= clock.recorded:
        raise AnswerDueBefore
    row = Consultation.objects.create(
        position=position,
        question=question,
        stage=stage,
        asked_by=command.by.key,
        asked_at=clock.recorded,
        answer_by=answer_by,
        changed_at=clock.at,
    )
    audit.record(
        Event.CONSULTATION_ASKED,
        row,
        command,
        occurred_at=clock.recorded,
        position=position.id,
        authority=authority,
        answer_by=answer_by,
        stage=stage,
        private={"question": question},
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
def tell_overdue(command: Command, *, consultation: UUID) -> Consultation:
    """Tell the desk, once, that the day has passed without an answer. It changes nothing else.

    Raises NotFound, NotOverdue.
    """
    row = lock(Consultation.objects.all(), consultation, command, what="consultation")
    clock = read_clock(command, row)
    waits = row.closed_at is None and row.overdue_told_at is None
    if command.by != SYSTEM or not waits or row.answer_by > command.at:
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
    """Those whose day has passed without an answer, and of which nobody was told."""
    rows = Consultation.objects.open().filter(answer_by__lte=at, overdue_told_at__isnull=True)
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
