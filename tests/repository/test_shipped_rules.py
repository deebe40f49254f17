"""The rules that are shipped say what the table of clocks says: written down here by hand, row by row."""

import datetime as dt
from typing import Any

import pytest

from registry.choices import Timing
from registry.conditions import Verdict, evaluate
from registry.rules import IN_HOUSE, RuleDocument, Standing, read_rule
from seeds.shipped import read_rules, read_tables

RULES = {document["slug"]: read_rule(document) for document in read_rules()}

H, D, BD, W, M, Y = "hours", "days", "working_days", "weeks", "months", "years"
ND, BEFORE, WITH, ASKED, CURRENT, KEPT = (
    Timing.WITHOUT_UNDUE_DELAY,
    Timing.BEFORE_EVENT,
    Timing.WITH_ANOTHER,
    Timing.AS_REQUESTED,
    Timing.KEPT_CURRENT,
    Timing.RETENTION,
)

# Row of the table → rule → what it says by when (a negative number is counted backward), and how sure it is.
TABLE: dict[str, dict[str, tuple[Any, str]]] = {
    "EU-52.1": {"eu-52.1": ((2, W), "P")},
    "EU-52.2": {"eu-52.2": (WITH, "P")},
    "EU-52.5": {"eu-52.5": ((6, M), "P")},
    "EU-RENOTIFY": {"eu-renotify": (ND, "P")},
    "EU-53": {
        "eu-53-a": (CURRENT, "K"),
        "eu-53-b": (CURRENT, "K"),
        "eu-53-c": (CURRENT, "K"),
        "eu-53-d": (CURRENT, "K"),
    },
    "EU-54": {"eu-54": (BEFORE, "P"), "eu-54-retention": (KEPT, "K")},
    "EU-55.1c": {"eu-55.1c": (ND, "P")},
    "EU-91": {"eu-91": (ASKED, "P")},
    "COP-1.1a": {"cop-1.1a": ((4, W), "P")},
    "COP-1.1b": {"cop-1.1b": ((-2, W), "P")},
    "COP-1.3": {"cop-1.3": ((12, M), "P")},
    "COP-1.4": {"cop-1.4": ((5, BD), "P")},
    "COP-7.7a": {"cop-7.7a": (BEFORE, "P")},
    "COP-7.7b": {"cop-7.7b": ((5, BD), "P")},
    "COP-7.7c": {"cop-7.7c": ((15, BD), "P")},
    "COP-7.6a": {"cop-7.6a": (ND, "P"), "cop-7.6a-release": (BEFORE, "P")},
    "COP-7.6b": {"cop-7.6b": ((6, M), "P")},
    "COP-9.3-1": {"cop-9.3-1": ((2, D), "P")},
    "COP-9.3-2": {"cop-9.3-2": ((5, D), "P")},
    "COP-9.3-3": {"cop-9.3-3": ((10, D), "P")},
    "COP-9.3-4": {"cop-9.3-4": ((15, D), "P")},
    "COP-9.3-I": {"cop-9.3-i": ((4, W), "P")},
    "COP-9.3-F": {"cop-9.3-f": ((60, D), "P")},
    "COP-9.4": {"cop-9.4": (KEPT, "P")},
    "COP-10.1": {"cop-10.1": (KEPT, "P")},
    "COP-A2.2": {"cop-a2.2": ((6, M), "P")},
    "COP-3.5": {"cop-3.5": ((30, BD), "P")},
    "COP-A3.5": {"cop-a3.5": ((20, BD), "P")},
    "COP-A4.3": {"cop-a4.3": ((6, M), "P")},
    "CA-INC": {"ca-inc": ((15, D), "P")},
    "CA-IMM": {"ca-imm": ((24, H), "P")},
    "CA-Q": {"ca-q": ((3, M), "P")},
    "CA-TR": {"ca-tr": (BEFORE, "P")},
    "CA-FW": {"ca-fw-review": ((1, Y), "P"), "ca-fw-change": ((30, D), "P")},
    "CA-RET": {"ca-ret": (KEPT, "P")},
    "NY-INC": {"ny-inc": ((72, H), "P")},
    "NY-IMM": {"ny-imm": ((24, H), "P")},
    "NY-Q": {"ny-q": ((3, M), "P")},
    "NY-DISC": {
        "ny-disc-first": (BEFORE, "S"),
        "ny-disc-renewal": ((2, Y), "S"),
        "ny-disc-transfer": (ND, "S"),
        "ny-disc-change": (ND, "S"),
    },
    "IL-INC": {"il-inc": ((72, H), "P")},
    "IL-IMM": {"il-imm": ((24, H), "P")},
    "IL-Q": {"il-q": ((3, M), "P")},
    "IL-AUD": {"il-aud": ((1, Y), "P"), "il-aud-publish": ((30, D), "P")},
    "IL-DISC": {
        "il-disc-first": (BEFORE, "P"),
        "il-disc-renewal": ((1, Y), "P"),
        "il-disc-transfer": (ND, "P"),
        "il-disc-change": (ND, "P"),
    },
    "NIS2-23": {
        "nis2-23-warning": ((24, H), "S"),
        "nis2-23-notification": ((72, H), "S"),
        "nis2-23-final": ((1, M), "S"),
    },
    "CRA-14V": {
        "cra-14v-warning": ((24, H), "S"),
        "cra-14v-notification": ((72, H), "S"),
        "cra-14v-final": ((14, D), "S"),
    },
    "CRA-14I": {
        "cra-14i-warning": ((24, H), "S"),
        "cra-14i-notification": ((72, H), "S"),
        "cra-14i-final": ((1, M), "S"),
    },
    "US-EO": {"us-eo": ((-30, D), "S")},
    "AI73-*": {
        "ai73-general": ((15, D), "P"),
        "ai73-widespread": ((2, D), "P"),
        "ai73-death": ((10, D), "P"),
    },
}
EXPECTED = {slug: said for parts in TABLE.values() for slug, said in parts.items()}


