"""Sources, reported facts, jurisdictions and authorities on the staff's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from registry.admin.desk import DeskAdmin, Section, Step, StepForm, holds, link, rows_of
from registry.choices import Role, SourceGrade
from registry.models import Authority, Jurisdiction, ReportedFact, Source
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


@admin.register(Jurisdiction)
class JurisdictionAdmin(DeskAdmin):
    list_display = ("name", "slug", "kind")
    list_filter = ("kind",)
    search_fields = ("slug", "name")
    ordering = ("name",)
    fields = ("name", "slug", "kind")

    def list_sections(self, request: HttpRequest, row: Jurisdiction) -> list[Section]:
        return [
            Section(
                "Member of",
                ("Union", "Since", "Until"),
                rows_of(
                    row.memberships.current().select_related("whole").order_by("id"),
                    lambda edge: (link(edge.whole), edge.valid.lower, edge.valid.upper),
                ),
            ),
            Section(
                "Members",
                ("Jurisdiction", "Since", "Until"),
                rows_of(
                    row.member_rows.current().select_related("member").order_by("member__name"),
                    lambda edge: (link(edge.member), edge.valid.lower, edge.valid.upper),
                ),
            ),
        ]


@admin.register(Authority)
class AuthorityAdmin(DeskAdmin):
    list_display = ("organization",)
    list_select_related = ("organization",)
    search_fields = ("organization__slug", "organization__name")
    ordering = ("organization__slug",)
    fields = ("organization", "id")

    def title(self, row: Authority) -> str:
        return row.organization.name

    def list_sections(self, request: HttpRequest, row: Authority) -> list[Section]:
        return [
            Section(
                "Competence",
                ("Jurisdiction", "Subject", "Basis"),
                rows_of(
                    row.competences.select_related("jurisdiction").order_by("id"),
                    lambda known: (known.jurisdiction, known.subject, known.basis),
                ),
            ),
            Section(
                "Channels it accepts",
                ("Channel", "Address"),
                rows_of(
                    row.channels.order_by("id"),
                    lambda known: (known.get_channel_display(), known.address),
                ),
            ),
        ]
