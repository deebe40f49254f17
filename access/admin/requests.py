"""Access requests on the staff's pages."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.timezone import now

from access.admin.answer_sections import list_form_sections, list_related
from access.admin.claims import HolderFilter, list_claims
from access.admin.comments import list_comments
from access.admin.draft_steps import send_attachment
from access.admin.eligibility_sections import list_eligibility
from access.admin.gate_sections import list_gates
from access.admin.position_sections import (
    list_asked,
    list_bearing,
    list_overrides,
)
from access.admin.reconsiderations import list_reconsiderations
from access.admin.record import list_record
from access.admin.request_sections import (
    list_assessments,
    list_decisions,
    list_denials,
    list_progress,
    list_questions,
    list_requirements,
    list_resolutions,
)
from access.admin.request_steps import LIST_STEPS, STEPS
from access.admin.stages import list_stage_section
from access.admin.taking_part import list_recusals
from access.admin.waiting import list_periods
from access.models import AccessRequest
from access.queries.claims import with_holders
from access.queries.gates import gates_of_requests
from access.queries.screening import asks_screening
from access.workflow import OPEN
from registry.admin.desk import DeskAdmin, actor_of
from registry.admin.screening_sections import list_screening
from registry.admin.sections import Section, link


class OpenFilter(admin.SimpleListFilter):
    title = "whether open"
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Open"), ("no", "Closed or draft")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":
            return queryset.filter(status__in=OPEN)
        return queryset.exclude(status__in=OPEN) if self.value() == "no" else queryset


@admin.register(AccessRequest)
class AccessRequestAdmin(DeskAdmin):
    list_display = (
        *("organization", "tier", "purpose", "status", "in_hand", "submitted_at"),
        "expansion",
    )
    list_filter = (OpenFilter, HolderFilter, "status", "purpose", "tier__program", "expansion")
    list_select_related = ("organization", "tier", "expansion")
    search_fields = ("organization__slug", "organization__name", "=id")
    ordering = ("-submitted_at", "-id")
    fields = (
        *("organization", "tier", "purpose", "status", "justification", "note_to_applicant"),
        *(
            "expansion",
            "renews",
            "copied_from",
            "review_policy",
            "terms",
            "created_at",
            "submitted_at",
            "closed_at",
        ),
        *("taken_up_by", "id", "version"),
    )
    steps = STEPS
    list_steps = LIST_STEPS

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessRequest]:
        return with_holders(super().get_queryset(request))

    @admin.display(description="in hand", ordering="holder_name")
    def in_hand(self, row: Any) -> str:
        """Who has it; nobody where it is empty."""
        return row.holder_name or ""

    def title(self, row: AccessRequest) -> str:
        return f"{row.organization.name} → {row.tier.name}"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(send_attachment, self))
        place = "<uuid:pk>/attachments/<uuid:attachment>/"
        return [path(place, view, name="access_accessrequest_attachment"), *super().get_urls()]

    def list_sections(self, request: HttpRequest, row: AccessRequest) -> list[Section]:
        grant = getattr(row, "grant", None)
        return [
            *list_recusals(row, actor_of(request)),
            list_related(request, row),
            list_stage_section(row),
            *list_form_sections(request, row),
            list_eligibility(row),
            *(list_screening(row.organization) if asks_screening(row) else ()),
            list_claims(row),
            list_assessments(row),
            *list_resolutions(row),
            list_decisions(row),
            list_requirements(row),
            *list_reconsiderations(row),
            *list_progress(row),
            Section("Grant", ("Grant",), [] if grant is None else [(link(grant),)], empty="None."),
            *([] if grant is None else [list_periods(grant)]),
            list_questions(row),
            list_gates(gates_of_requests([row], actor_of(request), at=now()).get(row.id, ())),
            list_asked(row, actor_of(request)),
            list_overrides(row, actor_of(request)),
            list_bearing(row, actor_of(request), at=now()),
            list_comments(row),
            list_denials(row),
            list_record(row),
        ]
