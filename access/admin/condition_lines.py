"""Conditions of an approval as lines of a form."""

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import validate_slug

from access.operations.conditions import Requirement

_PARTS = 4


class ConditionLines(forms.CharField):
    """One condition a line: `code | due | words | evidence`. Due is a day in UTC, or empty for the start."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="One a line: code | due, such as 2027-01-31 (UTC; empty: before access "
            "begins) | what the organization must do | evidence asked for (may be empty). "
            "The organization reads this.",
        )

    def clean(self, value: Any) -> tuple[Requirement, ...]:
        lines = str(super().clean(value)).splitlines()
        return tuple(
            _read(number, line) for number, line in enumerate(lines, start=1) if line.strip()
        )


def _read(number: int, line: str) -> Requirement:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) not in {_PARTS - 1, _PARTS} or not parts[2]:
        raise forms.ValidationError(
            f"Line {number}: write code | due | words, and evidence after another |."
        )
    code, due, text, *evidence = parts
    try:
        validate_slug(code)
        due_at = dt.datetime.fromisoformat(due).replace(tzinfo=dt.UTC) if due else None
    except (ValueError, forms.ValidationError) as wrong:
        raise forms.ValidationError(
            f"Line {number}: the code has letters, digits and hyphens; due is a day like 2027-01-31."
        ) from wrong
    return Requirement(code=code, text=text, evidence_asked="".join(evidence), due_at=due_at)
