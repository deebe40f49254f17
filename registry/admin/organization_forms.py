"""What the steps on an organization ask for."""

from django import forms

from registry.admin.desk import StepForm
from registry.choices import AssertionKind, OrganizationKind, RelationKind, Sector
from registry.models import Jurisdiction, Organization


class ReasonForm(StepForm):
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=5_000)


class ContactForm(StepForm):
    name = forms.CharField(max_length=200)
    email = forms.EmailField()


class ContactAddressForm(StepForm):
    email = forms.EmailField(label="Address of the contact")


class IdentifierForm(StepForm):
    identifier = forms.CharField(
        max_length=240, help_text="scheme:value, such as aws:123456789012"
    )


class RelationForm(StepForm):
    kind = forms.ChoiceField(choices=RelationKind.choices)
    to = forms.ModelChoiceField(Organization.objects.order_by("slug"))
    share = forms.DecimalField(
        required=False, max_digits=5, decimal_places=2, help_text="Percent, for ownership."
    )
    since = forms.DateTimeField(
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="UTC. Empty: always, as far as is known.",
    )


class MemberForm(StepForm):
    reference = forms.CharField(max_length=120, help_text="The organization's own reference.")


class ReviewForm(StepForm):
    reference = forms.CharField(max_length=120, help_text="The member's reference.")
    kind = forms.ChoiceField(choices=AssertionKind.choices)


class SectorForm(StepForm):
    sector = forms.ChoiceField(
        choices=Sector.choices, help_text="By Annexes I and II of Directive (EU) 2022/2555."
    )
    source = forms.CharField(
        max_length=300, help_text="On whose word: a register, a filing, its own statement."
    )


class OrganizationForm(StepForm):
    slug = forms.SlugField(max_length=80)
    name = forms.CharField(max_length=200)
    legal_name = forms.CharField(max_length=300, required=False)
    kind = forms.ChoiceField(choices=OrganizationKind.choices)
    seat = forms.ModelChoiceField(
        Jurisdiction.objects.order_by("name"), required=False, to_field_name="slug"
    )
    undisclosed = forms.BooleanField(
        required=False, help_text="Only cleared roles see the name; choose a slug that hides it."
    )
