"""The decision: the pure rule."""

import datetime as dt
from uuid import UUID, uuid4

import pytest

from access.choices import ProgramStatus, Reason
from access.decision import Facts, Item, Named, Person, Question, Stop, Wait, decide

NOW = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
PROGRAM, RELEASE = uuid4(), uuid4()


def item(**changes: object) -> Item:
    said: dict[str, object] = {
        "grant": uuid4(),
        "program": PROGRAM,
        "program_status": ProgramStatus.OPEN,
        "starts_at": NOW - DAY,
        "ends_at": NOW + DAY,
        "standing": "in_force",
        "actions": frozenset({"invoke"}),
        "surfaces": frozenset[str](),
        "release": None,
        "terms_accepted": True,
    }
    return Item(**(said | changes))  # type: ignore[arg-type]


def facts(*items: Item, **changes: object) -> Facts:
    said: dict[str, object] = {
        "at": NOW,
        "visible": True,
        "organizations": (Named(uuid4(), "active"),),
        "models": (Named(uuid4(), "preview"),),
        "items": items or (item(),),
    }
    return Facts(**(said | changes))  # type: ignore[arg-type]


def stop(**changes: object) -> Stop:
    said: dict[str, object] = {
        "id": uuid4(),
        "programs": frozenset[UUID](),
        "outside_by": None,
        "excepted": False,
        "exceptions_complete": True,
    }
    return Stop(**(said | changes))  # type: ignore[arg-type]


class TestDecide:
    def test_says_yes_while_a_grant_is_in_force(self) -> None:
        answer = decide(Question("invoke"), facts())
        assert (answer.decision, answer.reason) == (True, Reason.GRANT_IN_FORCE)
        assert answer.valid_until == answer.next_change_at == NOW + DAY

    @pytest.mark.parametrize(
        ("known", "reason"),
        [
            (facts(visible=False), Reason.NOT_YET_VISIBLE),
            (facts(organizations=()), Reason.UNKNOWN_ORGANIZATION),
            (facts(models=()), Reason.UNKNOWN_MODEL),
            (facts(organizations=(Named(uuid4(), "active"),) * 2), Reason.AMBIGUOUS_IDENTIFIER),
            (facts(models=(Named(uuid4(), "preview"),) * 2), Reason.AMBIGUOUS_IDENTIFIER),
            (facts(organizations=(Named(uuid4(), None),)), Reason.NOT_RECORDED),
            (facts(models=(Named(uuid4(), None),)), Reason.NOT_RECORDED),
            (facts(organizations=(Named(uuid4(), "suspended"),)), Reason.ORGANIZATION_SUSPENDED),
            (facts(organizations=(Named(uuid4(), "withdrawn"),)), Reason.ORGANIZATION_WITHDRAWN),
            (facts(models=(Named(uuid4(), "withdrawn"),)), Reason.MODEL_WITHDRAWN),
            (facts(item(program_status=ProgramStatus.ENDED)), Reason.PROGRAM_ENDED),
            (facts(stops=(stop(),)), Reason.RESTRICTED),
            (facts(stops=(stop(exceptions_complete=False),)), Reason.NOT_KNOWN_WHETHER_EXCEPTED),
            (facts(stops=(stop(outside_by="us_person"),)), Reason.PERSON_NOT_ESTABLISHED),
            (facts(item(starts_at=NOW + DAY, ends_at=None)), Reason.GRANT_NOT_STARTED),
            (facts(item(wait=Wait(NOW + DAY))), Reason.WAITING_PERIOD),
            (facts(item(wait=Wait(None), ends_at=NOW)), Reason.GRANT_EXPIRED),
            (facts(item(wait=Wait(None)), stops=(stop(),)), Reason.RESTRICTED),
            (facts(item(wait=Wait(None), terms_accepted=False)), Reason.WAITING_PERIOD),
            (facts(item(ends_at=NOW)), Reason.GRANT_EXPIRED),
            (facts(item(ends_at=NOW, ended="revoked")), Reason.GRANT_REVOKED),
            (facts(item(ends_at=NOW, ended="surrendered")), Reason.GRANT_SURRENDERED),
            (facts(item(ends_at=NOW, ended="superseded")), Reason.GRANT_SUPERSEDED),
            (facts(item(standing="suspended")), Reason.GRANT_SUSPENDED),
            (facts(item(release=RELEASE)), Reason.VERSION_NOT_COVERED),
            (facts(item(actions=frozenset({"evaluate"}))), Reason.ACTION_NOT_COVERED),
            (facts(item(surfaces=frozenset({"aws:1"}))), Reason.SURFACE_NOT_COVERED),
            (facts(item(terms_accepted=False)), Reason.TERMS_NOT_ACCEPTED),
        ],
    )
    def test_refuses_with_the_first_reason_that_applies(
        self, known: Facts, reason: Reason
    ) -> None:
        answer = decide(Question("invoke"), known)
        assert (answer.decision, answer.reason) == (False, reason)

    def test_an_action_that_nobody_knows_is_refused(self) -> None:
        assert decide(Question("steal"), facts()).reason is Reason.UNKNOWN_ACTION

    def test_no_grant_is_a_refusal(self) -> None:
        known = Facts(
            NOW,
            visible=True,
            organizations=(Named(uuid4(), "active"),),
            models=(Named(uuid4(), "preview"),),
        )
        assert decide(Question("invoke"), known).reason is Reason.NO_GRANT

    def test_a_restriction_refuses_without_a_grant_as_well(self) -> None:
        known = Facts(
            NOW,
            visible=True,
            organizations=(Named(uuid4(), "active"),),
            models=(Named(uuid4(), "preview"),),
            stops=(stop(),),
        )
        assert decide(Question("invoke"), known).reason is Reason.RESTRICTED

    def test_one_grant_in_force_suffices(self) -> None:
        answer = decide(Question("invoke"), facts(item(standing="suspended"), item()))
        assert answer.decision

    def test_of_two_refused_grants_the_one_that_came_furthest_says_why(self) -> None:
        known = facts(item(ends_at=NOW), item(terms_accepted=False))
        assert decide(Question("invoke"), known).reason is Reason.TERMS_NOT_ACCEPTED

    def test_a_restriction_of_another_program_does_not_stop_it(self) -> None:
        known = facts(stops=(stop(programs=frozenset({uuid4()})),))
        assert decide(Question("invoke"), known).decision

    def test_an_exception_is_not_stopped(self) -> None:
        assert decide(Question("invoke"), facts(stops=(stop(excepted=True),))).decision

    @pytest.mark.parametrize(
        ("established", "reason"),
        [
            ({"us_person": True}, Reason.GRANT_IN_FORCE),
            ({"us_person": False}, Reason.RESTRICTED),
            ({}, Reason.PERSON_NOT_ESTABLISHED),
        ],
    )
    def test_a_class_of_persons_is_decided_on_the_person(
        self, established: dict[str, bool], reason: Reason
    ) -> None:
        known = facts(
            stops=(stop(outside_by="us_person"),), persons=(Person(uuid4(), established),)
        )
        question = Question("invoke", member_named=True)
        assert decide(question, known).reason is reason

    def test_a_member_that_nobody_knows_is_refused(self) -> None:
        question = Question("invoke", member_named=True)
        assert decide(question, facts()).reason is Reason.UNKNOWN_MEMBER

    def test_the_surface_asked_about_must_be_one_of_the_grants(self) -> None:
        known = facts(item(surfaces=frozenset({"aws:1", "aws:2"})))
        assert decide(Question("invoke", "aws:2"), known).decision
        assert not decide(Question("invoke", "aws:3"), known).decision
