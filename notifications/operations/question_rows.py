"""Questions as the assessment writes them: asked once, asked anew, lapsed. Inside its transaction."""

from notifications.choices import QuestionAnswer
from notifications.events import Event
from notifications.models import ObligationQuestion
from notifications.operations.duty_rows import Work
from notifications.queries.duties import Assessed
from notifications.queries.verdict_words import explain
from registry import audit
from registry.commands import touch
from registry.operations.moments import of


def _ask(work: Work, rule: Assessed) -> None:
    """Put the question to a person, once; put it anew where something else is missing now."""
    judgment, due = rule.judgment, None if rule.due is None else rule.due.target
    for open_one in _open_questions(work, rule):
        asked = (open_one.rule_id, open_one.cause, open_one.missing)
        if asked == (rule.edition.pk, judgment.reason, list(judgment.missing)):
            if open_one.would_be_due != due:
                open_one.would_be_due = due
                touch(open_one, work.clock, "would_be_due")
            return
    _lapse(work, rule)
    row = ObligationQuestion.objects.create(
        rule=rule.edition,
        **of(work.found.subject),
        grant_id=work.grant,
        duty_holder_id=work.found.subject.duty_holder_id,
        cause=judgment.reason,
        missing=list(judgment.missing),
        asked_at=work.clock.at,
        would_be_due=due,
        changed_at=work.clock.at,
    )
    audit.record(
        Event.QUESTION_OPENED,
        row,
        work.command,
        occurred_at=work.clock.at,
        **work.name(rule),
        cause=row.cause,
        missing=row.missing,
        would_be_due=due,
        reported=work.found.known.reported,
    )


def _lapse(work: Work, rule: Assessed) -> None:
    """The facts have answered, or ask something else: the question no longer arises."""
    for row in _open_questions(work, rule):
        _close(work, row, QuestionAnswer.LAPSED, why=explain(rule.judgment))


def _close(work: Work, row: ObligationQuestion, answer: QuestionAnswer, *, why: str) -> None:
    row.answer, row.answer_reason = answer, why
    row.answered_by, row.answered_at = work.command.by.key, work.clock.at
    touch(row, work.clock, "answer", "answer_reason", "answered_by", "answered_at")
    audit.record(
        Event.QUESTION_ANSWERED,
        row,
        work.command,
        occurred_at=work.clock.at,
        rule=row.rule.slug,
        answer=answer,
        cause=row.cause,
        private={"reason": why},
    )


def _open_questions(work: Work, rule: Assessed) -> list[ObligationQuestion]:
    return [
        row
        for row in work.found.questions
        if row.rule.slug == rule.edition.slug and not row.answer
    ]
