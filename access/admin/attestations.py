"""Attestations on the staff's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from access.admin.eligibility_sections import list_resting
from access.admin.record import ReasonForm, list_record
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.evidence import (
    confidential_field,
    file_field,
    files_field,
    list_documents,
    read_uploads,
)
from registry.admin.sections import Section
from registry.choices import AttestationFinding, Role
from registry.commands import Command
from registry.models import Attestation, Organization, Scheme
from registry.operations import attestations
from registry.operations.attestations import Said, compute_end


class AttestationForm(StepForm):
    organization = forms.ModelChoiceField(Organization.objects.order_by("slug"))
    scheme = forms.ModelChoiceField(Scheme.objects.order_by("slug", "edition"))
    level = forms.CharField(max_length=40, required=False)
    issuer = forms.CharField(max_length=200)
    accreditation = forms.CharField(max_length=200, required=False)
    number = forms.CharField(max_length=120, required=False)
    legal_entity = forms.ModelChoiceField(
        Organization.objects.order_by("slug"),
        required=False,
        empty_label="the organization itself",
        help_text="Of one legal entity it says nothing about another.",
    )
    service = forms.CharField(
        max_length=200, required=False, help_text="Empty: all that the entity does."
    )
    scope_statement = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    starts_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}),
        required=False,
        help_text="The last day; for a report on a period, the end of the period.",
    )
    bridged_until = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}),
        required=False,
        help_text="Where a bridge letter carries a report on.",
    )
    documents = files_field()
    confidential = confidential_field()
    evidence_name = forms.CharField(
        max_length=200,
        required=False,
        label="Name of a document kept elsewhere",
    )
    evidence_sha256 = forms.RegexField(
        r"^[0-9a-f]{64}$",
        required=False,
        label="SHA-256 of the document",
        help_text="64 hexadecimal digits. Empty: that of the first document handed in.",
    )


class AttachForm(StepForm):
    file = file_field(required=True)
    confidential = confidential_field()


class ReviewForm(StepForm):
    finding = forms.ChoiceField(choices=AttestationFinding.choices)
    note = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
        required=False,
        help_text="The organization reads it.",
    )


def _hand_in(command: Command, _row: None, said: dict[str, Any]) -> str:
    organization, entity = said.pop("organization"), said.pop("legal_entity")
    uploads, confidential = read_uploads(said.pop("documents")), said.pop("confidential")
    attestations.hand_in(
        command,
        organization=organization.id,
        uploads=uploads,
        confidential=confidential,
        said=Said(
            **said
            | {
                "scheme": said["scheme"].id,
                "legal_entity": None if entity is None else entity.id,
            }
        ),
    )
    return "Handed in. It supports nothing until another person has accepted it."


def _attach(command: Command, row: Attestation, said: dict[str, Any]) -> None:
    (upload,) = read_uploads([said["file"]])
    attestations.attach(
        command, attestation=row.id, upload=upload, confidential=said["confidential"]
    )


def _review(command: Command, row: Attestation, said: dict[str, Any]) -> None:
    finding = AttestationFinding(said["finding"])
    attestations.review(command, attestation=row.id, finding=finding, note=said["note"])


def _may_review(actor: Actor, row: Attestation) -> bool:
    waits = row.reviewed_at is None and row.withdrawn_at is None
    return waits and row.handed_in_by != actor.key and actor.has(Role.REVIEWER, Role.DECIDER)


def _may_withdraw(actor: Actor, row: Attestation) -> bool:
    may = actor.has(Role.REVIEWER, Role.DECIDER, Role.RESTRICTOR)
    return row.withdrawn_at is None and may


class ReviewFilter(admin.SimpleListFilter):
    title = "review"
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("waiting", "waits for a review"),
            *((value, str(label)) for value, label in AttestationFinding.choices),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "waiting":
            return queryset.filter(reviewed_at__isnull=True, withdrawn_at__isnull=True)
        return queryset.filter(finding=self.value()) if self.value() else queryset


@admin.register(Attestation)
class AttestationAdmin(DeskAdmin):
    list_display = (
        *("organization", "scheme", "level", "counts_until", "finding", "withdrawn_at"),
        "handed_in_at",
    )
    list_filter = (ReviewFilter, "scheme__kind")
    list_select_related = ("organization", "scheme")
    search_fields = ("organization__slug", "organization__name", "scheme__slug", "number")
    ordering = ("-handed_in_at", "-id")
    fields = (
        *("organization", "scheme", "level", "issuer", "accreditation", "number"),
        *("legal_entity", "service", "scope_statement", "starts_on", "ends_on"),
        *("bridged_until", "counts_until", "evidence_name", "evidence_sha256"),
        *("handed_in_by", "handed_in_at", "finding", "note", "reviewed_by", "reviewed_at"),
        *("withdrawn_by", "withdrawn_at", "withdrawal_reason", "id"),
    )
    readonly_fields = ("counts_until",)
    list_steps = {
        "hand-in": Step("Hand in an attestation", _hand_in, AttestationForm, holds(Role.INTAKE))
    }
    steps = {
        "attach": Step(
            "Add a document",
            _attach,
            AttachForm,
            lambda actor, row: row.withdrawn_at is None and actor.has(Role.INTAKE),
            hint="Any until it is reviewed; after that only the document that its checksum names.",
        ),
        "review": Step("Review", _review, ReviewForm, _may_review, done="Reviewed."),
        "withdraw": Step(
            "Withdraw",
            lambda command, row, said: attestations.withdraw(
                command, attestation=row.id, reason=said["reason"]
            ),
            ReasonForm,
            _may_withdraw,
            hint="Grants that rest on it refuse from the same moment on.",
            danger=True,
        ),
    }

    @admin.display(description="counts until", empty_value="nothing says so")
    def counts_until(self, row: Attestation) -> Any:
        """When it supports nothing any more."""
        return compute_end(row)

    def list_sections(self, request: HttpRequest, row: Attestation) -> list[Section]:
        documents = list_documents(list(row.files.order_by("uploaded_at", "id")))
        return [documents, list_resting(row), list_record(row)]
