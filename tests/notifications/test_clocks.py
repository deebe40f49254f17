"""The clock of a duty: what it has crossed, and how it stands. No database, no waiting."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.choices import AlertKind, ClockState
from notifications.clocks import Clock, Crossing, Patience, choose_told, find_pending, read_state
from tests.make import MORNING

HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR
MOMENT = dt.timedelta(microseconds=1)
PATIENCE = Patience(unowned=4 * HOUR, late=dt.timedelta(0))


def clock(**more: Any) -> Clock:
    """A duty of ten days that somebody owns."""
    said: dict[str, Any] = {
        "anchor_at": MORNING,
        "opened_at": MORNING,
        "target_due": MORNING + 10 * DAY,
        "latest_due": MORNING + 12 * DAY,
        "owned": True,
    } | more
    return Clock(**said)


def pending(of: Clock, at: dt.datetime, *announced: Crossing) -> list[Crossing]:
    return find_pending(of, announced, at=at, patience=PATIENCE)


def kinds(of: Clock, at: dt.datetime, *announced: Crossing) -> list[AlertKind]:
    return [crossing.kind for crossing in pending(of, at, *announced)]


class TestCrossings:
    @pytest.mark.parametrize(
        ("kind", "after"),
        [
            (AlertKind.HALF_LEFT, 5 * DAY),
            (AlertKind.QUARTER_LEFT, 7.5 * DAY),
            (AlertKind.TENTH_LEFT, 9 * DAY),
            (AlertKind.TARGET_PASSED, 10 * DAY),
            (AlertKind.LATEST_PASSED, 12 * DAY),
        ],
    )
    def test_each_is_crossed_at_its_moment_and_not_before(
        self, kind: AlertKind, after: dt.timedelta
    ) -> None:
        moment = MORNING + after
        assert kind not in kinds(clock(), moment - MOMENT)
        assert Crossing(kind, moment) in pending(clock(), moment)

    def test_they_come_in_the_order_in_which_they_were_crossed(self) -> None:
        assert kinds(clock(), MORNING + 20 * DAY) == [
            AlertKind.HALF_LEFT,
            AlertKind.QUARTER_LEFT,
            AlertKind.TENTH_LEFT,
            AlertKind.TARGET_PASSED,
            AlertKind.ESCALATED,
            AlertKind.LATEST_PASSED,
        ]

    def test_what_was_announced_is_not_crossed_again(self) -> None:
        late = MORNING + 20 * DAY
        assert pending(clock(), late, *pending(clock(), late)) == []

    def test_a_clock_set_anew_is_announced_anew(self) -> None:
        before = pending(clock(), MORNING + 6 * DAY)
        moved = clock(target_due=MORNING + 14 * DAY, latest_due=None)
        assert pending(moved, MORNING + 8 * DAY, *before) == [
            Crossing(AlertKind.HALF_LEFT, MORNING + 7 * DAY)
        ]

    def test_without_a_number_nothing_is_crossed_but_patience(self) -> None:
        undated = clock(target_due=None, latest_due=None, owned=False)
        assert pending(undated, MORNING + 365 * DAY) == [
            Crossing(AlertKind.ESCALATED, MORNING + 4 * HOUR)
        ]

    def test_where_the_latest_cannot_be_said_it_never_passes(self) -> None:
        assert AlertKind.LATEST_PASSED not in kinds(clock(latest_due=None), MORNING + 99 * DAY)

    def test_what_is_due_before_its_anchor_has_its_time_from_the_opening(self) -> None:
        before_placing = clock(
            anchor_at=MORNING + 24 * DAY, target_due=MORNING + 10 * DAY, latest_due=None
        )
        assert pending(before_placing, MORNING + 5 * DAY) == [
            Crossing(AlertKind.HALF_LEFT, MORNING + 5 * DAY)
        ]

    def test_what_is_due_when_it_is_opened_has_no_fractions(self) -> None:
        late = clock(anchor_at=MORNING + 24 * DAY, target_due=MORNING - DAY, latest_due=None)
        assert kinds(late, MORNING) == [AlertKind.TARGET_PASSED, AlertKind.ESCALATED]

    @given(
        span=st.timedeltas(min_value=HOUR, max_value=3650 * DAY),
        looks=st.lists(st.floats(0, 2), min_size=1, max_size=6),
    )
    def test_whoever_looks_late_sees_what_whoever_looks_often_saw(
        self, span: dt.timedelta, looks: list[float]
    ) -> None:
        one = clock(target_due=MORNING + span, latest_due=MORNING + span * 2)
        moments = sorted(MORNING + span * look for look in looks)
        seen: list[Crossing] = []
        for moment in moments:
            seen += pending(one, moment, *seen)
        assert seen == pending(one, moments[-1])


class TestPatience:
    def test_nobodys_duty_is_escalated_once_patience_is_over(self) -> None:
        alone = clock(owned=False)
        assert kinds(alone, MORNING + 4 * HOUR - MOMENT) == []
        assert kinds(alone, MORNING + 4 * HOUR) == [AlertKind.ESCALATED]

    def test_somebodys_is_not(self) -> None:
        assert kinds(clock(), MORNING + 4 * HOUR) == []

    def test_it_is_escalated_again_when_it_is_late(self) -> None:
        alone = clock(owned=False)
        first = pending(alone, MORNING + 4 * HOUR)
        late = pending(alone, MORNING + 10 * DAY, *first)
        assert late[-1] == Crossing(AlertKind.ESCALATED, MORNING + 10 * DAY)

    def test_another_patience_announces_nothing_a_second_time(self) -> None:
        alone = clock(owned=False, follows_access=True)
        late = MORNING + 20 * DAY
        before = pending(alone, late)
        impatient = Patience(unowned=HOUR, late=HOUR)
        assert find_pending(alone, before, at=late, patience=impatient) == []

    def test_access_given_and_not_told_is_announced_though_somebody_owns_it(self) -> None:
        assert kinds(clock(follows_access=True), MORNING + 4 * HOUR) == [AlertKind.DECIDED_UNTOLD]


class TestFlags:
    @pytest.mark.parametrize(
        ("flag", "kind"),
        [
            ("no_recipient", AlertKind.NO_RECIPIENT),
            ("no_table", AlertKind.NO_TABLE),
            ("holidays_not_known", AlertKind.NO_TABLE),
        ],
    )
    def test_what_is_missing_is_announced_at_the_opening(self, flag: str, kind: AlertKind) -> None:
        flagged = clock(flags=frozenset({flag}))
        assert pending(flagged, MORNING) == [Crossing(kind, MORNING)]

    def test_other_flags_are_not(self) -> None:
        assert pending(clock(flags=frozenset({"weekdays_only"})), MORNING) == []


class TestChooseTold:
    def test_only_the_last_is_told(self) -> None:
        crossed = pending(clock(), MORNING + 8 * DAY)
        told = choose_told(crossed, opened_at=MORNING)
        assert told == Crossing(AlertKind.QUARTER_LEFT, MORNING + 7.5 * DAY)

    def test_of_two_at_one_moment_the_graver(self) -> None:
        at_once = clock(latest_due=MORNING + 10 * DAY)
        told = choose_told(pending(at_once, MORNING + 10 * DAY), opened_at=MORNING)
        assert told == Crossing(AlertKind.ESCALATED, MORNING + 10 * DAY)

    def test_nothing_where_the_opening_said_it(self) -> None:
        late = clock(opened_at=MORNING + 8 * DAY)
        assert choose_told(pending(late, MORNING + 8 * DAY), opened_at=late.opened_at) is None

    def test_but_a_target_that_had_passed_is(self) -> None:
        late = clock(opened_at=MORNING + 11 * DAY)
        told = choose_told(pending(late, MORNING + 11 * DAY), opened_at=late.opened_at)
        assert told == Crossing(AlertKind.ESCALATED, MORNING + 10 * DAY)

    def test_nothing_of_nothing(self) -> None:
        assert choose_told([], opened_at=MORNING) is None


class TestState:
    @pytest.mark.parametrize(
        ("after", "state"),
        [
            (dt.timedelta(0), ClockState.RUNNING),
            (7.5 * DAY - MOMENT, ClockState.RUNNING),
            (7.5 * DAY, ClockState.SOON),
            (9 * DAY, ClockState.URGENT),
            (10 * DAY - MOMENT, ClockState.URGENT),
            (10 * DAY, ClockState.LATE),
            (12 * DAY - MOMENT, ClockState.LATE),
            (12 * DAY, ClockState.OVERDUE),
        ],
    )
    def test_changes_at_the_moment_and_not_before(
        self, after: dt.timedelta, state: ClockState
    ) -> None:
        assert read_state(clock(), at=MORNING + after) is state

    def test_without_a_number_it_is_always_due(self) -> None:
        undated = clock(target_due=None, latest_due=None)
        assert read_state(undated, at=MORNING + 365 * DAY) is ClockState.UNDATED

    def test_where_the_latest_cannot_be_said_it_is_late_and_never_called_overdue(self) -> None:
        assert read_state(clock(latest_due=None), at=MORNING + 365 * DAY) is ClockState.LATE