def by_when(rule: RuleDocument) -> Any:
    """How the table says it: a number and its unit, or a word."""
    if rule.period is None:
        return rule.timing
    sign = -1 if rule.period.direction == "before" else 1
    return sign * rule.period.quantity, rule.period.unit.value


class TestTable:
    def test_every_rule_of_the_table_is_shipped_and_no_other(self) -> None:
        assert set(RULES) == set(EXPECTED)
        assert len(read_rules()) == len(RULES)

    @pytest.mark.parametrize("slug", EXPECTED)
    def test_says_by_when_and_how_sure_that_is(self, slug: str) -> None:
        rule = RULES[slug]
        assert (by_when(rule), rule.grade) == EXPECTED[slug]

    @pytest.mark.parametrize("slug", EXPECTED)
    def test_carries_a_citation_a_source_and_a_bindingness(self, slug: str) -> None:
        rule = RULES[slug]
        assert rule.citation
        assert rule.source
        voluntary = {"gpai-code": "voluntary_code", "us-federal": "voluntary"}
        if slug != "eu-52.2":
            assert rule.bindingness == voluntary.get(rule.regime, "law")

    def test_follows_only_rules_that_are_shipped(self) -> None:
        for rule in RULES.values():
            assert set(rule.follows) <= set(RULES)

    def test_what_recurs_is_what_the_table_says_recurs(self) -> None:
        recurring = {
            slug
            for slug, rule in RULES.items()
            if rule.period is not None and rule.period.recurring
        }
        assert recurring == {
            *("eu-52.5", "cop-1.3", "cop-7.6b", "cop-9.3-i", "cop-a4.3", "ca-q", "ca-fw-review"),
            *("ny-q", "ny-disc-renewal", "il-q", "il-aud", "il-disc-renewal"),
        }

    def test_the_periods_of_retention(self) -> None:
        kept = {
            slug: (rule.retention.years, rule.retention.since)
            for slug, rule in RULES.items()
            if rule.timing is Timing.RETENTION and rule.retention is not None
        }
        assert kept == {
            "eu-54-retention": (10, "placed_on_market"),
            "cop-9.4": (5, "filed"),
            "cop-10.1": (10, "placed_on_market"),
            "ca-ret": (5, "filed"),
        }


