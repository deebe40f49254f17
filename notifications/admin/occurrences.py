"""Occurrences on the staff's pages: compute, placings on the market, frameworks, reports, requests."""

import types
from collections.abc import Callable
from typing import Any, get_args

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.admin.record import ReasonForm, list_record
from notifications.admin.duty_sections import list_duty_sections
from notifications.admin.incident_forms import LONG, question, read_answer, show_answer
from notifications.admin.moment_forms import (
    MomentForm,
    evidence_field,
    moment_field,
    precision_field,
    read_clock_moment,
    zone_field,
)
from notifications.operations import duties
from notifications.queries.duties import examine
from notifications.queries.verdict_words import name_fact, say_value
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, actor_of, holds
from registry.admin.sections import Section, rows_of
from registry.choices import Anchor, Trigger
from registry.commands import Command, Done
from registry.models import AIModel, Occurrence, Organization
from registry.models.incident import INCIDENT_READERS
from registry.operations import moments, occurrences
from registry.operations.occurrence_details import SHAPES, WORDS

_HIDDEN = frozenset({"grant"})
_Take = Callable[[Command, Any, dict[str, Any]], Done[Occurrence]]


def _and_assess(take: _Take) -> Callable[[Command, Any, dict[str, Any]], object]:
    return lambda command, row, said: duties.then_assess(command, take(command, row, said))


def _fields_of(kind: str) -> dict[str, forms.Field]:
    """A field for each detail of the kind: a question where it is yes or no, else a text."""
    fields: dict[str, forms.Field] = {}
    for name, info in SHAPES[kind].model_fields.items():
        label = name_fact(f"occurrence.{name}").capitalize()
        if bool in {info.annotation, *get_args(info.annotation)}:
            fields[name] = question(label)
        elif name not in _HIDDEN:
            long = name in {"note", "method"}
            fields[name] = forms.CharField(
                label=label,
                required=info.is_required(),
                widget=LONG if long else forms.TextInput,
                help_text=_HELP.get(name, ""),
            )
    return fields


_HELP = {
    "flop": gettext_lazy("Two significant figures, such as 2.3e25."),
    "method": gettext_lazy("How it was estimated, approximations included."),
    "due_by": gettext_lazy("The day that the request sets, such as 2026-12-31."),
    "note": gettext_lazy("In words; no rule reads it."),
}


def _make_form(kind: str, base: type[StepForm], name: str) -> type[StepForm]:
    return types.new_class(
        name, (base,), exec_body=lambda namespace: namespace.update(_fields_of(kind))
    )


class OccurrenceForm(StepForm):
    title = forms.CharField(max_length=200)
    duty_holder = forms.ModelChoiceField(
        Organization.objects.order_by("slug"), label=gettext_lazy("Who bears the duties")
    )
    ai_model = forms.ModelChoiceField(
        AIModel.objects.order_by("slug"), required=False, label=gettext_lazy("Model")
    )
    anchor = forms.ChoiceField(
        label=gettext_lazy("What came about"),
        choices=[("", gettext_lazy("Not known yet")), *Anchor.choices],
        required=False,
        help_text=gettext_lazy("The clock begins with it."),
    )
    happened_at = moment_field(gettext_lazy("When"), required=False)
    zone = zone_field()
    precision = precision_field()
    evidence = evidence_field()

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if bool(said.get("anchor")) != bool(said.get("happened_at")):
            self.add_error("happened_at", _("Say both what came about and when, or neither."))
        return said


def _read_details(kind: str, said: dict[str, Any]) -> dict[str, Any]:
    fields = _fields_of(kind)
    found = {
        name: read_answer(said[name]) if isinstance(field, forms.ChoiceField) else said[name]
        for name, field in fields.items()
    }
    return {name: value for name, value in found.items() if value not in {None, ""}}


def _report(kind: Trigger) -> _Take:
    def take(command: Command, _row: None, said: dict[str, Any]) -> Done[Occurrence]:
        model, anchor = said["ai_model"], said["anchor"]
        return occurrences.report(
            command,
            kind=kind,
            title=said["title"],
            duty_holder=said["duty_holder"].id,
            ai_model=None if model is None else model.id,
            details=_read_details(kind, said),
            moments=(read_clock_moment(said, Anchor(anchor)),) if anchor else (),
        )

    return take


def _change(command: Command, row: Occurrence, said: dict[str, Any]) -> Done[Occurrence]:
    kept = {name: value for name, value in row.details.items() if name in _HIDDEN}
    return occurrences.change(
        command, occurrence=row.id, details=kept | _read_details(row.kind, said)
    )


