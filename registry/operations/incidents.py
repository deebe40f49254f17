"""Incidents: reported, classified, contained, resolved. What is not known is said so, beside yes and no."""

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import Anchor, Harm, Involvement, Role, SubjectOrigin
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.errors import Conflict, Invalid, NotFound, WorldsApart
from registry.events import Event
from registry.models import (
    AIModel,
    Incident,
    IncidentVersion,
    ModelRelease,
    Organization,
    ReportedFact,
)
from registry.operations.facts import FactSaid, PeriodBackward, report_within_transaction
from registry.operations.moments import MomentSaid, _state
from registry.policies import NotYours, check_role
from registry.versions import correct, open_version, span

MAY_REPORT = (Role.AUTHORITY_DESK, Role.CLEARED, Role.RESTRICTOR, Role.INTAKE)
MAY_WORK = (Role.AUTHORITY_DESK, Role.CLEARED)


class HarmsContradict(Invalid):
    """The people counted and the kinds of harm named do not go together."""

    code = "harms_contradict"
    text = _("The people counted contradict the harms named: %(what)s.")


class ModelNotNamed(Invalid):
    code = "model_not_named"
    text = _("Name at least one model, and only models of one developer.")


class IncidentResolved(Conflict):
    code = "incident_resolved"
    text = _("The incident is resolved already.")


class NotAResolution(Invalid):
    code = "not_a_resolution"
    text = _("An incident is resolved by stating when it was resolved.")


@dataclass(frozen=True, slots=True)
class Classification:
    """What is known of an incident. None means not known, which no rule takes for a no.

    `harms` are all that are known of; empty means that none came about. `ai_models` and `releases` are
    identifiers. `summary` is free text, and goes into no event.
    """

    summary: str
    began_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    ai_models: tuple[UUID, ...] = ()
    releases: tuple[UUID, ...] = ()
    harms: tuple[Harm, ...] | None = None
    model_involved: Involvement = Involvement.NOT_KNOWN
    deaths: int | None = None
    injuries: int | None = None
    imminent_risk: bool | None = None
    internal_use: bool | None = None
    during_evaluation: bool | None = None
    deception: bool | None = None
    loss_of_control: bool | None = None
    materially_increased_risk: bool | None = None
    cyber_breach: bool | None = None
    weights_accessed: bool | None = None
    weights_exfiltrated: bool | None = None


QUESTIONS = (
    *("imminent_risk", "internal_use", "during_evaluation", "deception", "loss_of_control"),
    *("materially_increased_risk", "cyber_breach", "weights_accessed", "weights_exfiltrated"),
)
"""What is answered with yes, no or not known."""

_PLAIN = tuple(field.name for field in fields(Classification) if field.name != "summary")
"""Codes, numbers, moments and identifiers: what an event may hold."""


@command
def report(
    command: Command,
    *,
    title: str,
    duty_holder: UUID,
    said: Classification,
    moments: tuple[MomentSaid, ...] = (),
    fact: FactSaid | None = None,
) -> Incident:
    """Something happened with a model. With a `fact`, a source tells of it; without, it is known at first hand.

    What is only reported opens questions, and no duty by itself. Raises RoleMissing, NotFound,
    WorldsApart, HarmsContradict, PeriodBackward, SourceMissing, ZoneUnknown, MomentToCome.
    """
    check_role(command.by, *MAY_REPORT)
    holder = Organization.objects.filter(pk=duty_holder).first()
    if holder is None:
        raise NotFound("organization")
    reported = None if fact is None else report_within_transaction(command, fact)[0]
    return _report(command, title, said, holder=holder, moments=moments, fact=reported)


@command
def report_by_partner(command: Command, *, title: str, said: Classification) -> Incident:
    """An organization tells the operator what happened at its own; the developer of the models bears the duties.

    When the developer became aware is for its own people to state: until then rules ask. Raises NotYours,
    ModelNotNamed, NotFound, WorldsApart, HarmsContradict, PeriodBackward.
    """
    if command.by.is_staff or command.by.organization_id is None:
        raise NotYours
    reporter = Organization.objects.get(pk=command.by.organization_id)
    developers = Organization.objects.filter(ai_models__in=said.ai_models).distinct()
    found = list(developers[:2])
    if len(found) != 1:
        raise ModelNotNamed
    if found[0].synthetic != reporter.synthetic:
        raise WorldsApart
    return _report(command, title, said, holder=found[0], reporter=reporter)


@command
def classify(command: Command, *, incident: UUID, said: Classification) -> Incident:
    """What is known now, in the place of what was known; the old version stays readable.

    Raises RoleMissing, NotFound, Stale, WorldsApart, HarmsContradict, PeriodBackward.
    """
    check_role(command.by, *MAY_WORK)
    row = lock(Incident.objects.visible_to(command.by), incident, command, what="incident")
    checked = _check(said, row.duty_holder)
    clock = read_clock(command, row)
    before = current_version(row)
    after = correct(before, recorded=clock.recorded, **checked, classified_by=command.by.key)
    touch(row, clock)
    audit.record(
        Event.INCIDENT_CLASSIFIED,
        row,
        command,
        occurred_at=clock.at,
        concerned=(),
        changed=[name for name in _PLAIN if getattr(before, name) != getattr(after, name)],
        **_plain(said),
        private={"summary": said.summary},
    )
    return row


