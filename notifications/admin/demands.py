"""Demands of authorities for access, on the staff's pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now

from access.choices import Marking
from notifications.admin.telling import (
    MarkedAdmin,
    ToldForm,
    may_write,
    read_told,
    say_age,
    say_basis,
    say_moment,
)
from notifications.choices import AccessForm, DemandBasis, DemandStep
from notifications.models import AccessDemand
from notifications.operations import demands
from notifications.operations.demands import Demanded, Waits
from notifications.queries.demands import (
    DemandState,
    derive_state,
    list_demands,
    name_waited_on,
)
from registry.admin.desk import Step, actor_of
from registry.admin.sections import Section, link
from registry.commands import Command
from registry.models import AIModel, Authority, Organization

_UTC = forms.DateTimeInput(attrs={"type": "datetime-local"})


class DemandRecordForm(ToldForm):
    step = forms.ChoiceField(choices=DemandStep.choices, label="What became of it")
    waits_on = forms.ModelChoiceField(
        Organization.objects.order_by("slug"), required=False, help_text="Where it waits."
    )
    waits_on_words = forms.CharField(
        max_length=200, required=False, help_text="On whom it waits, where no body is registered."
    )
    field_order: tuple[str, ...] = ("step", "waits_on", "waits_on_words", "title", "words")


class DemandNextForm(DemandRecordForm):
    disclosure = forms.UUIDField(
        required=False,
        label="Identifier of an entry of the disclosure log",
        help_text="Where names or papers were given to the authority with this.",
    )


class DemandForm(DemandRecordForm):
    authority = forms.ModelChoiceField(
        Authority.objects.select_related("organization").order_by("organization__name")
    )
    addressee = forms.ModelChoiceField(
        Organization.objects.order_by("slug"), label="Of whom it is demanded"
    )
    ai_model = forms.ModelChoiceField(AIModel.objects.order_by("slug"), required=False)
    subject = forms.CharField(max_length=200, label="What is demanded, in a line")
    basis = forms.ChoiceField(choices=DemandBasis.choices)
    citation = forms.CharField(max_length=300, required=False)
    forms_asked = forms.MultipleChoiceField(
        choices=AccessForm.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Form of access",
        help_text="None ticked: not stated.",
    )
    period_from = forms.DateTimeField(required=False, widget=_UTC, help_text="UTC.")
    period_until = forms.DateTimeField(required=False, widget=_UTC, help_text="UTC.")
    marking = forms.ChoiceField(choices=Marking.choices, label="Marking of the demand")
    field_order = (
        *("authority", "addressee", "ai_model", "subject", "basis", "citation", "forms_asked"),
        *("period_from", "period_until", "marking", "step", "waits_on", "waits_on_words"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].label_from_instance = (  # type: ignore[attr-defined]
            lambda row: row.organization.name
        )


def _open(command: Command, _row: None, said: dict[str, Any]) -> object:
    model: AIModel | None = said["ai_model"]
    return demands.open_(
        command,
        demanded=Demanded(
            authority=said["authority"].id,
            addressee=said["addressee"].id,
            title=said["subject"],
            basis=DemandBasis(said["basis"]),
            ai_model=None if model is None else model.id,
            citation=said["citation"],
            forms=tuple(AccessForm(form) for form in said["forms_asked"]),
            period_from=said["period_from"],
            period_until=said["period_until"],
            marking=Marking(said["marking"]),
        ),
        step=DemandStep(said["step"]),
        told=read_told(said),
        waits=_read_waits(said),
    )


def _record(command: Command, row: AccessDemand, said: dict[str, Any]) -> object:
    return demands.record(
        command,
        demand=row.id,
        step=DemandStep(said["step"]),
        told=read_told(said),
        waits=_read_waits(said),
        disclosure=said["disclosure"],
    )


def _read_waits(said: dict[str, Any]) -> Waits:
    body: Organization | None = said["waits_on"]
    return Waits(None if body is None else body.id, said["waits_on_words"])


class StateFilter(admin.SimpleListFilter):
    title = "where it stands"
    parameter_name = "stands"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(step.value, str(step.label)) for step in DemandStep if step != DemandStep.NOTE]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() is None else queryset.filter(latest=self.value())


@admin.register(AccessDemand)
class AccessDemandAdmin(MarkedAdmin):
    list_display = ("subject", "authority_name", "addressee", "about", "basis", "stands", "age")
    list_filter = (StateFilter, "basis", "marking")
    search_fields = ("title", "authority__organization__name", "addressee__name")
    ordering = ("-changed_at", "-id")
    fields = (
        *("subject", "authority_name", "addressee", "ai_model", "basis", "citation"),
        *("asked_form", "period_from", "period_until", "marking", "asked", "stands", "answered"),
        *("recorded_by", "recorded_at", "id", "version"),
    )
    readonly_fields = ("subject", "authority_name", "asked_form", "asked", "stands", "answered")
    list_steps = {
        "open": Step(
            "Record a demand",
            _open,
            DemandForm,
            may_write,
            hint="It is no access request: no review policy decides on it, and none refuses it.",
        )
    }
    steps = {
        "record": Step(
            "Record what became of it",
            _record,
            DemandNextForm,
            may_write,
            hint="It is written once. Where the demand stands follows from the latest entry.",
        )
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessDemand]:
        return list_demands(actor_of(request))

    @admin.display(description="demand", ordering="title")
    def subject(self, row: AccessDemand) -> str:
        return row.title

    @admin.display(description="authority", ordering="authority__organization__name")
    def authority_name(self, row: AccessDemand) -> str:
        return row.authority.organization.name

    @admin.display(description="model", ordering="ai_model__slug")
    def about(self, row: AccessDemand) -> str:
        return "not stated" if row.ai_model is None else row.ai_model.name

    @admin.display(description="form asked")
    def asked_form(self, row: AccessDemand) -> str:
        return ", ".join(str(AccessForm(form).label) for form in row.forms) or "not stated"

    @admin.display(description="stands", ordering="latest")
    def stands(self, row: AccessDemand) -> str:
        state = _state(row)
        if state.step is None:
            return "not known"
        if state.waits_on:
            waited = say_age(state.waiting(now()))
            return f"waiting on {state.waits_on} since {state.since:%-d %b %Y} ({waited})"
        return f"{state.step.label}, {state.since:%-d %b %Y}"

    @admin.display(description="age")
    def age(self, row: AccessDemand) -> str:
        return say_age(_state(row).age(now()))

    @admin.display(description="asked")
    def asked(self, row: AccessDemand) -> str:
        asked_at = _state(row).asked_at
        return "when is not stated" if asked_at is None else f"{asked_at:%-d %b %Y}"

    @admin.display(description="answered")
    def answered(self, row: AccessDemand) -> str:
        state = _state(row)
        if state.answered_at is None:
            return "not answered"
        return f"{state.answered_at:%-d %b %Y}: {state.answer}"

    def title(self, row: AccessDemand) -> str:
        return row.title

    def list_sections(self, request: HttpRequest, row: AccessDemand) -> list[Section]:
        return [
            Section(
                "What became of it",
                ("When", "Step", "Waits on", "What", "Given", "Marking", "Rests on"),
                [
                    (
                        say_moment(said),
                        said.get_step_display(),
                        name_waited_on(said),
                        f"{said.title}. {said.words}",
                        link(said.disclosure, "entry of the log"),
                        said.get_marking_display(),
                        say_basis(said),
                    )
                    for said in row.records.all()
                ],
                empty="Nothing is on record.",
            )
        ]


def _state(row: AccessDemand) -> DemandState:
    return derive_state(list(row.records.all()))
