"""Forms: what a document may say, what is asked, what is wrong with answers, and the same as JSON Schema."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import seeds
from access.forms import (
    PROBLEM_CODES,
    FormUnreadable,
    asked_fields,
    carry,
    check,
    keep_asked,
    parse_form,
    read_form,
    write_schema,
)
from registry.choices import ScanState

FORM: dict[str, Any] = {
    "title": "Synthetic form",
    "fields": [
        {"key": "name", "type": "text", "label": "Name", "required": True, "max_length": 8},
        {
            "key": "use",
            "type": "choice",
            "label": "Use",
            "required": True,
            "options": [{"value": "own", "label": "Own"}, {"value": "vendor", "label": "Vendor"}],
        },
        {
            "key": "vendor",
            "type": "text",
            "label": "Vendor",
            "required": True,
            "min_length": 2,
            "shown_if": [{"field": "use", "one_of": ["vendor"]}],
        },
        {
            "key": "sites",
            "type": "multiple_choice",
            "label": "Sites",
            "at_most": 2,
            "options": [{"value": v, "label": v.upper()} for v in ("a", "b", "c")],
        },
        {
            "key": "at_c",
            "type": "date",
            "label": "Since when at C?",
            "required": True,
            "earliest": "2026-01-01",
            "shown_if": [{"field": "sites", "one_of": ["c"]}],
        },
        {"key": "staff", "type": "number", "label": "Staff", "min": 1, "max": 9, "whole": True},
        {"key": "seat", "type": "country", "label": "Seat"},
        {"key": "plan", "type": "file", "label": "Plan", "required": True, "at_most": 1},
    ],
}
form = read_form(FORM)
GOOD = {"name": "Ann", "use": "own"}
PLAN = {"plan": [ScanState.NOT_SCANNED]}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
likely = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(max_size=10),
        "use": st.sampled_from(["own", "vendor", "other"]),
        "vendor": st.text(max_size=4),
        "sites": st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=3),
        "at_c": st.dates().map(str),
        "staff": st.integers(-1, 11) | st.floats(0, 10),
        "seat": st.sampled_from(["DE", "US", "XX", "de"]),
    },
)


def codes(answers: dict[str, Any], files: Any = PLAN) -> set[tuple[str, str]]:
    return {(problem.key, problem.code) for problem in check(form, answers, files)}


class TestADocument:
    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ({"type": "colour"}, "fields.0"),
            ({"min_length": 9, "max_length": 8}, "lower limit"),
            ({"shown_if": [{"field": "later", "one_of": ["a"]}]}, "not before it"),
            ({"shown_if": [{"field": "name", "one_of": ["a"]}]}, "not before it"),
            ({"requiered": True}, "requiered"),
        ],
    )
    def test_refuses_what_no_form_can_mean(self, change: dict[str, Any], problem: str) -> None:
        with pytest.raises(FormUnreadable, match=problem):
            read_form({"title": "T", "fields": [FORM["fields"][0] | change]})

    def test_refuses_a_key_twice_and_an_option_that_is_not_offered(self) -> None:
        fields: Any = FORM["fields"]
        with pytest.raises(FormUnreadable, match="twice"):
            read_form({"title": "T", "fields": [fields[0], fields[0]]})
        wrong = fields[2] | {"shown_if": [{"field": "use", "one_of": ["both"]}]}
        with pytest.raises(FormUnreadable, match="does not offer"):
            read_form({"title": "T", "fields": [fields[1], wrong]})

    def test_what_is_shipped_can_be_read(self) -> None:
        shipped = sorted((Path(seeds.__file__).parent / "forms").glob("*.yaml"))
        assert shipped
        for path in shipped:
            assert write_schema(read_form(parse_form(path.read_text(encoding="utf-8"))))

    def test_tells_the_line_of_what_is_no_yaml(self) -> None:
        with pytest.raises(FormUnreadable, match="line 2"):
            parse_form("title: T\nfields: [")


class TestChecking:
    def test_nothing_is_wrong_with_good_answers(self) -> None:
        assert check(form, GOOD, PLAN) == []

    def test_everything_that_is_wrong_is_told_at_once(self) -> None:
        answers = {
            "name": "Annabella",
            "use": "vendor",
            "vendor": "x",
            "sites": ["a", "a", "d"],
            "staff": 2.5,
            "seat": "XX",
            "colour": "red",
        }
        assert codes(answers, {}) == {
            ("name", "too_long"),
            ("vendor", "too_short"),
            ("sites", "named_twice"),
            ("sites", "not_an_option"),
            ("sites", "too_many"),
            ("staff", "wrong_type"),
            ("seat", "not_a_country"),
            ("plan", "missing"),
            ("colour", "unknown_field"),
        }

    def test_what_is_not_asked_warns_and_is_not_handed_in(self) -> None:
        answers = GOOD | {"vendor": "Acme", "at_c": "2026-02-01"}
        found = check(form, answers, PLAN)
        assert {(one.key, one.code, one.blocks) for one in found} == {
            ("vendor", "not_asked", False),
            ("at_c", "not_asked", False),
        }
        assert keep_asked(form, answers) == GOOD

    def test_a_condition_on_several_choices_asks_where_one_of_them_is_chosen(self) -> None:
        assert codes(GOOD | {"sites": ["a", "c"]}) == {("at_c", "missing")}
        assert codes(GOOD | {"sites": ["c"], "at_c": "2025-12-31"}) == {("at_c", "too_early")}

    def test_a_refused_file_blocks_and_one_that_waits_only_warns(self) -> None:
        assert codes(GOOD, {"plan": [ScanState.REFUSED]}) == {("plan", "file_refused")}
        (waits,) = check(form, GOOD, {"plan": [ScanState.AWAITING_SCAN]})
        assert not waits.blocks

    @given(st.dictionaries(st.sampled_from([f.key for f in form.fields]) | st.text(), json_values))
    def test_takes_whatever_was_typed_and_says_each_in_words(self, answers: Any) -> None:
        for problem in check(form, answers, {}):
            assert problem.code in PROBLEM_CODES
            assert problem.detail
        assert set(keep_asked(form, answers)) <= {f.key for f in asked_fields(form, answers)}


class TestJsonSchema:
    @given(likely)
    def test_what_may_be_handed_in_fits_the_schema(self, answers: dict[str, Any]) -> None:
        if not [problem for problem in check(form, answers, PLAN) if problem.blocks]:
            jsonschema.validate(keep_asked(form, answers), write_schema(form))

    @pytest.mark.parametrize(
        "answers",
        [
            {"use": "own"},
            GOOD | {"use": "vendor"},
            GOOD | {"sites": ["a", "b", "c"]},
            GOOD | {"sites": ["c"]},
            GOOD | {"staff": 10},
            GOOD | {"colour": "red"},
        ],
    )
    def test_what_is_refused_does_not_fit_it_either(self, answers: dict[str, Any]) -> None:
        assert codes(answers)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(answers, write_schema(form))


class TestCarrying:
    def test_takes_over_what_the_new_edition_asks_for_alike(self) -> None:
        fields: Any = [dict(field) for field in FORM["fields"]]
        fields[0]["max_length"] = 3
        fields[5] = {"key": "staff", "type": "text", "label": "Staff"}
        new = read_form({"title": "Next", "fields": fields})
        answers = {"name": "Annie", "use": "vendor", "vendor": "Acme", "staff": 4, "seat": "DE"}
        assert carry(form, new, answers) == {"use": "vendor", "vendor": "Acme", "seat": "DE"}