class TestWhomItConcerns:
    def test_what_binds_others_is_never_clocked(self) -> None:
        others = {slug for slug, rule in RULES.items() if not rule.binds.operator}
        assert others == {
            slug for row in ("NIS2-23", "CRA-14V", "CRA-14I", "AI73-*") for slug in TABLE[row]
        }
        assert not any(RULES[slug].is_clocked for slug in others)

    def test_only_what_was_read_in_the_primary_text_opens_by_itself(self) -> None:
        asked = {
            slug for slug, rule in RULES.items() if rule.is_clocked and not rule.opens_by_itself
        }
        assert asked == {
            *("eu-53-a", "eu-53-b", "eu-53-c", "eu-53-d", "us-eo", "il-aud", "il-disc-first"),
            *TABLE["NY-DISC"],
        }

    def test_floors_open_nothing(self) -> None:
        floors = {slug for slug, rule in RULES.items() if rule.floor}
        assert floors == {"eu-52.5", "cop-a3.5"}
        assert not any(RULES[slug].is_clocked for slug in floors)

    def test_illinois_is_told_twice(self) -> None:
        assert RULES["il-inc"].recipients == ("il-iema-ohs", "il-attorney-general")

    def test_what_the_code_addresses_to_nobody_is_done_in_the_house(self) -> None:
        inside = {slug for slug, rule in RULES.items() if rule.recipients == (IN_HOUSE,)}
        assert inside == {
            *("eu-53-c", "cop-1.1a", "cop-1.1b", "cop-1.3", "cop-7.6a", "cop-7.6a-release"),
            *("cop-a2.2", "cop-a4.3", "ca-fw-review", "il-aud"),
        }


class TestFromWhen:
    @pytest.mark.parametrize(
        ("regime", "day"),
        [
            ("california", dt.date(2026, 1, 1)),
            ("new-york", dt.date(2027, 1, 1)),
            ("illinois", dt.date(2027, 1, 1)),
            ("cra", dt.date(2026, 9, 11)),
        ],
    )
    def test_a_regime_begins_on_its_day(self, regime: str, day: dt.date) -> None:
        began = {rule.applies_from for rule in RULES.values() if rule.regime == regime}
        assert min(filter(None, began)) == day
        assert None not in began

    def test_new_york_does_not_apply_in_november_2026(self) -> None:
        november = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
        assert RULES["ny-inc"].standing(november) is Standing.NOT_YET
        assert RULES["ca-inc"].standing(november) is Standing.APPLIES

    def test_the_audit_is_published_from_2028(self) -> None:
        assert RULES["il-aud-publish"].applies_from == dt.date(2028, 1, 1)


class TestHowItIsCounted:
    def test_the_code_is_counted_by_an_interpretation_and_the_act_is_not(self) -> None:
        for rule in RULES.values():
            if rule.regime in {"gpai-code", "eu-ai-act"}:
                assert rule.counting.regulation_1182
                assert rule.counting.interpretation is (rule.regime == "gpai-code")
                assert not rule.counting.hours_extend_to_two_working_days

    def test_the_states_are_counted_by_their_own_law(self) -> None:
        zones = {
            rule.regime: (rule.counting.calendar, rule.counting.zone)
            for rule in RULES.values()
            if rule.regime in {"california", "new-york", "illinois"}
        }
        assert zones == {
            "california": ("us-ca", "America/Los_Angeles"),
            "new-york": ("us-ny", "America/New_York"),
            "illinois": ("us-il", "America/Chicago"),
        }


