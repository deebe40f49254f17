"""What tiers require, on the staff's pages."""

from typing import Any

import yaml
from django import forms
from django.contrib import admin
from django.http import HttpRequest

from access.admin.eligibility_sections import tell
from access.admin.record import list_record
from access.models import Tier, TierRequirements
from access.operations import eligibility
from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.sections import Section
from registry.choices import Role
from registry.commands import Command


class RequirementsForm(StepForm):
    tier = forms.ModelChoiceField(Tier.objects.order_by("program__slug", "slug"))
    document = forms.CharField(
        label="Requirements",
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
        help_text="YAML: a list under “requirements”.",
    )
    binds_grants_from = forms.DateTimeField(
        required=False, help_text="UTC; empty: it binds requests submitted from now on, no grant."
    )

    def clean_document(self) -> dict[str, Any]:
        try:
            said = yaml.safe_load(self.cleaned_data["document"])
        except yaml.YAMLError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong
        if not isinstance(said, dict):
            raise forms.ValidationError("It is not a mapping with “requirements”.")
        return said


def _propose_requirements(command: Command, _row: None, said: dict[str, Any]) -> str:
    eligibility.propose(
        command,
        tier=said["tier"].id,
        document=said["document"],
        binds_grants_from=said["binds_grants_from"],
    )
    return "Proposed. It binds nobody until another person puts it in force."


@admin.register(TierRequirements)
class TierRequirementsAdmin(DeskAdmin):
    list_display = (
        "tier",
        "number",
        "proposed_at",
        "enacted_at",
        "binds_grants_from",
    )
    list_select_related = ("tier",)
    search_fields = ("tier__slug", "tier__name", "tier__program__slug")
    ordering = ("-proposed_at", "-id")
    fields = (
        *("tier", "number", "binds_grants_from", "proposed_by", "proposed_at", "enacted_by"),
        *("enacted_at", "sha256", "id"),
    )
    list_steps = {
        "propose": Step(
            "Propose requirements",
            _propose_requirements,
            RequirementsForm,
            holds(Role.ADMINISTRATOR),
        )
    }
    steps = {
        "enact": Step(
            "Put in force",
            lambda command, row, _said: eligibility.enact(command, requirements=row.id),
            may=lambda actor, row: (
                row.enacted_at is None
                and row.proposed_by != actor.key
                and actor.has(Role.ADMINISTRATOR)
            ),
        )
    }

    def list_sections(self, request: HttpRequest, row: TierRequirements) -> list[Section]:
        asked = row.document["requirements"]
        return [
            Section(
                "What is asked for",
                ("Code", "Title", "Kind", "Advice only", "In detail"),
                [
                    (
                        one["code"],
                        one["title"],
                        one["kind"],
                        "yes" if one.get("advisory") else "no",
                        tell({k: v for k, v in one.items() if k not in _SHOWN}),
                    )
                    for one in asked
                ],
                empty="Nothing.",
            ),
            list_record(row),
        ]


_SHOWN = frozenset({"code", "title", "kind", "advisory"})
