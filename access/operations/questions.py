"""Questions to the organization that asks for access, which stop the clock, and its answers."""

from uuid import UUID

from access.models import AccessRequest, Question
from access.operations.request_steps import _move, _said, _take
from access.workflow import Step
from registry import audit
from registry.commands import Command, command, touch


@command
def ask(command: Command, *, request: UUID, question: str) -> AccessRequest:
    """Ask the organization something; the request waits for the answer.

    Raises NotFound, RoleMissing, OwnRequest, StepNotOpen, TextMissing.
    """
    row, found, clock = _take(command, request, Step.ASK)
    Question.objects.create(
        request=row,
        text=_said(question, "question"),
        asked_by=command.by.key,
        asked_at=clock.at,
        changed_at=clock.at,
    )
    _move(row, found.target, clock)
    audit.record(found.event, row, command, occurred_at=clock.at, private={"question": question})
    return row


@command
def answer(command: Command, *, request: UUID, answer: str) -> AccessRequest:
    """Answer the open question. Raises NotFound, NotYours, RoleMissing, StepNotOpen, TextMissing."""
    row, found, clock = _take(command, request, Step.ANSWER)
    question = row.questions.get(answered_at__isnull=True)
    question.answer = _said(answer, "answer")
    question.answered_by, question.answered_at = command.by.key, clock.at
    touch(question, clock, "answer", "answered_by", "answered_at")
    _move(row, found.target, clock)
    audit.record(found.event, row, command, occurred_at=clock.at, private={"answer": answer})
    return row
