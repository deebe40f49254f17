"""The deny list on the staff's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from access.admin.record import ReasonForm, list_record
from access.choices import DenyEffect
from access.models import DenyEntry
from access.operations import deny_list
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.sections import Section
from registry.choices import Role
from registry.commands import Command
from registry.models import AIModel, Organization


class EntryForm(StepForm):
    organization = forms.ModelChoiceField(Organization.objects.order_by("slug"))
    ai_model = forms.ModelChoiceField(
        AIModel.objects.order_by("slug"), required=False, empty_label="any model", label="Model"
    )
    effect = forms.ChoiceField(choices=DenyEffect.choices)
    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5_000,
        help_text="For staff only: those who decide read it.",
    )


def _propose(command: Command, _row: None, said: dict[str, Any]) -> str:
    model: AIModel | None = said["ai_model"]
    deny_list.propose(
        command,
        organization=said["organization"].id,
        ai_model=None if model is None else model.id,
        effect=DenyEffect(said["effect"]),
        reason=said["reason"],
    )
    return "Proposed. It bars nothing until another restrictor puts it in force."


def _stands(actor: Actor, row: DenyEntry) -> bool:
    return actor.has(Role.RESTRICTOR) and row.withdrawn_at is None


@admin.register(DenyEntry)
class DenyEntryAdmin(DeskAdmin):
    list_display = (
        "organization",
        "covers",
        "effect",
        "proposed_at",
        "enacted_at",
        "withdrawn_at",
    )
    list_filter = ("effect",)
    list_select_related = ("organization", "ai_model")
    search_fields = ("organization__slug", "organization__name")
    ordering = ("-proposed_at", "-id")
    fields = (
        *("organization", "ai_model", "effect", "reason", "proposed_by", "proposed_at"),
        *("enacted_by", "enacted_at", "withdrawn_by", "withdrawn_at", "id"),
    )
    list_steps = {
        "propose": Step(
            "Propose an entry",
            _propose,
            EntryForm,
            holds(Role.RESTRICTOR),
            hint="Bars what is asked for from then on. What is held already is stopped by a restriction.",
        )
    }
    steps = {
        "enact": Step(
            "Put in force",
            lambda command, row, _said: deny_list.enact(command, entry=row.id),
            may=lambda actor, row: (
                _stands(actor, row) and row.enacted_at is None and row.proposed_by != actor.key
            ),
            hint="From now on it warns, or refuses, as it says.",
            danger=True,
        ),
        "withdraw": Step(
            "Withdraw",
            lambda command, row, said: deny_list.withdraw(command, entry=row.id, **said),
            ReasonForm,
            _stands,
        ),
    }

    @admin.display(description="model", ordering="ai_model__slug")
    def covers(self, row: DenyEntry) -> str:
        return "any" if row.ai_model is None else row.ai_model.name

    def title(self, row: DenyEntry) -> str:
        return f"{row.organization.name}: {row.get_effect_display()}"

    def list_sections(self, request: HttpRequest, row: DenyEntry) -> list[Section]:
        return [list_record(row)]
