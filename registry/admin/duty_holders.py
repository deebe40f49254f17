"""Who is bound by which kind of rule, and which authority receives, on the staff's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.choices import DutyHolderKind, Role
from registry.commands import Command
from registry.models import Authority, DutyHolderStatus, Mandate, Organization
from registry.models.incident import INCIDENT_READERS
from registry.operations import duty_holders, mandates

_YES_NO = (("yes", _("Yes")), ("no", _("No")))


class StatusForm(StepForm):
    organization = forms.ModelChoiceField(Organization.objects.order_by("slug"))
    kind = forms.ChoiceField(choices=DutyHolderKind.choices, label=_("It is a"))
    holds = forms.ChoiceField(choices=_YES_NO, widget=forms.RadioSelect, label=_("Is it?"))
    since = forms.DateTimeField(
        required=False,
        label=_("Since"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=_("UTC. Empty: always, as far as is known."),
    )
    evidence = forms.CharField(max_length=300, label=_("On what it rests"))


def _state(command: Command, _row: None, said: dict[str, Any]) -> object:
    return duty_holders.state(
        command,
        organization=said["organization"].id,
        kind=DutyHolderKind(said["kind"]),
        holds=said["holds"] == "yes",
        since=said["since"],
        evidence=said["evidence"],
    )


class AuthorityField(forms.ModelChoiceField):
    """Authorities by the names of their organizations."""

    def label_from_instance(self, row: Authority) -> str:
        return row.organization.name


class MandateForm(StepForm):
    key = forms.SlugField(
        max_length=60, help_text=_("What rules call the recipient, such as eu-ai-office.")
    )
    authority = AuthorityField(
        Authority.objects.select_related("organization").order_by("organization__slug")
    )
    basis = forms.CharField(max_length=300, label=_("Legal basis"))


@admin.register(DutyHolderStatus)
class DutyHolderAdmin(DeskAdmin):
    readers = INCIDENT_READERS
    list_display = ("organization", "kind", "holds", "valid", "world")
    list_filter = ("kind", "holds")
    list_select_related = ("organization",)
    search_fields = ("organization__slug", "organization__name")
    ordering = ("organization__slug", "kind", "id")
    fields = ("organization", "kind", "holds", "valid", "evidence", "fact", "stated_by")
    list_steps = {
        "state": Step(
            _("State what an organization is"),
            _state,
            StatusForm,
            holds(*duty_holders.MAY_STATE),
            hint=_("Where nothing is stated, it is not known, and rules ask a person."),
        )
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[DutyHolderStatus]:
        found: QuerySet[DutyHolderStatus] = super().get_queryset(request)
        return found.filter(recorded__upper_inf=True)

    @admin.display(description=_("world"), ordering="organization__synthetic")
    def world(self, row: DutyHolderStatus) -> str:
        return super().world(row.organization)

    def title(self, row: DutyHolderStatus) -> str:
        return f"{row.organization.name}: {row.get_kind_display()}"


@admin.register(Mandate)
class MandateAdmin(DeskAdmin):
    list_display = ("key", "receives", "basis", "registered_at", "ended_at", "world")
    list_filter = ("synthetic",)
    list_select_related = ("authority__organization",)
    search_fields = ("key", "authority__organization__name")
    ordering = ("key", "id")
    fields = (*("key", "receives", "basis", "registered_by", "registered_at", "ended_at", "id"),)
    readonly_fields = ("receives",)
    list_steps = {
        "register": Step(
            _("Register who receives"),
            lambda command, _row, said: mandates.register(
                command, **(said | {"authority": said["authority"].id})
            ),
            MandateForm,
            holds(Role.AUTHORITY_DESK),
            hint=_("One authority for each key, and one more in the synthetic world."),
        )
    }
    steps = {
        "end": Step(
            _("End the mandate"),
            lambda command, row, _said: mandates.end(command, mandate=row.id),
            may=lambda actor, row: row.ended_at is None and actor.has(Role.AUTHORITY_DESK),
            hint=_("What is open stays addressed to it; what opens from now on is not."),
            danger=True,
        )
    }

    @admin.display(description=_("authority"), ordering="authority__organization__name")
    def receives(self, row: Mandate) -> str:
        return row.authority.organization.name

    def title(self, row: Mandate) -> str:
        return f"{row.key}: {row.authority.organization.name}"
