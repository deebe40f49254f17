"""A rule's document as it comes from YAML, goes into JSON, and is held to its schema."""

import datetime as dt
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from registry.choices import Timing
from registry.errors import Invalid
from registry.rules.document import RuleDocument

_DEFAULTS: Mapping[bool, dict[str, Any]] = {
    True: {"timing": Timing.PERIOD},
    False: {"timing": Timing.WITHOUT_UNDUE_DELAY},
}
"""How a rule is timed where it does not say so: by whether it has a period."""


class RuleUnreadable(Invalid):
    """A rule's document is not of the shape that the schema gives."""

    code = "rule_unreadable"
    text = gettext_lazy("The rule cannot be read: at %(place)s, %(problem)s.")


def parse_rule(text: str) -> dict[str, Any]:
    """A rule's document from YAML. Raises RuleUnreadable where the text is no mapping; `read_rule` does the rest."""
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            raise RuleUnreadable(place=_("its top"), problem=_("it may not refer to itself"))
        said = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        place = _("its top") if mark is None else _("line %(line)d") % {"line": mark.line + 1}
        problem = getattr(wrong, "problem", None) or _("it is no YAML")
        raise RuleUnreadable(place=place, problem=problem) from wrong
    if not isinstance(said, dict):
        raise RuleUnreadable(place=_("its top"), problem=_("it is no mapping of names to values"))
    return said


def write_rule(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as JSON keeps it: what its author wrote, with dates as text. Raises RuleUnreadable."""
    written: dict[str, Any] = json.loads(_dump(document))
    return written


def read_rule(document: Mapping[str, Any]) -> RuleDocument:
    """Read a rule's document, as it came from YAML or JSON. Raises RuleUnreadable: the place and the problem."""
    return _read(_dump(_DEFAULTS[bool(document.get("period"))] | dict(document)))


def order_rule(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the document says, in the order in which a rule is read. Raises RuleUnreadable."""
    said = read_rule(document).model_dump(mode="json", by_alias=True, exclude_unset=True)
    return {name: value for name, value in said.items() if name in document}


@lru_cache(maxsize=1024)
def _read(text: str) -> RuleDocument:
    """Editions are never edited and read again and again: each text is held to the schema once."""
    try:
        return RuleDocument.model_validate_json(text)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or _("its top")
        problem = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise RuleUnreadable(place=place, problem=problem) from wrong


def _dump(document: Mapping[str, Any]) -> str:
    try:
        return json.dumps(document, default=_write_day, allow_nan=False)
    except (TypeError, ValueError) as wrong:
        raise RuleUnreadable(place=_("its top"), problem=str(wrong)) from wrong


def _write_day(value: object) -> str:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    raise TypeError(_("“%(value)s” is nothing that a rule can say") % {"value": value})
