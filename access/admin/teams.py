"""Teams of staff and what people have, which review policies ask for."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.admin.record import list_record
from access.models import StaffAttribute, Team
from access.operations import teams
from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.sections import Section, rows_of
from registry.choices import Role
from registry.models import User

_PEOPLE = User.objects.filter(is_active=True).order_by("username")


class TeamForm(StepForm):
    slug = forms.SlugField(max_length=80)
    name = forms.CharField(max_length=200)


class PersonForm(StepForm):
    user = forms.ModelChoiceField(_PEOPLE, label=gettext_lazy("Member of staff"))


class AttributeForm(PersonForm):
    name = forms.RegexField(r"^[a-z][a-z0-9_-]*$", max_length=60, help_text="Such as language.")
    value = forms.CharField(max_length=300)


def _make_leaving_form(row: Team) -> type[StepForm]:
    """Asks only for those who are in the team."""
    inside = row.memberships.filter(left_at__isnull=True).values("user")

    class LeavingForm(StepForm):
        user = forms.ModelChoiceField(
            User.objects.filter(pk__in=inside).order_by("username"),
            label=gettext_lazy("Member of staff"),
        )

    return LeavingForm


@admin.register(Team)
class TeamAdmin(DeskAdmin):
    list_display = ("slug", "name")
    search_fields = ("slug", "name")
    ordering = ("slug",)
    fields = ("slug", "name", "id")
    list_steps = {
        "found": Step(
            gettext_lazy("Found a team"),
            lambda command, _row, said: teams.found(command, **said),
            TeamForm,
            holds(Role.ADMINISTRATOR),
        )
    }
    steps = {
        "join": Step(
            gettext_lazy("Take somebody in"),
            lambda command, row, said: teams.join(command, team=row.id, user=said["user"].id),
            PersonForm,
            holds(Role.ADMINISTRATOR),
        ),
        "leave": Step(
            gettext_lazy("Take somebody out"),
            lambda command, row, said: teams.leave(command, team=row.id, user=said["user"].id),
            may=holds(Role.ADMINISTRATOR),
            form_for=_make_leaving_form,
            danger=True,
        ),
    }

    def list_sections(self, request: HttpRequest, row: Any) -> list[Section]:
        return [
            Section(
                _("Members"),
                (_("Who"), _("Since"), _("By"), _("Until"), _("By")),
                rows_of(
                    row.memberships.select_related("user").order_by("joined_at", "id"),
                    lambda said: (
                        said.user.display_name,
                        said.joined_at,
                        said.joined_by,
                        said.left_at,
                        said.left_by,
                    ),
                ),
                empty=_("Nobody is in it yet: a stage that asks for it waits."),
            ),
            list_record(row),
        ]


@admin.register(StaffAttribute)
class StaffAttributeAdmin(DeskAdmin):
    list_display = ("user", "name", "value", "given_at", "taken_at")
    list_filter = ("name",)
    list_select_related = ("user",)
    ordering = ("user__username", "name", "id")
    fields = ("user", "name", "value", "given_by", "given_at", "taken_by", "taken_at", "id")
    list_steps = {
        "give": Step(
            gettext_lazy("Give an attribute"),
            lambda command, _row, said: teams.give_attribute(
                command, user=said["user"].id, name=said["name"], value=said["value"]
            ),
            AttributeForm,
            holds(Role.ADMINISTRATOR),
        )
    }
    steps = {
        "take": Step(
            gettext_lazy("Take it away"),
            lambda command, row, _said: teams.take_attribute(command, attribute=row.id),
            may=lambda actor, row: row.taken_at is None and actor.has(Role.ADMINISTRATOR),
            danger=True,
        )
    }
