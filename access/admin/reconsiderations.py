"""Reconsiderations on the page of a request: asked for, due, ruled on."""

from typing import Any

from django import forms
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.admin.answer_forms import AskedBy, Evidence, read_asked
from access.admin.taking_part import bar_of
from access.choices import ReconsiderationOutcome
from access.models import AccessRequest, Reconsideration
from access.operations import reconsiderations
from access.queries.reconsiderations import find_asked, find_due, find_offer
from registry.actors import Actor
from registry.admin.desk import Step, StepForm
from registry.admin.sections import Section, rows_of
from registry.choices import Role
from registry.commands import Command
from registry.queries.rules import holidays_in_force


class AskForm(StepForm):
    reasons = forms.CharField(
        max_length=20_000, label=gettext_lazy("Its reasons"), widget=forms.Textarea
    )
    asked_by = AskedBy()
    evidence = Evidence()


class UpholdForm(StepForm):
    applicant_text = forms.CharField(
        max_length=5_000,
        label=gettext_lazy("To the applicant"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    internal_text = forms.CharField(
        max_length=5_000,
        required=False,
        label=gettext_lazy("For staff"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _ask(command: Command, row: AccessRequest, said: dict[str, Any]) -> object:
    asked = read_asked(said)
    return reconsiderations.ask_reconsideration(command, request=row.id, asked=asked, **said)


def _may_ask(actor: Actor, row: AccessRequest) -> bool:
    if not actor.has(Role.INTAKE) or find_asked(row) is not None:
        return False
    offer = find_offer(row)
    return offer is not None and offer.is_open(now())


def _may_uphold(actor: Actor, row: AccessRequest) -> bool:
    return reconsiderations.may_rule(row, actor) and bar_of(actor, row) is None


RECONSIDERATION_STEPS = {
    "ask_reconsideration": Step(
        gettext_lazy("Ask for a reconsideration for it"),
        _ask,
        AskForm,
        _may_ask,
        hint=gettext_lazy("Once a decision. The organization is told when it will be ruled on."),
    ),
    "uphold": Step(
        gettext_lazy("Uphold the decision"),
        lambda command, row, said: reconsiderations.uphold(command, request=row.id, **said),
        UpholdForm,
        _may_uphold,
        hint=gettext_lazy(
            "Ends the reconsideration: the decision stands. To open it again, reconsider."
        ),
    ),
}


def list_reconsiderations(row: AccessRequest) -> list[Section]:
    """What was asked for, where anything was, by when it is due, and what came of it."""
    holidays = holidays_in_force()
    asked = row.reconsiderations.select_related("decision", "request__review_policy")
    rows = rows_of(
        asked.order_by("asked_at", "id"),
        lambda said: (
            said.decision.number,
            said.reasons,
            said.asked_of or said.asked_by,
            said.asked_at,
            find_due(said, holidays=holidays).at,
            _say_outcome(said),
            said.applicant_text,
            said.ruled_by,
        ),
    )
    headers = (
        *(_("Of decision"), _("Reasons"), _("Asked by"), _("At"), _("Due")),
        *(_("Outcome"), _("To the applicant"), _("By")),
    )
    return [Section(_("Reconsiderations"), headers, rows)] if rows else []


def _say_outcome(said: Reconsideration) -> str:
    if said.outcome:
        return str(ReconsiderationOutcome(said.outcome).label)
    return _("waits, and is late") if said.overdue_told_at is not None else _("waits")
