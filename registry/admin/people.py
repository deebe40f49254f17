"""Users, clients and the record on the staff's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from registry.admin.desk import DeskAdmin, Step, StepForm, actor_of, holds
from registry.admin.sections import Section, rows_of
from registry.choices import ClientKind, Role
from registry.commands import Command
from registry.events import Visibility
from registry.models import AuditEvent, Organization, User
from registry.operations import clients, privacy, users

_OFFICE = (Role.ADMINISTRATOR, Role.AUDITOR)


class UserForm(StepForm):
    username = forms.SlugField(max_length=80)
    display_name = forms.CharField(max_length=200)
    email = forms.EmailField()
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Hand it over in person.",
    )


class RoleForm(StepForm):
    role = forms.ChoiceField(choices=Role.choices)


@admin.register(User)
class UserAdmin(DeskAdmin):
    readers = _OFFICE
    list_display = ("username", "display_name", "email", "is_active", "last_login")
    search_fields = ("username", "display_name", "email")
    ordering = ("username",)
    fields = ("username", "display_name", "email", "is_active", "last_login", "id")
    list_steps = {
        "register": Step(
            "Register a member of staff",
            lambda command, _row, said: users.register(command, **said),
            UserForm,
            holds(Role.ADMINISTRATOR),
            hint="They hold no role until another step gives them one.",
        )
    }
    steps = {
        "give_role": Step(
            "Give a role",
            lambda command, row, said: users.give_role(
                command, user=row.username, role=Role(said["role"])
            ),
            RoleForm,
            holds(Role.ADMINISTRATOR),
        ),
        "take_role": Step(
            "Take a role",
            lambda command, row, said: users.take_role(
                command, user=row.username, role=Role(said["role"])
            ),
            RoleForm,
            holds(Role.ADMINISTRATOR),
            danger=True,
        ),
        "deactivate": Step(
            "Deactivate",
            lambda command, row, _said: users.deactivate(command, user=row.username),
            may=lambda actor, row: (
                row.is_active and row.id != actor.id and actor.has(Role.ADMINISTRATOR)
            ),
            hint="Their sessions end at once; the roles stay on record.",
            danger=True,
        ),
        "reactivate": Step(
            "Reactivate",
            lambda command, row, _said: users.reactivate(command, user=row.username),
            may=lambda actor, row: not row.is_active and actor.has(Role.ADMINISTRATOR),
        ),
    }

    def list_sections(self, request: HttpRequest, row: User) -> list[Section]:
        return [
            Section(
                "Roles",
                ("Role", "Given", "By", "Taken", "By"),
                rows_of(
                    row.role_holdings.order_by("given_at", "id"),
                    lambda held: (
                        held.get_role_display(),
                        held.given_at,
                        held.given_by,
                        held.taken_at,
                        held.taken_by,
                    ),
                ),
                empty="No role: this person sees nothing.",
            )
        ]


class ClientForm(StepForm):
    organization = forms.ModelChoiceField(Organization.objects.order_by("slug"))
    name = forms.CharField(max_length=255)
    kind = forms.ChoiceField(choices=ClientKind.choices)
    scopes = forms.MultipleChoiceField(
        choices=clients.list_scopes, widget=forms.CheckboxSelectMultiple
    )


class SurfacesForm(StepForm):
    surfaces = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One a line, such as aws:123456789012, or aws:* for all of a scheme.",
    )


def _register_client(command: Command, _row: None, said: dict[str, Any]) -> str:
    secret = clients.make_secret()
    client = clients.register(
        command,
        organization=said["organization"].id,
        name=said["name"],
        kind=ClientKind(said["kind"]),
        scopes=tuple(said["scopes"]),
        secret=secret,
    ).value
    return f"Client {client.client_id} with secret {secret} — shown this once, and kept as a hash."


class ClientAdmin(DeskAdmin):
    """Registered by the OAuth toolkit, which finds it through the settings."""

    readers = _OFFICE
    list_display = ("name", "organization", "kind", "client_id", "withdrawn_at")
    list_filter = ("kind",)
    list_select_related = ("organization",)
    search_fields = ("name", "client_id", "organization__slug")
    ordering = ("organization__slug", "name")
    fields = (
        *("name", "organization", "kind", "client_id", "scopes", "roles", "surfaces"),
        "withdrawn_at",
    )
    list_steps = {
        "register": Step(
            "Register a client", _register_client, ClientForm, holds(Role.ADMINISTRATOR)
        )
    }
    steps = {
        "serve": Step(
            "Change the surfaces served",
            lambda command, row, said: clients.serve(
                command, client=row.id, surfaces=tuple(said["surfaces"].split())
            ),
            SurfacesForm,
            may=lambda actor, row: (
                row.kind == ClientKind.GATEWAY
                and row.withdrawn_at is None
                and actor.has(Role.ADMINISTRATOR)
            ),
            hint="The whole list: the gateway asks, searches and reads for these and for no others.",
        ),
        "withdraw": Step(
            "Withdraw",
            lambda command, row, _said: clients.withdraw(command, client=row.id),
            may=lambda actor, row: row.withdrawn_at is None and actor.has(Role.ADMINISTRATOR),
            hint="Its tokens end with this step.",
            danger=True,
        ),
    }


class ErasureForm(StepForm):
    value = forms.UUIDField(label="Identifier of the private text")
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=5_000)


@admin.register(AuditEvent)
class AuditEventAdmin(DeskAdmin):
    """The record. Confidential events are for cleared roles; free text is behind its digest."""

    list_display = ("recorded_at", "name", "subject_type", "subject_id", "actor")
    list_filter = ("subject_type", "visibility")
    search_fields = ("=subject_id", "=event_id", "name")
    search_help_text = "A full identifier, or part of an event's name"
    ordering = ("-id",)
    fields = (
        *("event_id", "name", "subject_type", "subject_id", "actor", "organizations"),
        *("visibility", "occurred_at", "recorded_at", "request_id", "details"),
    )

    steps = {
        "erase": Step(
            "Erase a private text",
            lambda command, _row, said: privacy.erase(command, **said),
            ErasureForm,
            holds(Role.ADMINISTRATOR),
            hint="Its identifier stands under “private” in the details. The ledger still verifies.",
            danger=True,
        )
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        found = super().get_queryset(request)
        if actor_of(request).has(Role.CLEARED, Role.AUDITOR):
            return found
        return found.exclude(visibility=Visibility.CLEARED)
