"""Schemes, and which of them counts as which, on the staff's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from access.admin.eligibility_sections import list_resting
from access.admin.record import ReasonForm, list_record
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.sections import Section, link, rows_of
from registry.choices import RecognitionBasis, Role
from registry.commands import Command
from registry.models import Recognition, Scheme
from registry.operations import schemes
from registry.operations.schemes import Recognized


class RecognitionForm(StepForm):
    scheme = forms.ModelChoiceField(Scheme.objects.order_by("slug", "edition"))
    level = forms.CharField(max_length=40, required=False, help_text="At this level or above.")
    satisfies = forms.ModelChoiceField(
        Scheme.objects.order_by("slug", "edition"), label="counts as"
    )
    up_to = forms.CharField(
        max_length=40, required=False, help_text="At this level and no higher; empty: the lowest."
    )
    transitive = forms.BooleanField(
        required=False, help_text="Another recognition may follow or come before it."
    )
    basis = forms.ChoiceField(choices=RecognitionBasis.choices)
    citation = forms.CharField(max_length=300)
    starts_at = forms.DateTimeField(required=False, help_text="UTC; empty: with its enactment.")
    ends_at = forms.DateTimeField(required=False, help_text="UTC; empty: until it is ended.")


@admin.register(Scheme)
class SchemeAdmin(DeskAdmin):
    list_display = ("name", "slug", "edition", "kind", "owner", "draft", "void_from", "grade")
    list_filter = ("kind", "draft")
    search_fields = ("slug", "name", "owner")
    ordering = ("slug", "edition", "id")
    fields = (
        *("name", "slug", "edition", "kind", "owner", "jurisdiction", "levels", "months"),
        *("draft", "void_from", "note", "source", "grade", "id"),
    )

    def list_sections(self, request: HttpRequest, row: Scheme) -> list[Section]:
        edges = Recognition.objects.select_related("scheme", "satisfies").order_by(
            "proposed_at", "id"
        )
        headers = ("Recognition", "From level", "Counts as", "Up to", "Basis", "In force", "Ended")
        return [
            Section(
                title,
                headers,
                rows_of(
                    found,
                    lambda edge: (
                        link(edge, str(edge.scheme)),
                        edge.level or "any",
                        str(edge.satisfies),
                        edge.up_to or "the lowest",
                        edge.get_basis_display(),
                        edge.enacted_at,
                        edge.ended_at,
                    ),
                ),
            )
            for title, found in (
                ("Counts as another", edges.filter(scheme=row)),
                ("What counts as this", edges.filter(satisfies=row)),
            )
        ]


def _propose_recognition(command: Command, _row: None, said: dict[str, Any]) -> str:
    words = said | {
        "scheme": said["scheme"].id,
        "satisfies": said["satisfies"].id,
        "basis": RecognitionBasis(said["basis"]),
    }
    schemes.propose_recognition(command, recognized=Recognized(**words))
    return "Proposed. It grants nothing until another person puts it in force."


def _may_enact_recognition(actor: Actor, row: Recognition) -> bool:
    open_ = row.enacted_at is None and row.ended_at is None
    may = actor.has(Role.ADMINISTRATOR) and row.proposed_by != actor.key
    return open_ and may and row.basis != RecognitionBasis.STATEMENT


@admin.register(Recognition)
class RecognitionAdmin(DeskAdmin):
    list_display = (
        *("scheme", "level", "satisfies", "up_to", "transitive", "basis"),
        *("enacted_at", "ends_at", "ended_at"),
    )
    list_filter = ("basis",)
    list_select_related = ("scheme", "satisfies")
    ordering = ("-proposed_at", "-id")
    fields = (
        *("scheme", "level", "satisfies", "up_to", "transitive", "basis", "citation"),
        *("starts_at", "ends_at", "proposed_by", "proposed_at", "enacted_by", "enacted_at"),
        *("ended_by", "ended_at", "end_reason", "id"),
    )
    list_steps = {
        "propose": Step(
            "Propose a recognition",
            _propose_recognition,
            RecognitionForm,
            holds(Role.ADMINISTRATOR),
        )
    }
    steps = {
        "enact": Step(
            "Put in force",
            lambda command, row, _said: schemes.enact_recognition(command, recognition=row.id),
            may=_may_enact_recognition,
        ),
        "end": Step(
            "End",
            lambda command, row, said: schemes.end_recognition(
                command, recognition=row.id, reason=said["reason"]
            ),
            ReasonForm,
            lambda actor, row: (
                row.ended_at is None and actor.has(Role.ADMINISTRATOR, Role.RESTRICTOR)
            ),
            hint="Grants that rest on it refuse from the same moment on.",
            danger=True,
        ),
    }

    def list_sections(self, request: HttpRequest, row: Recognition) -> list[Section]:
        return [list_resting(row), list_record(row)]
