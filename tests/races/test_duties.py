"""Assessments at once, against one another and against what changes the facts."""

import pytest

from notifications.choices import ObligationStatus
from notifications.models import Obligation, ObligationQuestion
from notifications.operations import duties, duty_watch, questions
from registry.models import Occurrence
from registry.operations import incidents, ledger, occurrences
from registry.operations.incidents import Classification
from tests import make
from tests.duties import desk, rule
from tests.notifications.test_duties import DEADLY, DEATH, NO_DEATH, incident
from tests.races.racing import race, refusals, winners

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("attempt")
class TestOneSubject:
    def test_two_assessments_open_each_obligation_once(self) -> None:
        rule("one", **DEADLY)
        rule("two", recipients=["first-office", "second-office"])
        rule("three", condition="incident.deception")
        row, by = incident(**DEATH), desk()
        results = race(*(lambda: duties.assess(make.by(by), incident=row.id) for _ in range(2)))
        assert winners(results) == 2
        assert Obligation.objects.count() == 3
        assert ObligationQuestion.objects.count() == 1

    @pytest.mark.parametrize("assess_first", [True, False])
    def test_an_assessment_and_a_reclassification(self, *, assess_first: bool) -> None:
        rule(**DEADLY)
        row, by = incident(**DEATH), desk()
        said = Classification("Nobody died.", **NO_DEATH)
        acts = [
            lambda: duties.assess(make.by(by), incident=row.id),
            lambda: incidents.classify(make.by(by), incident=row.id, said=said),
        ]
        race(*(acts if assess_first else acts[::-1]))
        duties.assess(make.by(by), incident=row.id)
        left = [one.status for one in Obligation.objects.all()]
        assert left in ([], [ObligationStatus.VOID])

    def test_two_answers(self) -> None:
        rule(condition="incident.deception")
        row, by = incident(), desk()
        duties.assess(make.by(by), incident=row.id)
        question = ObligationQuestion.objects.get()
        results = race(
            *(
                lambda applies=applies: questions.answer(
                    make.by(by), question=question.id, applies=applies, reason="So it is."
                )
                for applies in (True, False)
            )
        )
        assert winners(results) == 1
        assert refusals(results) == {"question_answered"}
        question.refresh_from_db()
        assert Obligation.objects.count() == (1 if question.answer == "applies" else 0)

    def test_an_answer_and_the_fact_that_decides(self) -> None:
        rule(condition="incident.deception")
        row, by = incident(), desk()
        duties.assess(make.by(by), incident=row.id)
        question = ObligationQuestion.objects.get()
        said = Classification("It did.", deception=True)
        incidents.classify(make.by(by), incident=row.id, said=said)
        results = race(
            lambda: duties.assess(make.by(by), incident=row.id),
            lambda: questions.answer(
                make.by(by), question=question.id, applies=True, reason="So it is."
            ),
        )
        assert winners(results) >= 1
        assert Obligation.objects.count() == 1


@pytest.mark.usefixtures("attempt")
class TestOneLedger:
    def test_two_followers_open_nothing_twice(self) -> None:
        rule(**DEADLY)
        incident(**DEATH)
        ledger.sequence_all()
        race(*(lambda: duty_watch.follow(at=make.MORNING) for _ in range(2)))
        assert Obligation.objects.count() == 1

    def test_a_placement_is_raised_once(self) -> None:
        grant = make.grant()
        model, by = grant.tier.ai_models.get(), desk()
        results = race(
            *(
                lambda: occurrences.raise_placement(
                    make.by(by), ai_model=model.id, grant=grant.id, title="?", note="?"
                )
                for _ in range(2)
            )
        )
        assert winners(results) == 1
        assert refusals(results) == {"placement_raised"}
        assert Occurrence.objects.count() == 1
