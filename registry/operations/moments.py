"""Moments that rules count from: stated once, in the rule's own word, and superseded where mistaken."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import Anchor, Precision, Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Invalid, NotFound
from registry.events import Event
from registry.models import AnchorMoment, Incident, Occurrence
from registry.policies import check_role

MAY_STATE = (Role.AUTHORITY_DESK, Role.CLEARED)
_MAY_BE_PLANNED = frozenset({Anchor.PLACED, Anchor.BEGUN})
"""What a duty may have to precede, so that it is stated before it has come."""

Subject = Incident | Occurrence


class ZoneUnknown(Invalid):
    code = "zone_unknown"
    text = _("“%(zone)s” is not the name of a time zone.")


class MomentToCome(Invalid):
    code = "moment_to_come"
    text = _("That has not come yet: nobody can have become aware of it.")


class MomentSuperseded(Conflict):
    code = "moment_superseded"
    text = _("This moment has been superseded already.")


class MomentOfAnother(Invalid):
    code = "moment_of_another"
    text = _("A moment supersedes one of the same kind, of the same incident or occurrence.")


class NotResolvedYet(Conflict):
    code = "not_resolved_yet"
    text = _("The incident is not resolved: say so by resolving it.")


@dataclass(frozen=True, slots=True)
class MomentSaid:
    """When something came about that a rule counts from. `zone` is that in which it was told.

    With the precision of a day, the day is that of the zone. `evidence` is free text and stays here.
    """

    anchor: Anchor
    happened_at: dt.datetime
    zone: str = "UTC"
    precision: Precision = Precision.INSTANT
    evidence: str = ""


@command
def state_of_incident(
    command: Command, *, incident: UUID, said: MomentSaid, supersedes: UUID | None = None
) -> Incident:
    """State a moment of an incident. The earliest current one that a rule names governs its clock.

    That it is resolved is an act of its own; here only a mistaken moment of it is superseded. Raises
    RoleMissing, NotFound, Stale, ZoneUnknown, MomentToCome, MomentSuperseded, MomentOfAnother,
    NotResolvedYet.
    """
    check_role(command.by, *MAY_STATE)
    row = lock(Incident.objects.visible_to(command.by), incident, command, what="incident")
    clock = read_clock(command, row)
    if said.anchor is not Anchor.RESOLVED:
        _state(command, row, said, clock=clock, supersedes=supersedes)
        touch(row, clock)
        return row
    if row.resolved_at is None or supersedes is None:
        raise NotResolvedYet
    row.resolved_at = _state(command, row, said, clock=clock, supersedes=supersedes).happened_at
    touch(row, clock, "resolved_at")
    return row


@command
def state_of_occurrence(
    command: Command, *, occurrence: UUID, said: MomentSaid, supersedes: UUID | None = None
) -> Occurrence:
    """State a moment of an occurrence; as `state_of_incident`."""
    check_role(command.by, *MAY_STATE)
    row = lock(Occurrence.objects.visible_to(command.by), occurrence, command, what="occurrence")
    clock = read_clock(command, row)
    _state(command, row, said, clock=clock, supersedes=supersedes)
    touch(row, clock)
    return row


def _state(
    command: Command,
    row: Subject,
    said: MomentSaid,
    *,
    clock: Clock,
    supersedes: UUID | None = None,
) -> AnchorMoment:
    """Write a moment of a locked row, inside the caller's transaction."""
    _check(said, clock)
    replaced = None if supersedes is None else _find(row, said, supersedes)
    moment = AnchorMoment(
        **of(row),
        anchor=said.anchor,
        happened_at=said.happened_at,
        zone=said.zone,
        precision=said.precision,
        evidence=said.evidence,
        supersedes=replaced,
        stated_by=command.by.key,
        stated_at=clock.at,
    )
    with violation_means("registry_anchormoment_supersedes_id_key", MomentSuperseded()):
        moment.save(force_insert=True)
    audit.record(
        Event.MOMENT_STATED,
        row,
        command,
        occurred_at=clock.at,
        concerned=(),
        moment=moment.id,
        anchor=said.anchor,
        happened_at=said.happened_at,
        zone=said.zone,
        precision=said.precision,
        supersedes=supersedes,
        private={"evidence": said.evidence},
    )
    return moment


def of(row: Subject) -> dict[str, Subject]:
    """The row as the one subject that a moment, a duty or a question has."""
    return {"incident" if isinstance(row, Incident) else "occurrence": row}


def _check(said: MomentSaid, clock: Clock) -> None:
    try:
        ZoneInfo(said.zone)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise ZoneUnknown(zone=said.zone) from unknown
    if said.happened_at > clock.recorded and said.anchor not in _MAY_BE_PLANNED:
        raise MomentToCome


def _find(row: Subject, said: MomentSaid, pk: UUID) -> AnchorMoment:
    found = row.moments.filter(pk=pk).first()
    if found is None:
        raise NotFound("moment")
    if found.anchor != said.anchor:
        raise MomentOfAnother
    return found
