"""What a form says of the answers to it: what is asked, what is missing, what is out of range, what changed."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.forms.countries import COUNTRIES
from access.forms.document import (
    ChoiceField,
    CountryField,
    DateField,
    FileField,
    FormDocument,
    FormField,
    MultipleChoiceField,
    NumberField,
    TextField,
)
from registry.choices import ScanState

Answers: TypeAlias = Mapping[str, Any]
"""What was typed, by the key of the field: anything that JSON can say."""
Files: TypeAlias = Mapping[str, Sequence[ScanState]]
"""The files attached to each field, as the scanner left them."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the answer to the field `key`. `code` is stable; what does not block is only a warning."""

    key: str
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        """Whether it keeps the request from being handed in."""
        return self.code not in _ONLY_WARN

    @property
    def detail(self) -> str:
        """The sentence for a person."""
        return str(_SENTENCES[self.code]) % self.values


_SENTENCES: Mapping[str, str | Promise] = {
    "missing": _("This must be answered."),
    "unknown_field": _("The form has no such field."),
    "wrong_type": _("This must be %(wanted)s."),
    "too_short": _("This needs at least %(limit)s characters; there are %(found)s."),
    "too_long": _("This may have at most %(limit)s characters; there are %(found)s."),
    "not_an_option": _("“%(found)s” is none of the options."),
    "named_twice": _("“%(found)s” is there twice."),
    "too_few": _("This needs at least %(limit)s; there are %(found)s."),
    "too_many": _("This may have at most %(limit)s; there are %(found)s."),
    "too_small": _("This must be at least %(limit)s."),
    "too_large": _("This must be at most %(limit)s."),
    "too_early": _("This must not be before %(limit)s."),
    "too_late": _("This must not be after %(limit)s."),
    "not_a_country": _("“%(found)s” is no two-letter code of a country (ISO 3166-1)."),
    "attach_instead": _("Files are attached, not written into the answer."),
    "file_refused": _("The scanner refused a file that is attached here."),
    "file_awaiting_scan": _("A file that is attached here waits to be scanned."),
    "not_asked": _("By the other answers this is not asked: it will not be handed in."),
}
PROBLEM_CODES = tuple(_SENTENCES)
_ONLY_WARN = frozenset({"file_awaiting_scan", "not_asked"})


def is_empty(value: Any) -> bool:
    """Whether nothing is said: absent, null, blank or an empty list."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def asked_fields(form: FormDocument, answers: Answers) -> list[FormField]:
    """The fields that are asked, given the answers to the others, in the form's order."""
    asked: dict[str, FormField] = {}
    for found in form.fields:
        conditions = found.shown_if
        if all(
            one.field in asked and _is_one_of(answers.get(one.field), one.one_of)
            for one in conditions
        ):
            asked[found.key] = found
    return list(asked.values())


def check(form: FormDocument, answers: Answers, files: Files) -> list[Problem]:
    """Everything that is wrong, field by field: an empty list where nothing is. Takes whatever was typed."""
    asked = {found.key: found for found in asked_fields(form, answers)}
    problems = [problem for found in asked.values() for problem in _check(found, answers, files)]
    for key, value in answers.items():
        if is_empty(value) or key in asked:
            continue
        code = "unknown_field" if form.find(key) is None else "not_asked"
        problems.append(Problem(key, code))
    return problems


def keep_asked(form: FormDocument, answers: Answers) -> dict[str, Any]:
    """The answers that are handed in: those that are asked for and say something."""
    return {
        found.key: answers[found.key]
        for found in asked_fields(form, answers)
        if not is_empty(answers.get(found.key))
    }


def carry(old: FormDocument, new: FormDocument, answers: Answers) -> dict[str, Any]:
    """The answers to an earlier edition that the new one asks for alike, and that still fit; files do not go along."""
    kept = {}
    for found in new.fields:
        before = old.find(found.key)
        value = answers.get(found.key)
        if before is None or before.type != found.type or is_empty(value):
            continue
        if not list(_CHECKS[found.type](found, value)):
            kept[found.key] = value
    return kept


