"""What each step on an access request needs to be told."""

from django import forms

from access.admin.answer_forms import AskedBy, Evidence
from access.admin.condition_lines import ConditionLines
from access.choices import DecisionReason, Finding, PrimaryPurpose
from access.models import Tier
from registry.admin.desk import StepForm
from registry.models import Organization

_LONG = forms.Textarea(attrs={"rows": 4})


def _bound(hint: str) -> forms.CharField:
    """Words that bind the holder; none where nothing is said."""
    area = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(
        widget=area,
        max_length=5_000,
        required=False,
        help_text=f"{hint} The organization reads this.",
    )


class NoteForm(StepForm):
    note = forms.CharField(
        widget=_LONG, max_length=5_000, help_text="The organization reads this."
    )


class QuestionForm(StepForm):
    question = forms.CharField(
        widget=_LONG, max_length=5_000, help_text="The organization reads this."
    )


class AnswerForm(StepForm):
    answer = forms.CharField(widget=_LONG, max_length=20_000)


class JustificationForm(StepForm):
    justification = forms.CharField(widget=_LONG, max_length=20_000)


class SubmitForm(StepForm):
    accepts_terms = forms.IntegerField(
        required=False, min_value=1, label="Edition of the terms that the organization accepts"
    )


class AssessmentForm(StepForm):
    finding = forms.ChoiceField(choices=Finding.choices)
    reasons = forms.CharField(widget=_LONG, max_length=20_000, help_text="For staff only.")


class ResolutionForm(StepForm):
    overrules = forms.TypedChoiceField(
        label="The objections",
        choices=[("yes", "are set aside"), ("no", "stand: only a refusal is left")],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    reasons = forms.CharField(widget=_LONG, max_length=20_000, help_text="For staff only.")


class RulingForm(StepForm):
    reason = forms.ChoiceField(choices=DecisionReason.choices)
    applicant_text = forms.CharField(
        widget=_LONG,
        max_length=5_000,
        required=False,
        label="To the organization",
        help_text="The organization reads this.",
    )
    internal_text = forms.CharField(
        widget=_LONG,
        max_length=5_000,
        required=False,
        label="To staff",
        help_text="For staff only.",
    )


class ApprovalForm(RulingForm):
    starts_at = forms.DateTimeField(
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="UTC. Empty: at once. Never before it is recorded.",
    )
    ends_at = forms.DateTimeField(
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="UTC, exclusive. Empty: as long as the tier says.",
    )
    use_scope = _bound("What it may be used for, beyond the purpose.")
    limits = _bound("How much, how fast, how many.")
    personnel_scope = _bound("Who of the organization may use it.")
    conditions = ConditionLines()


class DraftForm(StepForm):
    organization = forms.ModelChoiceField(Organization.objects.order_by("slug"))
    tier = forms.ModelChoiceField(
        Tier.objects.select_related("program").order_by("program", "slug")
    )
    purpose = forms.ChoiceField(choices=PrimaryPurpose.choices)
    justification = forms.CharField(widget=_LONG, max_length=20_000, required=False)
    asked_by = AskedBy()
    evidence = Evidence()
