"""A form as JSON Schema (2020-12), for programs that fill it in. What it cannot say, `check` still says."""

from collections.abc import Callable, Mapping
from typing import Any

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
    Shown,
    TextField,
)


def write_schema(form: FormDocument) -> dict[str, Any]:
    """The schema that answers, as they are handed in, fit. Files are attached beside them, so none requires one."""
    typed = [field for field in form.fields if not isinstance(field, FileField)]
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": form.title,
        "type": "object",
        "properties": {field.key: _describe(field) for field in form.fields},
        "required": [field.key for field in typed if field.required and not field.shown_if],
        "additionalProperties": False,
    }
    conditional = [field for field in typed if field.required and field.shown_if]
    if conditional:
        schema["allOf"] = [
            {
                "if": {"allOf": [_write_condition(one, form) for one in field.shown_if]},
                "then": {"required": [field.key]},
            }
            for field in conditional
        ]
    return schema


def _describe(field: FormField) -> dict[str, Any]:
    said: dict[str, Any] = {"title": field.label, **_WRITERS[field.type](field)}
    if field.help:
        said["description"] = field.help
    return said


def _write_condition(condition: Shown, form: FormDocument) -> dict[str, Any]:
    """That the other field is asked as well: a condition holds only on what was asked."""
    other = form.find(condition.field)
    assert other is not None  # the document's own check
    one_of = {"enum": list(condition.one_of)}
    value = {"contains": one_of} if isinstance(other, MultipleChoiceField) else one_of
    own = {"properties": {condition.field: value}, "required": [condition.field]}
    return {"allOf": [own, *(_write_condition(one, form) for one in other.shown_if)]}


def _write_text(field: TextField) -> dict[str, Any]:
    return {"type": "string", "minLength": field.min_length, "maxLength": field.max_length}


def _write_choice(field: ChoiceField) -> dict[str, Any]:
    options = [{"const": option.value, "title": option.label} for option in field.options]
    return {"type": "string", "oneOf": options}


def _write_choices(field: MultipleChoiceField) -> dict[str, Any]:
    options = [{"const": option.value, "title": option.label} for option in field.options]
    most = {} if field.at_most is None else {"maxItems": field.at_most}
    return {
        "type": "array",
        "items": {"type": "string", "oneOf": options},
        "uniqueItems": True,
        "minItems": field.at_least,
        **most,
    }


def _write_number(field: NumberField) -> dict[str, Any]:
    limits = {"minimum": field.min, "maximum": field.max}
    return {
        "type": "integer" if field.whole else "number",
        **{name: limit for name, limit in limits.items() if limit is not None},
    }


def _write_date(field: DateField) -> dict[str, Any]:
    limits = {"formatMinimum": field.earliest, "formatMaximum": field.latest}
    said = {name: day.isoformat() for name, day in limits.items() if day is not None}
    return {"type": "string", "format": "date", **said}


def _write_country(_field: CountryField) -> dict[str, Any]:
    return {"type": "string", "enum": sorted(COUNTRIES)}


def _write_file(field: FileField) -> dict[str, Any]:
    return {
        "type": "array",
        "items": {"type": "string", "format": "uuid"},
        "maxItems": field.at_most,
        "readOnly": True,
    }


_WRITERS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "text": _write_text,
    "choice": _write_choice,
    "multiple_choice": _write_choices,
    "number": _write_number,
    "date": _write_date,
    "country": _write_country,
    "file": _write_file,
}
