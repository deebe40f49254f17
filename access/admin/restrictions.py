"""Restrictions on the staff's pages."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.timezone import now

from access.admin.effect_page import show_effect
from access.admin.record import ReasonForm, list_record
from access.admin.restoration_page import show_restoration
from access.admin.restriction_sections import list_sections
from access.admin.stop_page import show_stop
from access.choices import Switch
from access.models import EnforcementPoint, Restriction
from access.operations import applications, person_classes, renewals, restrictions, wordings
from access.operations.applications import Applied
from access.operations.restrictions import Exempted
from access.queries.lapses import list_lapsed
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, actor_of, holds
from registry.admin.sections import Section
from registry.choices import AssertionKind, Role
from registry.commands import Command
from registry.models import Organization

_LONG = forms.Textarea(attrs={"rows": 4})
_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"})


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


class WordingForm(StepForm):
    title = forms.CharField(max_length=200, help_text="The subject of their mail.")
    public = forms.CharField(
        widget=_LONG, max_length=5_000, label="Words", help_text="Those who are stopped read this."
    )


class AppliedForm(StepForm):
    point = forms.ModelChoiceField(
        EnforcementPoint.objects.filter(retired_at__isnull=True).order_by("slug")
    )
    switch = forms.ChoiceField(choices=Switch.choices, label="What it did")
    read_at = forms.DateTimeField(widget=_MOMENT, label="When it learned of it", help_text="UTC.")
    applied_at = forms.DateTimeField(
        widget=_MOMENT,
        required=False,
        label="When it was applied",
        help_text="UTC. Empty: not yet.",
    )
    last_yes_at = forms.DateTimeField(
        widget=_MOMENT, required=False, label="Its last yes", help_text="UTC, where it knows."
    )


def _lift(command: Command, row: Restriction, _said: dict[str, Any]) -> str:
    lifted = restrictions.lift(command, restriction=row.id).value
    if lifted.lifted_at is None:
        return "Asked. A second person must lift it; until then it stays in force."
    return "Lifted. Below is what lapsed meanwhile, if anything did: nothing was lengthened."


def _report(command: Command, row: Restriction, said: dict[str, Any]) -> str:
    applications.report_applied(
        Command(
            command.by, command.at, command.request_id
        ),  # the person looked at the restriction
        point=said["point"].id,
        applied=(
            Applied(
                row.id,
                Switch(said["switch"]),
                said["read_at"],
                said["applied_at"],
                said["last_yes_at"],
            ),
        ),
    )
    return "Kept, with your name beside it."


def _read_basis(command: Command, row: Restriction, _said: dict[str, Any]) -> str:
    read = wordings.read_basis(command, restriction=row.id).value
    return f"The confidential basis is: {read.confidential_basis}"


def _in_force(actor: Actor, row: Restriction) -> bool:
    return row.origin == "decided" and row.lifted_at is None and actor.has(Role.RESTRICTOR)


def _has_lapsed(row: Restriction, **waiting: Any) -> bool:
    return row.lifted_at is not None and list_lapsed(row, at=now()).filter(**waiting).exists()


@admin.register(Restriction)
class RestrictionAdmin(DeskAdmin):
    list_display = ("title", "kind", "basis", "origin", "imposed_at", "lifted_at")
    list_filter = ("origin", "kind", "basis")
    search_fields = ("title", "public_title", "public_wording")
    ordering = ("-imposed_at", "-id")
    fields = (
        *("title", "kind", "basis", "origin", "because_of", "public_title", "public_wording"),
        *("wording_due_at", "worded_by", "worded_at", "neutral_at", "fact"),
        *("imposed_by", "imposed_at", "lift_asked_by", "lift_asked_at"),
        *("lifted_by", "lifted_at", "id"),
    )
    list_steps = {
        "restrict": Step(
            "Stop access",
            may=holds(Role.RESTRICTOR),
            page="admin:access_restriction_stop",
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
        "effect": Step(
            "How far it is",
            may=lambda _actor, row: row.origin == "decided",
            page="admin:access_restriction_effect",
        ),
        "word": Step(
            "Write the words",
            lambda command, row, said: wordings.word(command, restriction=row.id, **said),
            WordingForm,
            lambda actor, row: _in_force(actor, row) and not row.public_wording,
            hint="They are mailed at once to everyone who was stopped. They cannot be taken back.",
        ),
        "report": Step(
            "Record what a point did",
            _report,
            AppliedForm,
            lambda actor, row: row.origin == "decided" and actor.has(Role.RESTRICTOR),
            hint="For a point that says by telephone what its program cannot.",
        ),
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
        "restore": Step(
            "Give access back from a list", may=_in_force, page="admin:access_restriction_restore"
        ),
        "lift": Step(
            "Lift",
            _lift,
            may=lambda actor, row: _in_force(actor, row) and row.lift_asked_by != actor.key,
            hint="Takes two people: the first asks, the second lifts.",
            danger=True,
        ),
        "withdraw_lift": Step(
            "Withdraw the request to lift",
            lambda command, row, _said: restrictions.withdraw_lift(command, restriction=row.id),
            may=lambda actor, row: _in_force(actor, row) and bool(row.lift_asked_by),
            hint="Nobody can lift it then before two people have asked and agreed again.",
        ),
        "basis": Step(
            "Read the confidential basis",
            _read_basis,
            may=lambda actor, row: actor.has(Role.CLEARED) and bool(row.confidential_basis),
            hint="That you read it is recorded.",
        ),
        "renew": Step(
            "Renew what lapsed",
            lambda command, row, said: renewals.renew_lapsed(command, restriction=row.id, **said),
            ReasonForm,
            lambda actor, row: (
                actor.has(Role.DECIDER)
                and _has_lapsed(row, renewal__isnull=True, successor__isnull=True)
            ),
            hint="Each grant gets a successor from now on, for as long as its tier says. Where the policy "
            "asks for a countersignature, it waits for one.",
        ),
        "countersign": Step(
            "Countersign the renewals",
            lambda command, row, _said: renewals.countersign_renewals(command, restriction=row.id),
            may=lambda actor, row: (
                actor.has(Role.COUNTERSIGNER)
                and row.renewals.filter(grant__successor__isnull=True)
                .exclude(decided_by=actor.key)
                .exists()
            ),
        ),
    }

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "access_restriction"
        return [
            path("stop/", view(self.stop), name=f"{name}_stop"),
            path("<uuid:restriction>/effect/", view(self.effect), name=f"{name}_effect"),
            path("<uuid:restriction>/effect/part/", view(self.effect_part), name=f"{name}_part"),
            path("<uuid:restriction>/restore/", view(self.restore), name=f"{name}_restore"),
            *super().get_urls(),
        ]

    def stop(self, request: HttpRequest) -> HttpResponse:
        """Stop access, after a look at whom it would reach."""
        if not actor_of(request).has(Role.RESTRICTOR):
            raise PermissionDenied
        return show_stop(request, self._context(request), back=self._address("changelist"))

    def effect(self, request: HttpRequest, restriction: UUID) -> HttpResponse:
        """How far it is."""
        return self._effect(request, restriction, part=False)

    def effect_part(self, request: HttpRequest, restriction: UUID) -> HttpResponse:
        """What of that page changes while points report."""
        return self._effect(request, restriction, part=True)

    def restore(self, request: HttpRequest, restriction: UUID) -> HttpResponse:
        """Give access back from a list, after a look at each line."""
        row = Restriction.objects.filter(pk=restriction).first()
        if row is None:
            raise Http404
        if not _in_force(actor_of(request), row):
            raise PermissionDenied
        back = reverse("admin:access_restriction_change", args=[row.id])
        return show_restoration(request, row, self._context(request), back=back)

    def list_sections(self, request: HttpRequest, row: Restriction) -> list[Section]:
        return [*list_sections(row, at=now()), list_record(row)]

    def _effect(self, request: HttpRequest, restriction: UUID, *, part: bool) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return show_effect(request, restriction, self._context(request), part=part)

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts}
