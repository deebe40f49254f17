"""What the pages of rules and of holiday tables share: where an edition stands, and how several come into force."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registry.actors import Actor
from registry.admin.desk import StepForm
from registry.admin.sections import Section, link
from registry.choices import Role
from registry.commands import Command
from registry.operations.editions import Outcome
from registry.queries.timelines import list_events


class StateFilter(admin.SimpleListFilter):
    """By where an edition stands; the rows carry `overtaken`."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("in_force", _("in force")),
            ("proposed", _("proposed")),
            ("superseded", _("superseded")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = {
            "in_force": {"enacted_at__isnull": False, "overtaken": False},
            "proposed": {"enacted_at__isnull": True, "overtaken": False},
            "superseded": {"overtaken": True},
        }
        return queryset.filter(**wanted.get(self.value() or "", {}))


def state_of(row: Any) -> str:
    """Where an edition stands. The row carries `overtaken`."""
    if row.enacted_at is None:
        return _("never in force") if row.overtaken else _("proposed")
    return _("superseded") if row.overtaken else _("in force")


def may_enact(actor: Actor, row: Any) -> bool:
    """Whether the button is shown. The row carries `overtaken`."""
    fresh = row.enacted_at is None and not row.overtaken
    return fresh and row.proposed_by != actor.key and actor.has(Role.ADMINISTRATOR)


def choose_from(proposed: QuerySet[Any]) -> type[StepForm]:
    """The form that asks which of the proposed editions come into force."""

    class EnactForm(StepForm):
        everything = forms.BooleanField(
            required=False, label=gettext_lazy("All that are proposed by others")
        )
        editions = forms.ModelMultipleChoiceField(
            proposed, required=False, widget=forms.CheckboxSelectMultiple
        )

        def clean(self) -> dict[str, Any]:
            said = super().clean() or self.cleaned_data
            if not said.get("everything") and not said.get("editions"):
                raise forms.ValidationError(_("Say which come into force."))
            return said

    return EnactForm


def enact_chosen(
    enact_each: Callable[[Command, Sequence[Any]], list[Outcome]], proposed: QuerySet[Any]
) -> Callable[[Command, None, dict[str, Any]], str]:
    """The run of a step with that form. What it says is a list, one line an edition."""

    def run(command: Command, _row: None, said: dict[str, Any]) -> str:
        others = proposed.exclude(proposed_by=command.by.key)
        chosen = list(others if said["everything"] else said["editions"])
        outcomes = enact_each(command, chosen)
        refusals = [outcome.refusal for outcome in outcomes if outcome.refusal is not None]
        if refusals and len(refusals) == len(outcomes):
            raise refusals[0]
        done = len(outcomes) - len(refusals)
        return format_html(
            "<p>{}</p><ul>{}</ul>",
            ngettext(
                "%(done)d edition of %(all)d is in force now.",
                "%(done)d editions of %(all)d are in force now.",
                done,
            )
            % {"done": done, "all": len(outcomes)},
            format_html_join(
                "",
                "<li>{}: {}</li>",
                ((outcome.edition, outcome.refusal or _("in force")) for outcome in outcomes),
            ),
        )

    return run


def list_editions(rows: QuerySet[Any]) -> Section:
    """All editions of one thing, newest first; the rows carry `overtaken`."""
    return Section(
        _("Editions"),
        (
            *(_("Edition"), _("State"), _("Proposed by"), _("Proposed")),
            *(_("Enacted by"), _("Enacted"), _("SHA-256")),
        ),
        [
            (
                link(row, str(row.number)),
                state_of(row),
                row.proposed_by,
                row.proposed_at,
                row.enacted_by,
                row.enacted_at,
                row.sha256[:12],
            )
            for row in rows.order_by("-number")
        ],
    )


def list_record(row: Model) -> Section:
    """What is on record about an edition, newest first."""
    return Section(
        _("Record"),
        (_("Event"), _("Occurred"), _("Recorded"), _("By")),
        [
            (link(event, event.name), event.occurred_at, event.recorded_at, event.actor)
            for event in list_events(row.pk)
        ],
    )
