"""Which days are worked, and what is not known about them."""

import datetime as dt

import pytest

from registry.calendars import (
    DAY,
    BeyondCalendar,
    Calendar,
    Holidays,
    HolidaysNotKnown,
    HolidayYear,
    WorkingDays,
    compute_year,
    walk_weekdays,
)
from seeds.tables import read_tables

COMMISSION = Holidays(read_tables())


def working(calendar: str = "eu-commission") -> WorkingDays:
    return WorkingDays(calendar, COMMISSION)


class TestCommissionTable:
    def test_holds_the_year_that_the_official_journal_prints(self) -> None:
        table = COMMISSION.find("eu-commission", 2026)
        assert table.citation == "OJ C/2025/4103"
        assert dt.date(2026, 11, 2) in table.days
        assert {dt.date(2026, 12, day) for day in range(24, 32)} <= table.days

    def test_a_year_that_was_not_transcribed_is_not_known(self) -> None:
        with pytest.raises(HolidaysNotKnown) as refused:
            working().holds(dt.date(2027, 1, 1))
        assert str(refused.value) == (
            "The holidays of 2027 are not known for the calendar eu-commission."
        )

    def test_a_weekend_needs_no_table(self) -> None:
        assert not working().holds(dt.date(2027, 1, 2))

    def test_remembers_which_years_it_looked_into(self) -> None:
        days = working()
        days.walk(dt.date(2025, 12, 23), 1, DAY)
        assert list(days.used) == [2025, 2026]


class TestUnitedStates:
    @pytest.mark.parametrize(
        ("calendar", "day"),
        [
            ("us", dt.date(2026, 10, 12)),  # Columbus Day, a federal holiday
            ("us-ca", dt.date(2026, 3, 31)),  # César Chávez Day
            ("us-ny", dt.date(2027, 2, 12)),  # Lincoln's birthday
            ("us-il", dt.date(2026, 3, 2)),  # Casimir Pulaski Day
        ],
    )
    def test_each_closes_on_days_of_its_own(self, calendar: str, day: dt.date) -> None:
        assert not working(calendar).holds(day)
        assert sum(working(name).holds(day) for name in ("us", "us-ca", "us-ny", "us-il")) >= 1

    def test_a_holiday_on_a_saturday_is_observed_the_day_before(self) -> None:
        assert not working("us").holds(dt.date(2026, 7, 3))

    @pytest.mark.parametrize("year", [1776, 2101])
    def test_a_year_that_the_library_does_not_cover_is_not_known(self, year: int) -> None:
        assert compute_year("us", year) is None
        with pytest.raises(HolidaysNotKnown):
            COMMISSION.find("us", year)

    def test_a_table_of_ones_own_goes_before_what_is_computed(self) -> None:
        day = dt.date(2026, 11, 24)
        own = HolidayYear("us", 2026, frozenset({day}), "An order of the day before")
        assert not WorkingDays("us", Holidays([own])).holds(day)

    def test_each_calendar_knows_its_zone(self) -> None:
        assert {calendar.value: calendar.zone.key for calendar in Calendar} == {
            "eu-commission": "Europe/Brussels",
            "us": "America/New_York",
            "us-ca": "America/Los_Angeles",
            "us-ny": "America/New_York",
            "us-il": "America/Chicago",
        }


class TestWalking:
    def test_the_day_itself_is_not_counted(self) -> None:
        assert working().walk(dt.date(2026, 11, 23), 5, DAY) == dt.date(2026, 11, 30)

    def test_backward_over_a_holiday(self) -> None:
        assert working().walk(dt.date(2026, 11, 4), 2, -DAY) == dt.date(2026, 10, 30)

    def test_weekdays_know_no_holiday(self) -> None:
        assert walk_weekdays(dt.date(2026, 12, 23), 2, DAY) == dt.date(2026, 12, 25)

    def test_two_working_days_are_held_where_enough_of_them_are_known(self) -> None:
        """The days of 2024 are not known, and do not matter: two of 2025 are in the period."""
        end = dt.date(2025, 2, 28)
        assert working().hold_two(dt.date(2024, 3, 1), end) == end

    def test_two_working_days_cannot_be_held_over_days_not_known(self) -> None:
        with pytest.raises(HolidaysNotKnown):
            working().hold_two(dt.date(2026, 12, 31), dt.date(2027, 1, 1))

    def test_the_years_end_somewhere(self) -> None:
        with pytest.raises((BeyondCalendar, OverflowError)):
            walk_weekdays(dt.date(9999, 12, 30), 5, DAY)
