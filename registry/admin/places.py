"""Jurisdictions and authorities on the staff's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.sections import Section, link, rows_of
from registry.choices import Channel, JurisdictionKind, Role
from registry.commands import Command
from registry.models import Authority, Jurisdiction, Organization
from registry.operations import authorities, jurisdictions
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
                ("Channel", "Address"),
                rows_of(
                    row.channels.order_by("id"),
                    lambda known: (known.get_channel_display(), known.address),
                ),
            ),
        ]
