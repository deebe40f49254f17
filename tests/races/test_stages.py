"""Races in a review: the last two findings at once, and a finding against a decision."""

import pytest

from access.choices import Finding, RequestStatus
from access.models import Consultation, Grant, StageRun
from access.operations import reviews, stage_alarms, stage_consultations
from registry.actors import SYSTEM
from registry.choices import Role
from tests import make, stages
from tests import positions as making
from tests.races.racing import race, refusals, winners

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("attempt")
class TestStages:
    def test_the_last_two_findings_open_the_next_stage_once(self) -> None:
        row = stages.in_review()
        stages.find(row, "screening")
        stages.find(row, "security")
        people = [make.staff(Role.REVIEWER) for _ in range(2)]
        results = race(
            *(lambda person=person: stages.find(row, "purpose", by=person) for person in people)
        )
        assert winners(results) == 2
        assert StageRun.objects.filter(request=row, stage="decision", closed_at=None).count() == 1
        assert not StageRun.objects.filter(request=row, stage="purpose", closed_at=None).exists()

    def test_a_decision_and_an_objection(self) -> None:
        row = stages.ready(stages.document(*stages.FOUR["stages"][:4]))
        decider, reviewer = make.staff(Role.DECIDER), make.staff(Role.REVIEWER)
        results = race(
            lambda: reviews.approve(make.by(decider), request=row.id, ruling=make.ruling()),
            lambda: stages.find(row, "security", finding=Finding.OPPOSES, by=reviewer),
        )
        assert winners(results) == 1
        assert refusals(results) <= {"not_in_review", "stages_incomplete"}
        row.refresh_from_db()
        assert Grant.objects.exists() is (row.status == RequestStatus.APPROVED)
        assert row.status in {RequestStatus.APPROVED, RequestStatus.DISPUTED}

    def test_two_workers_tell_once(self) -> None:
        row = stages.in_review(
            stages.document(
                stages.stage("law", who={"roles": ["authority_desk"]}, nobody="escalate"),
                stages.stage("decision", "decision", after=["law"]),
            )
        )
        results = race(
            *(lambda: stage_alarms.announce(make.by(SYSTEM), request=row.id) for _ in range(2))
        )
        assert winners(results) == 1
        assert refusals(results) == {"nothing_to_announce"}

    def test_two_workers_ask_an_authority_once(self) -> None:
        body = making.authority()
        row = stages.in_review(stages.consulting(body.organization.slug))
        results = race(
            *(lambda: stage_consultations.ask(make.by(SYSTEM), request=row.id) for _ in range(2))
        )
        assert winners(results) == 1
        assert refusals(results) == {"nothing_to_ask"}
        assert Consultation.objects.get().asking.authority == body
