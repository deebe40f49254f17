"""The stages of a review on the staff's pages: where each stands, who is missing, and by when."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.admin.request_forms import AssessmentForm
from access.choices import Finding, StageKind
from access.models import AccessRequest
from access.operations import reviews
from access.queries.deputies import list_represented
from access.queries.stages import StageView, list_assessable, list_stages
from access.stages.progress import StageProgress
from registry.actors import Actor
from registry.admin.desk import Step, StepForm
from registry.admin.sections import Section
from registry.commands import Command
from registry.queries.people import name_actors
from registry.queries.rules import holidays_in_force
from registry.queries.screening import ScreeningStanding, find_standings

_NAMED = 5
"""So many people are named; of more it is said how many."""


def _assess(command: Command, row: AccessRequest, said: dict[str, Any]) -> object:
    return reviews.assess(
        command,
        request=row.id,
        finding=Finding(said["finding"]),
        reasons=said["reasons"],
        stage=said["stage"],
        acting_for=said["acting_for"] or None,
    )


def _make_form(row: AccessRequest) -> type[StepForm]:
    """Asks in which stage, of those of the request's policy that ask people."""
    choices = [
        (said.progress.stage.key, said.progress.stage.title)
        for said in list_stages(row, at=now(), holidays=holidays_in_force())
        if said.progress.takes_findings
    ]

    class StageAssessmentForm(AssessmentForm):
        stage = forms.ChoiceField(choices=choices)
        acting_for = forms.ChoiceField(
            choices=[("", _("nobody else")), *list_represented(row)],
            required=False,
            label=_("In the place of"),
            help_text=_("Somebody whose deputy you are, where that place is awaited."),
        )
        field_order = ("stage", "finding", "reasons", "acting_for")

    return StageAssessmentForm


def _may_assess(actor: Actor, row: AccessRequest) -> bool:
    return bool(list_assessable(row, actor, at=now()))


ASSESS = Step("Assess", _assess, may=_may_assess, form_for=_make_form)


def list_stage_section(row: AccessRequest) -> Section:
    """Every stage of the request's review policy."""
    views = list_stages(row, at=now(), holidays=holidays_in_force())
    names = name_actors(key for view in views for key in _keys(view))
    screened = any(view.progress.stage.kind is StageKind.SCREENING for view in views)
    standing = find_standings([row.organization_id])[row.organization_id] if screened else None
    return Section(
        _("Stages of the review"),
        (_("Stage"), _("State"), _("Why"), _("Who acts next"), _("Open since"), _("Due")),
        [
            (
                view.progress.stage.title,
                view.progress.state.label,
                "; ".join(
                    filter(
                        None, (say_reasons(view.progress, names), _say_screening(view, standing))
                    )
                ),
                _say_missing(view, names),
                _say_since(view),
                _say_due(view, names),
            )
            for view in views
        ],
        empty=_("It has not been submitted."),
    )


def _say_screening(view: StageView, standing: ScreeningStanding | None) -> str:
    """Beside a stage for screening, where the screening itself stands."""
    if standing is None or view.progress.stage.kind is not StageKind.SCREENING:
        return ""
    return _("screening: %(state)s") % {"state": standing.state.label}


def say_reasons(said: StageProgress, names: dict[str, str]) -> str:
    """The reasons of a stage's state, as a person reads them."""
    return "; ".join(filter(None, (_say_reason(reason, said, names) for reason in said.reasons)))


def _say_reason(reason: str, said: StageProgress, names: dict[str, str]) -> str:
    code, _colon, about = reason.partition(":")
    counts = {"found": said.found, "needed": said.needed}
    sentences = {
        "condition_false": _("its condition does not hold"),
        "condition_unknown": _("not known whether it applies, so it does: %(facts)s")
        % {"facts": ", ".join(said.unknown)},
        "not_taken_up": _("nobody has taken the request up"),
        "closed": _("the request is closed"),
        "after": _("waits for “%(stage)s”") % {"stage": about},
        "nobody_eligible": _("nobody may act in it"),
        "missing": _("%(found)d of %(needed)d") % counts,
        "unanswered": _("%(who)s has not answered: it goes on without") % {"who": about},
        "objection": _("%(who)s opposes") % {"who": names.get(about, about)},
    }
    return sentences[code]


def _say_missing(view: StageView, names: dict[str, str]) -> str:
    said = view.progress
    if len(said.missing) <= _NAMED:
        return ", ".join(_say_person(key, view, names) for key in said.missing)
    roles = ", ".join(str(role.label) for role in said.stage.who.roles)
    people = ngettext("%(count)d person", "%(count)d people", len(said.missing))
    return f"{people % {'count': len(said.missing)}} ({roles})"


def _say_person(key: str, view: StageView, names: dict[str, str]) -> str:
    deputy = view.deputies.get(key)
    name = names.get(key, key)
    if deputy is None:
        return name
    return _("%(name)s (deputy: %(deputy)s)") % {
        "name": name,
        "deputy": names.get(deputy, deputy),
    }


def _say_since(view: StageView) -> str:
    if view.run is None:
        return ""
    opened = date_format(view.run.opened_at, "DATETIME_FORMAT")
    if view.run.closed_at is not None:
        return _("%(opened)s, for %(length)s") % {
            "opened": opened,
            "length": timesince(view.run.opened_at, view.run.closed_at),
        }
    return _("%(opened)s, %(length)s ago") % {
        "opened": opened,
        "length": timesince(view.run.opened_at, now()),
    }


def _say_due(view: StageView, names: dict[str, str]) -> str:
    if view.due is None:
        return ""
    if view.due.missing:
        return _("cannot be said: holidays not known (%(missing)s)") % {
            "missing": view.due.missing
        }
    if view.due.at is None:
        return _("the clock stands still")
    moment = date_format(view.due.at, "DATETIME_FORMAT")
    if view.due.at > now():
        return moment
    late = _("LATE: %(moment)s") % {"moment": moment}
    if not view.handed_to:
        return late
    deputies = ", ".join(names.get(key, key) for key in view.handed_to)
    return _("%(late)s; handed to %(deputies)s") % {"late": late, "deputies": deputies}


def _keys(view: StageView) -> Iterable[str]:
    said = view.progress
    yield from (*said.missing, *view.deputies.values(), *view.handed_to)
    yield from (
        reason.partition(":")[2] for reason in said.reasons if reason.startswith("objection:")
    )
