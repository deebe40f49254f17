"""AI models on the staff's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.sections import Section, link, rows_of
from registry.choices import ModelStage, Role
from registry.commands import Command
from registry.models import AIModel, Organization
from registry.operations import ai_models


class ModelForm(StepForm):
    slug = forms.SlugField(max_length=80)
    name = forms.CharField(max_length=200)
    developer = forms.ModelChoiceField(Organization.objects.order_by("slug"))
    stage = forms.ChoiceField(choices=ModelStage.choices)


class ReleaseForm(StepForm):
    slug = forms.SlugField(max_length=120)
    label = forms.CharField(max_length=120)
    released_at = forms.DateTimeField(
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}), help_text="UTC."
    )


class StageForm(StepForm):
    stage = forms.ChoiceField(
        choices=[
            (stage.value, stage.label) for stage in ModelStage if stage is not ModelStage.WITHDRAWN
        ]
    )


def _register_model(command: Command, _row: None, said: dict[str, Any]) -> object:
    developer: Organization = said["developer"]
    return ai_models.register(
        command,
        slug=said["slug"],
        name=said["name"],
        developer=developer.id,
        stage=ModelStage(said["stage"]),
        synthetic=developer.synthetic,
    )


@admin.register(AIModel)
class AIModelAdmin(DeskAdmin):
    plural = "models"
    list_display = ("name", "slug", "developer", "world")
    list_filter = ("synthetic",)
    list_select_related = ("developer",)
    search_fields = ("slug", "name")
    ordering = ("slug",)
    fields = ("name", "slug", "developer", "synthetic", "id", "version")
    list_steps = {
        "register": Step("Register a model", _register_model, ModelForm, holds(Role.INTAKE))
    }
    steps = {
        "register_release": Step(
            "Register a released version",
            lambda command, row, said: ai_models.register_release(
                command, ai_model=row.id, **said
            ),
            ReleaseForm,
            holds(Role.INTAKE),
        ),
        "change_stage": Step(
            "Change the stage",
            lambda command, row, said: ai_models.change_stage(
                command, ai_model=row.id, stage=ModelStage(said["stage"])
            ),
            StageForm,
            holds(Role.INTAKE),
        ),
        "withdraw": Step(
            "Withdraw for good",
            lambda command, row, _said: ai_models.withdraw(command, ai_model=row.id),
            may=holds(Role.RESTRICTOR),
            hint="Every question about this model is refused from the commit on, for everyone.",
            danger=True,
        ),
    }

    def list_sections(self, request: HttpRequest, row: AIModel) -> list[Section]:
        return [
            Section(
                "Stage over time",
                ("Name", "Stage", "From", "Until", "Recorded"),
                rows_of(
                    row.versions.order_by("recorded", "valid"),
                    lambda version: (
                        version.name,
                        version.get_stage_display(),
                        version.valid.lower,
                        version.valid.upper,
                        version.recorded.lower,
                    ),
                ),
            ),
            Section(
                "Released versions",
                ("Slug", "Label", "Released"),
                rows_of(
                    row.releases.order_by("released_at"),
                    lambda release: (release.slug, release.label, release.released_at),
                ),
            ),
            Section(
                "Capability statements",
                ("Framework", "Version", "Statement", "From", "Source"),
                rows_of(
                    row.capability_statements.current().select_related("fact").order_by("valid"),
                    lambda said: (
                        said.framework,
                        said.framework_version,
                        said.statement,
                        said.valid.lower,
                        link(said.fact, "sources"),
                    ),
                ),
            ),
        ]
