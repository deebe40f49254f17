"""Rounds of recertification and their questions on the staff's pages."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now

from access.admin.record import list_record
from access.admin.scope_forms import ScopeForm, show_scope, take_scope
from access.choices import UnansweredRule
from access.models import Recertification, RecertificationItem
from access.operations import recertifications
from access.queries.recertifications import count_answers
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, StepForm, holds
from registry.admin.sections import Section, link, rows_of
from registry.choices import Role
from registry.commands import Command

_SHOWN = 50
_DECIDERS = (Role.DECIDER, Role.ADMINISTRATOR)
_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"})
_NUMBERS = {
    "needed": "Still needed",
    "not_needed": "Not needed any more, and given up",
    "silent": "Silent",
    "lapsed": "Silent, and the date has passed",
    "unasked": "Not asked yet",
}


class RoundForm(ScopeForm):
    title = forms.CharField(max_length=200)
    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}), max_length=20_000, help_text="Holders read this."
    )
    asks_members = forms.BooleanField(
        required=False, help_text="Ask about each member instead of each grant."
    )
    unanswered = forms.ChoiceField(
        choices=UnansweredRule.choices, label="What is not answered by the date"
    )
    field_order = ("title", "text", "asks_members", "due_at", "unanswered")


class AgainForm(StepForm):
    due_at = forms.DateTimeField(widget=_MOMENT, label="Due", help_text="UTC.")
    unanswered = forms.ChoiceField(choices=UnansweredRule.choices)


class AnswerForm(StepForm):
    needed = forms.TypedChoiceField(
        choices=[("yes", "Still needed"), ("no", "Not needed any more")],
        coerce=lambda said: said == "yes",
        help_text="A no gives the grant back, or withdraws the member, at once.",
    )
    used_by = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2}), max_length=5_000, required=False, label="By whom"
    )
    needed_until = forms.DateTimeField(widget=_MOMENT, required=False, help_text="UTC.")
    note = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2}), max_length=5_000, required=False
    )


def _open(command: Command, _row: None, said: dict[str, Any]) -> object:
    scope = take_scope(said)
    rule = UnansweredRule(said.pop("unanswered"))
    return recertifications.open_(command, scope=scope, unanswered=rule, **said)


def _may_ask_again(actor: Actor, row: Recertification) -> bool:
    return (
        actor.has(*_DECIDERS)
        and not hasattr(row, "asked_again")
        and row.items.unanswered().exists()
    )


@admin.register(Recertification)
class RecertificationAdmin(DeskAdmin):
    list_display = ("title", "status", "due_at", "unanswered", "asks_members", "world")
    list_filter = ("status", "unanswered", "synthetic")
    search_fields = ("title", "=id")
    ordering = ("-opened_at", "-id")
    fields = (
        *("title", "text", "asks_members", "reasks", "due_at", "unanswered", "status"),
        *("opened_by", "opened_at", "settled_at", "id", "version"),
    )
    list_steps = {
        "open": Step(
            "Open a round",
            _open,
            RoundForm,
            holds(*_DECIDERS),
            hint="Every holder in the scope is asked. Silence never renews anything.",
        )
    }
    steps = {
        "ask_again": Step(
            "Ask the unanswered again",
            lambda command, row, said: recertifications.ask_again(
                command,
                recertification=row.id,
                due_at=said["due_at"],
                unanswered=UnansweredRule(said["unanswered"]),
            ),
            AgainForm,
            _may_ask_again,
        )
    }

    def title(self, row: Recertification) -> str:
        return row.title

    def list_sections(self, request: HttpRequest, row: Recertification) -> list[Section]:
        numbers = asdict(count_answers(row, at=now()))
        return [
            Section(
                "Answers",
                ("Questions", "Number"),
                [(label, numbers[name]) for name, label in _NUMBERS.items()],
            ),
            show_scope(row),
            self._list("Unanswered", row.items.unanswered(), "Everybody asked has answered."),
            self._list(
                "Answered", row.items.filter(answered_at__isnull=False), "Nobody has answered yet."
            ),
            list_record(row),
        ]

    def _list(self, title: str, items: QuerySet[RecertificationItem], empty: str) -> Section:
        rows = items.select_related("organization", "grant__tier", "member")
        return Section(
            title,
            ("Organization", "About", "Needed", "By whom", "Until", "Answered"),
            rows_of(
                rows.order_by("organization__slug", "id")[:_SHOWN],
                lambda item: (
                    link(item, item.organization.name),
                    _about(item),
                    "" if item.needed is None else "yes" if item.needed else "no",
                    item.used_by,
                    item.needed_until,
                    item.answered_at,
                ),
            ),
            empty=empty,
            note=f"The first {_SHOWN}; the questions' own page lists all.",
        )


@admin.register(RecertificationItem)
class RecertificationItemAdmin(DeskAdmin):
    list_display = ("organization", "recertification", "about", "needed", "answered_at")
    list_filter = (
        ("answered_at", admin.EmptyFieldListFilter),
        ("lapsed_at", admin.EmptyFieldListFilter),
        "needed",
        "recertification",
    )
    list_select_related = ("organization", "recertification", "grant__tier", "member")
    search_fields = ("organization__slug", "organization__name", "=id")
    ordering = ("-id",)
    fields = (
        *("recertification", "organization", "grant", "member", "needed", "used_by"),
        *("needed_until", "note", "answered_by", "answered_at", "lapsed_at", "id", "version"),
    )
    steps = {
        "answer": Step(
            "Answer for the holder",
            lambda command, row, said: recertifications.answer(command, item=row.id, **said),
            AnswerForm,
            lambda actor, row: row.answered_at is None and actor.has(Role.INTAKE),
        )
    }

    @admin.display(description="about")
    def about(self, row: RecertificationItem) -> str:
        return _about(row)

    def title(self, row: RecertificationItem) -> str:
        return f"{row.organization.name}: {_about(row)}"

    def list_sections(self, request: HttpRequest, row: RecertificationItem) -> list[Section]:
        return [
            Section(
                "About",
                ("Thing",),
                [(_about(row) if row.grant is None else link(row.grant, _about(row)),)],
            ),
            list_record(row),
        ]


def _about(row: RecertificationItem) -> str:
    if row.grant is not None:
        return f"grant, {row.grant.tier.name}"
    return "" if row.member is None else f"member {row.member.reference}"
