"""What a stage asks of authorities by itself: once, awaited, never answered by silence, ended with its request."""

import datetime as dt
from uuid import UUID

import pytest
from django.utils.timezone import now

from access.choices import RequestStatus, StageState, Stance
from access.models import AccessRequest, Consultation
from access.operations import (
    consultations,
    positions,
    requests,
    reviews,
    rulings,
    stage_alarms,
    stage_consultations,
)
from access.queries.stage_alarms import find_alarming
from access.queries.stage_consultations import find_asking, find_outlived
from access.queries.stages import find_progress
from registry.actors import SYSTEM
from registry.choices import Channel, Role
from registry.models import Authority
from tests import make, stages
from tests import positions as making

pytestmark = pytest.mark.django_db


def asked(**more: object) -> tuple[Authority, AccessRequest, Consultation]:
    """A body, a request whose stage consults it, and the question that the worker has opened."""
    body = making.authority()
    row = stages.in_review(stages.consulting(body.organization.slug, **more))
    assert find_asking(at=now()) == [row.id]
    stage_consultations.ask(make.by(SYSTEM), request=row.id)
    return body, row, Consultation.objects.get(position__request=row)


def progress(row: AccessRequest) -> tuple[StageState, tuple[str, ...]]:
    row.refresh_from_db()
    law = find_progress(row, at=now())[0]
    return law.state, law.reasons


def answer(position: UUID, stance: Stance) -> None:
    positions.supersede(
        make.by(make.staff(Role.AUTHORITY_DESK)), position=position, stated=making.stated(stance)
    )


def stance_of(row: Consultation) -> str:
    return row.position.versions.current().get(valid__upper_inf=True).stance


class TestAsk:
    def test_asks_each_once_and_the_answer_completes_the_stage(self) -> None:
        _body, row, question = asked()
        assert find_asking(at=now()) == []
        with pytest.raises(stage_consultations.NothingToAsk):
            stage_consultations.ask(make.by(SYSTEM), request=row.id)
        assert (stance_of(question), question.stage, question.asked_by) == (
            "awaiting",
            "law",
            "system",
        )
        assert progress(row) == (StageState.OPEN, ("missing",))
        with pytest.raises(rulings.StagesIncomplete):
            reviews.approve(
                make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling()
            )
        answer(question.position_id, Stance.NO_OBJECTION)
        assert progress(row)[0] is StageState.COMPLETE
        done = reviews.approve(
            make.by(make.staff(Role.DECIDER)), request=row.id, ruling=make.ruling()
        )
        assert done.value.status == RequestStatus.APPROVED

    def test_asks_nobody_who_has_spoken_or_is_awaited(self) -> None:
        body = making.authority()
        stages.policy(stages.consulting(body.organization.slug))
        row = make.submitted(None, make.tier(review_policy="staged"))
        held = making.take(row, Stance.AWAITING, authority=body)
        requests.take_up(make.by(make.staff(Role.REVIEWER)), request=row.id)
        assert find_asking(at=now()) == []
        answer(held.id, Stance.OBJECTS)
        assert find_asking(at=now()) == []
        assert progress(row)[0] is StageState.BLOCKED

    def test_what_the_desk_withdrew_is_not_asked_again_and_hides_no_answer(self) -> None:
        body, row, question = asked()
        consultations.withdraw(
            make.by(make.staff(Role.AUTHORITY_DESK)), consultation=question.id, reason="By phone."
        )
        assert find_asking(at=now()) == []
        assert progress(row)[0] is StageState.OPEN
        making.take(row, Stance.SUPPORTS, authority=body)
        assert progress(row)[0] is StageState.COMPLETE


class TestEnd:
    def test_ends_with_its_request_and_only_then(self) -> None:
        _body, row, question = asked()
        assert find_outlived() == []
        with pytest.raises(stage_consultations.StillConsulting):
            stage_consultations.end(make.by(SYSTEM), consultation=question.id)
        requests.withdraw(make.by(make.staff(Role.INTAKE)), request=row.id)
        assert find_outlived() == [question.id]
        stage_consultations.end(make.by(SYSTEM), consultation=question.id)
        question.refresh_from_db()
        assert (question.answered, stance_of(question)) == (False, "not_asked")
        assert find_outlived() == []


class TestDeadline:
    @pytest.mark.parametrize("crossing", ["remind", "proceed"])
    def test_silence_stays_awaited_and_goes_on_only_where_the_policy_says_so(
        self, crossing: str
    ) -> None:
        deadline = {"working_days": 2, "calendar": "us", "crossing": crossing}
        _body, row, question = asked(deadline=deadline)
        later = make.MORNING + dt.timedelta(days=60)
        assert find_alarming(at=later) == [row.id]
        stage_alarms.announce(make.by(SYSTEM, later), request=row.id)
        assert stance_of(question) == "awaiting"
        if crossing == "proceed":
            state, reasons = progress(row)
            assert state is StageState.COMPLETE
            assert reasons == (f"unanswered:{_body.organization.slug}",)
            assert row.stage_runs.get(stage="law").closed_as == "complete"
        else:
            assert progress(row) == (StageState.OPEN, ("missing",))


class TestHandOver:
    def test_the_desk_says_how_once_and_the_answer_stays_awaited(self) -> None:
        _body, row, question = asked()
        assert list(Consultation.objects.to_hand_over()) == [question]
        desk = make.staff(Role.AUTHORITY_DESK)
        consultations.hand_over(
            make.by(desk), consultation=question.id, channel=Channel.PORTAL, how="No. 12"
        )
        assert list(Consultation.objects.to_hand_over()) == []
        with pytest.raises(consultations.HandedOverAlready):
            consultations.hand_over(
                make.by(desk), consultation=question.id, channel=Channel.POST, how="Again"
            )
        assert progress(row) == (StageState.OPEN, ("missing",))
