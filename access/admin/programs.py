"""Programs and review policies on the staff's pages."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.timezone import now

from access.admin.record import list_record
from access.choices import Action, ProgramStatus
from access.models import Program, TermsEdition
from access.operations import programs
from access.queries.terms import count_acceptances, list_acceptances
from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.sections import Section, link, rows_of
from registry.choices import Role
from registry.commands import Command
from registry.models import AIModel, Organization

_SHOWN = 50


class StatusForm(StepForm):
    status = forms.ChoiceField(choices=ProgramStatus.choices)


class TermsForm(StepForm):
    title = forms.CharField(max_length=200)
    body = forms.CharField(widget=forms.Textarea(attrs={"rows": 12}))
    required_from = forms.DateTimeField(
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="UTC. Empty: at once. From then on every grant needs this edition accepted.",
    )


class ProgramForm(StepForm):
    slug = forms.SlugField(max_length=80)
    name = forms.CharField(max_length=200)
    developer = forms.ModelChoiceField(Organization.objects.order_by("slug"))
    status = forms.ChoiceField(choices=ProgramStatus.choices)


class TierForm(StepForm):
    slug = forms.SlugField(max_length=80)
    name = forms.CharField(max_length=200)
    description = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    actions = forms.MultipleChoiceField(
        choices=Action.choices, widget=forms.CheckboxSelectMultiple
    )
    ai_models = forms.ModelMultipleChoiceField(AIModel.objects.order_by("slug"))
    review_policy = forms.SlugField(max_length=80)
    grant_days = forms.IntegerField(required=False, min_value=1, help_text="Empty: without end.")


def _register(command: Command, _row: None, said: dict[str, Any]) -> object:
    developer: Organization = said["developer"]
    return programs.register(
        command,
        slug=said["slug"],
        name=said["name"],
        developer=developer.id,
        status=ProgramStatus(said["status"]),
        synthetic=developer.synthetic,
    )


def _add_tier(command: Command, row: Program, said: dict[str, Any]) -> object:
    words = said | {
        "actions": tuple(Action(action) for action in said["actions"]),
        "ai_models": tuple(model.slug for model in said["ai_models"]),
    }
    return programs.add_tier(command, program=row.id, **words)


@admin.register(Program)
class ProgramAdmin(DeskAdmin):
    list_display = ("name", "slug", "developer", "world")
    list_filter = ("synthetic",)
    list_select_related = ("developer",)
    search_fields = ("slug", "name")
    ordering = ("slug",)
    fields = ("name", "slug", "developer", "synthetic", "id", "version")
    list_steps = {
        "register": Step(
            "Register a program", _register, ProgramForm, holds(Role.ADMINISTRATOR, Role.INTAKE)
        )
    }
    steps = {
        "add_tier": Step("Add a tier", _add_tier, TierForm, holds(Role.ADMINISTRATOR)),
        "change_status": Step(
            "Open, close or end",
            lambda command, row, said: programs.change_status(
                command, program=row.id, status=ProgramStatus(said["status"])
            ),
            StatusForm,
            holds(Role.ADMINISTRATOR),
            hint="An ended program refuses every question, for good.",
            danger=True,
        ),
        "publish_terms": Step(
            "Publish terms",
            lambda command, row, said: programs.publish_terms(command, program=row.id, **said),
            TermsForm,
            holds(Role.ADMINISTRATOR),
        ),
    }

    def list_sections(self, request: HttpRequest, row: Program) -> list[Section]:
        return [
            Section(
                "Status over time",
                ("Name", "Status", "From", "Until"),
                rows_of(
                    row.versions.current().order_by("valid"),
                    lambda said: (
                        said.name,
                        said.get_status_display(),
                        said.valid.lower,
                        said.valid.upper,
                    ),
                ),
            ),
            Section(
                "Tiers",
                ("Tier", "Actions", "Models", "Review policy", "Days"),
                rows_of(
                    row.tiers.prefetch_related("ai_models").order_by("slug"),
                    lambda tier: (
                        tier.name,
                        ", ".join(tier.actions),
                        ", ".join(model.name for model in tier.ai_models.all()),
                        tier.review_policy,
                        tier.grant_days,
                    ),
                ),
            ),
            Section(
                "Terms",
                ("Edition", "Title", "Binds from", "SHA-256"),
                rows_of(
                    row.terms.order_by("number"),
                    lambda said: (said.number, said.title, said.required_from, said.sha256),
                ),
                empty="The program has no terms: none need be accepted.",
            ),
            *_acceptances(row),
            list_record(row),
        ]


def _acceptances(row: Program) -> list[Section]:
    """For the edition that binds and those to come: which holders have not accepted it."""
    at = now()
    binding = row.terms.filter(required_from__lte=at).order_by("-number").first()
    first = 0 if binding is None else binding.number
    return [
        _acceptances_of(edition, at)
        for edition in row.terms.filter(number__gte=first).order_by("number")
    ]


def _acceptances_of(edition: TermsEdition, at: dt.datetime) -> Section:
    counted = count_acceptances(edition, at=at)
    silent = list_acceptances(edition, at=at, missing=True).order_by("slug")[:_SHOWN]
    return Section(
        f"Edition {edition.number}: not accepted by",
        ("Organization",),
        [(link(organization),) for organization in silent],
        empty="Every holder has accepted it." if counted.holders else "Nobody holds access.",
        note=f"{counted.accepted} of {counted.holders} holders have accepted it; "
        f"it binds from {edition.required_from:%Y-%m-%d %H:%M} UTC. The first {_SHOWN} are listed.",
    )
