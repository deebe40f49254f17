"""Rules held against facts: no database."""

import datetime as dt
from typing import Any

import pytest

from notifications.choices import QuestionCause, VerdictKind, VerdictReason
from notifications.verdicts import Known, Moment, judge, judge_follower
from registry.choices import Anchor, Precision
from registry.rules import RuleDocument, read_rule

MORNING = dt.datetime(2026, 7, 1, 9, 0, tzinfo=dt.UTC)
AWARE = Moment(Anchor.AWARE, MORNING)


def rule(**more: Any) -> RuleDocument:
    said = {
        "slug": "test-rule",
        "regime": "gpai-code",
        "title": "A duty",
        "citation": "Article 1",
        "bindingness": "law",
        "binds": {"who": "signatories", "operator": True, "condition": "holder.code_signatory"},
        "trigger": "incident",
        "condition": "'death' in incident.harms",
        "anchors": ["aware"],
        "period": {"quantity": 5, "unit": "days"},
        "counting": {
            "regulation_1182": False,
            "interpretation": False,
            "calendar": None,
            "zone": "Europe/Brussels",
        },
        "recipients": ["test-office"],
        "source": "The tests",
        "grade": "P",
        "verified_on": "2026-07-01",
    }
    return read_rule(said | more)


def known(
    harms: list[str] | None = None, *moments: Moment, signed: bool | None = True, **more: Any
) -> Known:
    return Known(
        facts={"incident": {"harms": harms}, "holder": {"code_signatory": signed}},
        held_at=MORNING,
        moments=moments or (AWARE,),
        **more,
    )


class TestJudge:
    def test_what_is_known_falls_under_it(self) -> None:
        found = judge(rule(), known(["death"]))
        assert (found.kind, found.anchor) == (VerdictKind.APPLIES, AWARE)

    def test_what_is_known_does_not(self) -> None:
        found = judge(rule(), known(["property_serious"]))
        assert found.reason == VerdictReason.CONDITION_NO
        assert ("incident.harms", ["property_serious"]) in found.asked

    def test_nothing_known_is_a_question_and_names_what_is_missing(self) -> None:
        found = judge(rule(), known(None))
        assert (found.kind, found.reason) == (VerdictKind.QUESTION, QuestionCause.FACT_MISSING)
        assert found.missing == ("incident.harms",)

    def test_who_is_not_bound_is_told_so(self) -> None:
        assert judge(rule(), known(["death"], signed=False)).reason == (
            VerdictReason.HOLDER_NOT_BOUND
        )

    def test_whether_it_binds_may_not_be_known(self) -> None:
        found = judge(rule(), known(["death"], signed=None))
        assert found.reason == QuestionCause.HOLDER_NOT_KNOWN
        assert found.missing == ("holder.code_signatory",)

    def test_what_cannot_reach_the_facts_asks_nothing_of_the_holder(self) -> None:
        found = judge(rule(), known([], signed=None))
        assert (found.kind, found.reason) == (VerdictKind.NOT, VerdictReason.CONDITION_NO)

    @pytest.mark.parametrize(
        ("more", "cause"),
        [
            ({"grade": "S"}, QuestionCause.GRADE),
            ({"grade": "K"}, QuestionCause.GRADE),
            ({"inferred": True}, QuestionCause.INFERRED),
        ],
    )
    def test_only_the_primary_text_opens_by_itself(
        self, more: dict[str, Any], cause: QuestionCause
    ) -> None:
        found = judge(rule(**more), known(["death"]))
        assert (found.kind, found.reason) == (VerdictKind.QUESTION, cause)

    def test_what_is_only_reported_is_a_question(self) -> None:
        assert judge(rule(), known(["death"], reported=True)).reason == QuestionCause.REPORTED

    def test_a_clock_without_a_beginning_is_a_question(self) -> None:
        found = judge(rule(), known(["death"], Moment(Anchor.DISCOVERED, MORNING)))
        assert found.reason == QuestionCause.ANCHOR_MISSING
        assert found.missing == ("moment.aware",)

    def test_the_earliest_moment_governs(self) -> None:
        later = Moment(Anchor.DISCOVERED, MORNING)
        earlier = Moment(Anchor.AWARE, MORNING - dt.timedelta(hours=3))
        found = judge(rule(anchors=["discovered", "aware"]), known(["death"], later, earlier))
        assert found.anchor == earlier

    @pytest.mark.parametrize(
        ("more", "reason"),
        [
            ({"applies_from": "2027-01-01"}, VerdictReason.NOT_YET),
            ({"applies_to": "2026-06-30"}, VerdictReason.NO_LONGER),
            ({"binds": {"who": "partners", "operator": False}}, VerdictReason.BINDS_OTHERS),
            ({"floor": True}, VerdictReason.FLOOR),
        ],
    )
    def test_some_rules_stand_aside(self, more: dict[str, Any], reason: VerdictReason) -> None:
        found = judge(rule(**more), known(["death"]))
        assert (found.kind, found.reason) == (VerdictKind.NOT, reason)

    def test_a_rule_that_begins_next_year_is_held_against_the_moment_not_the_day(self) -> None:
        moment = Moment(Anchor.AWARE, dt.datetime(2027, 1, 4, tzinfo=dt.UTC))
        found = judge(rule(applies_from="2027-01-01"), known(["death"], moment))
        assert found.kind == VerdictKind.APPLIES


class TestJudgeFollower:
    def test_it_waits_for_a_moment_that_has_not_come(self) -> None:
        final = rule(anchors=["resolved"], follows=["first"])
        assert judge_follower(final, known(["death"])).reason == VerdictReason.WAITS

    def test_that_the_first_was_filed_has_settled_whom_it_binds(self) -> None:
        found = judge_follower(rule(follows=["first"]), known(None, signed=None, reported=True))
        assert found.kind == VerdictKind.APPLIES

    def test_a_reading_stays_a_reading(self) -> None:
        found = judge_follower(rule(follows=["first"], inferred=True), known(["death"]))
        assert found.reason == QuestionCause.INFERRED


class TestMoment:
    def test_without_its_hour_it_counts_from_the_day_in_its_zone(self) -> None:
        midnight = dt.datetime(2026, 6, 30, 22, 0, tzinfo=dt.UTC)
        told = Moment(Anchor.AWARE, midnight, Precision.DAY, "Europe/Brussels")
        assert told.counted_from == dt.date(2026, 7, 1)
