"""Expansions on the staff's pages: seventy lines in one screen."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from access.admin.record import list_record
from access.choices import RequestStatus
from access.models import Expansion, Tier
from access.operations import expansions
from access.workflow import OPEN
from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.sections import Section, link, rows_of
from registry.choices import Role
from registry.commands import Command

_LONG = forms.Textarea(attrs={"rows": 4})


class ExpansionForm(StepForm):
    slug = forms.SlugField(max_length=80)
    name = forms.CharField(max_length=200)
    tier = forms.ModelChoiceField(
        Tier.objects.select_related("program").order_by("program", "slug")
    )
    rationale = forms.CharField(widget=_LONG, max_length=20_000)
    capacity = forms.IntegerField(required=False, min_value=1)


class LineForm(StepForm):
    request = forms.UUIDField(label="Identifier of the access request")


def _propose(command: Command, _row: None, said: dict[str, Any]) -> object:
    tier: Tier = said.pop("tier")
    return expansions.propose(command, program=tier.program_id, tier=tier.id, **said)


@admin.register(Expansion)
class ExpansionAdmin(DeskAdmin):
    list_display = ("name", "program", "tier", "status", "lines", "open_lines", "proposed_at")
    list_filter = ("status", "program")
    list_select_related = ("program", "tier")
    search_fields = ("slug", "name")
    ordering = ("-proposed_at", "-id")
    fields = (
        *("name", "slug", "program", "tier", "rationale", "capacity", "status"),
        *("proposed_by", "proposed_at", "closed_at"),
    )
    list_steps = {
        "propose": Step("Propose an expansion", _propose, ExpansionForm, holds(Role.INTAKE))
    }
    steps = {
        "add_line": Step(
            "Adopt a request",
            lambda command, row, said: expansions.add_line(
                command, expansion=row.id, request=said["request"]
            ),
            LineForm,
            lambda actor, row: row.closed_at is None and actor.has(Role.INTAKE),
        ),
        "close": Step(
            "Close",
            lambda command, row, _said: expansions.close(command, expansion=row.id),
            may=lambda actor, row: row.closed_at is None and actor.has(Role.INTAKE),
            hint="Refused while a line is open.",
        ),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Expansion]:
        found: QuerySet[Expansion] = super().get_queryset(request)
        return found.annotate(
            line_count=Count("access_requests"),
            open_count=Count("access_requests", filter=Q(access_requests__status__in=OPEN)),
        )

    @admin.display(description="lines", ordering="line_count")
    def lines(self, row: Any) -> int:
        return int(row.line_count)

    @admin.display(description="open", ordering="open_count")
    def open_lines(self, row: Any) -> int:
        return int(row.open_count)

    def list_sections(self, request: HttpRequest, row: Expansion) -> list[Section]:
        lines = row.access_requests.select_related("organization").annotate(
            findings=Count("assessments", filter=Q(assessments__superseded_by__isnull=True))
        )
        counted: dict[str, int] = {}
        for line in lines:
            label = RequestStatus(line.status).label
            counted[str(label)] = counted.get(str(label), 0) + 1
        return [
            Section(
                f"Lines ({sum(counted.values())})",
                ("Organization", "Status", "Purpose", "Assessments", "Submitted"),
                rows_of(
                    lines.order_by("organization__slug"),
                    lambda line: (
                        link(line, line.organization.name),
                        line.get_status_display(),
                        line.get_purpose_display(),
                        line.findings,
                        line.submitted_at,
                    ),
                ),
                empty="No request has been put into it yet.",
                note=", ".join(f"{count} {label}" for label, count in sorted(counted.items())),
            ),
            list_record(row),
        ]
