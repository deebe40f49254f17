"""Expansions on the staff's pages: seventy lines in one screen."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.timezone import now

from access.admin.expansion_page import LINES_A_PAGE, show_lines
from access.admin.line_jobs import list_jobs
from access.admin.record import list_record
from access.choices import PrimaryPurpose, UnknownRule
from access.models import Expansion, Tier
from access.operations import expansions, line_imports, line_places
from access.operations.line_import_rows import COLUMNS
from access.queries.expansion_lines import (
    LineView,
    count_by_status,
    list_line_requests,
    measure_capacity,
    view_lines,
)
from access.workflow import OPEN
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, actor_of, holds
from registry.admin.sections import Section, link
from registry.choices import Role
from registry.commands import Command

_LONG = forms.Textarea(attrs={"rows": 4})


class ExpansionForm(StepForm):
    slug = forms.SlugField(max_length=80)
    name = forms.CharField(max_length=200)
    tier = forms.ModelChoiceField(
        Tier.objects.select_related("program").order_by("program", "slug")
    )
    purpose = forms.ChoiceField(choices=PrimaryPurpose.choices)
    rationale = forms.CharField(widget=_LONG, max_length=20_000)
    aggregate_risk = forms.CharField(
        widget=_LONG,
        max_length=20_000,
        required=False,
        help_text="What admitting all of them together risks that no single line shows.",
    )
    wave = forms.IntegerField(required=False, min_value=1, max_value=32_767)
    capacity = forms.IntegerField(
        required=False, min_value=0, help_text="How many lines may hold access. Empty: any number."
    )


class CapacityForm(StepForm):
    capacity = forms.IntegerField(required=False, min_value=0, help_text="Empty: any number.")


class FileForm(StepForm):
    file = forms.FileField(
        help_text="CSV (UTF-8) or XLSX, at most 5 MB and 2,000 rows. Columns: "
        + ", ".join(COLUMNS)
        + ". Only the first is required. Nothing is taken in before you confirm."
    )
    unknown = forms.ChoiceField(
        choices=UnknownRule.choices, label="An organization that is not known"
    )
    justification = forms.CharField(
        widget=_LONG,
        max_length=20_000,
        required=False,
        help_text="Of the new requests whose rows give none. The organizations read this.",
    )


class LineForm(StepForm):
    request = forms.UUIDField(label="Identifier of the access request")


def _propose(command: Command, _row: None, said: dict[str, Any]) -> object:
    tier: Tier = said.pop("tier")
    said["purpose"] = PrimaryPurpose(said["purpose"])
    return expansions.propose(command, program=tier.program_id, tier=tier.id, **said)


def _upload(command: Command, row: Expansion, said: dict[str, Any]) -> str:
    file: UploadedFile = said["file"]
    done = line_imports.upload(
        command,
        expansion=row.id,
        file_name=file.name or "lines",
        content=file.read(),
        unknown=UnknownRule(said["unknown"]),
        justification=said["justification"],
    ).value
    return f"{done.file_name}: {done.get_status_display()}. Go on from “Files” below."


def _is_open(*roles: Role) -> Callable[[Actor, Expansion], bool]:
    return lambda actor, row: row.closed_at is None and actor.has(*roles)


@admin.register(Expansion)
class ExpansionAdmin(DeskAdmin):
    list_display = ("name", "program", "tier", "status", "lines", "open_lines", "proposed_at")
    list_filter = ("status", "program")
    list_select_related = ("program", "tier")
    search_fields = ("slug", "name")
    ordering = ("-proposed_at", "-id")
    fields = (
        *("name", "slug", "program", "tier", "purpose", "wave", "rationale", "aggregate_risk"),
        *("capacity", "split_from", "status", "proposed_by", "proposed_at", "closed_at"),
    )
    list_steps = {
        "propose": Step("Propose an expansion", _propose, ExpansionForm, holds(Role.INTAKE))
    }
    steps = {
        "lines": Step(
            "Decide, move or split lines",
            may=lambda actor, _row: actor.has(Role.INTAKE, Role.REVIEWER, Role.DECIDER),
            page="admin:access_expansion_lines",
        ),
        "import": Step("Propose from a file", _upload, FileForm, _is_open(Role.INTAKE)),
        "add_line": Step(
            "Adopt a request",
            lambda command, row, said: expansions.add_line(
                command, expansion=row.id, request=said["request"]
            ),
            LineForm,
            _is_open(Role.INTAKE),
        ),
        "offer": Step(
            "Offer the next place",
            lambda command, row, _said: line_places.offer(command, expansion=row.id),
            may=lambda actor, row: row.capacity is not None and _is_open(Role.DECIDER)(actor, row),
            hint="To the line that is first in order. It can be approved from then on.",
        ),
        "capacity": Step(
            "Change the capacity",
            lambda command, row, said: line_places.change_capacity(
                command, expansion=row.id, **said
            ),
            CapacityForm,
            holds(Role.DECIDER),
            initial=lambda row: {"capacity": row.capacity},
            hint="Nobody loses what they hold.",
        ),
        "close": Step(
            "Close",
            lambda command, row, _said: expansions.close(command, expansion=row.id),
            may=_is_open(Role.INTAKE),
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

    def get_urls(self) -> list[URLPattern]:
        lines = self.admin_site.admin_view(self.show_lines)
        return [
            path("<uuid:expansion>/lines/", lines, name="access_expansion_lines"),
            *super().get_urls(),
        ]

    def show_lines(self, request: HttpRequest, expansion: UUID) -> HttpResponse:
        """Choose lines, and what to do with them."""
        row = self.get_object(request, str(expansion))
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        context = {**self.admin_site.each_context(request), "opts": self.opts}
        back = self._address("change", expansion)
        return show_lines(request, row, context, back=back)

    def list_sections(self, request: HttpRequest, row: Expansion) -> list[Section]:
        page = Paginator(list_line_requests(row), LINES_A_PAGE).get_page(request.GET.get("lines"))
        lines = view_lines(row, list(page), actor=actor_of(request), at=now())
        capacity = measure_capacity(row)
        counted = count_by_status(row)
        note = ", ".join(f"{number} {status.label}" for status, number in counted.items())
        return [
            Section(
                "Capacity",
                ("Places", "Taken or offered", "Free", "Waiting"),
                []
                if capacity.most is None
                else [(capacity.most, capacity.taken, capacity.free, capacity.waiting)],
                empty="None is set: nobody waits for a place.",
            ),
            Section(
                f"Lines ({page.paginator.count})",
                ("Organization", "Status", "Purpose", "Stage", "Undone", "Held by", "Place"),
                [_show_line(line) for line in lines],
                empty="No request has been put into it yet.",
                note=note
                if page.paginator.num_pages == 1
                else f"{note}. The first {LINES_A_PAGE}; “Decide, move or split lines” has all.",
            ),
            *list_jobs(row.batches.all(), row.imports.all()),
            list_record(row),
        ]


def _show_line(line: LineView) -> tuple[object, ...]:
    held = " ".join(one.why for one in line.held_by)
    place = f"waits as number {line.waits_as}" if line.waits_as else ""
    return (
        link(line.request, line.request.organization.name),
        line.request.get_status_display(),
        line.request.get_purpose_display(),
        line.stage,
        ", ".join(line.undone),
        held,
        "offered" if line.has_place else place,
    )
