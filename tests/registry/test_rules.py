"""Rules as documents: what is refused, what opens, and by when."""

import datetime as dt
from typing import Any

import pytest

from registry.calendars import Holidays
from registry.choices import Anchor, Timing
from registry.periods import Flag
from registry.rules import Due, RuleDocument, RuleUnreadable, Standing, compute_due, read_rule
from seeds.tables import read_tables

COMMISSION = Holidays(read_tables())
FRIDAY = dt.datetime(2026, 11, 20, 13, tzinfo=dt.UTC)


def document(**more: Any) -> dict[str, Any]:
    return {
        "slug": "test-1.1",
        "regime": "gpai-code",
        "title": "A duty of the tests",
        "citation": "Test Act, Article 1",
        "bindingness": "law",
        "binds": {"who": "whoever is tested", "operator": True},
        "trigger": "incident",
        "anchors": ["aware"],
        "period": {"quantity": 2, "unit": "days"},
        "counting": {
            "regulation_1182": True,
            "interpretation": True,
            "calendar": "eu-commission",
            "zone": "Europe/Brussels",
        },
        "recipients": ["eu-ai-office"],
        "source": "The tests",
        "grade": "P",
    } | more


def counting(**more: Any) -> dict[str, Any]:
    return {"counting": document()["counting"] | more}


def rule(**more: Any) -> RuleDocument:
    return read_rule(document(**more))


class TestReadRule:
    def test_takes_dates_from_yaml_and_from_json_alike(self) -> None:
        day = dt.date(2027, 1, 1)
        assert rule(applies_from=day) == rule(applies_from="2027-01-01")

    def test_retention_is_read_by_the_word_of_the_document(self) -> None:
        kept = rule(retention={"years": 5, "from": "filed", "citation": "Test Act, Article 2"})
        assert kept.retention is not None
        assert (kept.retention.years, kept.retention.since) == (5, "filed")

    def test_without_a_period_it_is_to_be_done_without_undue_delay(self) -> None:
        assert rule(period=None).timing is Timing.WITHOUT_UNDUE_DELAY

    @pytest.mark.parametrize(
        ("more", "place", "problem"),
        [
            ({"colour": "red"}, "colour", "Extra inputs"),
            ({"regime": "moon"}, "regime", "Input should be"),
            ({"slug": "Test 1"}, "slug", "pattern"),
            ({"anchors": ["guessed"]}, "anchors.0", "Input should be"),
            ({"grade": "A"}, "grade", "Input should be"),
            ({"condition": "incident.x"}, "condition", "“incident.x” is not known"),
            ({"binds": {"who": "x", "operator": True, "condition": "incident.deaths > 0"}},
             "binds.condition", "“incident” is not known"),
            ({"period": {"quantity": "2", "unit": "days"}}, "period.quantity", "valid integer"),
            ({"period": {"quantity": 0, "unit": "days"}}, "period.quantity", "greater than"),
            (counting(zone="Europe/Atlantis"), "counting.zone", "“Europe/Atlantis” is no time zone"),
            (counting(zone="../etc"), "counting.zone", "is no time zone"),
            (counting(calendar=None), "counting", "needs a calendar"),
            (counting(last_day_moves=True), "counting", "by one law, not by two"),
            ({"anchors": []}, "its top", "counted from an anchor"),
            ({"timing": "before_event"}, "its top", "only a rule with a period"),
            ({"timing": "with_another", "period": None}, "its top", "a rule that it follows"),
            ({"timing": "retention", "period": None}, "its top", "how long records are kept"),
            ({"follows": ["test-1.1"]}, "its top", "does not follow itself"),
            ({"applies_from": "2027-01-02", "applies_to": "2027-01-01"}, "its top", "ends before"),
            ({"fields": [{"name": "a", "label": "A"}, {"name": "a", "label": "B"}]}, "its top", "twice"),
            ({"fields": [{"name": "A b", "label": "A"}]}, "fields.0.name", "pattern"),
            ({"period": {"quantity": 5, "unit": "working_days"},
              "counting": {"regulation_1182": False, "interpretation": False, "calendar": None,
                           "zone": "UTC"}}, "its top", "those of a calendar"),
            ({"applies_from": dt.datetime(2027, 1, 1, tzinfo=dt.UTC)}, "its top", "nothing that a rule"),
        ],
    )  # fmt: skip
    def test_refuses_and_says_where(self, more: dict[str, Any], place: str, problem: str) -> None:
        with pytest.raises(RuleUnreadable) as refused:
            rule(**more)
        assert refused.value.values["place"] == place
        assert problem in str(refused.value)


