"""Forms of a request's own form: an input for each field, filled with what was typed, and never refused."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.forms import (
    ChoiceField,
    CountryField,
    FileField,
    FormDocument,
    FormField,
    MultipleChoiceField,
    NumberField,
    TextField,
    read_form,
)
from access.forms.countries import COUNTRIES
from access.models import AccessRequest
from access.operations.on_behalf import Asked
from access.queries.answers import attached_files
from registry.admin.desk import StepForm
from registry.operations.stored_files import Upload

_PREFIX = "answer-"
_SHORT = 200
_NONE = ("", "—")


class AskedBy(forms.CharField):
    """Who of the organization asked intake."""

    def __init__(self) -> None:
        super().__init__(
            max_length=200,
            label=_("Who of the organization asked for it"),
            help_text=_("The organization is told by mail that this was drafted for it."),
        )


class Evidence(forms.CharField):
    """What shows that they asked."""

    def __init__(self) -> None:
        super().__init__(
            max_length=5_000,
            label=_("What shows it"),
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text=_("A mail, a letter, a call: when, and where it can be seen."),
        )


def read_asked(said: dict[str, Any]) -> Asked:
    """Take who asked, and the evidence, out of a form's answers."""
    return Asked(by=said.pop("asked_by"), evidence=said.pop("evidence"))


class CopyForm(StepForm):
    asked_by = AskedBy()
    evidence = Evidence()


def make_answers_form(row: AccessRequest) -> type[StepForm]:
    """The justification, and an input for each field of the form that is typed into."""
    made: dict[str, forms.Field] = {
        "justification": forms.CharField(
            widget=forms.Textarea(attrs={"rows": 4}),
            max_length=20_000,
            required=False,
            initial=row.justification,
        )
    }
    typed = row.draft_answers.values if hasattr(row, "draft_answers") else {}
    document = None if row.form is None else read_form(row.form.document)
    for field in () if document is None else document.fields:
        if isinstance(field, FileField):
            continue
        assert document is not None
        found = _make_field(field, typed.get(field.key))
        found.label = f"{field.label} *" if field.required else field.label
        found.required = False
        found.help_text = " ".join(filter(None, (field.help, say_when(field, document))))
        made[f"{_PREFIX}{field.key}"] = found
    return type("AnswersForm", (StepForm,), made)


def read_answers(row: AccessRequest, said: Mapping[str, Any]) -> dict[str, Any]:
    """What the form says, by the key of the field; what was left empty takes an answer back."""
    if row.form is None:
        return {}
    fields = {field.key: field for field in read_form(row.form.document).fields}
    return {
        key: _read(fields[key], value)
        for name, value in said.items()
        if name.startswith(_PREFIX) and (key := name.removeprefix(_PREFIX)) in fields
    }


def say_when(field: FormField, document: FormDocument) -> str:
    """In words, where the field is asked only after certain answers."""
    said = []
    for condition in field.shown_if:
        other = document.find(condition.field)
        assert other is not None  # the document's own check
        labels = {}
        if isinstance(other, ChoiceField | MultipleChoiceField):
            labels = {option.value: option.label for option in other.options}
        values = ", ".join(labels.get(value, value) for value in condition.one_of)
        said.append(
            _("Asked only where “%(field)s” is: %(values)s.")
            % {"field": other.label, "values": values}
        )
    return " ".join(map(str, said))


def make_attach_form(row: AccessRequest) -> type[StepForm]:
    """A file, and the field of the form that it answers."""
    choices = [("", str(_("none: it belongs to the whole request")))]
    if row.form is not None:
        choices += [
            (field.key, field.label)
            for field in read_form(row.form.document).fields
            if isinstance(field, FileField)
        ]
    made: dict[str, forms.Field] = {
        "file": forms.FileField(
            max_length=200,
            allow_empty_file=True,
            help_text=_("A PDF, a PNG or JPEG picture, or plain text, told by what it holds."),
        ),
        "field": forms.ChoiceField(choices=choices, required=False, label=_("Answers the field")),
    }
    return type("AttachForm", (StepForm,), made)


def read_upload(said: Mapping[str, Any], *, most: int) -> Upload:
    """The uploaded file, no more of it than is needed to see that it is too large."""
    return Upload(said["file"].name or "", said["file"].read(most + 1))


def make_redact_form(row: AccessRequest) -> type[StepForm]:
    """Which file, and why."""
    standing = [one for one in attached_files(row) if one.redacted_at is None]
    made: dict[str, forms.Field] = {
        "attachment": forms.ChoiceField(
            choices=[
                (
                    str(one.id),
                    f"{one.field or _('file')}, {one.uploaded_at:%Y-%m-%d %H:%M} UTC, {one.sha256[:12]}",
                )
                for one in standing
            ],
        ),
        "reason": forms.CharField(
            widget=forms.Textarea(attrs={"rows": 3}),
            max_length=5_000,
            help_text=_("The organization reads this."),
        ),
    }
    return type("RedactForm", (StepForm,), made)


def _make_field(field: FormField, typed: Any) -> forms.Field:
    if isinstance(field, ChoiceField | CountryField):
        offered = _offer(field)
        return forms.ChoiceField(
            choices=[_NONE, *offered, *_keep_unknown(offered, typed)], initial=_as_text(typed)
        )
    if isinstance(field, MultipleChoiceField):
        offered = _offer(field)
        chosen = [_as_text(one) for one in (typed if isinstance(typed, list) else [typed]) if one]
        unknown = [pair for one in chosen for pair in _keep_unknown(offered, one)]
        return forms.MultipleChoiceField(
            choices=[*offered, *unknown], widget=forms.CheckboxSelectMultiple, initial=chosen
        )
    widget: forms.Widget = forms.TextInput()
    if isinstance(field, TextField) and field.max_length > _SHORT:
        widget = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(widget=widget, initial=_as_text(typed))


def _offer(field: FormField) -> list[tuple[str, str]]:
    if isinstance(field, ChoiceField | MultipleChoiceField):
        return [(option.value, option.label) for option in field.options]
    return [(code, code) for code in sorted(COUNTRIES)]


def _keep_unknown(offered: list[tuple[str, str]], typed: Any) -> list[tuple[str, str]]:
    """What was typed and is not offered stays to be chosen: saving anew must not lose it."""
    text = _as_text(typed)
    if not text or text in dict(offered):
        return []
    return [(text, str(_("%(said)s (not offered)") % {"said": text}))]


def _as_text(typed: Any) -> str:
    if typed is None:
        return ""
    return typed if isinstance(typed, str) else json.dumps(typed)


def _read(field: FormField, said: Any) -> Any:
    """What was typed: a number where it reads as one, and as it is where not."""
    if isinstance(field, NumberField):
        for kind in (int, float):
            try:
                return kind(said)
            except ValueError:
                continue
    return said or None
