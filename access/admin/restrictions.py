"""Restrictions on the staff's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.timezone import now

from access.admin.record import list_record
from access.choices import RestrictionBasis, RestrictionKind
from access.models import PersonClass, Program, Restriction, RestrictionVersion
from access.operations import person_classes, restrictions
from access.operations.restrictions import Exempted, Wording
from access.queries.restrictions import holders_within
from access.queries.scopes import Scope
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, actor_of, holds
from registry.admin.sections import Section, link, rows_of
from registry.choices import AssertionKind, Role
from registry.commands import Command
from registry.models import AIModel, Jurisdiction, Organization

_LONG = forms.Textarea(attrs={"rows": 4})


class RestrictionForm(StepForm):
    title = forms.CharField(max_length=200)
    kind = forms.ChoiceField(choices=RestrictionKind.choices)
    basis = forms.ChoiceField(choices=RestrictionBasis.choices)
    public_wording = forms.CharField(
        widget=_LONG, help_text="Those who are stopped read this, by mail and through the API."
    )
    confidential_basis = forms.CharField(
        widget=_LONG, required=False, help_text="For cleared roles only."
    )
    ai_models = forms.ModelMultipleChoiceField(AIModel.objects.order_by("slug"), required=False)
    programs = forms.ModelMultipleChoiceField(Program.objects.order_by("slug"), required=False)
    organizations = forms.ModelMultipleChoiceField(
        Organization.objects.order_by("slug"), required=False
    )
    jurisdictions = forms.ModelMultipleChoiceField(
        Jurisdiction.objects.order_by("slug"), required=False
    )
    vendors = forms.ModelMultipleChoiceField(Organization.objects.order_by("slug"), required=False)
    person_class = forms.ModelChoiceField(PersonClass.objects.order_by("slug"), required=False)
    exceptions_complete = forms.BooleanField(
        required=False,
        initial=True,
        help_text="Unticked: the unlisted are not known to be stopped, and are refused as not known.",
    )


def _restrict(command: Command, _row: None, said: dict[str, Any]) -> object:
    person_class: PersonClass | None = said["person_class"]
    scope = Scope(
        **{
            name: tuple(row.id for row in said[name])
            for name in ("organizations", "ai_models", "programs", "jurisdictions", "vendors")
        },
        person_class=None if person_class is None else person_class.slug,
    )
    return restrictions.restrict(
        command,
        kind=RestrictionKind(said["kind"]),
        basis=RestrictionBasis(said["basis"]),
        wording=Wording(said["title"], said["public_wording"], said["confidential_basis"]),
        scope=scope,
        exceptions_complete=said["exceptions_complete"],
    )


class PersonClassForm(StepForm):
    slug = forms.SlugField(max_length=80)
    name = forms.CharField(max_length=200)
    definition = forms.CharField(widget=_LONG)
    instrument = forms.CharField(max_length=300, help_text="The text that defines it.")
    outside_by = forms.ChoiceField(
        choices=AssertionKind.choices, help_text="The assertion that puts a member outside it."
    )


class ExemptionForm(StepForm):
    organization = forms.ModelChoiceField(Organization.objects.order_by("slug"))
    basis = forms.CharField(max_length=300)


def _lift(command: Command, row: Restriction, _said: dict[str, Any]) -> str:
    lifted = restrictions.lift(command, restriction=row.id).value
    if lifted.lifted_at is None:
        return "Asked. A second person must lift it; until then it stays in force."
    return "Lifted."


def _in_force(actor: Actor, row: Restriction) -> bool:
    return row.origin == "decided" and row.lifted_at is None and actor.has(Role.RESTRICTOR)


@admin.register(Restriction)
class RestrictionAdmin(DeskAdmin):
    list_display = ("title", "kind", "basis", "origin", "imposed_at", "lifted_at")
    list_filter = ("origin", "kind", "basis")
    search_fields = ("title", "public_wording")
    ordering = ("-imposed_at", "-id")
    list_steps = {
        "restrict": Step(
            "Impose a restriction",
            _restrict,
            RestrictionForm,
            holds(Role.RESTRICTOR),
            hint="It wins over every grant in its scope, for the very next question after its "
            "commit. Dimensions narrow each other; an empty one means any.",
            danger=True,
        ),
        "define": Step(
            "Define a class of persons",
            lambda command, _row, said: person_classes.define(
                command, **(said | {"outside_by": AssertionKind(said["outside_by"])})
            ),
            PersonClassForm,
            holds(Role.RESTRICTOR, Role.INTAKE),
        ),
    }
    steps = {
        "exempt": Step(
            "Except an organization",
            lambda command, row, said: restrictions.exempt(
                command,
                restriction=row.id,
                exempted=Exempted(said["organization"].id, said["basis"]),
            ),
            ExemptionForm,
            _in_force,
        ),
        "lift": Step(
            "Lift",
            _lift,
            may=lambda actor, row: _in_force(actor, row) and row.lift_asked_by != actor.key,
            hint="Takes two people: the first asks, the second lifts.",
            danger=True,
        ),
    }

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The confidential basis is only there for cleared roles."""
        hidden = ("confidential_basis",) if actor_of(request).has(Role.CLEARED) else ()
        return (
            *("title", "kind", "basis", "origin", "public_wording", *hidden, "fact"),
            *("imposed_by", "imposed_at", "lift_asked_by", "lift_asked_at"),
            *("lifted_by", "lifted_at", "id"),
        )

    def list_sections(self, request: HttpRequest, row: Restriction) -> list[Section]:
        current = row.versions.as_of(now()).first()
        stopped = [] if current is None else holders_within(current, at=now())
        return [
            Section(
                "Scope over time",
                ("From", "Until", "Covers", "Class of persons", "Exceptions all known"),
                rows_of(
                    row.versions.current().select_related("person_class").order_by("valid"),
                    lambda said: (
                        said.valid.lower,
                        said.valid.upper,
                        _say_scope(said),
                        said.person_class,
                        said.exceptions_complete,
                    ),
                ),
            ),
            Section(
                "Exceptions",
                ("Organization", "Member", "Basis", "From", "Until"),
                rows_of(
                    row.exceptions.current()
                    .select_related("organization", "member")
                    .order_by("id"),
                    lambda said: (
                        link(said.organization),
                        said.member,
                        said.basis,
                        said.valid.lower,
                        said.valid.upper,
                    ),
                ),
                empty="Nobody is excepted.",
            ),
            Section(
                "Holders in its scope now",
                ("Organization",),
                [(link(held),) for held in Organization.objects.filter(pk__in=stopped)],
                empty="Nobody holds a grant in its scope.",
            ),
            list_record(row),
        ]


def _say_scope(said: RestrictionVersion) -> str:
    names = []
    for model, ids, label in (
        (Organization, said.organizations, "organizations"),
        (AIModel, said.ai_models, "models"),
        (Program, said.programs, "programs"),
        (Jurisdiction, said.jurisdictions, "jurisdictions"),
        (Organization, said.vendors, "vendors"),
    ):
        if ids:
            found = model._default_manager.filter(pk__in=ids).order_by("slug")
            names.append(f"{label}: {', '.join(str(row) for row in found)}")
    return "; ".join(names) or "everything"