@command
def contain(command: Command, *, incident: UUID, containment: str) -> Incident:
    """What was done to stop it from going on. Raises RoleMissing, NotFound, Stale."""
    check_role(command.by, *MAY_WORK)
    row = lock(Incident.objects.visible_to(command.by), incident, command, what="incident")
    clock = read_clock(command, row)
    _rewrite(command, row, clock, containment=containment)
    touch(row, clock)
    audit.record(
        Event.INCIDENT_CONTAINED,
        row,
        command,
        occurred_at=clock.at,
        concerned=(),
        private={"containment": containment},
    )
    return row


@command
def resolve(
    command: Command, *, incident: UUID, resolution: str, resolved: MomentSaid
) -> Incident:
    """Corrective measures are adopted: harm is rectified where it can be, the risk assessed and mitigated.

    From then on nothing recurs, and final reports run. `resolved` says when; its anchor is of that kind.
    Raises RoleMissing, NotFound, Stale, IncidentResolved, MomentOfAnother, ZoneUnknown, MomentToCome.
    """
    check_role(command.by, *MAY_WORK)
    row = lock(Incident.objects.visible_to(command.by), incident, command, what="incident")
    if row.resolved_at is not None:
        raise IncidentResolved
    if resolved.anchor is not Anchor.RESOLVED:
        raise NotAResolution
    clock = read_clock(command, row)
    _rewrite(command, row, clock, resolution=resolution)
    moment = _state(command, row, resolved, clock=clock)
    row.resolved_at = moment.happened_at
    touch(row, clock, "resolved_at")
    audit.record(
        Event.INCIDENT_RESOLVED,
        row,
        command,
        occurred_at=clock.at,
        resolved_at=row.resolved_at,
        private={"resolution": resolution},
    )
    return row


def current_version(row: Incident) -> IncidentVersion:
    """What is known of the incident now."""
    return row.versions.current().get()


def _report(
    command: Command,
    title: str,
    said: Classification,
    *,
    holder: Organization,
    moments: tuple[MomentSaid, ...] = (),
    reporter: Organization | None = None,
    fact: ReportedFact | None = None,
) -> Incident:
    checked = _check(said, holder)
    clock = read_clock(command)
    origin = SubjectOrigin.OBSERVED if fact is None else SubjectOrigin.REPORTED
    row = Incident.objects.create(
        title=title,
        duty_holder=holder,
        origin=origin,
        fact=fact,
        reported_by=command.by.key,
        reported_by_organization=reporter,
        reported_at=clock.recorded,
        synthetic=holder.synthetic,
        changed_at=clock.at,
    )
    version = IncidentVersion(
        incident=row, **checked, classified_by=command.by.key, valid=span(None)
    )
    open_version(version, recorded=clock.recorded)
    audit.record(
        Event.INCIDENT_REPORTED,
        row,
        command,
        occurred_at=clock.at,
        duty_holder=holder.id,
        origin=origin,
        fact=None if fact is None else fact.id,
        synthetic=holder.synthetic,
        **_plain(said),
        private={"title": title, "summary": said.summary},
    )
    for moment in moments:
        _state(command, row, moment, clock=clock)
    return row


def _rewrite(command: Command, row: Incident, clock: Clock, **words: str) -> None:
    correct(current_version(row), recorded=clock.recorded, **words, classified_by=command.by.key)


def _plain(said: Classification) -> dict[str, Any]:
    return {name: getattr(said, name) for name in _PLAIN}


def _check(said: Classification, holder: Organization) -> dict[str, Any]:
    """The columns of a version. What is synthetic and what is real never meet in one incident."""
    if said.began_at and said.ended_at and said.ended_at < said.began_at:
        raise PeriodBackward
    _check_harms(said)
    models = list(AIModel.objects.filter(pk__in=said.ai_models))
    if len(models) != len(set(said.ai_models)):
        raise NotFound("model")
    if any(model.synthetic != holder.synthetic for model in models):
        raise WorldsApart
    releases = ModelRelease.objects.filter(pk__in=said.releases, ai_model__in=said.ai_models)
    if releases.count() != len(set(said.releases)):
        raise NotFound("model version")
    columns = {field.name: getattr(said, field.name) for field in fields(said)}
    return columns | {
        "ai_models": sorted(set(said.ai_models)),
        "releases": sorted(set(said.releases)),
        "harms": None if said.harms is None else sorted(set(said.harms)),
    }


def _check_harms(said: Classification) -> None:
    """Whoever counts the dead names the harm, so that no rule overlooks it."""
    harms = set(said.harms or ())
    hurt = {Harm.BODILY_INJURY, Harm.HEALTH_SERIOUS}
    if said.deaths and Harm.DEATH not in harms:
        raise HarmsContradict(what=_("deaths are counted, and death is not named"))
    if said.deaths == 0 and Harm.DEATH in harms:
        raise HarmsContradict(what=_("death is named, and no deaths are counted"))
    if said.injuries and not harms & (hurt | {Harm.DEATH}):
        raise HarmsContradict(what=_("injuries are counted, and no injury is named"))
