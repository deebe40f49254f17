"""What sources say about holdings, on the staff's pages."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin

from access.choices import CountQualifier, HoldingManner, Holds, OrganizationClass
from access.models import ReportedHolding, StatedCount
from access.operations import reports
from registry.admin.desk import DeskAdmin, Step, holds
from registry.admin.reporting import FactForm, read_fact, read_period
from registry.choices import Role
from registry.commands import Command
from registry.models import AIModel, Organization


class HoldingForm(FactForm):
    ai_model = forms.ModelChoiceField(AIModel.objects.filter(synthetic=False).order_by("slug"))
    organization = forms.ModelChoiceField(
        Organization.objects.filter(synthetic=False).order_by("slug"), required=False
    )
    organization_class = forms.ChoiceField(
        choices=[("", "— one organization, named above —"), *OrganizationClass.choices],
        required=False,
    )
    holds = forms.ChoiceField(choices=Holds.choices)
    manner = forms.ChoiceField(choices=HoldingManner.choices)


class CountForm(FactForm):
    ai_model = forms.ModelChoiceField(AIModel.objects.filter(synthetic=False).order_by("slug"))
    qualifier = forms.ChoiceField(choices=CountQualifier.choices)
    number = forms.IntegerField(min_value=0)
    of_what = forms.CharField(max_length=200)
    proposed = forms.BooleanField(required=False)


def _report_holding(command: Command, _row: None, said: dict[str, Any]) -> object:
    organization: Organization | None = said["organization"]
    named = said["organization_class"]
    return reports.report_holding(
        command,
        fact=read_fact(said),
        ai_model=said["ai_model"].id,
        organization=None if organization is None else organization.id,
        organization_class=OrganizationClass(named) if named else None,
        holds=Holds(said["holds"]),
        manner=HoldingManner(said["manner"]),
        period=read_period(said),
    )


def _state_count(command: Command, _row: None, said: dict[str, Any]) -> object:
    return reports.state_count(
        command,
        fact=read_fact(said),
        ai_model=said["ai_model"].id,
        qualifier=CountQualifier(said["qualifier"]),
        number=said["number"],
        of_what=said["of_what"],
        proposed=said["proposed"],
        period=read_period(said),
    )


class _ReportAdmin(DeskAdmin):
    """What all reports show: when they hold, and the fact with its sources."""

    ordering = ("-valid", "-id")

    @admin.display(description="since", ordering="valid")
    def since(self, row: Any) -> dt.datetime | None:
        moment: dt.datetime | None = row.valid.lower
        return moment

    @admin.display(description="until")
    def until(self, row: Any) -> dt.datetime | None:
        moment: dt.datetime | None = row.valid.upper
        return moment


@admin.register(ReportedHolding)
class ReportedHoldingAdmin(_ReportAdmin):
    list_display = ("who", "ai_model", "holds", "manner", "since", "until", "statement")
    list_filter = ("ai_model", "holds", "manner")
    list_select_related = ("organization", "ai_model", "fact")
    search_fields = ("organization__slug", "organization__name", "fact__statement")
    fields = ("organization", "organization_class", "ai_model", "holds", "manner", "fact")
    list_steps = {
        "report": Step(
            "Report a holding",
            _report_holding,
            HoldingForm,
            holds(Role.INTAKE),
            hint="It is shown with its source. It opens no door and sends no mail.",
        )
    }

    @admin.display(description="who", ordering="organization__name")
    def who(self, row: ReportedHolding) -> str:
        if row.organization is not None:
            return row.organization.name
        return str(OrganizationClass(row.organization_class).label)

    @admin.display(description="statement")
    def statement(self, row: ReportedHolding) -> str:
        return row.fact.statement


@admin.register(StatedCount)
class StatedCountAdmin(_ReportAdmin):
    list_display = ("number", "qualifier", "of_what", "ai_model", "proposed", "since", "until")
    list_filter = ("ai_model", "proposed")
    list_select_related = ("ai_model",)
    fields = ("qualifier", "number", "of_what", "ai_model", "proposed", "fact")
    list_steps = {
        "state": Step(
            "State a count",
            _state_count,
            CountForm,
            holds(Role.INTAKE),
            hint="A number that a source gives without names. Nothing is derived from it.",
        )
    }
