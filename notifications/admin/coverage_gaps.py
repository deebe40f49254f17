"""Gaps of coverage on the staff's pages: what is open, and who said why it stays."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.admin.record import list_record
from notifications.choices import GapStanding
from notifications.models import CoverageGap
from notifications.operations import coverage_gaps
from notifications.queries.coverage_gaps import GAP_READERS, filter_standing, list_gaps
from registry.admin.desk import DeskAdmin, Step, StepForm, actor_of
from registry.admin.sections import Section
from registry.choices import Role


class ExplanationForm(StepForm):
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=5_000)
    not_needed = forms.BooleanField(
        required=False,
        label=gettext_lazy("Not needed of this body"),
        help_text=gettext_lazy("Then coverage shows it as not needed, with your reason."),
    )


class StandsFilter(admin.SimpleListFilter):
    title = gettext_lazy("where it stands")
    parameter_name = "stands"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in GapStanding.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value not in GapStanding.values:
            return queryset
        return filter_standing(queryset, GapStanding(value))


@admin.register(CoverageGap)
class CoverageGapAdmin(DeskAdmin):
    readers = GAP_READERS
    list_display = (
        *("need", "covered", "program", "jurisdiction", "whose", "opened_at", "closed_at"),
        "explained",
    )
    list_filter = (StandsFilter, "need", "program")
    ordering = ("-opened_at", "-id")
    fields = (
        *("need", "covered", "program", "jurisdiction", "whose", "opened_at", "closed_at"),
        *("explained", "id", "version"),
    )
    readonly_fields = ("whose", "explained")
    steps = {
        "explain": Step(
            gettext_lazy("Say why it stays"),
            lambda command, row, said: coverage_gaps.explain(command, gap=row.id, **said),
            ExplanationForm,
            lambda actor, row: row.closed_at is None and actor.has(Role.AUTHORITY_DESK),
            hint=gettext_lazy("It is not told again. What was said before stays beside it."),
        )
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[CoverageGap]:
        return list_gaps(actor_of(request))

    @admin.display(description=gettext_lazy("body"), ordering="body__name")
    def whose(self, row: CoverageGap) -> str:
        return _("no body registered") if row.body is None else row.body.name

    @admin.display(description=gettext_lazy("explained"))
    def explained(self, row: CoverageGap) -> str:
        said = list(row.explanations.all())
        return said[-1].reason if said else ""

    def title(self, row: CoverageGap) -> str:
        return f"{row.get_need_display()}: {self.whose(row)}"

    def list_sections(self, request: HttpRequest, row: CoverageGap) -> list[Section]:
        return [
            Section(
                _("Why it stays"),
                (_("Said"), _("Not needed"), _("By"), _("On")),
                [
                    (
                        said.reason,
                        _("yes") if said.not_needed else _("no"),
                        said.explained_by,
                        said.explained_at,
                    )
                    for said in row.explanations.all()
                ],
                _("Nobody has said why."),
            ),
            list_record(row),
        ]
