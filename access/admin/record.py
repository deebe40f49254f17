"""What several pages of access share: the record of a row, and the form that asks why."""

from typing import Any

from django import forms

from registry.admin.desk import StepForm
from registry.admin.sections import Section, link
from registry.queries.timelines import list_events


class ReasonForm(StepForm):
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=5_000)


def list_record(row: Any) -> Section:
    """What is on record about a row, newest first."""
    return Section(
        "Record",
        ("Event", "Occurred", "Recorded", "By"),
        [
            (link(event, event.name), event.occurred_at, event.recorded_at, event.actor)
            for event in list_events(row.pk)
        ],
        empty="Nothing that every role may read.",
    )
