"""What a person says who stops access: what it is called, what it covers, whom it leaves out."""

from dataclasses import dataclass
from typing import Any

from django import forms

from access.choices import Origin, RestrictionBasis, RestrictionKind
from access.models import PersonClass, Program, Restriction
from access.operations.restrictions import Exempted, Wording
from access.queries.scopes import Scope
from registry.models import AIModel, Jurisdiction, Organization
from registry.queries.organizations import find_exactly

_SHORT = forms.Textarea(attrs={"rows": 2, "spellcheck": "false"})
_LONG = forms.Textarea(attrs={"rows": 4})
_EXACT = "One a line: its slug, or an identifier such as aws:123456789012. Exactly, never nearly."


_ALWAYS = (
    *("title", "kind", "basis", "ai_models", "programs", "person_class"),
    *("public_wording", "confidential_basis"),
)
_NARROWER = ("organizations", "jurisdictions", "vendors")
_EXCEPTIONS = ("exceptions", "exceptions_basis", "exceptions_complete")
_SELDOM = (
    ("Only some organizations, places or vendors", _NARROWER, _NARROWER),
    ("Exceptions", _EXCEPTIONS, ("exceptions", "exceptions_basis")),
    ("An order that this answers", ("because_of",), ("because_of",)),
)
"""Each group of fields that is seldom needed, and those of them that open it where they hold something."""


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that stand together; `folded` hides those that say nothing."""

    title: str
    fields: list[forms.BoundField]
    folded: bool


class ExactOrganizations(forms.CharField):
    """Organizations by exact names, one a line; so that it works with two as with twenty thousand."""

    widget = _SHORT

    def clean(self, value: Any) -> list[Organization]:
        names = list(dict.fromkeys(super().clean(value).split()))
        found = find_exactly(names)
        wrong = [name for name in names if len(found.get(name, [])) != 1]
        if wrong:
            raise forms.ValidationError(
                "These name nobody, or more than one: %(names)s",
                params={"names": ", ".join(wrong)},
            )
        return [found[name][0] for name in names]


class StopForm(forms.Form):
    title = forms.CharField(
        max_length=200,
        help_text="What staff call it. Those who are stopped read it with the words.",
    )
    kind = forms.ChoiceField(choices=RestrictionKind.choices)
    basis = forms.ChoiceField(choices=RestrictionBasis.choices)
    ai_models = forms.ModelMultipleChoiceField(
        AIModel.objects.order_by("synthetic", "slug"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Models",
    )
    programs = forms.ModelMultipleChoiceField(
        Program.objects.order_by("synthetic", "slug"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    person_class = forms.ModelChoiceField(
        PersonClass.objects.order_by("slug"),
        required=False,
        label="Class of persons",
        empty_label="everyone",
        help_text="Named here, that class is compared with everyone before you choose.",
    )
    organizations = ExactOrganizations(required=False, help_text=_EXACT)
    vendors = ExactOrganizations(
        required=False, help_text="Whoever they host or process for is stopped. " + _EXACT
    )
    jurisdictions = forms.ModelMultipleChoiceField(
        Jurisdiction.objects.order_by("slug"), required=False
    )
    exceptions = ExactOrganizations(required=False, help_text="Who is left out. " + _EXACT)
    exceptions_basis = forms.CharField(
        max_length=300, required=False, label="On what basis they are left out"
    )
    exceptions_complete = forms.BooleanField(
        required=False,
        initial=True,
        label="The exceptions are all known",
        help_text="Unticked: the unlisted are refused as not known, rather than as restricted.",
    )
    because_of = forms.ModelChoiceField(
        Restriction.objects.filter(origin=Origin.DECIDED, lifted_at__isnull=True).order_by(
            "-imposed_at"
        ),
        required=False,
        label="Answers the order",
        help_text="Where the developer stops more than an order says: that order.",
    )
    public_wording = forms.CharField(
        widget=_LONG,
        required=False,
        help_text="Those who are stopped read this. Leave it empty to write it later: they are refused at "
        "once all the same, and told a neutral text if it takes long.",
    )
    confidential_basis = forms.CharField(
        widget=_LONG,
        required=False,
        help_text="For cleared roles only. It is in no mail and no answer.",
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("exceptions") and not said.get("exceptions_basis"):
            self.add_error("exceptions_basis", "Say on what basis they are left out.")
        return said

    @property
    def groups(self) -> list[FieldGroup]:
        """The fields as they stand on the page: first what is always said, then what seldom is, folded away."""
        return [
            FieldGroup("", [self[name] for name in _ALWAYS], folded=False),
            *(
                FieldGroup(
                    title,
                    [self[name] for name in names],
                    folded=not any(self[name].errors or self.data.get(name) for name in opening),
                )
                for title, names, opening in _SELDOM
            ),
        ]

    def read_scope(self, *, everyone: bool) -> Scope:
        """The scope that the valid form says; for everyone, or for the class of persons that it names."""
        said = self.cleaned_data
        names = ("organizations", "ai_models", "programs", "jurisdictions", "vendors")
        person_class: PersonClass | None = said["person_class"]
        return Scope(
            **{name: tuple(sorted(row.id for row in said[name])) for name in names},
            person_class=None if everyone or person_class is None else person_class.slug,
        )

    def read_wording(self) -> Wording:
        said = self.cleaned_data
        return Wording(said["title"], said["public_wording"], said["confidential_basis"])

    def read_exceptions(self) -> tuple[Exempted, ...]:
        said = self.cleaned_data
        return tuple(Exempted(row.id, said["exceptions_basis"]) for row in said["exceptions"])
