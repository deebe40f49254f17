"""Dialogues on the staff's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from access.choices import Marking
from access.models import Position
from notifications.admin.telling import (
    MarkedAdmin,
    ToldForm,
    may_write,
    read_told,
    say_basis,
    say_moment,
)
from notifications.choices import DialogueKind
from notifications.models import Dialogue
from notifications.operations import dialogues
from notifications.queries.dialogues import list_dialogues, name_models
from registry.admin.desk import Step, StepForm, actor_of, holds
from registry.admin.sections import Section, link
from registry.choices import Role
from registry.commands import Command
from registry.models import AIModel, Organization


class DialogueForm(StepForm):
    title = forms.CharField(max_length=200)
    one = forms.ModelChoiceField(Organization.objects.order_by("slug"), label="Between")
    other = forms.ModelChoiceField(Organization.objects.order_by("slug"), label="And")
    marking = forms.ChoiceField(choices=Marking.choices)


class PositionChoice(forms.ModelMultipleChoiceField):
    """Positions by the authority that holds them. Confidential ones are not offered to choose from."""

    def __init__(self, **kwargs: Any) -> None:
        shown = Position.objects.exclude(marking=Marking.CONFIDENTIAL)
        super().__init__(
            shown.select_related("authority__organization").order_by("-changed_at"), **kwargs
        )

    def label_from_instance(self, row: Position) -> str:
        return f"{row.authority.organization.name} ({row.id})"


class DialogueRecordForm(ToldForm):
    kind = forms.ChoiceField(choices=DialogueKind.choices)
    ai_models = forms.ModelMultipleChoiceField(AIModel.objects.order_by("slug"), required=False)
    positions = PositionChoice(
        required=False, help_text="Positions of authorities that it touched on."
    )
    field_order = ("title", "kind", "words")


def _open(command: Command, _row: None, said: dict[str, Any]) -> object:
    return dialogues.open_(
        command,
        title=said["title"],
        one=said["one"].id,
        other=said["other"].id,
        marking=Marking(said["marking"]),
    )


def _record(command: Command, row: Dialogue, said: dict[str, Any]) -> object:
    return dialogues.record(
        command,
        dialogue=row.id,
        kind=DialogueKind(said["kind"]),
        told=read_told(said),
        ai_models=tuple(model.id for model in said["ai_models"]),
        positions=tuple(position.id for position in said["positions"]),
    )


@admin.register(Dialogue)
class DialogueAdmin(MarkedAdmin):
    list_display = ("title", "one", "other", "marking", "changed_at")
    list_filter = ("marking",)
    list_select_related = ("one", "other")
    search_fields = ("title", "one__name", "one__slug", "other__name", "other__slug")
    ordering = ("-changed_at", "-id")
    fields = ("title", "one", "other", "marking", "opened_by", "recorded_at", "id", "version")
    list_steps = {
        "open": Step(
            "Open a dialogue",
            _open,
            DialogueForm,
            holds(Role.AUTHORITY_DESK),
            hint="It is kept for the record. It gives and takes no access.",
        )
    }
    steps = {
        "record": Step(
            "Record what happened",
            _record,
            DialogueRecordForm,
            may_write,
            hint="It is written once: what proves wrong is followed by another entry.",
        )
    }

    def title(self, row: Dialogue) -> str:
        return row.title

    def list_sections(self, request: HttpRequest, row: Dialogue) -> list[Section]:
        actor = actor_of(request)
        shown = list_dialogues(actor).get(pk=row.pk)
        models = name_models([shown])
        linked = {pk for said in shown.records.all() for pk in said.positions}
        positions = (
            Position.objects.visible_to(actor)
            .select_related("authority__organization")
            .in_bulk(linked)
        )
        return [
            Section(
                "What happened",
                ("When", "Kind", "What", "Models", "Marking", "Rests on"),
                [
                    (
                        say_moment(said),
                        said.get_kind_display(),
                        f"{said.title}. {said.words}",
                        ", ".join(models[pk].name for pk in said.ai_models),
                        said.get_marking_display(),
                        say_basis(said),
                    )
                    for said in shown.records.all()
                ],
                empty="Nothing is on record yet.",
            ),
            Section(
                "Positions that it touched on",
                ("Position",),
                [
                    (link(found, f"Position of {found.authority.organization.name}"),)
                    for found in positions.values()
                ],
                empty="None.",
            ),
        ]
