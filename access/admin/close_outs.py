"""Close-outs and notices on the staff's pages."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from access.admin.record import list_record
from access.models import CloseOut, Notice
from access.operations import close_outs
from registry.admin.desk import DeskAdmin, Step, StepForm
from registry.admin.sections import Section, link
from registry.choices import Role


class CloseOutForm(StepForm):
    data_deleted = forms.BooleanField(required=False, help_text="Unticked is an attested no.")
    access_returned = forms.BooleanField(required=False, help_text="Unticked is an attested no.")
    evidence = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}), max_length=5_000, required=False
    )


@admin.register(CloseOut)
class CloseOutAdmin(DeskAdmin):
    list_display = (
        *("organization", "asked_at", "due_at", "attested_at", "withdrawn_at"),
        *("data_deleted", "access_returned"),
    )
    list_filter = (
        ("attested_at", admin.EmptyFieldListFilter),
        ("withdrawn_at", admin.EmptyFieldListFilter),
        "data_deleted",
        "access_returned",
    )
    list_select_related = ("grant__organization",)
    search_fields = ("grant__organization__slug", "grant__organization__name", "=id")
    ordering = ("due_at", "id")
    fields = (
        *("grant", "asked_at", "due_at", "data_deleted", "access_returned", "evidence"),
        *("attested_by", "attested_at", "withdrawn_at", "id", "version"),
    )
    steps = {
        "attest": Step(
            "Attest for the holder",
            lambda command, row, said: close_outs.attest(command, close_out=row.id, **said),
            CloseOutForm,
            lambda actor, row: row.is_awaited and actor.has(Role.INTAKE),
            hint="Once, and it stays as said.",
        )
    }

    @admin.display(description="organization")
    def organization(self, row: CloseOut) -> str:
        return str(row.grant.organization)

    def title(self, row: CloseOut) -> str:
        return f"Close-out: {row.grant.organization.name}"

    def list_sections(self, request: HttpRequest, row: CloseOut) -> list[Section]:
        return [Section("Grant", ("Grant",), [(link(row.grant),)]), list_record(row)]


@admin.register(Notice)
class NoticeAdmin(DeskAdmin):
    list_display = ("kind", "organization", "code", "days", "ends_at", "given_at")
    list_filter = ("kind", "days")
    list_select_related = ("organization",)
    search_fields = ("organization__slug", "organization__name", "=thing")
    ordering = ("-given_at", "-id")
    fields = ("kind", "organization", "thing", "code", "ends_at", "days", "given_at", "id")

    def title(self, row: Notice) -> str:
        return f"{row.get_kind_display()}, {row.days} days"

    def list_sections(self, request: HttpRequest, row: Notice) -> list[Section]:
        return [list_record(row)]
