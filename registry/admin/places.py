"""Jurisdictions and authorities on the staff's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.sections import Section, link, rows_of
from registry.choices import Channel, JurisdictionKind, Role, Trigger
from registry.commands import Command
from registry.models import Authority, Jurisdiction, Organization, Scheme
from registry.operations import accepted_schemes, authorities, authority_channels, jurisdictions
from registry.operations.authorities import Competent


class JurisdictionForm(StepForm):
    slug = forms.SlugField(max_length=50)
    name = forms.CharField(max_length=120)
    kind = forms.ChoiceField(choices=JurisdictionKind.choices)
    member_of = forms.ModelMultipleChoiceField(
        Jurisdiction.objects.order_by("name"), required=False
    )


class AuthorityForm(StepForm):
    organization = forms.ModelChoiceField(Organization.objects.order_by("slug"))
    jurisdiction = forms.ModelChoiceField(Jurisdiction.objects.order_by("name"))
    subject = forms.CharField(max_length=120, help_text="What it answers for.")
    basis = forms.CharField(max_length=300, required=False, help_text="The legal basis.")
    channel = forms.ChoiceField(choices=Channel.choices, help_text="How it accepts to be told.")
    address = forms.CharField(max_length=300, required=False)


class ChannelForm(StepForm):
    channel = forms.ChoiceField(
        choices=[choice for choice in Channel.choices if choice[0] != Channel.UNKNOWN]
    )
    address = forms.CharField(max_length=300)
    classes = forms.MultipleChoiceField(
        choices=Trigger.choices,
        required=False,
        label="Accepted for",
        help_text="Which kinds of notifications the authority has said it takes this way. Nothing is "
        "mailed to it about any other.",
    )
    basis = forms.CharField(
        max_length=300, required=False, help_text="Where it says so. Needed for e-mail."
    )


class ChannelAddressForm(StepForm):
    channel = forms.ChoiceField(choices=Channel.choices)
    address = forms.CharField(max_length=300)


class SchemeForm(StepForm):
    scheme = forms.ModelChoiceField(Scheme.objects.order_by("slug", "edition"))


class AcceptanceForm(SchemeForm):
    level = forms.CharField(max_length=40, required=False, help_text="This level or above.")
    basis = forms.CharField(max_length=300, help_text="Where it says so.")


def _accept_scheme(command: Command, row: Authority, said: dict[str, Any]) -> object:
    return accepted_schemes.state(
        command,
        authority=row.id,
        scheme=said["scheme"].id,
        level=said["level"],
        basis=said["basis"],
    )


def _state_channel(command: Command, row: Authority, said: dict[str, Any]) -> object:
    return authority_channels.state(
        command,
        authority=row.id,
        channel=Channel(said["channel"]),
        address=said["address"],
        classes=tuple(Trigger(kind) for kind in said["classes"]),
        basis=said["basis"],
    )


def _withdraw_channel(command: Command, row: Authority, said: dict[str, Any]) -> object:
    return authority_channels.withdraw(
        command, authority=row.id, channel=Channel(said["channel"]), address=said["address"]
    )


def _register_jurisdiction(command: Command, _row: None, said: dict[str, Any]) -> object:
    return jurisdictions.register(
        command,
        slug=said["slug"],
        name=said["name"],
        kind=JurisdictionKind(said["kind"]),
        member_of={whole.slug: None for whole in said["member_of"]},
    )


def _register_authority(command: Command, _row: None, said: dict[str, Any]) -> object:
    competent = Competent(said["jurisdiction"].slug, said["subject"], said["basis"])
    return authorities.register(
        command,
        organization=said["organization"].id,
        competences=(competent,),
        channels=((Channel(said["channel"]), said["address"]),),
    )


@admin.register(Jurisdiction)
class JurisdictionAdmin(DeskAdmin):
    list_display = ("name", "slug", "kind")
    list_filter = ("kind",)
    search_fields = ("slug", "name")
    ordering = ("name",)
    fields = ("name", "slug", "kind")
    list_steps = {
        "register": Step(
            "Register a jurisdiction", _register_jurisdiction, JurisdictionForm, holds(Role.INTAKE)
        )
    }

    def list_sections(self, request: HttpRequest, row: Jurisdiction) -> list[Section]:
        return [
            Section(
                "Member of",
                ("Union", "Since", "Until"),
                rows_of(
                    row.memberships.current().select_related("whole").order_by("id"),
                    lambda edge: (link(edge.whole), edge.valid.lower, edge.valid.upper),
                ),
            ),
            Section(
                "Members",
                ("Jurisdiction", "Since", "Until"),
                rows_of(
                    row.member_rows.current().select_related("member").order_by("member__name"),
                    lambda edge: (link(edge.member), edge.valid.lower, edge.valid.upper),
                ),
            ),
        ]


@admin.register(Authority)
class AuthorityAdmin(DeskAdmin):
    plural = "authorities"
    list_display = ("organization",)
    list_select_related = ("organization",)
    search_fields = ("organization__slug", "organization__name")
    ordering = ("organization__slug",)
    fields = ("organization", "id")
    list_steps = {
        "register": Step(
            "Register an authority",
            _register_authority,
            AuthorityForm,
            holds(Role.AUTHORITY_DESK, Role.INTAKE),
        )
    }
    steps = {
        "state_channel": Step(
            "State a channel",
            _state_channel,
            ChannelForm,
            holds(Role.AUTHORITY_DESK),
            hint="A channel that is on record already is changed by stating it again.",
        ),
        "withdraw_channel": Step(
            "Withdraw a channel",
            _withdraw_channel,
            ChannelAddressForm,
            holds(Role.AUTHORITY_DESK),
            hint="Nothing is sent there any more.",
        ),
        "accept_scheme": Step(
            "State an accepted scheme",
            _accept_scheme,
            AcceptanceForm,
            holds(Role.AUTHORITY_DESK),
            hint="What the authority itself says that it accepts. Coverage looks for an attestation under it.",
        ),
        "withdraw_scheme": Step(
            "Withdraw an accepted scheme",
            lambda command, row, said: accepted_schemes.withdraw(
                command, authority=row.id, scheme=said["scheme"].id
            ),
            SchemeForm,
            lambda actor, row: (
                actor.has(Role.AUTHORITY_DESK)
                and row.accepted_schemes.filter(ended_at__isnull=True).exists()
            ),
        ),
    }

    def title(self, row: Authority) -> str:
        return row.organization.name

    def list_sections(self, request: HttpRequest, row: Authority) -> list[Section]:
        return [
            Section(
                "Competence",
                ("Jurisdiction", "Subject", "Basis"),
                rows_of(
                    row.competences.select_related("jurisdiction").order_by("id"),
                    lambda known: (known.jurisdiction, known.subject, known.basis),
                ),
            ),
            Section(
                "Channels it accepts",
                ("Channel", "Address", "Accepted for", "Where it says so", "Until"),
                rows_of(
                    row.channels.order_by("id"),
                    lambda known: (
                        known.get_channel_display(),
                        known.address,
                        ", ".join(str(Trigger(kind).label) for kind in known.classes),
                        known.basis,
                        known.ended_at,
                    ),
                ),
            ),
            Section(
                "Schemes it accepts",
                ("Scheme", "Level", "Where it says so", "By", "Since", "Until"),
                rows_of(
                    row.accepted_schemes.select_related("scheme").order_by("id"),
                    lambda said: (
                        link(said.scheme),
                        said.level,
                        said.basis,
                        said.stated_by,
                        said.stated_at,
                        said.ended_at,
                    ),
                ),
                empty="Which attestations it accepts is not on record.",
            ),
        ]
