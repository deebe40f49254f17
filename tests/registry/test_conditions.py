"""Conditions over facts of which some are not known."""

import datetime as dt
from typing import Any

import pytest

from registry.conditions import ConditionUnreadable, Finding, Verdict, check, evaluate

YES, NO = Finding(Verdict.YES), Finding(Verdict.NO)


def incident(**facts: Any) -> dict[str, Any]:
    return {"incident": facts}


class TestEvaluate:
    def test_says_yes_and_no(self) -> None:
        assert evaluate("incident.deaths > 0", incident(deaths=1)) == YES
        assert evaluate("incident.deaths > 0", incident(deaths=0)) == NO

    def test_what_is_missing_is_not_known_and_named(self) -> None:
        assert evaluate("incident.deaths > 0", {}) == Finding(
            Verdict.NOT_KNOWN, ("incident.deaths",)
        )

    def test_null_is_not_known_either(self) -> None:
        assert evaluate("incident.deaths > 0", incident(deaths=None)).verdict is Verdict.NOT_KNOWN
        assert evaluate("!incident.deception", incident(deception=None)) == Finding(
            Verdict.NOT_KNOWN, ("incident.deception",)
        )

    @pytest.mark.parametrize(
        ("expression", "verdict"),
        [
            ("holder.frontier_developer && incident.deaths > 0", Verdict.NO),
            ("incident.deaths > 0 && holder.frontier_developer", Verdict.NO),
            ("incident.deaths == 0 || holder.frontier_developer", Verdict.YES),
            ("holder.frontier_developer || incident.deaths == 0", Verdict.YES),
            ("holder.frontier_developer && incident.deaths == 0", Verdict.NOT_KNOWN),
            ("holder.frontier_developer || incident.deaths > 0", Verdict.NOT_KNOWN),
            ("!(holder.frontier_developer || incident.deaths > 0)", Verdict.NOT_KNOWN),
            ("holder.frontier_developer ? true : true", Verdict.NOT_KNOWN),
        ],
    )
    def test_a_missing_fact_is_absorbed_only_where_it_cannot_matter(
        self, expression: str, verdict: Verdict
    ) -> None:
        assert evaluate(expression, incident(deaths=0)).verdict is verdict

    def test_names_every_missing_fact_once_and_no_word_in_quotation_marks(self) -> None:
        found = evaluate(
            "incident.deaths > 0 && incident.deception && incident.deaths < 9"
            " && occurrence.kind == 'holder.frontier_developer'",
            {},
        )
        assert found.missing == ("incident.deaths", "incident.deception", "occurrence.kind")

    def test_lists_are_searched(self) -> None:
        harms = "incident.harms.exists(harm, harm in ['death', 'catastrophic'])"
        assert evaluate(harms, incident(harms=["death"])) == YES
        assert evaluate(harms, incident(harms=[])) == NO
        assert evaluate(harms, {}).missing == ("incident.harms",)

    def test_floating_point_compute_is_compared(self) -> None:
        facts = {"model": {"training_flop": 1.5e26}}
        assert evaluate("model.training_flop > 1e26", facts) == YES

    def test_the_moment_may_be_asked(self) -> None:
        expression = "at >= timestamp('2027-01-01T00:00:00Z')"
        assert evaluate(expression, {"at": dt.datetime(2027, 1, 1, tzinfo=dt.UTC)}) == YES
        assert evaluate(expression, {"at": dt.datetime(2026, 12, 31, tzinfo=dt.UTC)}) == NO
        assert evaluate(expression, {}) == Finding(Verdict.NOT_KNOWN, ("at",))

    def test_a_detail_within_a_detail_may_be_missing(self) -> None:
        facts: dict[str, Any] = {"occurrence": {"report": {}}}
        assert evaluate("occurrence.report.interim", facts) == Finding(
            Verdict.NOT_KNOWN, ("interim",)
        )

    @pytest.mark.parametrize("expression", ["incident.deaths", "incident.deaths > 'one'", "1 +"])
    def test_what_cannot_be_true_or_false_is_refused(self, expression: str) -> None:
        with pytest.raises(ConditionUnreadable):
            evaluate(expression, incident(deaths=1))


class TestCheck:
    @pytest.mark.parametrize(
        "expression",
        [
            "true",
            "holder.large_frontier_developer && model.training_flop > 1e26",
            "'death' in incident.harms && incident.model_involved in ['established', 'suspected']",
            "incident.harms.exists(harm, harm == 'fundamental_rights')",
            "occurrence.ground == 'moved abroad' || size(incident.harms) > 1",
            "at > timestamp('2027-01-01T00:00:00Z')",
        ],
    )
    def test_takes(self, expression: str) -> None:
        check(expression)

    @pytest.mark.parametrize(
        ("expression", "problem"),
        [
            ("incident.deaths >", "parse"),
            ("request.deaths > 0", "“request” is not known"),
            ("incident.deahts > 0", "“incident.deahts” is not known"),
            ("holder['frontier_developer']", "“holder” is not known"),
            ("'frontier_developer' in holder", "“holder” is not known"),
            ("has(incident.deaths)", "may not ask whether"),
            ("'deth' in incident.harms", "“deth” is not known"),
            ("guess(1) || true", "“guess” is not known"),
            ("incident.harms.matches('.*')", "“matches” is not known"),
            ("incident.deaths > 'death'", "overload"),
            ("incident.deaths + 1", "does not come to true or false"),
        ],
    )
    def test_refuses(self, expression: str, problem: str) -> None:
        with pytest.raises(ConditionUnreadable) as refused:
            check(expression)
        assert problem in str(refused.value)

    def test_a_rule_binds_by_what_holder_and_model_are(self) -> None:
        with pytest.raises(ConditionUnreadable, match="incident"):
            check("incident.deaths > 0", roots=("holder", "model"))