def _is_one_of(value: Any, wanted: Sequence[str]) -> bool:
    values = value if isinstance(value, list) else [value]
    return any(isinstance(one, str) and one in wanted for one in values)


def _check(found: FormField, answers: Answers, files: Files) -> Iterator[Problem]:
    value = answers.get(found.key)
    if isinstance(found, FileField):
        yield from _check_files(found, value, files.get(found.key, ()))
    elif is_empty(value):
        if found.required:
            yield Problem(found.key, "missing")
    else:
        yield from _CHECKS[found.type](found, value)


def _check_files(found: FileField, value: Any, states: Sequence[ScanState]) -> Iterator[Problem]:
    if not is_empty(value):
        yield Problem(found.key, "attach_instead")
    if found.required and not states:
        yield Problem(found.key, "missing")
    if len(states) > found.at_most:
        yield Problem(found.key, "too_many", {"limit": found.at_most, "found": len(states)})
    if ScanState.REFUSED in states:
        yield Problem(found.key, "file_refused")
    if ScanState.AWAITING_SCAN in states:
        yield Problem(found.key, "file_awaiting_scan")


def _check_text(found: TextField, value: Any) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _wrong(found, _("a text"))
    elif len(value) < found.min_length:
        yield Problem(found.key, "too_short", {"limit": found.min_length, "found": len(value)})
    elif len(value) > found.max_length:
        yield Problem(found.key, "too_long", {"limit": found.max_length, "found": len(value)})


def _check_choice(found: ChoiceField, value: Any) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _wrong(found, _("one of the options"))
    elif value not in {option.value for option in found.options}:
        yield Problem(found.key, "not_an_option", {"found": value[:100]})


def _check_choices(found: MultipleChoiceField, value: Any) -> Iterator[Problem]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        yield _wrong(found, _("a list of options"))
        return
    known = {option.value for option in found.options}
    for one in dict.fromkeys(value):
        if one not in known:
            yield Problem(found.key, "not_an_option", {"found": one[:100]})
        elif value.count(one) > 1:
            yield Problem(found.key, "named_twice", {"found": one})
    if len(value) < found.at_least:
        yield Problem(found.key, "too_few", {"limit": found.at_least, "found": len(value)})
    if found.at_most is not None and len(value) > found.at_most:
        yield Problem(found.key, "too_many", {"limit": found.at_most, "found": len(value)})


def _check_number(found: NumberField, value: Any) -> Iterator[Problem]:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        yield _wrong(found, _("a number"))
    elif found.whole and value != int(value):
        yield _wrong(found, _("a whole number"))
    elif found.min is not None and value < found.min:
        yield Problem(found.key, "too_small", {"limit": found.min})
    elif found.max is not None and value > found.max:
        yield Problem(found.key, "too_large", {"limit": found.max})


def _check_date(found: DateField, value: Any) -> Iterator[Problem]:
    day = _read_day(value)
    if day is None:
        yield _wrong(found, _("a date such as 2027-03-01"))
    elif found.earliest is not None and day < found.earliest:
        yield Problem(found.key, "too_early", {"limit": found.earliest.isoformat()})
    elif found.latest is not None and day > found.latest:
        yield Problem(found.key, "too_late", {"limit": found.latest.isoformat()})


def _check_country(found: CountryField, value: Any) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _wrong(found, _("the two-letter code of a country"))
    elif value not in COUNTRIES:
        yield Problem(found.key, "not_a_country", {"found": value[:100]})


def _check_nothing(found: FileField, _value: Any) -> Iterator[Problem]:
    yield Problem(found.key, "attach_instead")


_CHECKS: Mapping[str, Callable[[Any, Any], Iterator[Problem]]] = {
    "text": _check_text,
    "choice": _check_choice,
    "multiple_choice": _check_choices,
    "number": _check_number,
    "date": _check_date,
    "country": _check_country,
    "file": _check_nothing,
}


def _wrong(found: FormField, wanted: str | Promise) -> Problem:
    return Problem(found.key, "wrong_type", {"wanted": wanted})


def _read_day(value: Any) -> dt.date | None:
    """A calendar day as RFC 3339 spells it, and no other way."""
    try:
        day = dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return day if day.isoformat() == value else None