class TestWhatItOpens:
    def test_a_rule_read_in_its_primary_text_opens_a_duty_by_itself(self) -> None:
        assert rule().opens_by_itself

    @pytest.mark.parametrize(
        "more", [{"grade": grade} for grade in ("S", "S1", "K", "U")] + [{"inferred": True}]
    )
    def test_any_other_opens_a_question(self, more: dict[str, Any]) -> None:
        assert not rule(**more).opens_by_itself
        assert rule(**more).is_clocked

    @pytest.mark.parametrize(
        "more",
        [
            {"binds": {"who": "partners", "operator": False}},
            {"floor": True},
            {"timing": "retention", "period": None,
             "retention": {"years": 5, "from": "filed", "citation": "Art. 2"}},
        ],
    )  # fmt: skip
    def test_what_binds_others_or_has_nothing_to_tell_opens_nothing(
        self, more: dict[str, Any]
    ) -> None:
        assert not rule(**more).is_clocked
        assert not rule(**more).opens_by_itself


class TestStanding:
    def test_its_first_day_begins_at_midnight_in_its_zone(self) -> None:
        albany = rule(
            applies_from="2027-01-01", **counting(calendar="us-ny", zone="America/New_York")
        )
        midnight = dt.datetime(2027, 1, 1, 5, tzinfo=dt.UTC)
        assert albany.standing(midnight - dt.timedelta(seconds=1)) is Standing.NOT_YET
        assert albany.standing(midnight) is Standing.APPLIES

    def test_its_last_day_is_included(self) -> None:
        past = rule(applies_to="2026-11-20")
        assert past.standing(FRIDAY) is Standing.APPLIES
        assert past.standing(FRIDAY + dt.timedelta(days=1)) is Standing.NO_LONGER

    def test_without_dates_it_applies(self) -> None:
        assert rule().standing(FRIDAY) is Standing.APPLIES


class TestComputeDue:
    def test_gives_both_moments_with_the_reason(self) -> None:
        due = compute_due(rule(), FRIDAY, COMMISSION)
        assert due.target == dt.datetime(2026, 11, 22, 23, tzinfo=dt.UTC)
        assert due.latest == dt.datetime(2026, 11, 24, 23, tzinfo=dt.UTC)
        assert due.latest_is_interpretation
        assert due.flags == (Flag.INTERPRETATION,)
        assert "Art. 3(5)" in due.basis

    def test_the_laws_own_word_is_no_interpretation(self) -> None:
        due = compute_due(rule(**counting(interpretation=False)), FRIDAY, COMMISSION)
        assert not due.latest_is_interpretation
        assert due.flags == ()

    def test_a_year_that_is_not_known_leaves_the_target(self) -> None:
        due = compute_due(rule(), dt.datetime(2026, 12, 30, 12, tzinfo=dt.UTC), COMMISSION)
        assert due.target == dt.datetime(2027, 1, 1, 23, tzinfo=dt.UTC)
        assert due.latest is None
        assert not due.latest_is_interpretation
        assert due.flags == (Flag.HOLIDAYS_NOT_KNOWN,)
        assert "Holidays of 2027 not known" in due.basis

    def test_what_must_precede_an_event_is_due_when_it_happens(self) -> None:
        before = rule(period=None, timing="before_event", anchors=["placed_on_market"])
        assert before.anchors == (Anchor.PLACED,)
        due = compute_due(before, FRIDAY, COMMISSION)
        assert due == Due(FRIDAY, FRIDAY, "before the event")

    def test_of_a_day_alone_its_beginning(self) -> None:
        before = rule(period=None, timing="before_event")
        due = compute_due(before, dt.date(2026, 11, 20), COMMISSION)
        assert due.target == dt.datetime(2026, 11, 19, 23, tzinfo=dt.UTC)
        assert due.flags == (Flag.HOUR_NOT_KNOWN,)

    def test_without_a_number_there_is_nothing_to_count(self) -> None:
        due = compute_due(rule(period=None), FRIDAY, COMMISSION)
        assert due == Due(None, None, "without undue delay", (Flag.NO_NUMBER,))

    def test_the_law_by_which_a_last_day_moves_is_cited(self) -> None:
        moved = rule(**counting(
            regulation_1182=False, last_day_moves=True, calendar="us-ca",
            zone="America/Los_Angeles", citation="Cal. Gov. Code § 6800"))  # fmt: skip
        due = compute_due(moved, FRIDAY, Holidays())
        assert due.latest == dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC)
        assert due.basis.startswith("Last day off. ")
        assert due.basis.endswith("Cal. Gov. Code § 6800")

    def test_every_flag_has_its_sentence(self) -> None:
        assert all(flag.sentence.endswith(".") for flag in Flag)
