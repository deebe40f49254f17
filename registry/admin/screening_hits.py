"""Hits of screenings on the staff's pages: what waits for a person, what is listed, and what people found of it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm
from registry.admin.editions import list_record
from registry.admin.screening_sections import say_way
from registry.admin.sections import Section, rows_of
from registry.choices import HitFinding, Role
from registry.commands import Command
from registry.models import ScreeningHit
from registry.operations import clearance, screening_hits
from registry.operations.screening_hits import RULING, is_undisclosed, may_rule
from registry.queries.screening import current_hits


class NoteForm(StepForm):
    note = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5_000,
        help_text=gettext_lazy(
            "Why: what you compared, and what it came to. Staff alone read it."
        ),
    )


class FindingFilter(admin.SimpleListFilter):
    title = gettext_lazy("finding")
    parameter_name = "finding"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", _("open")), *((one.value, str(one.label)) for one in HitFinding)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "open":
            return queryset.filter(finding="", pk__in=current_hits().values("pk"))
        return queryset.filter(finding=self.value()) if self.value() else queryset


def _reveal(command: Command, row: ScreeningHit, _said: dict[str, Any]) -> str:
    """Reading what an entry says of an undisclosed organization is reading its name, and recorded so."""
    for about in {row.organization_id, row.party_id}:
        clearance.reveal_name(command, organization=about)
    return f"{row.entry.reference}: {row.entry.name}"


def _may_still_rule(finding: HitFinding) -> Any:
    def ask(actor: Actor, row: ScreeningHit) -> bool:
        return (
            row.finding != finding
            and may_rule(actor, row)
            and current_hits().filter(pk=row.pk).exists()
        )

    return ask


@admin.register(ScreeningHit)
class ScreeningHitAdmin(DeskAdmin):
    list_display = (
        *("organization", "party", "list_name", "strength", "found", "who", "opened_at"),
    )
    list_filter = (FindingFilter, "strength", "entry__screening_list")
    list_select_related = ("organization", "party", "entry__screening_list")
    search_fields = ("organization__slug", "party__slug")
    ordering = ("-opened_at", "-id")
    fields = (
        *("organization", "party", "list_name", "strength", "found", "opened_at"),
        *("id", "version"),
    )
    readonly_fields = ("list_name", "found")
    steps = {
        "clear": Step(
            gettext_lazy("Clear"),
            lambda command, row, said: screening_hits.clear(command, hit=row.id, **said),
            NoteForm,
            _may_still_rule(HitFinding.CLEARED),
            done=gettext_lazy("Cleared."),
            hint=gettext_lazy(
                "It is somebody else, or no obstacle. Holds for this entry as it is worded, and for no other."
            ),
        ),
        "confirm": Step(
            gettext_lazy("Confirm"),
            lambda command, row, said: screening_hits.confirm(command, hit=row.id, **said),
            NoteForm,
            _may_still_rule(HitFinding.CONFIRMED),
            done=gettext_lazy("Confirmed."),
            hint=gettext_lazy(
                "Wherever screening is required it is not met from now on, and grants that need it refuse."
            ),
            danger=True,
        ),
        "reveal": Step(
            gettext_lazy("Show what is listed"),
            _reveal,
            may=lambda actor, row: is_undisclosed(row) and actor.has(Role.CLEARED),
            hint=gettext_lazy("That you have read it is recorded."),
        ),
    }

    @admin.display(description=gettext_lazy("list"), ordering="entry__screening_list__name")
    def list_name(self, row: ScreeningHit) -> str:
        return row.entry.screening_list.name

    @admin.display(description=gettext_lazy("finding"), ordering="finding")
    def found(self, row: ScreeningHit) -> str:
        return row.get_finding_display() or _("open")

    @admin.display(description=gettext_lazy("who rules on it"))
    def who(self, row: ScreeningHit) -> str:
        """The roles that may, while it is open."""
        if row.finding:
            return ""
        roles = _(" or ").join(str(role.label) for role in RULING)
        return _("%(roles)s, cleared") % {"roles": roles} if is_undisclosed(row) else roles

    def title(self, row: ScreeningHit) -> str:
        return _("Hit on %(name)s") % {"name": row.party.name}

    def list_sections(self, request: HttpRequest, row: ScreeningHit) -> list[Section]:
        return [
            _list_entry(row),
            _list_reasons(row),
            Section(
                _("What people found of it"),
                (_("No."), _("Finding"), _("Note"), _("By"), _("At")),
                rows_of(
                    row.rulings.order_by("-number"),
                    lambda one: (
                        one.number,
                        one.get_finding_display(),
                        one.note,
                        one.ruled_by,
                        one.ruled_at,
                    ),
                ),
                empty=_("Nobody has ruled on it yet."),
            ),
            list_record(row),
        ]


def _list_entry(row: ScreeningHit) -> Section:
    said = row.entry
    if is_undisclosed(row):
        shown = [(_("Entry"), _("For cleared roles alone: it would tell an undisclosed name."))]
    else:
        shown = [
            (_("Reference"), said.reference),
            (_("Name"), said.name),
            (_("Aliases"), "; ".join(said.aliases)),
            (_("Identifiers"), "; ".join(said.identifiers)),
            (_("Jurisdiction"), said.jurisdiction),
        ]
    shown += [(_("Way to the party"), sentence) for sentence in say_way(row)]
    return Section(_("What is listed"), ("", ""), shown)


def _list_reasons(row: ScreeningHit) -> Section:
    hidden = is_undisclosed(row)
    newest = row.matches.order_by("-screening__screened_at").first()
    words = {
        "name": _("its name"),
        "legal_name": _("its legal name"),
        "identifier": _("its identifier"),
    }
    return Section(
        _("Why it fits, in the newest screening that found it"),
        (_("Of the party"), _("As listed"), _("Likeness, in percent")),
        [
            (words[one["field"]], "—" if hidden else one["listed"], one["likeness"])
            for one in ([] if newest is None else newest.why)
        ],
        note=_("Names are compared without case, accents and punctuation.")
        if current_hits().filter(pk=row.pk).exists()
        else _("The last screening of the organization does not have this hit any more."),
    )
