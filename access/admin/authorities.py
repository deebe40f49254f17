"""Consultations and authorizations on the staff's pages."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from access.admin.record import ReasonForm, list_record
from access.choices import Action, AuthorizationKind, Marking
from access.models import Authorization, Consultation, Expansion, Program
from access.operations import authorizations, consultations
from access.operations.authorizations import Authorized
from access.operations.positions import About, Narrowed
from access.queries.positions import visible_consultations
from registry.admin.desk import DeskAdmin, Step, StepForm, actor_of, holds
from registry.admin.sections import Section, link, rows_of
from registry.choices import Channel, OrganizationKind, Role
from registry.commands import Command
from registry.models import AIModel, Authority, Jurisdiction, Organization

_LONG = forms.Textarea(attrs={"rows": 4})
_DAY = forms.DateInput(attrs={"type": "date"})


def _id(row: Any) -> Any:
    return None if row is None else row.id


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return None if day is None else dt.datetime.combine(day, dt.time(), dt.UTC)


class _AboutForm(StepForm):
    program = forms.ModelChoiceField(Program.objects.order_by("slug"), required=False)
    ai_model = forms.ModelChoiceField(AIModel.objects.order_by("slug"), required=False)
    organization = forms.ModelChoiceField(Organization.objects.order_by("slug"), required=False)


class ConsultForm(_AboutForm):
    authority = forms.ModelChoiceField(Authority.objects.select_related("organization"))
    expansion = forms.ModelChoiceField(Expansion.objects.order_by("slug"), required=False)
    request = forms.UUIDField(required=False, label="Identifier of an access request")
    jurisdiction = forms.ModelChoiceField(
        Jurisdiction.objects.order_by("slug"),
        required=False,
        help_text="Every organization that it touches, in whichever role.",
    )
    organization_kind = forms.ChoiceField(
        choices=[("", "any"), *OrganizationKind.choices], required=False
    )
    action = forms.ChoiceField(choices=[("", "any"), *Action.choices], required=False)
    question = forms.CharField(widget=_LONG)
    answer_by = forms.DateField(
        widget=_DAY, help_text="The answer is awaited until this day begins, UTC."
    )
    marking = forms.ChoiceField(choices=Marking.choices)
    field_order = ("authority",)


class HandOverForm(StepForm):
    channel = forms.ChoiceField(
        choices=[choice for choice in Channel.choices if choice[0] != Channel.UNKNOWN]
    )
    how = forms.CharField(
        max_length=300, help_text="What proves it: a number, a receipt, who took it."
    )


class AttachForm(_AboutForm):
    kind = forms.ChoiceField(choices=AuthorizationKind.choices)
    issuer = forms.ModelChoiceField(Authority.objects.select_related("organization"))
    number = forms.CharField(max_length=120)
    conditions = forms.CharField(widget=_LONG, required=False)
    issued_on = forms.DateField(widget=_DAY, required=False)
    starts_on = forms.DateField(widget=_DAY, required=False, help_text="Empty: at once. UTC.")
    ends_on = forms.DateField(
        widget=_DAY, required=False, help_text="It holds until this day begins, UTC."
    )
    field_order = ("kind", "issuer", "number")


def _consult(command: Command, _row: None, said: dict[str, Any]) -> object:
    answer_by = _midnight(said["answer_by"])
    assert answer_by is not None
    return consultations.consult(
        command,
        authority=said["authority"].id,
        about=About(
            program=_id(said["program"]),
            ai_model=_id(said["ai_model"]),
            expansion=_id(said["expansion"]),
            request=said["request"],
            organization=_id(said["organization"]),
        ),
        question=said["question"],
        answer_by=answer_by,
        marking=Marking(said["marking"]),
        narrowed=Narrowed(
            jurisdiction=None if said["jurisdiction"] is None else said["jurisdiction"].slug,
            organization_kind=OrganizationKind(said["organization_kind"])
            if said["organization_kind"]
            else None,
            action=Action(said["action"]) if said["action"] else None,
        ),
    )


def _hand_over(command: Command, row: Consultation, said: dict[str, Any]) -> object:
    return consultations.hand_over(
        command, consultation=row.id, channel=Channel(said["channel"]), how=said["how"]
    )


class ToHandOverFilter(admin.SimpleListFilter):
    title = "whether to be handed over"
    parameter_name = "to_hand_over"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "To be handed over by the desk")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=Consultation.objects.to_hand_over().values("pk"))


def _attach(command: Command, _row: None, said: dict[str, Any]) -> object:
    return authorizations.attach(
        command,
        authorized=Authorized(
            kind=AuthorizationKind(said["kind"]),
            issuer=said["issuer"].id,
            number=said["number"],
            organization=_id(said["organization"]),
            program=_id(said["program"]),
            ai_model=_id(said["ai_model"]),
            conditions=said["conditions"],
            issued_on=said["issued_on"],
            starts_at=_midnight(said["starts_on"]),
            ends_at=_midnight(said["ends_on"]),
        ),
    )


@admin.register(Consultation)
class ConsultationAdmin(DeskAdmin):
    list_display = ("authority_name", "asked_at", "answer_by", "answered", "closed_at")
    list_filter = ("answered", ToHandOverFilter)
    list_select_related = ("position__authority__organization",)
    ordering = ("answer_by", "id")
    fields = (
        *("authority_name", "position", "stage", "asked_by", "asked_at", "answer_by"),
        *("channel", "handed_over_by", "handed_over_at", "handed_over_as"),
        *("overdue_told_at", "answered", "closed_by", "closed_at", "id", "version"),
    )
    readonly_fields = ("authority_name",)
    list_steps = {
        "consult": Step(
            "Ask an authority",
            _consult,
            ConsultForm,
            holds(Role.AUTHORITY_DESK),
            hint="That it was asked goes on record, and its position is awaited. Silence opens nothing.",
        )
    }
    steps = {
        "hand_over": Step(
            "Say that it was handed over",
            _hand_over,
            HandOverForm,
            lambda actor, row: (
                actor.has(Role.AUTHORITY_DESK)
                and row.closed_at is None
                and row.handed_over_at is None
            ),
            hint="By which channel the question was put to the authority. Its answer stays awaited.",
        ),
        "withdraw": Step(
            "Withdraw the question",
            lambda command, row, said: consultations.withdraw(
                command, consultation=row.id, **said
            ),
            ReasonForm,
            lambda actor, row: actor.has(Role.AUTHORITY_DESK) and row.closed_at is None,
            hint="The authority counts as not asked.",
        ),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consultation]:
        found: QuerySet[Consultation] = super().get_queryset(request)
        return found.filter(pk__in=visible_consultations(actor_of(request)).values("pk"))

    @admin.display(description="authority")
    def authority_name(self, row: Consultation) -> str:
        return row.position.authority.organization.name

    def title(self, row: Consultation) -> str:
        return f"Consultation of {row.position.authority.organization.name}"

    def list_sections(self, request: HttpRequest, row: Consultation) -> list[Section]:
        asked = "read on record, with the position" if row.position.is_wordless else row.question
        return [
            Section(
                "Asked",
                ("Question", "Answer", "About the request"),
                [(asked, link(row.position, "Its position"), link(row.position.request))],
            ),
            list_record(row),
        ]


@admin.register(Authorization)
class AuthorizationAdmin(DeskAdmin):
    list_display = ("number", "kind", "issuer_name", "organization", "program", "ai_model")
    list_filter = ("kind",)
    list_select_related = ("issuer__organization", "organization", "program", "ai_model")
    search_fields = ("number", "issuer__organization__name")
    ordering = ("-attached_at", "-id")
    fields = (
        *("number", "kind", "issuer_name", "organization", "program", "ai_model", "issued_on"),
        *("attached_by", "attached_at", "withdrawn_by", "withdrawn_at", "withdrawn_because"),
        *("id", "version"),
    )
    readonly_fields = ("issuer_name",)
    list_steps = {
        "attach": Step("Attach an authorization", _attach, AttachForm, holds(Role.AUTHORITY_DESK))
    }
    steps = {
        "withdraw": Step(
            "Withdraw",
            lambda command, row, said: authorizations.withdraw(
                command, authorization=row.id, **said
            ),
            ReasonForm,
            lambda actor, row: actor.has(Role.AUTHORITY_DESK) and row.withdrawn_at is None,
            hint="What needed it is closed from the commit on.",
            danger=True,
        )
    }

    @admin.display(description="issuer")
    def issuer_name(self, row: Authorization) -> str:
        return row.issuer.organization.name

    def list_sections(self, request: HttpRequest, row: Authorization) -> list[Section]:
        return [
            Section(
                "When it holds",
                ("From", "Until", "Conditions"),
                rows_of(
                    row.versions.current().order_by("valid"),
                    lambda said: (said.valid.lower, said.valid.upper, said.conditions),
                ),
            ),
            list_record(row),
        ]
