"""Forms of tiers on the staff's pages: proposed as YAML, read as a list of fields, enacted by another."""

from typing import Any

import yaml
from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.admin.answer_forms import say_when
from access.forms import parse_form, read_form
from access.models import RequestForm, Tier
from access.operations import request_forms
from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.editions import (
    StateFilter,
    list_editions,
    list_record,
    may_enact,
    state_of,
)
from registry.admin.sections import Section
from registry.choices import Role
from registry.commands import Command
from registry.queries.rules import compare, newer_in_force


class DocumentForm(StepForm):
    document = forms.CharField(
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "desk-code"}),
        help_text=gettext_lazy("The form in YAML; docs/requests.md says what it may hold."),
    )


class FirstForm(DocumentForm):
    tier = forms.ModelChoiceField(
        Tier.objects.select_related("program").order_by("program", "slug")
    )
    field_order = ("tier", "document")


def _propose(command: Command, row: RequestForm | None, said: dict[str, Any]) -> str:
    tier = said["tier"].id if row is None else row.tier_id
    document = parse_form(said["document"])
    made = request_forms.propose(command, tier=tier, document=document).value
    return _("%(edition)s is proposed. Another administrator puts it in force.") % {
        "edition": made
    }


def _write_yaml(row: RequestForm) -> dict[str, Any]:
    text = yaml.safe_dump(row.document, sort_keys=False, allow_unicode=True, width=100)
    return {"document": text}


@admin.register(RequestForm)
class RequestFormAdmin(DeskAdmin):
    list_display = ("name", "tier", "number", "state", "proposed_by", "enacted_by", "enacted_at")
    list_filter = (StateFilter, "tier__program")
    list_select_related = ("tier",)
    ordering = ("tier", "-number")
    fields = (
        *("tier", "number", "state", "sha256", "proposed_by", "proposed_at"),
        *("enacted_by", "enacted_at"),
    )
    readonly_fields = ("state",)
    list_steps = {
        "propose": Step(
            gettext_lazy("Propose a form"),
            _propose,
            FirstForm,
            holds(Role.ADMINISTRATOR),
            hint=gettext_lazy(
                "Another administrator puts it in force. What is drafted keeps its edition."
            ),
        )
    }
    steps = {
        "enact": Step(
            gettext_lazy("Put in force"),
            lambda command, row, _said: request_forms.enact(command, form=row.id),
            may=may_enact,
            hint=gettext_lazy(
                "Requests drafted from now on are asked this. What is drafted keeps its edition."
            ),
        ),
        "propose": Step(
            gettext_lazy("Propose the next edition"),
            _propose,
            DocumentForm,
            holds(Role.ADMINISTRATOR),
            initial=_write_yaml,
        ),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[RequestForm]:
        rows: QuerySet[RequestForm] = super().get_queryset(request)
        return rows.annotate(overtaken=newer_in_force(RequestForm, "tier"))

    @admin.display(description=gettext_lazy("form"))
    def name(self, row: RequestForm) -> str:
        return read_form(row.document).title

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Any) -> str:
        return state_of(row)

    def list_sections(self, request: HttpRequest, row: RequestForm) -> list[Section]:
        form = read_form(row.document)
        same = RequestForm.objects.filter(tier=row.tier_id)
        before = same.filter(number__lt=row.number).order_by("-number").first()
        return [
            Section(
                _("What it asks"),
                (_("Field"), _("Key"), _("Type"), _("Required"), _("When"), _("Confidential to")),
                [
                    (
                        field.label,
                        field.key,
                        field.type,
                        _("yes") if field.required else "",
                        say_when(field, form),
                        ", ".join(field.confidential_to),
                    )
                    for field in form.fields
                ],
                note=form.intro,
            ),
            Section(
                _("What changed since the edition before"),
                (_("Place"), _("Before"), _("Now")),
                []
                if before is None
                else [
                    (change.place, change.before, change.after)
                    for change in compare(before.document, row.document)
                ],
                empty=_("It is the first edition.") if before is None else _("Nothing."),
            ),
            list_editions(same.annotate(overtaken=newer_in_force(RequestForm, "tier"))),
            list_record(row),
        ]
