"""What waits and why, and the facts that waiting periods run from, on the staff's pages."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext as _

from access.admin.record import list_record
from access.models import AccessRequest, Grant, WaitingFact, WaitingPeriod, WaitingPeriodVersion
from access.operations import waiting, waiting_facts
from access.queries.waiting import list_waiting
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, actor_of, holds
from registry.admin.sections import Section, link, rows_of
from registry.choices import Bindingness, Role
from registry.commands import Command
from registry.models import AIModel

_LONG = forms.Textarea(attrs={"rows": 4})


class WaitEndForm(StepForm):
    basis = forms.CharField(
        widget=_LONG,
        max_length=5_000,
        required=False,
        help_text="On which basis it ends. A second person need not say it again.",
    )
    fact = forms.CharField(
        max_length=300, required=False, help_text="Which fact came in, and where it can be seen."
    )


class WaitingFactForm(StepForm):
    name = forms.CharField(
        max_length=80,
        help_text="notified:<key of a mandate>, or fact:<name>, as the policy says it.",
    )
    ai_model = forms.ModelChoiceField(
        AIModel.objects.order_by("slug"), required=False, label="About a model"
    )
    request = forms.ModelChoiceField(
        AccessRequest.objects.select_related("organization").order_by("-submitted_at"),
        required=False,
        label="Or about one request",
    )
    happened_at = forms.DateTimeField(
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}), help_text="UTC."
    )
    evidence = forms.CharField(widget=_LONG, max_length=5_000)


def _end(command: Command, row: WaitingPeriod, said: dict[str, Any]) -> str:
    looked_at = replace(
        command, expected_version=None
    )  # the person looked at the period, not the grant
    waiting.end_waiting(looked_at, grant=row.grant_id, waiting=row.id, **said)
    row.refresh_from_db()
    if row.ended_at is None:
        return _("Asked. Law makes it wait, so a second person must end it.")
    return _("Ended.")


def _state(command: Command, _row: None, said: dict[str, Any]) -> object:
    model, request = said["ai_model"], said["request"]
    return waiting_facts.state_fact(
        command,
        name=said["name"],
        happened_at=said["happened_at"],
        evidence=said["evidence"],
        ai_model=None if model is None else model.id,
        request=None if request is None else request.id,
    )


def _may_end(actor: Actor, row: WaitingPeriod) -> bool:
    asked_by_them = row.bindingness == Bindingness.LAW and row.end_asked_by == actor.key
    may = actor.has(Role.DECIDER, Role.COUNTERSIGNER)
    return row.ended_at is None and may and not asked_by_them


def say_force(row: WaitingPeriod) -> str:
    """With what force it makes the grant wait: never more than what it rests on has."""
    if row.bindingness == Bindingness.LAW:
        return _("law")
    return _("our own choice (policy)")


def say_state(row: WaitingPeriod, version: WaitingPeriodVersion | None) -> str:
    """Until when it waits, or for what; or how it was over."""
    if row.ended_at is not None:
        return f"{row.get_ended_how_display()}, {row.ended_at:%-d %b %Y, %H:%M} UTC"
    assert version is not None
    if version.valid.upper is None:
        return _("waits: %(missing)s is missing") % {"missing": version.missing}
    if version.valid.upper <= now():
        return _("its time was over")
    return _("until %(moment)s UTC") % {"moment": f"{version.valid.upper:%-d %b %Y, %H:%M}"}


def list_periods(grant: Grant) -> Section:
    """What makes a grant wait, for its page and its request's."""
    rows = grant.waiting_periods.order_by("place").prefetch_related("versions")
    return Section(
        "Waiting periods",
        ("Basis", "Citation", "Force", "Runs from", "Stands"),
        [
            (
                link(row, row.basis),
                row.citation,
                say_force(row),
                row.since,
                say_state(row, _current(row)),
            )
            for row in rows
        ],
        empty="It does not wait for anything.",
    )


def _current(row: WaitingPeriod) -> WaitingPeriodVersion | None:
    """Of prefetched versions the one that is known now."""
    return next((said for said in row.versions.all() if said.recorded.upper is None), None)


