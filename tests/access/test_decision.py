"""The decision: the pure rule."""

import datetime as dt
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from access.choices import ProgramStatus, Reason
from access.decision import (
    Facts,
    Item,
    Named,
    Person,
    Question,
    Stop,
    Wait,
    decide,
    decide_for_surface,
    explain,
    explain_for_surface,
    find_allowing,
)

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


def _one_story(items: list[Item]) -> tuple[Item, ...]:
    """The pieces of one grant share its program and end; none overlaps another."""
    told = dict[UUID, Item]()
    for one in items:
        told.setdefault(one.grant, one)
    return tuple(told.values())


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


MOMENTS = st.none() | st.sampled_from([NOW - DAY, NOW, NOW + DAY, NOW + 2 * DAY])
IDS = [UUID(int=number) for number in range(1, 4)]
ITEMS = st.builds(
    item,
    grant=st.sampled_from(IDS),
    program=st.just(PROGRAM),
    program_status=st.sampled_from([*ProgramStatus.values, None]),
    starts_at=MOMENTS,
    ends_at=MOMENTS,
    standing=st.sampled_from(["in_force", "suspended"]),
    actions=st.sampled_from([frozenset({"invoke"}), frozenset({"evaluate"})]),
    surfaces=st.sampled_from([frozenset[str](), frozenset({"aws:1"}), frozenset({"gcp:1"})]),
    release=st.sampled_from([None, RELEASE]),
    terms_accepted=st.booleans(),
    ended=st.sampled_from([None, "revoked", "surrendered", "superseded"]),
)
STOPS = st.builds(
    stop,
    id=st.sampled_from(IDS),
    programs=st.sampled_from([frozenset[UUID](), frozenset({PROGRAM}), frozenset(IDS)]),
    outside_by=st.sampled_from([None, "us_person"]),
    excepted=st.booleans(),
    exceptions_complete=st.booleans(),
    ends_at=MOMENTS,
)
NAMED = st.lists(
    st.builds(
        Named,
        id=st.sampled_from(IDS),
        standing=st.sampled_from(["active", "suspended", "withdrawn", "preview", None]),
        release=st.sampled_from([None, RELEASE]),
    ),
    max_size=2,
).map(tuple)
KNOWN = st.builds(
    Facts,
    at=st.just(NOW),
    visible=st.booleans() | st.just(value=True),
    organizations=NAMED,
    models=NAMED,
    persons=st.lists(
        st.builds(
            Person,
            id=st.just(IDS[0]),
            established=st.sampled_from([{}, {"us_person": True}, {"us_person": False}]),
        ),
        max_size=1,
    ).map(tuple),
    items=st.lists(ITEMS, max_size=3).map(_one_story),
    stops=st.lists(STOPS, max_size=2).map(tuple),
    writable=st.booleans() | st.just(value=True),
)
QUESTIONS = st.builds(
    Question,
    action=st.sampled_from(["invoke", "evaluate", "steal", None]),
    surface=st.sampled_from([None, "aws:1"]),
    member_named=st.booleans(),
)


class TestExplain:
    @given(QUESTIONS, KNOWN)
    @hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
    def test_begins_with_the_reason_that_the_rule_gives(
        self, question: Question, known: Facts
    ) -> None:
        answer, grounds = decide(question, known), explain(question, known)
        assert grounds[0].reason is answer.reason
        assert (grounds[0].grant, grounds[0].stop) == (answer.grant, answer.stop)

    @given(QUESTIONS, KNOWN)
    @hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
    def test_a_yes_rests_on_a_grant_and_a_no_on_none(
        self, question: Question, known: Facts
    ) -> None:
        reasons = [ground.reason for ground in explain(question, known)]
        allowing = find_allowing(question, known)
        assert decide(question, known).decision is bool(allowing)
        assert reasons.count(Reason.GRANT_IN_FORCE) == len(allowing)

    @given(QUESTIONS, KNOWN)
    @hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
    def test_who_serves_a_surface_never_hears_yes_where_the_rule_says_no(
        self, question: Question, known: Facts
    ) -> None:
        narrow = decide_for_surface(question, known)
        assert narrow.decision <= decide(question, known).decision
        assert explain_for_surface(question, known)[0].reason is narrow.reason

    def test_gives_every_reason_that_stands_against_a_grant(self) -> None:
        stopping = stop()
        known = facts(
            item(standing="suspended", terms_accepted=False),
            stops=(stopping,),
            organizations=(Named(uuid4(), "suspended"),),
        )
        grounds = explain(Question("fine_tune", "aws:1"), known)
        assert [ground.reason for ground in grounds] == [
            Reason.ORGANIZATION_SUSPENDED,
            Reason.RESTRICTED,
            Reason.GRANT_SUSPENDED,
            Reason.ACTION_NOT_COVERED,
            Reason.TERMS_NOT_ACCEPTED,
        ]
        assert grounds[1].stop == stopping.id

    def test_of_several_grants_the_one_that_lasts_longest_allows(self) -> None:
        short, long = item(), item(ends_at=None)
        assert decide(Question("invoke"), facts(short, long)).grant == long.grant

    def test_the_next_change_of_a_no_is_the_first_of_any_grant(self) -> None:
        later = item(starts_at=NOW + 2 * DAY, ends_at=None)
        known = facts(item(terms_accepted=False, ends_at=NOW + 3 * DAY), later)
        assert decide(Question("invoke"), known).next_change_at == NOW + 2 * DAY

    def test_the_end_of_an_exception_is_a_change(self) -> None:
        known = facts(item(ends_at=None), stops=(stop(excepted=True, changes_at=NOW + DAY),))
        assert decide(Question("invoke"), known).next_change_at == NOW + DAY
