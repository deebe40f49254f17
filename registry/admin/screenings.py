"""Screenings on the staff's pages: who is screened, the hits that wait for a person, and how far a run has come."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.views import ChangeList

from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.editions import list_record
from registry.admin.screening_sections import list_screening, say_way
from registry.admin.sections import Section, link, rows_of
from registry.choices import HitFinding, Role
from registry.commands import Command
from registry.models import (
    Organization,
    ScreenedOrganization,
    ScreeningHit,
    ScreeningRun,
)
from registry.operations import clearance, screening_hits, screening_runs
from registry.operations.screening_hits import is_undisclosed, may_rule
from registry.queries.screening import current_hits, find_standings

_SHOWN = 200
_ASKING = (Role.INTAKE, Role.REVIEWER, Role.DECIDER)
_LOOK_AGAIN_SECONDS = "3"


class ScreenForm(StepForm):
    organization = forms.ModelChoiceField(Organization.objects.order_by("slug"))


class NoteForm(StepForm):
    note = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5_000,
        help_text=gettext_lazy(
            "Why: what you compared, and what it came to. Staff alone read it."
        ),
    )


def _screen(command: Command, row: ScreenedOrganization | None, said: dict[str, Any]) -> str:
    about = said["organization"].id if row is None else row.organization_id
    screening_runs.screen(command, organization=about)
    return str(find_standings([about])[about].state.label)


class _WithStandings(ChangeList):  # type: ignore[misc]  # ships no types
    """A page of the list, with where each row stands: asked for all of the page at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
        standings = find_standings([row.organization_id for row in rows])
        for row in rows:
            row.standing = standings[row.organization_id]
        self.result_list = rows


@admin.register(ScreenedOrganization)
class ScreenedOrganizationAdmin(DeskAdmin):
    plural = "screenings"
    list_display = ("organization", "state", "lists", "last_at", "due_since")
    list_select_related = ("organization", "last")
    search_fields = ("organization__slug", "organization__name")
    ordering = ("organization__slug", "id")
    fields = ("organization", "last_at", "due_since")
    readonly_fields = ("last_at",)
    list_steps = {
        "screen": Step(
            gettext_lazy("Screen an organization"), _screen, ScreenForm, holds(*_ASKING)
        )
    }
    steps = {"screen": Step(gettext_lazy("Screen now"), _screen, may=holds(*_ASKING))}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return _WithStandings

    def title(self, row: ScreenedOrganization) -> str:
        return str(row.organization.name)

    @admin.display(description=gettext_lazy("standing"))
    def state(self, row: Any) -> str:
        return str(row.standing.state.label)

    @admin.display(description=gettext_lazy("lists"))
    def lists(self, row: Any) -> str:
        return ", ".join(row.standing.lists)

    @admin.display(description=gettext_lazy("last screened"), ordering="last__screened_at")
    def last_at(self, row: ScreenedOrganization) -> Any:
        return None if row.last is None else row.last.screened_at

    def list_sections(self, request: HttpRequest, row: ScreenedOrganization) -> list[Section]:
        screenings = row.organization.screenings.select_related("run").order_by("-screened_at")
        return [
            *list_screening(row.organization),
            Section(
                _("All screenings"),
                (_("At"), _("Because"), _("Lists"), _("Run")),
                rows_of(
                    screenings[:_SHOWN],
                    lambda one: (
                        one.screened_at,
                        one.run.get_cause_display(),
                        len(one.snapshots),
                        link(one.run, str(one.run_id)[:8]),
                    ),
                ),
            ),
        ]


class FindingFilter(admin.SimpleListFilter):
    title = gettext_lazy("finding")
    parameter_name = "finding"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", _("open")), *((one.value, str(one.label)) for one in HitFinding)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "open":
            return queryset.filter(finding="")
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
    list_display = ("organization", "party", "list_name", "strength", "found", "opened_at")
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


@admin.register(ScreeningRun)
class ScreeningRunAdmin(DeskAdmin):
    list_display = ("begun_at", "cause", "screened", "total", "opened", "finished_at")
    list_filter = ("cause", "synthetic")
    ordering = ("-begun_at", "-id")
    fields = (
        *("cause", "begun_by", "begun_at", "screened", "total", "opened", "finished_at"),
        *("id", "version"),
    )

    def changeform_view(self, request: HttpRequest, *args: Any, **more: Any) -> Any:
        response = super().changeform_view(request, *args, **more)
        if getattr(request, "_at_work", False):
            response["Refresh"] = _LOOK_AGAIN_SECONDS
        return response

    def title(self, row: ScreeningRun) -> str:
        return _("Screening of %(number)d, because: %(cause)s") % {
            "number": row.total,
            "cause": row.get_cause_display(),
        }

    def list_sections(self, request: HttpRequest, row: ScreeningRun) -> list[Section]:
        request._at_work = row.finished_at is None  # type: ignore[attr-defined]  # noqa: SLF001 - this answer's
        screenings: QuerySet[Any] = row.screenings.select_related("organization")
        return [
            Section(
                _("Who was screened"),
                (_("Organization"), _("At")),
                rows_of(
                    screenings.order_by("-screened_at", "-id")[:_SHOWN],
                    lambda one: (link(one.organization), one.screened_at),
                ),
                note=""
                if row.finished_at is not None
                else _("The worker is at it: this page looks again every three seconds."),
            ),
            list_record(row),
        ]
