"""The clock of a request stands still while it waits for somebody, and every moment of it can be told."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.choices import PauseKind, RequestStatus, Turn
from access.models import Pause
from access.operations import questions, requests
from access.pauses import Span, open_pause, paused_between
from access.queries.pauses import pauses
from access.workflow import PAUSED, whose_turn
from registry.choices import Role
from tests import make

START = dt.datetime(2026, 7, 1, 9, 0, tzinfo=dt.UTC)
lengths = st.lists(st.integers(min_value=0, max_value=10**6), max_size=24)


def cut(seconds: list[int]) -> tuple[list[Span], dt.datetime, dt.timedelta]:
    """Stretches that run and stand still in turn: the pauses, the end of all, and how long it ran."""
    moment, ran, spans = START, dt.timedelta(), []
    for place, length in enumerate(seconds):
        after = moment + dt.timedelta(seconds=length)
        if place % 2:
            spans.append(Span(PauseKind.QUESTION, moment, after))
        else:
            ran += after - moment
        moment = after
    return spans, moment, ran


class TestTheSumOfPauses:
    @given(lengths)
    def test_what_ran_and_what_stood_still_is_all_the_time_there_was(
        self, seconds: list[int]
    ) -> None:
        spans, end, ran = cut(seconds)
        assert paused_between(spans, START, end) + ran == end - START

    @given(lengths, st.integers(min_value=0, max_value=10**7))
    def test_no_moment_is_counted_twice_or_left_out_wherever_it_is_cut(
        self, seconds: list[int], at: int
    ) -> None:
        spans, end, _ran = cut(seconds)
        middle = min(START + dt.timedelta(seconds=at), end)
        parts = paused_between(spans, START, middle) + paused_between(spans, middle, end)
        assert parts == paused_between(spans, START, end)

    @given(lengths, st.integers(min_value=1, max_value=10**6))
    def test_a_pause_that_lasts_grows_with_the_clock_and_a_running_clock_adds_nothing(
        self, seconds: list[int], more: int
    ) -> None:
        spans, end, _ran = cut(seconds)
        later = end + dt.timedelta(seconds=more)
        so_far = paused_between(spans, START, end)
        lasting = [*spans, Span(PauseKind.HOLD, end)]
        assert paused_between(spans, START, later) == so_far
        assert paused_between(lasting, START, later) == so_far + (later - end)
        assert open_pause(spans) is None
        assert open_pause(lasting) == lasting[-1]


@pytest.mark.django_db
class TestARequestOnItsWay:
    def test_several_questions_one_after_another_are_pauses_of_their_own(self) -> None:
        row = make.in_review()
        reviewer, partner = make.staff(Role.REVIEWER), make.client(row.organization)
        for day in (2, 5):
            asked = START + dt.timedelta(days=day)
            answered = asked + dt.timedelta(days=1)
            questions.ask(make.by(reviewer, at=asked), request=row.id, question="Which?")
            questions.answer(make.by(partner, at=answered), request=row.id, answer="These.")
        spans = pauses(row)
        assert [(span.kind, (span.began_at - START).days) for span in spans] == [
            (PauseKind.QUESTION, 2),
            (PauseKind.QUESTION, 5),
        ]
        assert paused_between(spans, START, START + dt.timedelta(days=9)) == dt.timedelta(days=2)

    @pytest.mark.parametrize("status", list(RequestStatus))
    def test_the_clock_stands_still_exactly_in_the_states_that_wait(
        self, status: RequestStatus
    ) -> None:
        lasting = open_pause(pauses(make.request_in(status)))
        assert (lasting and lasting.kind) == PAUSED.get(status)
        if lasting is not None:
            assert lasting.whose_turn == whose_turn(status)

    def test_withdrawing_ends_the_pause(self) -> None:
        row = make.request_in(RequestStatus.ON_HOLD)
        requests.withdraw(make.by(make.client(row.organization)), request=row.id)
        assert Pause.objects.get().ended_at is not None
        row.refresh_from_db()
        assert whose_turn(RequestStatus(row.status)) is Turn.NOBODY
