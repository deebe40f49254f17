"""The part that every form about a reported fact has in common."""

from typing import Any

from django import forms

from registry.admin.desk import StepForm
from registry.choices import Precision, SourceGrade
from registry.models import Source
from registry.operations.facts import CitationSaid, FactSaid, Period


class FactForm(StepForm):
    """A statement in our own words, when it held, and the source that says so."""

    statement = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), help_text="In our own words."
    )
    source = forms.ModelChoiceField(Source.objects.order_by("publisher", "slug"))
    grade = forms.ChoiceField(
        choices=SourceGrade.choices, help_text="Of this source, for this fact."
    )
    passage = forms.CharField(max_length=300, required=False)
    precision = forms.ChoiceField(choices=Precision.choices, initial=Precision.DAY)
    start = forms.DateTimeField(
        label="Held from",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="UTC.",
    )
    end = forms.DateTimeField(
        label="Until",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="UTC, exclusive. Empty where nobody has said.",
    )


def read_fact(said: dict[str, Any]) -> FactSaid:
    """The fact that the form tells."""
    citation = CitationSaid(said["source"].slug, SourceGrade(said["grade"]), said["passage"])
    return FactSaid(said["statement"], Precision(said["precision"]), (citation,))


def read_period(said: dict[str, Any]) -> Period:
    """When it held. Raises PeriodBackward."""
    return Period(said["start"], said["end"])
