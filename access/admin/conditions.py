"""Conditions of grants on the staff's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest

from access.admin.record import ReasonForm, list_record
from access.choices import ConditionFinding, ConditionStanding
from access.models import Condition, ConditionVersion
from access.operations import conditions
from access.operations.conditions import SETTLED
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm
from registry.admin.evidence import (
    confidential_field,
    files_field,
    list_documents,
    read_uploads,
)
from registry.admin.sections import Section, link, rows_of
from registry.choices import Role
from registry.commands import Command
from registry.models import EvidenceFile

_LONG = forms.Textarea(attrs={"rows": 4})


class EvidenceForm(StepForm):
    text = forms.CharField(widget=_LONG, max_length=20_000, help_text="What the holder showed.")
    reference = forms.CharField(
        max_length=300, required=False, help_text="Where it is kept: a file, a ticket, an address."
    )
    documents = files_field()
    confidential = confidential_field()


class FindingForm(StepForm):
    finding = forms.ChoiceField(choices=ConditionFinding.choices)
    applicant_text = forms.CharField(
        widget=_LONG, max_length=5_000, required=False, help_text="The organization reads this."
    )


def _hand_in(command: Command, row: Condition, said: dict[str, Any]) -> object:
    uploads = read_uploads(said.pop("documents"))
    return conditions.hand_in(command, condition=row.id, uploads=uploads, **said)


class StandingFilter(admin.SimpleListFilter):
    title = "how it stands"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in ConditionStanding.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        standing = ConditionVersion.objects.current().filter(
            valid__upper_inf=True, standing=self.value()
        )
        return queryset.filter(pk__in=standing.values("condition"))


def present(row: Condition) -> ConditionVersion:
    """How the condition stands now."""
    return row.versions.current().get(valid__upper_inf=True)


def _is_open(*roles: Role, standing: ConditionStanding | None = None) -> Any:
    def ask(actor: Actor, row: Condition) -> bool:
        found = present(row).standing
        wanted = found not in SETTLED if standing is None else found == standing
        return actor.has(*roles) and wanted

    return ask


@admin.register(Condition)
class ConditionAdmin(DeskAdmin):
    list_display = ("code", "organization", "campaign", "stands", "due", "imposed_at")
    list_filter = (StandingFilter, "campaign", "code")
    search_fields = ("code", "grant__organization__slug", "grant__organization__name", "=id")
    ordering = ("-imposed_at", "-id")
    fields = (
        *("grant", "code", "text", "evidence_asked", "decision", "campaign", "carried_from"),
        *("imposed_by", "imposed_at", "id", "version"),
    )
    steps = {
        "hand_in": Step(
            "Hand in for the holder",
            _hand_in,
            EvidenceForm,
            _is_open(Role.INTAKE),
            hint="Another person reviews it.",
        ),
        "review": Step(
            "Review",
            lambda command, row, said: conditions.review(
                command,
                condition=row.id,
                finding=ConditionFinding(said["finding"]),
                applicant_text=said["applicant_text"],
            ),
            FindingForm,
            _is_open(Role.REVIEWER, Role.DECIDER, standing=ConditionStanding.HANDED_IN),
        ),
        "waive": Step(
            "Waive",
            lambda command, row, said: conditions.waive(command, condition=row.id, **said),
            ReasonForm,
            _is_open(Role.DECIDER),
            hint="It need not be met any more. The reason stays on record.",
            danger=True,
        ),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Condition]:
        current = ConditionVersion.objects.current().filter(valid__upper_inf=True)
        rows: QuerySet[Condition] = super().get_queryset(request)
        return rows.select_related("grant__organization", "campaign").prefetch_related(
            _prefetch(current)
        )

    @admin.display(description="organization")
    def organization(self, row: Condition) -> str:
        return str(row.grant.organization)

    @admin.display(description="stands")
    def stands(self, row: Condition) -> str:
        return str(row.present[0].get_standing_display())  # type: ignore[attr-defined]

    @admin.display(description="due")
    def due(self, row: Condition) -> Any:
        return row.present[0].due_at  # type: ignore[attr-defined]

    def title(self, row: Condition) -> str:
        return f"{row.code}: {row.grant.organization.name}"

    def list_sections(self, request: HttpRequest, row: Condition) -> list[Section]:
        return [
            Section(
                "How it stands",
                ("Standing", "Due", "From", "Until"),
                rows_of(
                    row.versions.current().order_by("valid"),
                    lambda said: (
                        said.get_standing_display(),
                        said.due_at,
                        said.valid.lower,
                        said.valid.upper,
                    ),
                ),
                note="From its due moment on, what is neither met nor waived refuses.",
            ),
            Section(
                "Evidence",
                (
                    "Handed in",
                    "By",
                    "Text",
                    "Reference",
                    "Finding",
                    "Reviewed by",
                    "To the holder",
                ),
                rows_of(
                    row.evidence.order_by("handed_in_at", "id"),
                    lambda said: (
                        said.handed_in_at,
                        said.handed_in_by,
                        said.text,
                        said.reference,
                        said.get_finding_display(),
                        said.reviewed_by,
                        said.applicant_text,
                    ),
                ),
                empty="Nothing was handed in.",
            ),
            list_documents(
                list(
                    EvidenceFile.objects.filter(condition_evidence__condition=row).order_by(
                        "uploaded_at", "id"
                    )
                )
            ),
            Section("Grant", ("Grant",), [(link(row.grant),)]),
            list_record(row),
        ]


def _prefetch(current: QuerySet[ConditionVersion]) -> Any:
    return Prefetch("versions", current, to_attr="present")
