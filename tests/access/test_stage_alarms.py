"""Deadlines of stages: told once, by the policy, and nothing is decided by them."""

import datetime as dt
from typing import Any

import pytest

from access.choices import RequestStatus
from access.events import Event
from access.models import AccessRequest, StageAnnouncement
from access.operations import questions, stage_alarms
from access.queries.stage_alarms import find_alarming
from notifications.queries.audiences import find_recipients
from notifications.queries.letters import write_letter
from registry.actors import SYSTEM
from registry.choices import Role
from registry.models import AuditEvent, User
from tests import make, stages

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def late(crossing: str, **more: Any) -> AccessRequest:
    """A request whose one stage has two working days."""
    deadline = {"working_days": 2, "calendar": "us", "crossing": crossing}
    return stages.in_review(
        stages.document(
            stages.stage("assessment", deadline=deadline, **more),
            stages.stage("decision", "decision", after=["assessment"]),
        )
    )


def on_staff(*roles: Role) -> User:
    """A member of staff whose roles are on record."""
    person = make.user()
    for role in roles:
        person.role_holdings.create(role=role, given_by="x", given_at=make.MORNING)
    return person


def announce(at: dt.datetime) -> list[AuditEvent]:
    """What the worker does at a moment, and what it has told in all."""
    for request in find_alarming(at=at):
        try:
            stage_alarms.announce(make.by(SYSTEM, at), request=request)
        except stage_alarms.NothingToAnnounce:
            continue
    told = {Event.REQUEST_STAGE_OVERDUE, Event.REQUEST_STAGE_DESERTED}
    return list(AuditEvent.objects.filter(name__in=told).order_by("id"))


class TestCrossings:
    def test_a_worker_that_stood_still_tells_once_and_decides_nothing(self) -> None:
        reviewer, row = on_staff(Role.REVIEWER), late("remind")
        assert announce(make.MORNING + DAY) == []
        (event,) = announce(make.MORNING + 60 * DAY)
        assert announce(make.MORNING + 61 * DAY) == [event]
        row.refresh_from_db()
        assert row.status == RequestStatus.IN_REVIEW
        assert [to.address for to in find_recipients(event)] == [reviewer.email]
        letter = write_letter(event, to=None)
        assert "Stage assessment" in letter.text
        assert "nothing is decided by silence" in letter.text
        assert StageAnnouncement.objects.get().due_at is not None

    def test_escalates_to_those_who_decide(self) -> None:
        on_staff(Role.REVIEWER)
        decider = on_staff(Role.DECIDER)
        late("escalate")
        (event,) = announce(make.MORNING + 60 * DAY)
        assert [to.address for to in find_recipients(event)] == [decider.email]

    def test_nobody_is_late_while_the_organization_is_asked(self) -> None:
        on_staff(Role.REVIEWER)
        row = late("remind")
        questions.ask(
            make.by(make.staff(Role.REVIEWER), make.MORNING + DAY), request=row.id, question="Why?"
        )
        assert announce(make.MORNING + 60 * DAY) == []
        questions.answer(
            make.by(make.staff(Role.INTAKE), make.MORNING + 60 * DAY), request=row.id, answer="So."
        )
        assert announce(make.MORNING + 61 * DAY) == []
        assert len(announce(make.MORNING + 70 * DAY)) == 1

    def test_a_stage_open_to_nobody_is_told_where_the_policy_says_so(self) -> None:
        decider = on_staff(Role.DECIDER)
        late("remind", nobody="escalate")
        (event,) = announce(make.MORNING)
        assert event.name == Event.REQUEST_STAGE_DESERTED
        assert [to.address for to in find_recipients(event)] == [decider.email]
        assert announce(make.MORNING + DAY) == [event]

    def test_only_the_clock_announces(self) -> None:
        with pytest.raises(stage_alarms.AnnouncementOfTheClock):
            stage_alarms.announce(
                make.by(make.staff(Role.ADMINISTRATOR)), request=late("remind").id
            )
