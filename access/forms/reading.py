"""A form's document as it comes from YAML, goes into JSON, and is held to its schema."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from access.forms.document import FormDocument
from registry.errors import Invalid
from registry.rules import RuleUnreadable, parse_rule, write_rule


class FormUnreadable(Invalid):
    """A form's document is not of the shape that the schema gives."""

    code = "form_unreadable"
    text = gettext_lazy("The form cannot be read: at %(place)s, %(problem)s.")


def parse_form(text: str) -> dict[str, Any]:
    """A form's document from YAML. Raises FormUnreadable where the text is no mapping; `read_form` does the rest."""
    try:
        return parse_rule(text)
    except RuleUnreadable as wrong:
        raise FormUnreadable(**wrong.values) from wrong


def write_form(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as JSON keeps it, with dates as text. Raises FormUnreadable."""
    try:
        return write_rule(document)
    except RuleUnreadable as wrong:
        raise FormUnreadable(**wrong.values) from wrong


def read_form(document: Mapping[str, Any]) -> FormDocument:
    """Read a form's document, as it came from YAML or JSON. Raises FormUnreadable: the place and the problem."""
    return _read(json.dumps(write_form(document)))


@lru_cache(maxsize=256)
def _read(text: str) -> FormDocument:
    """Editions are never edited and read again and again: each text is held to the schema once."""
    try:
        return FormDocument.model_validate_json(text)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or _("its top")
        problem = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise FormUnreadable(place=place, problem=problem) from wrong
