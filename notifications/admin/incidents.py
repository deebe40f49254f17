"""Incidents on the staff's pages: for people under stress, with what every law asks of them in plain words.

The page belongs to this app, because what it shows of duties does.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.admin.record import list_record
from access.choices import RestrictionKind
from access.operations.restrictions import Wording, check_confirmed
from access.queries.scopes import Scope
from notifications.admin.duty_sections import list_duty_sections
from notifications.admin.incident_forms import (
    ClassificationForm,
    ContainForm,
    ReportForm,
    ResolveForm,
    StopForm,
    read_classification,
    read_learned,
    show_classification,
)
from notifications.admin.moment_forms import MomentForm, read_clock_moment
from notifications.models import IncidentStop
from notifications.operations import duties, stops
from notifications.queries.duties import current_version, examine
from notifications.queries.verdict_words import name_fact, say_value
from registry.actors import Actor
from registry.admin.desk import DeskAdmin, Step, actor_of, holds
from registry.admin.sections import Section, link, rows_of
from registry.choices import Anchor, Role
from registry.commands import Command, Done
from registry.models import AIModel, Incident, IncidentVersion
from registry.models.incident import INCIDENT_READERS
from registry.operations import incidents, moments
from registry.operations.incidents import QUESTIONS

_Take = Callable[[Command, Any, dict[str, Any]], Done[Incident]]


def _and_assess(take: _Take) -> Callable[[Command, Any, dict[str, Any]], object]:
    """The change first, then what it brings, so that the page shows it at once."""
    return lambda command, row, said: duties.then_assess(command, take(command, row, said))


def _report(command: Command, _row: None, said: dict[str, Any]) -> Done[Incident]:
    return incidents.report(
        command,
        title=said["title"],
        duty_holder=said["duty_holder"].id,
        said=read_classification(said),
        moments=read_learned(said),
    )


def _classify(command: Command, row: Incident, said: dict[str, Any]) -> Done[Incident]:
    return incidents.classify(command, incident=row.id, said=read_classification(said))


def _state(command: Command, row: Incident, said: dict[str, Any]) -> Done[Incident]:
    mistaken = said["supersedes"]
    return moments.state_of_incident(
        command,
        incident=row.id,
        said=read_clock_moment(said, Anchor(said["anchor"])),
        supersedes=None if mistaken is None else mistaken.id,
    )


def _contain(command: Command, row: Incident, said: dict[str, Any]) -> object:
    return incidents.contain(command, incident=row.id, containment=said["containment"])


def _resolve(command: Command, row: Incident, said: dict[str, Any]) -> Done[Incident]:
    return incidents.resolve(
        command,
        incident=row.id,
        resolution=said["resolution"],
        resolved=read_clock_moment(said, Anchor.RESOLVED),
    )


def _stop(command: Command, row: Incident, said: dict[str, Any]) -> str:
    chosen = {
        name: tuple(one.id for one in said[name])
        for name in ("ai_models", "programs", "organizations")
    }
    scope = Scope(
        organizations=chosen["organizations"],
        ai_models=chosen["ai_models"],
        programs=chosen["programs"],
    )
    check_confirmed(scope, said["confirm"])
    stops.stop_access(
        command,
        incident=row.id,
        kind=RestrictionKind(said["kind"]),
        wording=Wording(said["title"], said["public_wording"], said["confidential_basis"]),
        scope=scope,
    )
    return _("Access is stopped, and every duty that the incident brings is open.")


def _works(actor: Actor, _row: Incident) -> bool:
    return actor.has(*incidents.MAY_WORK)


def _show_stop(row: Incident) -> dict[str, Any]:
    version = current_version(row)
    return {"ai_models": [] if version is None else version.ai_models, "title": row.title}


@admin.register(Incident)
class IncidentAdmin(DeskAdmin):
    readers = (*INCIDENT_READERS, Role.INTAKE)
    list_display = ("title", "holder", "origin", "reported_at", "resolved_at", "world")
    list_filter = ("origin", "synthetic")
    list_select_related = ("duty_holder",)
    search_fields = ("title", "duty_holder__slug", "duty_holder__name")
    ordering = ("-reported_at", "-id")
    fields = (
        *("title", "duty_holder", "origin", "fact", "reported_by", "reported_by_organization"),
        *("reported_at", "resolved_at", "id"),
    )
    list_steps = {
        "report": Step(
            gettext_lazy("Report an incident"),
            _and_assess(_report),
            ReportForm,
            holds(*incidents.MAY_REPORT),
            hint=gettext_lazy(
                "Say what is known now; the rest stays not known, and can be said later. Clocks that "
                "begin by it are shown at once."
            ),
        )
    }
    steps = {
        "classify": Step(
            gettext_lazy("Classify"),
            _and_assess(_classify),
            ClassificationForm,
            _works,
            hint=gettext_lazy(
                "What is known now, whole. What was said before stays readable. Duties open and close by it."
            ),
            initial=show_classification,
        ),
        "state_moment": Step(
            gettext_lazy("State a moment"),
            _and_assess(_state),
            MomentForm,
            _works,
            hint=gettext_lazy("When something came about that a clock begins with."),
            initial=lambda row: {"about": row},
        ),
        "contain": Step(gettext_lazy("Contain"), _contain, ContainForm, _works),
        "resolve": Step(
            gettext_lazy("Resolve"),
            _and_assess(_resolve),
            ResolveForm,
            lambda actor, row: row.resolved_at is None and _works(actor, row),
            hint=gettext_lazy("From then on nothing recurs, and the final reports run."),
        ),
        "stop_access": Step(
            gettext_lazy("Stop access"),
            _stop,
            StopForm,
            holds(Role.RESTRICTOR),
            hint=gettext_lazy(
                "One act: access is refused for the very next question after its commit, and every duty "
                "that the incident brings is open. Dimensions narrow each other; give at least one."
            ),
            danger=True,
            reauthenticates=True,
            initial=_show_stop,
        ),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Incident]:
        found: QuerySet[Incident] = super().get_queryset(request)
        visible = Incident.objects.visible_to(actor_of(request))
        return found.filter(pk__in=visible.values("pk"))

    @admin.display(description=gettext_lazy("duty-holder"), ordering="duty_holder__name")
    def holder(self, row: Incident) -> str:
        return row.duty_holder.name

    def title(self, row: Incident) -> str:
        return row.title

    def list_sections(self, request: HttpRequest, row: Incident) -> list[Section]:
        duties_of = (
            list_duty_sections(examine(row, at=now()))
            if actor_of(request).has(*INCIDENT_READERS)
            else []
        )
        return [
            *duties_of,
            _known(row),
            _moments(row),
            _history(row),
            _stops(row),
            _sources(row),
            list_record(row),
        ]


def _known(row: Incident) -> Section:
    version = current_version(row)
    rows: list[tuple[object, object]] = []
    if version is not None:
        names = [model.name for model in AIModel.objects.filter(pk__in=version.ai_models)]
        rows = [
            (_("What happened"), version.summary),
            (_("Began"), version.began_at or _("not known")),
            (_("Ended"), version.ended_at or _("not known")),
            (_("Models"), ", ".join(sorted(names)) or _("not known")),
            (_("The model's part in it"), version.get_model_involved_display()),
            (_("What it led to"), say_value(version.harms)),
            (_("Deaths"), say_value(version.deaths)),
            (_("Injuries"), say_value(version.injuries)),
            *(
                (name_fact(f"incident.{name}").capitalize(), say_value(getattr(version, name)))
                for name in QUESTIONS
            ),
            (_("Containment"), version.containment or _("nothing yet")),
            (_("Resolution"), version.resolution or _("nothing yet")),
        ]
    return Section(_("What is known"), (_("Question"), _("Answer")), rows)


def _moments(row: Incident) -> Section:
    return Section(
        _("Moments that clocks begin with"),
        (
            _("What came about"),
            _("When (UTC)"),
            _("Told in"),
            _("How exactly"),
            _("By"),
            _("Note"),
        ),
        rows_of(
            row.moments.select_related("superseded_by").order_by("happened_at", "id"),
            lambda said: (
                said.get_anchor_display(),
                said.happened_at,
                said.zone,
                said.get_precision_display(),
                said.stated_by,
                _("superseded") if hasattr(said, "superseded_by") else said.evidence,
            ),
        ),
        empty=_("No moment is stated: clocks cannot begin."),
    )


def _history(row: Incident) -> Section:
    return Section(
        _("How it was classified"),
        (_("Known from"), _("Known until"), _("What it led to"), _("Model's part"), _("By")),
        rows_of(row.versions.order_by("-id"), _show_version),
    )


def _show_version(version: IncidentVersion) -> tuple[object, ...]:
    return (
        version.recorded.lower,
        version.recorded.upper,
        say_value(version.harms),
        version.get_model_involved_display(),
        version.classified_by,
    )


def _stops(row: Incident) -> Section:
    return Section(
        _("Access stopped because of it"),
        (_("Restriction"), _("Since"), _("Lifted"), _("By")),
        rows_of(
            IncidentStop.objects.filter(incident=row)
            .select_related("restriction")
            .order_by("stopped_at", "id"),
            lambda stop: (
                link(stop.restriction),
                stop.stopped_at,
                stop.restriction.lifted_at,
                stop.stopped_by,
            ),
        ),
        empty=_("Access was not stopped."),
    )


def _sources(row: Incident) -> Section:
    cited = [] if row.fact is None else row.fact.citations.select_related("source").order_by("id")
    return Section(
        _("Who tells of it"),
        (_("Source"), _("Grade for this fact"), _("Passage")),
        [
            (link(one.source, one.source.publisher), one.get_grade_display(), one.passage)
            for one in cited
        ],
        empty=_("It is known at first hand."),
    )
