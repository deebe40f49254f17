from typing import Any

import pytest

from notifications.choices import ObligationStatus, QuestionAnswer
from notifications.models import Obligation, ObligationQuestion
from notifications.operations import questions
from notifications.operations.questions import (
    AnswerUnfounded,
    MomentMissing,
    MomentNotNamed,
    QuestionAnswered,
)
from registry.choices import Anchor, Precision, Role, SourceGrade
from registry.errors import Stale
from registry.models import AuditEvent, Incident
from registry.operations import incidents, sources
from registry.operations.facts import CitationSaid, FactSaid
from registry.operations.incidents import Classification
from registry.operations.moments import MomentSaid
from registry.policies import RoleMissing
from tests import make
from tests.duties import desk, rule
from tests.notifications.test_duties import AWARE, DEADLY, DEATH, asked, assess, incident

pytestmark = pytest.mark.django_db


def answer(question: ObligationQuestion, *, applies: bool = True, **more: Any) -> None:
    said = {"reason": "The investigators say so."} | more
    by = said.pop("by", None) or make.by(desk())
    questions.answer(by, question=question.id, applies=applies, **said)


def open_question(row: Incident) -> ObligationQuestion:
    assess(row)
    (found,) = asked(row)
    return found


def reported() -> Incident:
    """An incident that a paper tells of, with nothing about when anybody became aware."""
    sources.register(
        make.by(make.staff(Role.INTAKE)),
        slug="paper",
        publisher="The Paper",
        title="What happened",
        grade=SourceGrade.SECONDARY,
    )
    fact = FactSaid(
        "Somebody died.", Precision.MONTH, (CitationSaid("paper", SourceGrade.SECONDARY),)
    )
    return incidents.report(
        make.by(make.staff(Role.INTAKE, Role.AUTHORITY_DESK)),
        title="As reported",
        duty_holder=make.organization().id,
        said=Classification("It happened.", **DEATH),
        fact=fact,
    ).value


class TestItApplies:
    def test_its_obligation_opens(self) -> None:
        rule(condition="incident.deception")
        row = incident()
        answer(open_question(row))
        (obligation,) = Obligation.objects.all()
        assert obligation.status == ObligationStatus.OPEN
        assert assess(row) == [obligation]
        assert asked(row) == []

    def test_a_reported_fact_is_confirmed_and_its_moment_stated(self) -> None:
        rule(**DEADLY)
        row = reported()
        question = open_question(row)
        assert question.cause == "reported"
        with pytest.raises(MomentMissing):
            answer(question)
        answer(question, moment=AWARE)
        (obligation,) = Obligation.objects.all()
        assert obligation.anchor_at == make.MORNING
        assert row.moments.get().anchor == Anchor.AWARE

    def test_the_rule_counts_from_the_moments_that_it_names(self) -> None:
        rule(**DEADLY)
        question = open_question(reported())
        with pytest.raises(MomentNotNamed):
            answer(question, moment=MomentSaid(Anchor.DISCOVERED, make.MORNING))
        assert not Obligation.objects.exists()

    def test_the_moment_decides_other_rules_as_well(self) -> None:
        rule("first", **DEADLY)
        rule("second", **DEADLY, period={"quantity": 1, "unit": "days"})
        row = incident(MomentSaid(Anchor.DISCOVERED, make.MORNING), **DEATH)
        assess(row)
        answer(next(one for one in asked(row) if one.rule.slug == "first"), moment=AWARE)
        assert {one.rule.slug for one in Obligation.objects.all()} == {"first", "second"}
        assert asked(row) == []


class TestItDoesNotApply:
    def test_nothing_opens_and_nobody_is_asked_again(self) -> None:
        rule(condition="incident.deception")
        row = incident()
        answer(open_question(row), applies=False)
        assert assess(row) == []
        assert asked(row) == []
        assert ObligationQuestion.objects.get().answer == QuestionAnswer.DOES_NOT_APPLY

    def test_a_fact_that_comes_in_later_decides_all_the_same(self) -> None:
        rule(condition="incident.deception")
        row = incident()
        answer(open_question(row), applies=False)
        incidents.classify(
            make.by(desk()), incident=row.id, said=Classification("It did.", deception=True)
        )
        assert len(assess(row)) == 1

    def test_a_new_edition_asks_anew(self) -> None:
        rule(condition="incident.deception")
        row = incident()
        answer(open_question(row), applies=False)
        rule(condition="incident.deception", title="Worded anew")
        assess(row)
        assert [one.rule.number for one in asked(row)] == [2]


class TestAnswer:
    def test_once(self) -> None:
        rule(condition="incident.deception")
        question = open_question(incident())
        answer(question)
        with pytest.raises(QuestionAnswered):
            answer(question, applies=False)

    def test_with_a_reason(self) -> None:
        rule(condition="incident.deception")
        question = open_question(incident())
        with pytest.raises(AnswerUnfounded):
            answer(question, reason="  ")

    def test_of_what_one_has_looked_at(self) -> None:
        rule(condition="incident.deception")
        question = open_question(incident())
        with pytest.raises(Stale):
            answer(question, by=make.by(desk(), expected_version=7))

    @pytest.mark.parametrize("role", [Role.RESTRICTOR, Role.INTAKE, Role.AUDITOR])
    def test_by_those_who_answer_to_authorities(self, role: Role) -> None:
        rule(condition="incident.deception")
        question = open_question(incident())
        with pytest.raises(RoleMissing):
            answer(question, by=make.by(make.staff(role)))
        assert not Obligation.objects.exists()

    def test_the_reason_stays_out_of_the_record(self) -> None:
        rule(condition="incident.deception")
        answer(open_question(incident()))
        event = AuditEvent.objects.get(name="obligation_question.answered")
        assert "investigators" not in str(event.details)
