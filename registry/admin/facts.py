"""Sources and reported facts on the staff's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.reporting import FactForm, read_fact, read_period
from registry.admin.sections import Section, link, rows_of
from registry.choices import Role, SourceGrade
from registry.commands import Command
from registry.models import AIModel, ReportedFact, Source
from registry.operations import facts, sources


class SourceForm(StepForm):
    slug = forms.SlugField(max_length=120)
    publisher = forms.CharField(max_length=200)
    title = forms.CharField(max_length=300)
    location = forms.CharField(max_length=500, required=False)
    published_on = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty if unseen.",
    )
    grade = forms.ChoiceField(choices=SourceGrade.choices)


class DisputeForm(StepForm):
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=5_000)
    source = forms.ModelChoiceField(Source.objects.order_by("slug"), required=False)


class SupersedeForm(StepForm):
    by = forms.UUIDField(help_text="The identifier of the fact that replaces this one.")
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=5_000)


class EventForm(FactForm):
    title = forms.CharField(max_length=200)


class CapabilityForm(FactForm):
    ai_model = forms.ModelChoiceField(AIModel.objects.order_by("slug"))
    framework = forms.CharField(max_length=200)
    framework_version = forms.CharField(max_length=40, required=False)


def _report_event(command: Command, _row: None, said: dict[str, Any]) -> object:
    return facts.report_event(
        command, fact=read_fact(said), title=said["title"], period=read_period(said)
    )


def _report_capability(command: Command, _row: None, said: dict[str, Any]) -> object:
    return facts.report_capability(
        command,
        fact=read_fact(said),
        ai_model=said["ai_model"].id,
        framework=said["framework"],
        framework_version=said["framework_version"],
        period=read_period(said),
    )


def _dispute(command: Any, row: ReportedFact, said: dict[str, Any]) -> object:
    source: Source | None = said["source"]
    slug = None if source is None else source.slug
    return facts.dispute(command, fact=row.id, reason=said["reason"], source=slug)


@admin.register(Source)
class SourceAdmin(DeskAdmin):
    list_display = ("publisher", "title", "published_on", "grade")
    list_filter = ("grade",)
    search_fields = ("slug", "publisher", "title")
    ordering = ("publisher", "slug")
    fields = ("slug", "publisher", "title", "location", "published_on", "grade")
    list_steps = {
        "register": Step(
            "Register a source",
            lambda command, _row, said: sources.register(
                command, **(said | {"grade": SourceGrade(said["grade"])})
            ),
            SourceForm,
            holds(Role.INTAKE),
        )
    }

    def list_sections(self, request: HttpRequest, row: Source) -> list[Section]:
        return [
            Section(
                "Facts taken from it",
                ("Fact", "Grade for this fact", "Passage"),
                rows_of(
                    row.citations.select_related("fact").order_by("-fact__recorded_at", "id"),
                    lambda cited: (
                        link(cited.fact, cited.fact.statement),
                        cited.get_grade_display(),
                        cited.passage,
                    ),
                ),
            )
        ]


@admin.register(ReportedFact)
class ReportedFactAdmin(DeskAdmin):
    list_display = ("statement", "precision", "recorded_at")
    list_filter = ("precision",)
    search_fields = ("statement", "sources__slug", "sources__publisher")
    ordering = ("-recorded_at", "-id")
    fields = (
        *("statement", "precision", "recorded_at", "supersedes", "superseding_reason"),
        *("superseding_recorded_at", "id"),
    )
    list_steps = {
        "event": Step("Report an event", _report_event, EventForm, holds(Role.INTAKE)),
        "capability": Step(
            "Report a capability", _report_capability, CapabilityForm, holds(Role.INTAKE)
        ),
    }
    steps = {
        "dispute": Step(
            "Dispute",
            _dispute,
            DisputeForm,
            holds(Role.INTAKE),
            hint="The fact stays, with the dispute beside it. What rests on it becomes not known.",
        ),
        "supersede": Step(
            "Supersede by a later fact",
            lambda command, row, said: facts.supersede(command, fact=row.id, **said),
            SupersedeForm,
            holds(Role.INTAKE),
        ),
    }

    def list_sections(self, request: HttpRequest, row: ReportedFact) -> list[Section]:
        later = getattr(row, "superseded_by", None)
        replaced = (
            [] if later is None else [(link(later, later.statement), later.superseding_reason)]
        )
        return [
            Section(
                "Sources",
                ("Publisher", "Title", "Published", "Grade for this fact", "Where"),
                rows_of(
                    row.citations.select_related("source").order_by("id"),
                    lambda cited: (
                        link(cited.source, cited.source.publisher),
                        cited.source.title,
                        cited.source.published_on,
                        cited.get_grade_display(),
                        cited.source.location,
                    ),
                ),
            ),
            Section(
                "Disputes",
                ("Reason", "Source", "By", "At"),
                rows_of(
                    row.disputes.select_related("source").order_by("raised_at", "id"),
                    lambda raised: (
                        raised.reason,
                        link(raised.source),
                        raised.raised_by,
                        raised.raised_at,
                    ),
                ),
                empty="Nobody disputes it.",
            ),
            Section("Superseded by", ("Fact", "Reason"), replaced, empty="It stands."),
        ]
