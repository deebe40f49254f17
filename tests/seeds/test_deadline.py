"""`manage.py deadline`, as somebody types it."""

import datetime as dt
import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from registry.calendars import Calendar
from registry.choices import Role
from registry.operations import holiday_tables
from tests import make

pytestmark = pytest.mark.django_db


def ask(event: str, period: str, *more: str, calendar: str = "eu-commission") -> dict[str, Any]:
    out = io.StringIO()
    call_command(
        "deadline", f"--event={event}", f"--period={period}", f"--calendar={calendar}", *more,
        stdout=out,
    )  # fmt: skip
    (line,) = out.getvalue().splitlines()
    said: dict[str, Any] = json.loads(line)
    return said


def ask_in_vain(event: str, period: str, *more: str) -> tuple[dict[str, Any], str]:
    """The JSON and the sentence of a question that cannot be answered whole."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as left:
        call_command(
            "deadline", f"--event={event}", f"--period={period}", "--calendar=eu-commission", *more,
            stdout=out, stderr=err,
        )  # fmt: skip
    assert left.value.code == 2
    return json.loads(out.getvalue()), err.getvalue()


def enact_2027(*days: dt.date) -> None:
    proposed = holiday_tables.propose(
        make.by(make.staff(Role.ADMINISTRATOR)),
        calendar=Calendar.EU_COMMISSION,
        year=2027,
        days=days,
        citation="OJ C of the tests",
    ).value
    holiday_tables.enact(make.by(make.staff(Role.ADMINISTRATOR)), table=proposed.id)


class TestDeadline:
    def test_says_both_days_their_closing_moments_and_why(self) -> None:
        assert ask("2026-11-20", "2 days") == {
            "target_due": {"day": "2026-11-22", "closes_at": "2026-11-22T23:00:00Z"},
            "latest_due": {"day": "2026-11-24", "closes_at": "2026-11-24T23:00:00Z"},
            "basis": {
                "zone": "Europe/Brussels",
                "articles": [
                    "Reg. 1182/71 Art. 3(1)",
                    "Reg. 1182/71 Art. 3(2)(b)",
                    "Reg. 1182/71 Art. 3(4)",
                    "Reg. 1182/71 Art. 3(5)",
                ],
                "tables": [
                    {
                        "calendar": "eu-commission",
                        "year": 2026,
                        "from": "shipped",
                        "edition": None,
                        "citation": "OJ C/2025/4103",
                    }
                ],
                "missing_year": None,
                "flags": [],
            },
        }

    def test_working_days_are_the_same_strictly_and_at_the_latest(self) -> None:
        said = ask("2026-11-23", "5 working days")
        assert said["target_due"] == said["latest_due"]
        assert said["latest_due"]["day"] == "2026-11-30"

    def test_a_moment_without_an_offset_is_told_in_the_zone(self) -> None:
        told = ask("2026-11-23 14:30", "72 hours")
        assert told == ask("2026-11-23T13:30:00Z", "72 hours")
        assert told["target_due"] == {"day": "2026-11-26", "closes_at": "2026-11-26T13:30:00Z"}
        assert told["latest_due"] == {"day": "2026-11-26", "closes_at": "2026-11-26T14:00:00Z"}

    def test_another_zone_has_its_own_midnights(self) -> None:
        said = ask("2026-11-23", "2 days", "--zone=America/Los_Angeles")
        assert said["target_due"]["closes_at"] == "2026-11-26T08:00:00Z"

    def test_backward_is_not_moved(self) -> None:
        said = ask("2026-11-16", "2 weeks", "--backward")
        assert said["target_due"]["day"] == said["latest_due"]["day"] == "2026-11-02"

    def test_another_calendar_is_counted_by_its_own_law(self) -> None:
        said = ask("2026-11-20", "2 days", calendar="us-ca")
        assert (said["target_due"]["day"], said["latest_due"]["day"]) == (
            "2026-11-22",
            "2026-11-23",
        )
        assert said["basis"]["zone"] == "America/Los_Angeles"
        assert said["basis"]["tables"][0]["from"] == "computed"


class TestMissingYear:
    def test_the_latest_day_is_left_unsaid(self) -> None:
        said, sentence = ask_in_vain("2026-11-23", "60 days")
        assert said["target_due"]["day"] == "2027-01-22"
        assert said["latest_due"] is None
        assert said["basis"]["missing_year"] == 2027
        assert sentence.strip() == (
            "The holidays of 2027 are not known for eu-commission, so the latest moment cannot be said."
        )

    def test_working_days_are_counted_on_weekdays_alone(self) -> None:
        said, _ = ask_in_vain("2026-12-21", "5 working days")
        assert said["target_due"]["day"] == "2026-12-28"
        assert said["latest_due"] is None
        assert said["basis"]["flags"] == ["holidays_not_known", "weekdays_only"]

    def test_a_table_in_force_is_counted_with(self) -> None:
        enact_2027(dt.date(2027, 1, 1), dt.date(2027, 1, 22))
        said = ask("2026-11-23", "60 days")
        assert said["latest_due"]["day"] == "2027-01-25"
        assert [table["from"] for table in said["basis"]["tables"]] == ["registry", "shipped"]

    @pytest.mark.usefixtures("_no_database")
    def test_without_a_database_those_shipped_are_counted_with(self) -> None:
        assert ask("2026-11-23", "5 days")["latest_due"]["day"] == "2026-11-30"

    @pytest.fixture
    def _no_database(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse() -> None:
            raise OperationalError("connection refused")

        monkeypatch.setattr("seeds.management.commands.deadline.tables_in_force", refuse)


class TestBadInput:
    @pytest.mark.parametrize(
        ("event", "period", "more", "sentence"),
        [
            ("tomorrow", "2 days", (), "“tomorrow” is neither a day nor a moment"),
            ("2026-02-30", "2 days", (), "“2026-02-30” is neither a day nor a moment"),
            ("2026-11-23", "soon", (), "“soon” is no period"),
            ("2026-11-23", "0 days", (), "“0 days” is no period"),
            ("2026-11-23", "2 days", ("--zone=Moon/Base",), "“Moon/Base” is no time zone"),
            ("2026-11-23", "2 days", ("--zone=America",), "“America” is no time zone"),
            ("2026-11-23", "2 days", ("--calendar=moon",), "There is no calendar “moon”"),
            ("2026-11-23", "9999 years", (), "a year that no calendar reaches"),
            ("9999-12-31", "1 day", (), "a year that no calendar reaches"),
            ("0001-01-01", "1 hours", ("--zone=Asia/Tokyo",), "a year that no calendar reaches"),
        ],
    )
    def test_is_refused_in_a_sentence(
        self, event: str, period: str, more: tuple[str, ...], sentence: str
    ) -> None:
        with pytest.raises(CommandError, match=sentence):
            ask(event, period, *more)