class OpenFilter(admin.SimpleListFilter):
    title = "whether it waits"
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Waits"), ("missing", "Waits for something missing"), ("no", "Over")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "no":
            return queryset.filter(ended_at__isnull=False)
        if self.value() == "yes":
            return queryset.filter(ended_at__isnull=True)
        if self.value() == "missing":
            missing = WaitingPeriodVersion.objects.current().exclude(missing="")
            open_ones = queryset.filter(ended_at__isnull=True)
            return open_ones.filter(pk__in=missing.values("waiting_period"))
        return queryset


@admin.register(WaitingPeriod)
class WaitingPeriodAdmin(DeskAdmin):
    list_display = ("basis", "holder", "tier", "force", "runs_from", "stands", "opened_at")
    list_filter = (OpenFilter, "bindingness")
    search_fields = ("basis", "citation", "grant__organization__name", "=grant__id")
    ordering = ("-opened_at", "-id")
    fields = (
        *("basis", "citation", "force", "runs_from", "stands", "grant", "policy", "opened_at"),
        *("end_asked_by", "end_asked_at", "end_basis", "end_fact", "ended_by", "ended_at"),
        *("ended_how", "id"),
    )
    readonly_fields = ("force", "runs_from", "stands")
    steps = {
        "end": Step(
            "End it",
            _end,
            WaitEndForm,
            _may_end,
            hint="Because of a fact that came in. What law makes wait takes two people: the first asks, "
            "the second ends it.",
            danger=True,
        ),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[WaitingPeriod]:
        return list_waiting(actor_of(request))

    @admin.display(description="organization", ordering="grant__organization__name")
    def holder(self, row: WaitingPeriod) -> str:
        return row.grant.organization.name

    @admin.display(description="tier", ordering="grant__tier__name")
    def tier(self, row: WaitingPeriod) -> str:
        return row.grant.tier.name

    @admin.display(description="runs from", ordering="since")
    def runs_from(self, row: WaitingPeriod) -> str:
        return row.since

    @admin.display(description="force", ordering="bindingness")
    def force(self, row: WaitingPeriod) -> str:
        return say_force(row)

    @admin.display(description="stands")
    def stands(self, row: WaitingPeriod) -> str:
        return say_state(row, _current(row))

    def title(self, row: WaitingPeriod) -> str:
        return f"{row.basis}: {row.grant.organization.name}"

    def list_sections(self, request: HttpRequest, row: WaitingPeriod) -> list[Section]:
        return [
            Section(
                "What was known of it",
                ("Waits from", "Until", "Missing", "Counted from", "How", "Known from", "To"),
                rows_of(
                    WaitingPeriodVersion.objects.filter(waiting_period=row).order_by("recorded"),
                    lambda said: (
                        said.valid.lower,
                        said.valid.upper,
                        said.missing,
                        said.anchor_at,
                        said.how,
                        said.recorded.lower,
                        said.recorded.upper,
                    ),
                ),
                empty="It was over when the grant was issued.",
            ),
            list_record(row.grant),
        ]


@admin.register(WaitingFact)
class WaitingFactAdmin(DeskAdmin):
    list_display = ("name", "ai_model", "request", "happened_at", "stated_at", "confirmed_at")
    list_filter = ("name",)
    list_select_related = ("ai_model", "request")
    ordering = ("-stated_at", "-id")
    fields = (
        *("name", "ai_model", "request", "happened_at", "evidence", "stated_by", "stated_at"),
        *("confirmed_by", "confirmed_at", "id"),
    )
    list_steps = {
        "state": Step(
            "State a fact",
            _state,
            WaitingFactForm,
            holds(Role.AUTHORITY_DESK, Role.DECIDER),
            hint="What waits for it is counted anew at once; what law makes wait, once another person has "
            "confirmed it. Of several about the same the newest counts.",
        )
    }
    steps = {
        "confirm": Step(
            "Confirm",
            lambda command, row, _said: waiting_facts.confirm_fact(command, fact=row.id),
            may=lambda actor, row: (
                row.confirmed_at is None
                and row.stated_by != actor.key
                and actor.has(Role.AUTHORITY_DESK, Role.DECIDER, Role.COUNTERSIGNER)
            ),
        )
    }

    def title(self, row: WaitingFact) -> str:
        return row.name
