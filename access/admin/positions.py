"""Positions of authorities on the staff's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from access.choices import Attribution, Ground, LegalForce, Marking, Stance
from access.models import Position, Program
from access.operations import positions
from access.operations.positions import About, Stated
from registry.admin.desk import DeskAdmin, Step, StepForm, actor_of, holds
from registry.admin.sections import Section, rows_of
from registry.choices import Role
from registry.commands import Command
from registry.models import AIModel, Authority, Organization

_LONG = forms.Textarea(attrs={"rows": 4})


class PositionForm(StepForm):
    authority = forms.ModelChoiceField(Authority.objects.select_related("organization"))
    program = forms.ModelChoiceField(Program.objects.order_by("slug"), required=False)
    ai_model = forms.ModelChoiceField(AIModel.objects.order_by("slug"), required=False)
    organization = forms.ModelChoiceField(Organization.objects.order_by("slug"), required=False)
    request = forms.UUIDField(required=False, label="Identifier of an access request")
    stance = forms.ChoiceField(choices=Stance.choices)
    grounds = forms.MultipleChoiceField(
        choices=Ground.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    attribution = forms.ChoiceField(choices=Attribution.choices)
    speaker = forms.CharField(max_length=200, required=False)
    legal_force = forms.ChoiceField(choices=LegalForce.choices)
    statement = forms.CharField(widget=_LONG)
    marking = forms.ChoiceField(choices=Marking.choices)


def _take_position(command: Command, _row: None, said: dict[str, Any]) -> object:
    return positions.take_position(
        command,
        authority=said["authority"].id,
        about=About(
            program=_id(said["program"]),
            ai_model=_id(said["ai_model"]),
            organization=_id(said["organization"]),
            request=said["request"],
        ),
        stated=_stated(said),
        marking=Marking(said["marking"]),
    )


def _id(row: Any) -> Any:
    return None if row is None else row.id


def _stated(said: dict[str, Any]) -> Stated:
    return Stated(
        stance=Stance(said["stance"]),
        statement=said["statement"],
        attribution=Attribution(said["attribution"]),
        legal_force=LegalForce(said["legal_force"]),
        grounds=tuple(Ground(ground) for ground in said["grounds"]),
        speaker=said["speaker"],
    )


class SupersedingForm(PositionForm):
    authority = program = ai_model = organization = request = marking = None  # type: ignore[assignment]


@admin.register(Position)
class PositionAdmin(DeskAdmin):
    list_display = ("authority_name", "origin", "marking", "program", "ai_model", "organization")
    list_filter = ("origin", "marking")
    list_select_related = ("authority__organization", "program", "ai_model", "organization")
    search_fields = ("authority__organization__slug", "authority__organization__name")
    ordering = ("-changed_at", "-id")
    fields = (
        *("authority_name", "origin", "marking", "program", "ai_model", "expansion"),
        *("request", "organization", "fact", "taken_by", "id"),
    )
    readonly_fields = ("authority_name",)
    list_steps = {
        "take": Step("Record a position", _take_position, PositionForm, holds(Role.AUTHORITY_DESK))
    }
    steps = {
        "supersede": Step(
            "Record a later position",
            lambda command, row, said: positions.supersede(
                command, position=row.id, stated=_stated(said)
            ),
            SupersedingForm,
            lambda actor, row: row.origin == "decided" and actor.has(Role.AUTHORITY_DESK),
        )
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Position]:
        visible = Position.objects.visible_to(actor_of(request))
        found: QuerySet[Position] = super().get_queryset(request)
        return found.filter(pk__in=visible.values("pk"))

    @admin.display(description="authority", ordering="authority__organization__name")
    def authority_name(self, row: Position) -> str:
        return row.authority.organization.name

    def title(self, row: Position) -> str:
        return f"Position of {row.authority.organization.name}"

    def list_sections(self, request: HttpRequest, row: Position) -> list[Section]:
        return [
            Section(
                "What it held",
                ("From", "Until", "Stance", "Grounds", "Legal force", "Attribution", "Statement"),
                rows_of(
                    row.versions.current().order_by("valid"),
                    lambda said: (
                        said.valid.lower,
                        said.valid.upper,
                        said.get_stance_display(),
                        ", ".join(said.grounds),
                        said.get_legal_force_display(),
                        said.speaker or said.get_attribution_display(),
                        said.statement,
                    ),
                ),
            )
        ]
