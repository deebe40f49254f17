"""Screenings on the staff's pages: who is screened, how it stands, and how far a run has come."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.views import ChangeList

from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.editions import list_record
from registry.admin.screening_sections import list_screening
from registry.admin.sections import Section, link, rows_of
from registry.choices import Role
from registry.commands import Command
from registry.models import (
    Organization,
    ScreenedOrganization,
    ScreeningRun,
)
from registry.operations import screening_runs
from registry.queries.screening import find_standings

_SHOWN = 200
_ASKING = (Role.INTAKE, Role.REVIEWER, Role.DECIDER)
_LOOK_AGAIN_SECONDS = "3"


class ScreenForm(StepForm):
    organization = forms.ModelChoiceField(Organization.objects.order_by("slug"))


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
    fields = ("organization", "due_since")
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
