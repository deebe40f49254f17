"""The form that says which live grants are meant, and the words of a scope."""

from typing import Any

from django import forms

from access.models import Program, Tier
from access.models.scoped import Scoped
from access.queries.grant_scopes import GrantScope, name_scope
from registry.admin.desk import StepForm
from registry.admin.sections import Section
from registry.models import AIModel, Jurisdiction, Organization

_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"})
_DIMENSIONS = ("programs", "tiers", "ai_models", "jurisdictions", "organizations")


class ScopeForm(StepForm):
    """Dimensions are ANDed, values within one ORed; one at least must be given."""

    programs = forms.ModelMultipleChoiceField(Program.objects.order_by("slug"), required=False)
    tiers = forms.ModelMultipleChoiceField(
        Tier.objects.select_related("program").order_by("program", "slug"), required=False
    )
    ai_models = forms.ModelMultipleChoiceField(
        AIModel.objects.order_by("slug"), required=False, label="Models"
    )
    jurisdictions = forms.ModelMultipleChoiceField(
        Jurisdiction.objects.order_by("slug"), required=False
    )
    organizations = forms.ModelMultipleChoiceField(
        Organization.objects.order_by("slug"), required=False
    )
    synthetic = forms.BooleanField(
        required=False, help_text="In the world of demonstrations, not in the real one."
    )
    due_at = forms.DateTimeField(widget=_MOMENT, label="Due", help_text="UTC.")


def take_scope(said: dict[str, Any]) -> GrantScope:
    """The scope out of a form's cleaned data; what is left are the other fields."""
    chosen = {name: tuple(row.pk for row in said.pop(name)) for name in _DIMENSIONS}
    return GrantScope(**chosen)


def show_scope(row: Scoped) -> Section:
    """Which grants are meant, in words."""
    return Section(
        "Scope",
        ("Dimension", "Values"),
        [*name_scope(row), ("World", "synthetic" if row.synthetic else "real")],
        note="A grant must match every dimension, and one value of each.",
    )
