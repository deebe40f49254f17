"""Conditions kept as data, in CEL, over facts of which some are not known. Pure.

A fact that is absent, or null, is not known. CEL's own absorption holds: what is false whatever the missing
fact would say is no, what is true whatever it would say is yes; anything else is not known. Hence no
condition may ask whether a fact is there.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeAlias

import cel
from django.utils.translation import gettext_lazy as _

from registry.choices import DutyHolderKind, Harm, Involvement
from registry.errors import Invalid

Facts: TypeAlias = Mapping[str, Any]
"""Roots and what is known of each: `{"incident": {"deaths": 2}, "holder": {}, "at": <aware moment>}`."""

VOCABULARY: Mapping[str, Mapping[str, type] | None] = {
    "holder": dict.fromkeys(DutyHolderKind.values, bool),
    "model": {"training_flop": float, "among_most_capable": bool},
    "incident": {
        "harms": list,
        "model_involved": str,
        "imminent_risk": bool,
        "internal_use": bool,
        "during_evaluation": bool,
        "materially_increased_risk": bool,
        "deception": bool,
        "weights_accessed": bool,
        "weights_exfiltrated": bool,
        "loss_of_control": bool,
        "cyber_breach": bool,
        "deaths": int,
        "injuries": int,
        "resolved": bool,
    },
    "occurrence": None,
    "request": {
        "program": str,
        "tier": str,
        "purpose": str,
        "jurisdictions": list,
        "sector": str,
        "kind": str,
        "flags": list,
        "renewal": bool,
    },
}
"""What a condition may ask about. Every kind of occurrence has details of its own, so those are open."""

_MOMENT = "at"
DUTY_ROOTS = ("holder", "model", "incident", "occurrence", _MOMENT)
"""What the conditions of duties to tell may ask about."""
REQUEST_ROOTS = ("request",)
"""What the conditions of a review policy may ask about."""
_WORDS = frozenset({*Harm.values, *Involvement.values})
_FUNCTIONS = frozenset(
    {"contains", "double", "endsWith", "int", "size", "startsWith", "timestamp"}
)
_STRING = re.compile(r"'[^']*'|\"[^\"]*\"")
_FACT = re.compile(
    r"(?<![\w.])(holder|model|incident|occurrence|request)\b(?:\s*\.\s*([A-Za-z_]\w*))?"
)
_BOUND = re.compile(r"\.\s*(?:all|exists|exists_one|filter|map)\s*\(\s*([A-Za-z_]\w*)\s*,")
_HAS = re.compile(r"(?<![\w.])has\s*\(")
_SAMPLES: Mapping[type, tuple[Any, Any]] = {
    bool: (True, False),
    int: (1, 0),
    float: (1e27, 1.0),
    str: (Involvement.ESTABLISHED.value, Involvement.RULED_OUT.value),
    list: ([Harm.DEATH.value], []),
}


class ConditionUnreadable(Invalid):
    """A condition does not say anything that could be true or false of the facts."""

    code = "condition_unreadable"
    text = _("The condition cannot be read: %(problem)s.")


class Verdict(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a condition comes to. `missing` names the unknown facts it asks about, where they decide."""

    verdict: Verdict
    missing: tuple[str, ...] = ()


def evaluate(expression: str, facts: Facts) -> Finding:
    """Hold a condition against the facts. Raises ConditionUnreadable."""
    known = _known(facts)
    try:
        value = _compile(expression).execute(known)
    except KeyError as absent:
        missing = tuple(_absent(expression, known)) or (str(absent.args[0]),)
        return Finding(Verdict.NOT_KNOWN, missing)
    except (RuntimeError, TypeError, ValueError) as broken:
        if _MOMENT not in known and _asks_moment(expression):
            return Finding(Verdict.NOT_KNOWN, (*_absent(expression, known), _MOMENT))
        raise ConditionUnreadable(problem=_first_line(broken)) from broken
    if not isinstance(value, bool):
        raise ConditionUnreadable(problem=_("it does not come to true or false"))
    return Finding(Verdict.YES if value else Verdict.NO)


def names_in(expression: str) -> tuple[str, ...]:
    """The facts that a condition asks about, such as `incident.deaths`, each once, in its order."""
    asked = dict.fromkeys(_FACT.findall(_STRING.sub("''", expression)))
    return tuple(f"{root}.{name}" for root, name in asked if name)


def check(expression: str, *, roots: tuple[str, ...] = DUTY_ROOTS) -> None:
    """Refuse what does not parse, asks about what nobody records, or breaks on facts of the right kind.

    Raises ConditionUnreadable.
    """
    program = _compile(expression)
    bare = _STRING.sub("''", expression)
    if _HAS.search(bare):
        raise ConditionUnreadable(problem=_("it may not ask whether a fact is there"))
    bound = set(_BOUND.findall(bare))
    for name in set(program.variables()) - bound - set(roots):
        raise ConditionUnreadable(problem=_("“%(name)s” is not known") % {"name": name})
    for name in program.functions():
        if name.isidentifier() and not name.startswith("_") and name not in _FUNCTIONS:
            raise ConditionUnreadable(problem=_("“%(name)s” is not known") % {"name": name})
    _check_names(bare)
    _check_words(expression)
    for sample in (0, 1):
        evaluate(expression, _sample(sample))


def _check_names(bare: str) -> None:
    for root, name in _FACT.findall(bare):
        known = VOCABULARY[root]
        if not name or (known is not None and name not in known):
            said = f"{root}.{name}" if name else root
            raise ConditionUnreadable(problem=_("“%(name)s” is not known") % {"name": said})


def _check_words(expression: str) -> None:
    """A misspelled code of an incident would be a quiet no."""
    if "occurrence" in expression or "incident" not in expression:
        return
    for said in _STRING.findall(expression):
        if said[1:-1] not in _WORDS:
            raise ConditionUnreadable(problem=_("“%(name)s” is not known") % {"name": said[1:-1]})


def _sample(which: int) -> dict[str, Any]:
    roots = {
        root: {name: _SAMPLES[kind][which] for name, kind in (names or {}).items()}
        for root, names in VOCABULARY.items()
    }
    return roots | {_MOMENT: dt.datetime(2027, 1, 1, tzinfo=dt.UTC)}


def _known(facts: Facts) -> dict[str, Any]:
    roots: dict[str, Any] = {
        root: {name: value for name, value in facts.get(root, {}).items() if value is not None}
        for root in VOCABULARY
    }
    moment = facts.get(_MOMENT)
    return roots if moment is None else roots | {_MOMENT: moment}


def _absent(expression: str, known: Mapping[str, Any]) -> Iterator[str]:
    asked = dict.fromkeys(_FACT.findall(_STRING.sub("''", expression)))
    return (f"{root}.{name}" for root, name in asked if name not in known[root])


def _asks_moment(expression: str) -> bool:
    return _MOMENT in _compile(expression).variables()


@lru_cache(maxsize=1024)
def _compile(expression: str) -> cel.Program:
    try:
        return cel.compile(expression)
    except ValueError as broken:
        raise ConditionUnreadable(problem=_first_line(broken)) from broken


def _first_line(broken: Exception) -> str:
    return str(broken).partition("\n")[0].rstrip(".")
