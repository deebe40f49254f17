"""Enforcement points on the staff's pages: what they serve, what they applied, where they drift."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import now

from access.admin.record import ReasonForm, list_record
from access.models import EnforcementPoint
from access.operations import enforcement
from access.operations.enforcement import PointProfile
from access.queries.surfaces import list_drift
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.sections import Section, rows_of
from registry.choices import ClientKind, Role
from registry.commands import Command
from registry.models import Client, Organization

_SHOWN = 50


class ProfileForm(StepForm):
    name = forms.CharField(max_length=200)
    owner = forms.ModelChoiceField(
        Organization.objects.order_by("slug"), help_text="Whoever runs it: you, or a cloud."
    )
    alarm_name = forms.CharField(
        max_length=200, label="Whom to call", help_text="The person or desk that answers at night."
    )
    alarm_email = forms.EmailField(label="Their e-mail address")
    surfaces = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        label="What it serves",
        help_text="One a line: a scheme, such as aws, or an identifier, such as aws:123456789012.",
    )
    client = forms.ModelChoiceField(
        Client.objects.filter(kind=ClientKind.GATEWAY, withdrawn_at__isnull=True).order_by("name"),
        required=False,
        help_text="The gateway of its owner that reports for it, with the scope enforcement:report.",
    )


class RegisterForm(ProfileForm):
    slug = forms.SlugField(max_length=80)


def _read_profile(said: dict[str, Any]) -> PointProfile:
    client: Client | None = said["client"]
    return PointProfile(
        name=said["name"],
        owner=said["owner"].id,
        alarm_name=said["alarm_name"],
        alarm_email=said["alarm_email"],
        surfaces=tuple(said["surfaces"].split()),
        client=None if client is None else client.id,
    )


def _show_profile(row: EnforcementPoint) -> dict[str, Any]:
    return {
        "name": row.name,
        "owner": row.owner_id,
        "alarm_name": row.alarm_name,
        "alarm_email": row.alarm_email,
        "surfaces": "\n".join(row.surfaces),
        "client": row.client_id,
    }


def _stands(actor: Actor, row: EnforcementPoint) -> bool:
    return actor.has(Role.ADMINISTRATOR) and row.retired_at is None


def _retire(command: Command, row: EnforcementPoint, said: dict[str, Any]) -> object:
    return enforcement.retire(command, point=row.id, reason=said["reason"])


@admin.register(EnforcementPoint)
class EnforcementPointAdmin(DeskAdmin):
    list_display = ("name", "owner", "alarm_name", "serves", "retired_at")
    list_select_related = ("owner",)
    search_fields = ("slug", "name", "owner__name")
    ordering = ("slug",)
    fields = (
        *("name", "slug", "owner", "alarm_name", "alarm_email", "serves", "client"),
        *("retired_at", "id", "version"),
    )
    readonly_fields = ("serves",)
    list_steps = {
        "register": Step(
            "Register a point",
            lambda command, _row, said: enforcement.register(
                command, slug=said["slug"], profile=_read_profile(said)
            ),
            RegisterForm,
            holds(Role.ADMINISTRATOR),
            hint="Every stop that concerns it waits for its report from then on.",
        )
    }
    steps = {
        "change": Step(
            "Change",
            lambda command, row, said: enforcement.change(
                command, point=row.id, profile=_read_profile(said)
            ),
            ProfileForm,
            _stands,
            initial=_show_profile,
        ),
        "retire": Step(
            "Retire",
            _retire,
            ReasonForm,
            _stands,
            hint="No stop waits for it any more. What it has on stays on: see to that first.",
            danger=True,
        ),
    }

    @admin.display(description="serves")
    def serves(self, row: EnforcementPoint) -> str:
        return ", ".join(row.surfaces)

    def list_sections(self, request: HttpRequest, row: EnforcementPoint) -> list[Section]:
        applications = row.applications.select_related("restriction").order_by(
            "-committed_at", "-id"
        )[:_SHOWN]
        drift = list_drift(row, at=now())
        return [
            Section(
                "What it had to apply",
                ("Restriction", "To do", "Committed", "Read", "Applied", "Last yes"),
                [
                    (
                        (
                            said.restriction.title,
                            reverse("admin:access_restriction_effect", args=[said.restriction_id]),
                        ),
                        said.get_switch_display(),
                        said.committed_at,
                        said.read_at,
                        said.applied_at or "not yet",
                        said.last_yes_at,
                    )
                    for said in applications
                ],
                empty="No restriction has concerned it.",
            ),
            Section(
                "Where it differs from the registry",
                ("Surface", "Model", "Difference", "Since"),
                [(one.surface, one.model, one.difference, one.since) for one in drift],
                empty="Nowhere, as far as it has reported.",
                note="The first of each kind. A restriction in force is not counted as a difference.",
            ),
            Section(
                "As it reported last",
                ("Surface", "Model", "Standing", "Since"),
                rows_of(
                    row.surface_states.current()
                    .filter(valid__upper_inf=True)
                    .order_by("-valid", "-id")[:_SHOWN],
                    lambda said: (
                        said.surface,
                        said.model,
                        said.get_standing_display(),
                        said.valid.lower,
                    ),
                ),
                empty="It has reported no surface yet.",
            ),
            list_record(row),
        ]
