"""Periods, counted strictly and under Regulation 1182/71: known examples, and what holds of all dates."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.calendars import BeyondCalendar, Holidays, HolidayYear
from registry.choices import Direction, Extension, Unit
from registry.periods import (
    Article,
    Counted,
    Counting,
    Flag,
    Period,
    PeriodUnreadable,
    begin_day,
    count,
    read_period,
)
from seeds.tables import read_tables

BRUSSELS = ZoneInfo("Europe/Brussels")
LAWFUL = Counting(BRUSSELS, "eu-commission", Extension.REGULATION_1182)
COMMISSION = Holidays(read_tables())
YEARS = range(2023, 2032)
EVERY_YEAR = Holidays(
    HolidayYear(
        "eu-commission",
        year,
        frozenset(
            {dt.date(year, 1, 1), dt.date(year, 1, 2), dt.date(year, 5, 1), dt.date(year, 7, 21)}
            | {dt.date(year, 12, day) for day in range(24, 32)}
        ),
        "A table of the tests",
    )
    for year in YEARS
)
OF_2027 = Holidays(
    [
        *read_tables(),
        HolidayYear(
            "eu-commission",
            2027,
            frozenset({dt.date(2027, 1, 1), dt.date(2027, 1, 4)}),
            "A table of the tests",
        ),
    ]
)


def due(
    event: str, period: str, *, holidays: Holidays = COMMISSION, backward: bool = False
) -> Counted:
    day = dt.date.fromisoformat(event)
    direction = Direction.BEFORE if backward else Direction.AFTER
    return count(day, read_period(period), LAWFUL, holidays=holidays, direction=direction)


def days(counted: Counted) -> tuple[str, str | None]:
    latest = counted.latest
    return str(counted.target.day), None if latest is None else str(latest.day)


class TestKnownExamples:
    @pytest.mark.parametrize(
        ("event", "period", "strict", "latest"),
        [
            ("2026-11-20", "2 days", "2026-11-22", "2026-11-24"),
            ("2026-11-23", "2 days", "2026-11-25", "2026-11-25"),
            ("2026-11-23", "5 days", "2026-11-28", "2026-11-30"),
            ("2026-11-23", "5 working days", "2026-11-30", "2026-11-30"),
            ("2026-11-23", "10 days", "2026-12-03", "2026-12-03"),
            ("2026-11-23", "15 days", "2026-12-08", "2026-12-08"),
            ("2026-11-23", "2 weeks", "2026-12-07", "2026-12-07"),
            ("2026-11-23", "4 weeks", "2026-12-21", "2026-12-21"),
            ("2026-11-23", "60 days", "2027-01-22", None),
        ],
    )
    def test_is_due(self, event: str, period: str, strict: str, latest: str | None) -> None:
        assert days(due(event, period)) == (strict, latest)

    def test_sixty_days_can_be_said_once_the_year_is_known(self) -> None:
        counted = due("2026-11-23", "60 days", holidays=OF_2027)
        assert days(counted) == ("2027-01-22", "2027-01-22")
        assert [table.citation for table in counted.tables] == [
            "A table of the tests",
            "OJ C/2025/4103",
        ]

    def test_hours_end_with_the_hour_and_never_roll(self) -> None:
        event = dt.datetime(2026, 11, 23, 14, 30, tzinfo=BRUSSELS)
        counted = count(event, read_period("72 hours"), LAWFUL, holidays=COMMISSION)
        assert counted.target.closes_at == dt.datetime(2026, 11, 26, 13, 30, tzinfo=dt.UTC)
        assert counted.latest is not None
        assert counted.latest.closes_at == dt.datetime(2026, 11, 26, 14, 0, tzinfo=dt.UTC)
        friday = dt.datetime(2026, 11, 20, 14, 30, tzinfo=BRUSSELS)
        over = count(friday, read_period("24 hours"), LAWFUL, holidays=COMMISSION)
        assert days(over) == ("2026-11-21", "2026-11-21")

    def test_a_day_closes_at_the_midnight_after_it(self) -> None:
        counted = due("2026-11-20", "2 days")
        assert counted.target.closes_at == dt.datetime(2026, 11, 22, 23, tzinfo=dt.UTC)

    def test_says_which_articles_moved_it(self) -> None:
        assert due("2026-11-20", "2 days").articles == (
            Article.START_NOT_COUNTED,
            Article.END_OF_DAY,
            Article.NEXT_WORKING_DAY,
            Article.TWO_WORKING_DAYS,
        )
        assert due("2026-11-23", "2 weeks").basis == (
            "Reg. 1182/71 Art. 3(2)(c). Holidays eu-commission 2026: OJ C/2025/4103."
        )


class TestWeeksMonthsYears:
    @pytest.mark.parametrize(
        ("event", "period", "strict"),
        [
            ("2025-01-31", "1 month", "2025-02-28"),
            ("2024-01-31", "1 month", "2024-02-29"),
            ("2024-02-29", "1 year", "2025-02-28"),
            ("2025-08-31", "6 months", "2026-02-28"),
            ("2025-11-30", "3 months", "2026-02-28"),
            ("2025-12-31", "12 months", "2026-12-31"),
        ],
    )
    def test_a_missing_date_is_the_last_of_the_month(
        self, event: str, period: str, strict: str
    ) -> None:
        assert days(due(event, period))[0] == strict

    def test_end_on_the_weekday_of_the_event_not_of_the_day_after(self) -> None:
        """C-171/03: Article 3(2)(c) prevails over Article 3(1)."""
        assert dt.date(2026, 12, 7).weekday() == dt.date(2026, 11, 23).weekday()
        assert days(due("2026-11-23", "2 weeks")) == ("2026-12-07", "2026-12-07")


class TestBackward:
    def test_is_never_moved_though_it_ends_on_a_holiday(self) -> None:
        assert days(due("2026-11-16", "2 weeks", backward=True)) == ("2026-11-02", "2026-11-02")

    def test_working_days_are_counted_backward(self) -> None:
        assert days(due("2026-11-04", "2 working days", backward=True)) == (
            "2026-10-30",
            "2026-10-30",
        )

    def test_the_hour_of_the_event_is_not_counted(self) -> None:
        event = dt.datetime(2026, 11, 23, 14, 30, tzinfo=BRUSSELS)
        counted = count(
            event, read_period("24 hours"), LAWFUL, holidays=COMMISSION, direction=Direction.BEFORE
        )
        assert counted.target.closes_at == dt.datetime(2026, 11, 22, 13, 30, tzinfo=dt.UTC)
        assert counted.latest is not None
        assert counted.latest.closes_at == dt.datetime(2026, 11, 22, 13, 0, tzinfo=dt.UTC)


class TestMissingYear:
    def test_new_year_is_never_a_working_day_because_nobody_said_otherwise(self) -> None:
        counted = due("2026-12-10", "2 weeks")
        assert days(counted) == ("2026-12-24", None)
        assert counted.missing == 2027
        assert counted.flags == {Flag.HOLIDAYS_NOT_KNOWN}
        assert "Holidays of 2027 not known" in counted.basis

    def test_working_days_are_aimed_at_on_weekdays_alone_and_flagged(self) -> None:
        counted = due("2026-12-21", "5 working days")
        assert days(counted) == ("2026-12-28", None)
        assert counted.flags == {Flag.HOLIDAYS_NOT_KNOWN, Flag.WEEKDAYS_ONLY}

    def test_a_period_that_needs_no_table_is_not_held_up(self) -> None:
        event = dt.datetime(2026, 12, 31, 23, 30, tzinfo=BRUSSELS)
        counted = count(event, read_period("24 hours"), LAWFUL, holidays=COMMISSION)
        assert counted.latest is not None
        assert counted.missing is None

    def test_a_table_that_comes_later_makes_it_sayable(self) -> None:
        assert days(due("2026-12-10", "2 weeks", holidays=OF_2027)) == ("2026-12-24", "2027-01-05")


class TestTwoWorkingDaysInHours:
    """Whether Article 3(5) reaches periods in hours is an interpretation."""

    FRIDAY = dt.datetime(2026, 11, 20, 14, 30, tzinfo=BRUSSELS)
    READ_SO = Counting(BRUSSELS, "eu-commission", Extension.REGULATION_1182, True)  # noqa: FBT003

    def test_it_does_not_unless_a_rule_reads_it_so(self) -> None:
        counted = count(self.FRIDAY, read_period("72 hours"), LAWFUL, holidays=COMMISSION)
        assert days(counted) == ("2026-11-23", "2026-11-23")

    def test_read_so_it_holds_two_working_days(self) -> None:
        counted = count(self.FRIDAY, read_period("72 hours"), self.READ_SO, holidays=COMMISSION)
        assert days(counted) == ("2026-11-23", "2026-11-24")
        assert counted.articles[-1] == Article.TWO_WORKING_DAYS

    def test_a_day_in_hours_is_less_than_two(self) -> None:
        counted = count(self.FRIDAY, read_period("24 hours"), self.READ_SO, holidays=COMMISSION)
        assert days(counted) == ("2026-11-21", "2026-11-21")

    def test_where_holidays_are_not_known_it_cannot_be_said(self) -> None:
        event = dt.datetime(2026, 12, 31, 14, 30, tzinfo=BRUSSELS)
        counted = count(event, read_period("72 hours"), self.READ_SO, holidays=COMMISSION)
        assert days(counted) == ("2027-01-03", None)


class TestOtherLaw:
    CALIFORNIA = Counting(ZoneInfo("America/Los_Angeles"), "us-ca", Extension.LAST_DAY)

    def test_a_last_day_that_is_off_moves_and_no_more(self) -> None:
        counted = count(
            dt.date(2026, 11, 12), read_period("15 days"), self.CALIFORNIA, holidays=Holidays()
        )
        # Friday after Thanksgiving, Saturday, Sunday.
        assert days(counted) == ("2026-11-27", "2026-11-30")
        assert counted.articles == (Article.LAST_DAY_OFF,)

    def test_two_days_over_a_weekend_hold_one_working_day(self) -> None:
        counted = count(
            dt.date(2026, 11, 20), read_period("2 days"), self.CALIFORNIA, holidays=Holidays()
        )
        assert days(counted) == ("2026-11-22", "2026-11-23")

    def test_hours_run_straight(self) -> None:
        event = dt.datetime(2026, 11, 20, 14, 30, tzinfo=dt.UTC)
        counted = count(event, read_period("24 hours"), self.CALIFORNIA, holidays=Holidays())
        assert counted.target == counted.latest
        assert counted.target.closes_at == event + dt.timedelta(hours=24)

    def test_without_any_extension_both_are_strict(self) -> None:
        plain = Counting(BRUSSELS)
        counted = count(dt.date(2026, 11, 20), read_period("2 days"), plain, holidays=Holidays())
        assert days(counted) == ("2026-11-22", "2026-11-22")
        assert counted.basis == "Counted strictly."

    @pytest.mark.parametrize(
        "counting", [Counting(BRUSSELS), Counting(BRUSSELS, extension=Extension.LAST_DAY)]
    )
    def test_working_days_and_extensions_need_a_calendar(self, counting: Counting) -> None:
        unit = Unit.DAYS if counting.extension is Extension.LAST_DAY else Unit.WORKING_DAYS
        with pytest.raises(ValueError, match="calendar"):
            count(dt.date(2026, 11, 20), Period(2, unit), counting, holidays=Holidays())


class TestSummerTime:
    def test_a_day_keeps_its_midnight(self) -> None:
        counted = due("2026-03-27", "2 days")
        assert counted.target.closes_at == dt.datetime(2026, 3, 29, 22, tzinfo=dt.UTC)

    def test_hours_are_elapsed_time(self) -> None:
        event = dt.datetime(2026, 3, 28, 14, 30, tzinfo=BRUSSELS)
        counted = count(event, read_period("24 hours"), LAWFUL, holidays=COMMISSION)
        assert counted.target.closes_at - event == dt.timedelta(hours=24)
        assert counted.target.closes_at.astimezone(BRUSSELS).hour == 15

    def test_a_day_of_which_the_hour_is_not_known_counts_from_its_beginning(self) -> None:
        counted = count(
            dt.date(2026, 11, 23), read_period("72 hours"), LAWFUL, holidays=COMMISSION
        )
        assert counted.target.closes_at == begin_day(dt.date(2026, 11, 26), BRUSSELS)
        assert counted.flags == {Flag.HOUR_NOT_KNOWN}


class TestReading:
    @pytest.mark.parametrize(
        ("text", "period"),
        [
            ("2 days", Period(2, Unit.DAYS)),
            ("1 day", Period(1, Unit.DAYS)),
            ("72 Hours", Period(72, Unit.HOURS)),
            (" 5  working  days ", Period(5, Unit.WORKING_DAYS)),
            ("5 working_days", Period(5, Unit.WORKING_DAYS)),
            ("6 months", Period(6, Unit.MONTHS)),
        ],
    )
    def test_reads(self, text: str, period: Period) -> None:
        assert read_period(text) == period
        assert read_period(str(period)) == period

    @pytest.mark.parametrize(
        "text", ["", "days", "2", "0 days", "-2 days", "1.5 days", "two days", "2 fortnights", "²days",
                 "² days", "123456 days"]
    )  # fmt: skip
    def test_refuses(self, text: str) -> None:
        with pytest.raises(PeriodUnreadable, match="is no period"):
            read_period(text)

    @pytest.mark.parametrize("period", ["9999 years", "99999 months", "9000 years"])
    def test_no_calendar_reaches_so_far(self, period: str) -> None:
        with pytest.raises(BeyondCalendar):
            due("2026-11-23", period)


ZONES = st.sampled_from(
    ["Europe/Brussels", "America/Los_Angeles", "America/New_York", "Australia/Lord_Howe", "UTC",
     "America/Santiago", "Asia/Kathmandu"]
).map(ZoneInfo)  # fmt: skip
MOMENTS = st.integers(0, 5 * 365 * 24 * 60).map(
    lambda minutes: dt.datetime(2025, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
)
# Those that change the clock, so that changes are met often.
NEAR_CHANGES = st.builds(
    lambda day, minutes: day + dt.timedelta(minutes=minutes),
    st.sampled_from(
        [dt.datetime(2026, 3, 29, tzinfo=dt.UTC), dt.datetime(2026, 10, 25, tzinfo=dt.UTC),
         dt.datetime(2026, 3, 8, 9, tzinfo=dt.UTC), dt.datetime(2026, 4, 4, 14, tzinfo=dt.UTC)]
    ),
    st.integers(-240, 240),
)  # fmt: skip
EVENTS = st.one_of(MOMENTS, NEAR_CHANGES)
PERIODS = st.one_of(
    st.builds(Period, st.integers(1, 200), st.just(Unit.HOURS)),
    st.builds(Period, st.integers(1, 90), st.sampled_from([Unit.DAYS, Unit.WORKING_DAYS])),
    st.builds(Period, st.integers(1, 12), st.sampled_from([Unit.WEEKS, Unit.MONTHS])),
    st.builds(Period, st.just(1), st.just(Unit.YEARS)),
)
EXTENSIONS = st.sampled_from(Extension)


def counted_in(
    event: dt.datetime, period: Period, where: Counting, direction: Direction
) -> Counted:
    return count(event, period, where, holidays=EVERY_YEAR, direction=direction)


class TestAlways:
    @given(EVENTS, PERIODS, ZONES, EXTENSIONS)
    def test_forward_latest_is_never_before_strict(
        self, event: dt.datetime, period: Period, zone: ZoneInfo, extension: Extension
    ) -> None:
        counted = counted_in(
            event, period, Counting(zone, "eu-commission", extension), Direction.AFTER
        )
        assert counted.latest is not None
        assert counted.latest.closes_at >= counted.target.closes_at > event

    @given(EVENTS, PERIODS, ZONES, EXTENSIONS)
    def test_backward_latest_is_never_after_strict(
        self, event: dt.datetime, period: Period, zone: ZoneInfo, extension: Extension
    ) -> None:
        counted = counted_in(
            event, period, Counting(zone, "eu-commission", extension), Direction.BEFORE
        )
        assert counted.latest is not None
        assert counted.latest.closes_at <= counted.target.closes_at < event + dt.timedelta(days=1)

    @given(EVENTS, EVENTS, PERIODS, ZONES, EXTENSIONS, st.sampled_from(Direction))
    def test_a_later_event_is_never_due_earlier(
        self,
        one: dt.datetime,
        other: dt.datetime,
        period: Period,
        zone: ZoneInfo,
        extension: Extension,
        direction: Direction,
    ) -> None:
        where = Counting(zone, "eu-commission", extension)
        first, second = sorted([one, other])
        earlier = counted_in(first, period, where, direction)
        later = counted_in(second, period, where, direction)
        assert earlier.target.closes_at <= later.target.closes_at
        assert earlier.latest is not None
        assert later.latest is not None
        assert earlier.latest.closes_at <= later.latest.closes_at

    @given(NEAR_CHANGES, NEAR_CHANGES, st.integers(1, 100), ZONES)
    def test_near_a_change_of_the_clock_hours_stay_in_order(
        self, one: dt.datetime, other: dt.datetime, hours: int, zone: ZoneInfo
    ) -> None:
        where = Counting(zone, "eu-commission", Extension.REGULATION_1182)
        first, second = sorted([one, other])
        period = Period(hours, Unit.HOURS)
        earlier = counted_in(first, period, where, Direction.AFTER)
        later = counted_in(second, period, where, Direction.AFTER)
        assert earlier.target.closes_at - first == dt.timedelta(hours=hours)
        assert earlier.latest is not None
        assert later.latest is not None
        assert earlier.latest.closes_at <= later.latest.closes_at
        assert earlier.latest.closes_at - first <= dt.timedelta(hours=hours + 1)

    @given(EVENTS, PERIODS.filter(lambda period: period.unit is not Unit.HOURS), ZONES)
    def test_days_and_longer_close_at_midnight_whatever_the_clock_does(
        self, event: dt.datetime, period: Period, zone: ZoneInfo
    ) -> None:
        where = Counting(zone, "eu-commission", Extension.REGULATION_1182)
        counted = counted_in(event, period, where, Direction.AFTER)
        assert counted.latest is not None
        for closing in (counted.target, counted.latest):
            assert closing.closes_at == begin_day(closing.day + dt.timedelta(days=1), zone)
            last_moment = closing.closes_at - dt.timedelta(microseconds=1)
            assert last_moment.astimezone(zone).date() == closing.day

    @given(EVENTS, PERIODS, st.sampled_from(Direction))
    def test_without_tables_only_what_needs_none_is_said(
        self, event: dt.datetime, period: Period, direction: Direction
    ) -> None:
        bare = count(event, period, LAWFUL, holidays=Holidays(), direction=direction)
        whole = counted_in(event, period, LAWFUL, direction)
        assert bare.latest is None or bare.latest == whole.latest
        assert (bare.latest is None) is (bare.missing is not None)
        if period.unit is not Unit.WORKING_DAYS:
            assert bare.target == whole.target
