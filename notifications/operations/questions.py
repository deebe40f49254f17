"""Answers of people to what the rules could not decide: it applies, or it does not, and why."""

from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from notifications.choices import QuestionAnswer, VerdictKind, VerdictReason
from notifications.models import ObligationQuestion
from notifications.operations.duties import _assess, _examine, lock_subject
from notifications.operations.duty_rows import Work, _open
from notifications.operations.question_rows import _close
from notifications.queries.duties import Assessed, Subject, judge_anew
from notifications.queries.openings import list_openings
from registry.choices import Anchor, Role
from registry.commands import Command, command, lock, read_clock
from registry.errors import Conflict, Invalid, NotFound
from registry.operations.moments import MomentSaid, NotResolvedYet, _state
from registry.policies import check_role
from registry.rules import read_rule

MAY_ANSWER = (Role.AUTHORITY_DESK, Role.CLEARED)


class QuestionAnswered(Conflict):
    code = "question_answered"
    text = _("This question has been answered, or no longer arises.")


class AnswerUnfounded(Invalid):
    code = "answer_unfounded"
    text = _("Say why: the answer is read by whoever asks later.")


class MomentMissing(Invalid):
    """A clock has to start somewhere."""

    code = "moment_missing"
    text = _("State the moment that the rule counts from: %(moments)s.")


class MomentNotNamed(Invalid):
    code = "moment_not_named"
    text = _("The rule does not count from that; it counts from: %(moments)s.")


@command
def answer(
    command: Command,
    *,
    question: UUID,
    applies: bool,
    reason: str,
    moment: MomentSaid | None = None,
) -> ObligationQuestion:
    """A person says whether the rule applies. Where it does, its duties open, each with its own clock.

    Where nothing is stated yet that the rule counts from, `moment` is. It is a fact like any other, so it may
    decide other rules as well. This is how what is only reported comes to oblige: somebody confirms it.
    Raises RoleMissing, NotFound, Stale, QuestionAnswered, AnswerUnfounded, MomentMissing, MomentNotNamed,
    NotResolvedYet.
    """
    check_role(command.by, *MAY_ANSWER)
    if not reason.strip():
        raise AnswerUnfounded
    subject = _lock_subject_of(command, question)
    row = lock(
        ObligationQuestion.objects.select_related("rule"), question, command, what="question"
    )
    if row.answer:
        raise QuestionAnswered
    if moment is not None:
        _state_moment(command, subject, moment, asked=row)
    work = _examine(command, subject)
    if applies:
        _open_confirmed(work, row)
    said = QuestionAnswer.APPLIES if applies else QuestionAnswer.DOES_NOT_APPLY
    _close(work, row, said, why=reason)
    _assess(command, subject, apart=row.rule_id)
    return row


def _lock_subject_of(command: Command, question: UUID) -> Subject:
    about = ObligationQuestion.objects.filter(pk=question).values("incident", "occurrence").first()
    if about is None:
        raise NotFound("question")
    return lock_subject(command, **about)


def _state_moment(
    command: Command, subject: Subject, moment: MomentSaid, *, asked: ObligationQuestion
) -> None:
    named = read_rule(asked.rule.document).anchors
    if named and moment.anchor not in named:
        raise MomentNotNamed(moments=_list_moments(asked))
    if moment.anchor is Anchor.RESOLVED:
        raise NotResolvedYet
    plain = replace(command, expected_version=None)
    _state(plain, subject, moment, clock=read_clock(plain, subject))


def _open_confirmed(work: Work, row: ObligationQuestion) -> None:
    """Open what the question was about, as if the facts had decided it."""
    rule = judge_anew(work.found, row.rule)
    if rule.judgment.anchor is None and not rule.parents:
        raise MomentMissing(moments=_list_moments(row))
    confirmed = replace(
        rule.judgment, kind=VerdictKind.APPLIES, reason=VerdictReason.FACTS_SUFFICE, missing=()
    )
    settled: Assessed = replace(rule, judgment=confirmed)
    for opening in list_openings(work.found, settled):
        _open(work, settled, opening)


def _list_moments(row: ObligationQuestion) -> str:
    anchors = read_rule(row.rule.document).anchors
    return ", ".join(str(anchor.label) for anchor in anchors) or str(_("any"))
