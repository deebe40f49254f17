"""Positions on the pages of what they bear on: what each does there, who overrode it, and the form to do so."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.timezone import now

from access.models import AccessRequest
from access.operations.position_overrides import OVERRIDABLE
from access.policies import check_not_asked_by
from access.queries.positions import (
    Explained,
    explain_lines,
    list_overridable,
    visible_consultations,
)
from registry.actors import Actor
from registry.admin.desk import StepForm
from registry.admin.sections import Section, link, rows_of
from registry.choices import Role
from registry.errors import Forbidden


class OverrideForm(StepForm):
    position = forms.ChoiceField()
    reasons = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=5_000)


def list_bearing(row: AccessRequest, actor: Actor, *, at: dt.datetime) -> Section:
    """Every position that bears on the request, side by side, those that hold it first."""
    found = explain_lines([row], actor, at=at)[row.id]
    holding = sum(one.holds for one in found)
    return Section(
        "Positions of authorities that bear on it",
        ("Authority", "Stance", "Grounds", "Legal force", "Origin", "What it does", "Why"),
        [_cells(one) for one in found],
        empty="No authority has taken one, as far as is known.",
        note=f"Held back by {holding} of {len(found)}." if holding else "",
    )


def list_asked(row: AccessRequest, actor: Actor) -> Section:
    """Which authorities were asked about the request, by a stage or by the desk, and what came of it."""
    return Section(
        "Authorities asked about it",
        ("Consultation", "Stage", "Asked", "Handed over", "Answer awaited until", "Stands"),
        rows_of(
            visible_consultations(actor).filter(position__request=row),
            lambda asked: (
                link(asked, asked.position.authority.organization.name),
                asked.stage,
                asked.asked_at,
                asked.handed_over_at or asked.get_channel_display() or "by the desk, not yet",
                asked.answer_by or "no day is set",
                "answered" if asked.answered else "withdrawn" if asked.closed_at else "awaited",
            ),
        ),
        empty="None, about this request alone.",
    )


def list_overrides(row: AccessRequest, actor: Actor) -> Section:
    """Who overrode what. A position that the reader may not see is not named."""
    seen = {
        one.position.id: one.position.authority.organization.name
        for one in explain_lines([row], actor, at=now())[row.id]
        if one.position is not None
    }
    return Section(
        "Positions overridden",
        ("Position of", "Reasons", "By", "At", ""),
        rows_of(
            row.overrides.select_related("statement").order_by("overridden_at", "id"),
            lambda made: (
                seen.get(made.position_id, "not yours to read, or of no concern any more"),
                made.reasons if made.position_id in seen else "",
                made.overridden_by,
                made.overridden_at,
                "" if made.statement.recorded.upper is None else "of an earlier statement",
            ),
        ),
        empty="None.",
    )


def may_override(actor: Actor, row: AccessRequest) -> bool:
    """For the button: the role is theirs, the request open, and something can be overridden."""
    if row.status not in OVERRIDABLE or not actor.has(Role.DECIDER, Role.COUNTERSIGNER):
        return False
    try:
        check_not_asked_by(row, actor)
    except Forbidden:
        return False
    return bool(list_overridable([row], actor, at=now()))


def make_override_form(actor: Actor, row: AccessRequest) -> type[StepForm]:
    """The form with the positions to choose from: all that the actor may read, confidential ones too."""
    offered = [
        (str(position.id), position.authority.organization.name)
        for position, _number in list_overridable([row], actor, at=now())
    ]
    return type(
        "OverrideOneForm", (OverrideForm,), {"position": forms.ChoiceField(choices=offered)}
    )


def _cells(one: Explained) -> tuple[Any, ...]:
    said, effect = one.statement, "holds it back" if one.holds else str(one.effect.label)
    if one.position is None or said is None:
        return ("Not yours to read", "", "", "", "", effect, one.why)
    return (
        link(one.position, str(one.position.authority.organization)),
        said.get_stance_display(),
        ", ".join(said.grounds),
        said.get_legal_force_display(),
        one.position.get_origin_display(),
        effect,
        one.why,
    )
