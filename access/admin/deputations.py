"""Deputies on the staff's pages: everybody names their own, an administrator anybody's."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from access.admin.record import list_record
from access.models import Deputation, Program
from access.operations import deputations
from access.queries.deputies import known_stages
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.sections import Section
from registry.choices import Role
from registry.commands import Command
from registry.models import User

_REVIEWERS = (
    User.objects.filter(
        is_active=True,
        role_holdings__role__in=deputations.REVIEWING,
        role_holdings__taken_at__isnull=True,
    )
    .distinct()
    .order_by("username")
)


def _ask_when(**more: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}), **more
    )


class DeputyForm(StepForm):
    deputy = forms.ModelChoiceField(_REVIEWERS, label=_("Deputy"))
    since = _ask_when(required=False, label=_("From"), help_text=_("UTC. Empty: now."))
    until = _ask_when(label=_("Until"), help_text=_("UTC, exclusive."))
    program = forms.ModelChoiceField(
        Program.objects.order_by("slug"), required=False, help_text=_("Empty: in all.")
    )
    stage = forms.ChoiceField(required=False, help_text=_("Empty: in all."))
    note = forms.CharField(
        required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(key, f"{title} ({key})") for key, title in known_stages()]
        self.fields["stage"].choices = [("", "---------"), *named]  # type: ignore[attr-defined]


class OthersDeputyForm(DeputyForm):
    person = forms.ModelChoiceField(_REVIEWERS, label=_("For whom"))
    field_order = ("person",)


def _name(command: Command, _row: None, said: dict[str, Any]) -> object:
    person, program = said.pop("person", None), said.pop("program")
    return deputations.name_deputy(
        command,
        deputy=said.pop("deputy").username,
        person=None if person is None else person.username,
        program=None if program is None else program.id,
        **said,
    )


def _may_revoke(actor: Actor, row: Deputation) -> bool:
    own = actor.id in {row.person_id, row.deputy_id} or actor.key == row.named_by
    return row.revoked_at is None and (own or actor.has(Role.ADMINISTRATOR))


@admin.register(Deputation)
class DeputationAdmin(DeskAdmin):
    list_display = ("person", "deputy", "program", "stage", "starts_at", "ends_at", "revoked_at")
    list_select_related = ("person", "deputy", "program")
    search_fields = ("person__username", "deputy__username")
    ordering = ("-starts_at", "-id")
    fields = (
        *("person", "deputy", "program", "stage", "starts_at", "ends_at", "note"),
        *("named_by", "named_at", "revoked_by", "revoked_at", "id", "version"),
    )
    list_steps = {
        "name": Step(
            _("Name your deputy"),
            _name,
            DeputyForm,
            holds(*deputations.REVIEWING),
            hint=_(
                "While it lasts the deputy may act in reviews where you may. What they do says for whom. "
                "For four eyes you are one."
            ),
        ),
        "name_for": Step(
            _("Name another's deputy"), _name, OthersDeputyForm, holds(Role.ADMINISTRATOR)
        ),
    }
    steps = {
        "revoke": Step(
            _("Revoke"),
            lambda command, row, _said: deputations.revoke(command, deputation=row.id),
            may=_may_revoke,
            hint=_("The deputy is none any more. What was done stands."),
            danger=True,
        )
    }

    def title(self, row: Deputation) -> str:
        return f"{row.deputy.display_name} → {row.person.display_name}"

    def list_sections(self, request: Any, row: Any) -> list[Section]:
        return [list_record(row)]
