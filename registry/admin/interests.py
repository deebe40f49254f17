"""Interests of staff on the staff's pages: everybody sees and declares their own, the office all."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from registry.admin.desk import DeskAdmin, Step, StepForm, actor_of, holds
from registry.choices import InterestKind, Role
from registry.commands import Command
from registry.models import Interest, Organization, User
from registry.operations import interests


class InterestForm(StepForm):
    organization = forms.ModelChoiceField(Organization.objects.order_by("slug"))
    kind = forms.ChoiceField(choices=InterestKind.choices)
    since = forms.DateTimeField(
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="UTC. Empty: now.",
    )
    until = forms.DateTimeField(
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="UTC, exclusive. Empty: until an administrator says that it is over.",
    )
    note = forms.CharField(
        required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class OthersInterestForm(InterestForm):
    person = forms.ModelChoiceField(User.objects.filter(is_active=True).order_by("username"))
    field_order = ("person",)


def _declare(command: Command, _row: None, said: dict[str, Any]) -> object:
    person = said.pop("person", None)
    return interests.declare(
        command,
        organization=said.pop("organization").id,
        kind=InterestKind(said.pop("kind")),
        person=None if person is None else person.username,
        **said,
    )


@admin.register(Interest)
class InterestAdmin(DeskAdmin):
    list_display = ("person", "organization", "kind", "starts_at", "ends_at")
    list_filter = ("kind",)
    list_select_related = ("person", "organization")
    search_fields = ("person__username", "organization__slug")
    ordering = ("-starts_at", "-id")
    fields = (
        *("person", "organization", "kind", "note", "starts_at", "ends_at"),
        *("declared_by", "declared_at", "ended_by", "id", "version"),
    )
    list_steps = {
        "declare": Step(
            "Declare an interest of yours",
            _declare,
            InterestForm,
            hint="While it lasts you take no part in requests of this organization or of its group.",
        ),
        "declare_for": Step(
            "Declare another's interest",
            _declare,
            OthersInterestForm,
            holds(Role.ADMINISTRATOR),
        ),
    }
    steps = {
        "end": Step(
            "Say that it is over",
            lambda command, row, _said: interests.end(command, interest=row.id),
            may=lambda actor, row: (
                row.ends_at is None and row.person_id != actor.id and actor.has(Role.ADMINISTRATOR)
            ),
            hint="The person may act again on requests of this organization from now on.",
        )
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).visible_to(actor_of(request))