def _state(command: Command, row: Occurrence, said: dict[str, Any]) -> Done[Occurrence]:
    mistaken = said["supersedes"]
    return moments.state_of_occurrence(
        command,
        occurrence=row.id,
        said=read_clock_moment(said, Anchor(said["anchor"])),
        supersedes=None if mistaken is None else mistaken.id,
    )


def _is_open(actor: Actor, row: Occurrence) -> bool:
    return row.ended_at is None and actor.has(*occurrences.MAY_WORK)


class DetailsForm(StepForm):
    """The details of a row's own kind; `kind` says which."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(_fields_of(self.initial.pop("kind")))


def _show_details(row: Occurrence) -> dict[str, Any]:
    shown = {
        name: show_answer(row.details.get(name))
        if isinstance(field, forms.ChoiceField)
        else row.details.get(name, "")
        for name, field in _fields_of(row.kind).items()
    }
    return {"kind": row.kind} | shown


@admin.register(Occurrence)
class OccurrenceAdmin(DeskAdmin):
    readers = INCIDENT_READERS
    list_display = ("title", "kind", "holder", "ai_model", "reported_at", "ended_at", "world")
    list_filter = ("kind", "origin", "synthetic")
    list_select_related = ("duty_holder", "ai_model")
    search_fields = ("title", "duty_holder__slug", "duty_holder__name")
    ordering = ("-reported_at", "-id")
    fields = (
        *("title", "kind", "duty_holder", "ai_model", "origin", "fact", "reported_by"),
        *("reported_at", "ended_at", "id"),
    )
    list_steps = {
        kind: Step(
            Trigger(kind).label.capitalize(),
            _and_assess(_report(Trigger(kind))),
            _make_form(kind, OccurrenceForm, f"{shape.__name__}Form"),
            holds(*occurrences.MAY_REPORT),
            hint=gettext_lazy(
                "Say what is known; the rest stays not known. Clocks that begin by it are shown at once."
            ),
        )
        for kind, shape in SHAPES.items()
    }
    steps = {
        "change": Step(
            gettext_lazy("Say what is known now"),
            _and_assess(_change),
            DetailsForm,
            _is_open,
            initial=_show_details,
        ),
        "state_moment": Step(
            gettext_lazy("State a moment"),
            _and_assess(_state),
            MomentForm,
            _is_open,
            hint=gettext_lazy(
                "When something came about that a clock begins with. A placing on the market may be planned."
            ),
            initial=lambda row: {"about": row},
        ),
        "end": Step(
            gettext_lazy("End, or say that it was none"),
            _and_assess(
                lambda command, row, said: occurrences.end(
                    command, occurrence=row.id, reason=said["reason"]
                )
            ),
            ReasonForm,
            _is_open,
            hint=gettext_lazy(
                "Nothing recurs from now on, and what rules asked of it no longer arises. Duties that are "
                "open stay open."
            ),
            danger=True,
        ),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Occurrence]:
        found: QuerySet[Occurrence] = super().get_queryset(request)
        visible = Occurrence.objects.visible_to(actor_of(request))
        return found.filter(pk__in=visible.values("pk"))

    @admin.display(description=gettext_lazy("duty-holder"), ordering="duty_holder__name")
    def holder(self, row: Occurrence) -> str:
        return row.duty_holder.name

    def title(self, row: Occurrence) -> str:
        return row.title

    def list_sections(self, request: HttpRequest, row: Occurrence) -> list[Section]:
        return [
            *list_duty_sections(examine(row, at=now())),
            Section(
                _("What is known"),
                (_("Question"), _("Answer")),
                [
                    (
                        name_fact(f"occurrence.{name}").capitalize(),
                        value if name in WORDS else say_value(value),
                    )
                    for name, value in row.details.items()
                    if name not in _HIDDEN
                ],
            ),
            Section(
                _("Moments that clocks begin with"),
                (_("What came about"), _("When (UTC)"), _("Told in"), _("By"), _("Note")),
                rows_of(
                    row.moments.select_related("superseded_by").order_by("happened_at", "id"),
                    lambda said: (
                        said.get_anchor_display(),
                        said.happened_at,
                        said.zone,
                        said.stated_by,
                        _("superseded") if hasattr(said, "superseded_by") else said.evidence,
                    ),
                ),
                empty=_("No moment is stated: clocks cannot begin."),
            ),
            list_record(row),
        ]