class TestContents:
    @pytest.mark.parametrize(
        ("slug", "number"),
        [("cop-9.3-1", 7), ("cop-9.3-4", 7), ("cop-9.3-f", 9), ("ca-inc", 4), ("cop-7.7a", 5)],
    )
    def test_as_many_fields_as_the_text_lists(self, slug: str, number: int) -> None:
        assert sum(field.stage is None for field in RULES[slug].fields) == number

    def test_the_commissions_template_asks_for_one_more(self) -> None:
        extra = [field.name for field in RULES["cop-9.3-f"].fields if field.stage == "template"]
        assert extra == ["submitter"]

    def test_the_initial_report_is_the_beginning_of_the_final_one(self) -> None:
        initial, final = (
            [field.name for field in RULES[slug].fields if field.stage is None]
            for slug in ("cop-9.3-1", "cop-9.3-f")
        )
        assert final[:7] == initial

    def test_compute_is_told_to_two_significant_figures(self) -> None:
        labels = {field.name: field.label for field in RULES["eu-52.1"].fields}
        assert "two significant figures" in labels["compute_estimate"]


ESCAPE: dict[str, Any] = {
    "incident": {
        "harms": ["cybersecurity_breach"],
        "model_involved": "established",
        "during_evaluation": True,
        "cyber_breach": True,
        "imminent_risk": False,
        "resolved": False,
    },
    "holder": {"frontier_developer": True, "code_signatory": True},
}
FATAL: dict[str, Any] = {
    "incident": {
        "harms": ["death"],
        "model_involved": "suspected",
        "loss_of_control": True,
        "imminent_risk": False,
        "resolved": False,
    },
    "holder": ESCAPE["holder"],
}


class TestWhatHappened:
    @pytest.mark.parametrize(
        ("slug", "facts", "verdict"),
        [
            ("cop-9.3-2", ESCAPE, Verdict.YES),
            ("cop-9.3-3", ESCAPE, Verdict.NO),
            ("ca-inc", ESCAPE, Verdict.NO),
            ("ny-inc", ESCAPE, Verdict.NO),
            ("il-inc", ESCAPE, Verdict.NO),
            ("cop-9.3-1", FATAL, Verdict.NO),
            ("cop-9.3-3", FATAL, Verdict.YES),
            ("ca-inc", FATAL, Verdict.YES),
            ("ny-inc", FATAL, Verdict.YES),
            ("il-inc", FATAL, Verdict.YES),
            ("ca-imm", FATAL, Verdict.NO),
            ("cop-9.3-f", FATAL, Verdict.NO),
            ("cop-9.3-i", FATAL, Verdict.YES),
        ],
    )
    def test_falls_under_the_rule(
        self, slug: str, facts: dict[str, Any], verdict: Verdict
    ) -> None:
        assert evaluate(RULES[slug].condition, facts).verdict is verdict

    def test_an_escape_of_which_little_is_known_is_a_question_everywhere(self) -> None:
        for slug in ("cop-9.3-2", "ca-inc", "eu-55.1c"):
            assert evaluate(RULES[slug].condition, {}).verdict is Verdict.NOT_KNOWN

    @pytest.mark.parametrize(
        ("slug", "occurrence", "verdict"),
        [
            ("eu-52.1", {"flop": 2.3e25, "foreseen": True}, Verdict.YES),
            ("eu-52.1", {"flop": 9.9e24, "foreseen": False}, Verdict.NO),
            ("eu-52.2", {"flop": 2.3e25}, Verdict.NOT_KNOWN),
            ("cop-7.7a", {"eu": None}, Verdict.NOT_KNOWN),
            ("ca-q", {"schedule_agreed": True}, Verdict.NO),
            ("ca-q", {}, Verdict.NOT_KNOWN),
            ("il-aud-publish", {"external": False}, Verdict.NO),
        ],
    )
    def test_an_occurrence_falls_under_the_rule(
        self, slug: str, occurrence: dict[str, Any], verdict: Verdict
    ) -> None:
        assert evaluate(RULES[slug].condition, {"occurrence": occurrence}).verdict is verdict


class TestTables:
    def test_the_commissions_years_are_shipped_with_their_place(self) -> None:
        assert [(table.calendar, table.year, len(table.days)) for table in read_tables()] == [
            ("eu-commission", 2025, 20),
            ("eu-commission", 2026, 19),
        ]
