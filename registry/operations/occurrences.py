"""Occurrences: what a rule attaches a duty to and is no incident. Compute that meets a threshold, a placing
on the market, a framework confirmed, a report updated, a request received."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import Role, SubjectOrigin, Trigger
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, NotFound, WorldsApart
from registry.events import Event
from registry.models import AIModel, Occurrence, Organization, ReportedFact
from registry.operations.facts import FactSaid, report_within_transaction
from registry.operations.moments import MomentSaid, _state
from registry.operations.occurrence_details import WORDS, read_details
from registry.policies import check_role

MAY_REPORT = (Role.AUTHORITY_DESK, Role.CLEARED, Role.INTAKE)
MAY_WORK = (Role.AUTHORITY_DESK, Role.CLEARED)


class OccurrenceEnded(Conflict):
    code = "occurrence_ended"
    text = _("This has ended already.")


class PlacementRaised(Conflict):
    code = "placement_raised"
    text = _("Whether this model is placed on the market has been asked already.")


@command
def report(
    command: Command,
    *,
    kind: Trigger,
    title: str,
    duty_holder: UUID,
    details: Mapping[str, Any],
    ai_model: UUID | None = None,
    moments: tuple[MomentSaid, ...] = (),
    fact: FactSaid | None = None,
) -> Occurrence:
    """Something came about that rules ask for. With a `fact`, a source tells of it: then rules only ask.

    Raises RoleMissing, NotFound, WorldsApart, DetailsUnreadable, SourceMissing, ZoneUnknown, MomentToCome.
    """
    check_role(command.by, *MAY_REPORT)
    holder = Organization.objects.filter(pk=duty_holder).first()
    if holder is None:
        raise NotFound("organization")
    model = None if ai_model is None else AIModel.objects.filter(pk=ai_model).first()
    if ai_model is not None and model is None:
        raise NotFound("model")
    reported = None if fact is None else report_within_transaction(command, fact)[0]
    row = _report(
        command,
        kind,
        title,
        holder=holder,
        details=read_details(kind, details),
        model=model,
        fact=reported,
    )
    for moment in moments:
        _state(command, row, moment, clock=read_clock(command, row))
    return row


@command
def raise_placement(
    command: Command, *, ai_model: UUID, grant: UUID, title: str, note: str
) -> Occurrence:
    """The system asks, once a model, whether its first grant in the Union placed it on the market.

    No moment is stated: that is for a person, who says when it was placed, or ends this because it was not.
    Raises NotFound, PlacementRaised.
    """
    model = lock(AIModel.objects.select_related("developer"), ai_model, command, what="model")
    if Occurrence.objects.placements().filter(ai_model=model).exists():
        raise PlacementRaised
    details = read_details(
        Trigger.MARKET_PLACEMENT, {"eu": True, "grant": str(grant), "note": note}
    )
    with violation_means("occurrence_placement_raised_once_a_model", PlacementRaised()):
        return _report(
            command,
            Trigger.MARKET_PLACEMENT,
            title,
            holder=model.developer,
            details=details,
            model=model,
            raised=True,
        )


@command
def change(command: Command, *, occurrence: UUID, details: Mapping[str, Any]) -> Occurrence:
    """What is known of it now. The event keeps what changed, from what to what.

    Raises RoleMissing, NotFound, Stale, OccurrenceEnded, DetailsUnreadable.
    """
    row = _lock_open(command, occurrence)
    said = read_details(Trigger(row.kind), details)
    clock = read_clock(command, row)
    before, row.details = row.details, said
    touch(row, clock, "details")
    audit.record(
        Event.OCCURRENCE_CHANGED,
        row,
        command,
        occurred_at=clock.at,
        before=_plain(before),
        after=_plain(said),
        private=_words(said),
    )
    return row


@command
def end(command: Command, *, occurrence: UUID, reason: str) -> Occurrence:
    """It is over, or was none: nothing recurs from now on, and what rules asked of it no longer arises.

    Raises RoleMissing, NotFound, Stale, OccurrenceEnded.
    """
    row = _lock_open(command, occurrence)
    clock = read_clock(command, row)
    row.ended_at = clock.at
    touch(row, clock, "ended_at")
    audit.record(
        Event.OCCURRENCE_ENDED, row, command, occurred_at=clock.at, private={"reason": reason}
    )
    return row


def _lock_open(command: Command, occurrence: UUID) -> Occurrence:
    check_role(command.by, *MAY_WORK)
    row = lock(Occurrence.objects.visible_to(command.by), occurrence, command, what="occurrence")
    if row.ended_at is not None:
        raise OccurrenceEnded
    return row


def _report(
    command: Command,
    kind: Trigger,
    title: str,
    *,
    holder: Organization,
    details: dict[str, Any],
    model: AIModel | None,
    fact: ReportedFact | None = None,
    raised: bool = False,
) -> Occurrence:
    if model is not None and model.synthetic != holder.synthetic:
        raise WorldsApart
    clock = read_clock(command)
    origin = SubjectOrigin.OBSERVED if fact is None else SubjectOrigin.REPORTED
    row = Occurrence(
        kind=kind,
        title=title,
        duty_holder=holder,
        ai_model=model,
        details=details,
        origin=origin,
        fact=fact,
        reported_by=command.by.key,
        reported_at=clock.recorded,
        raised=raised,
        synthetic=holder.synthetic,
        changed_at=clock.at,
    )
    row.save(force_insert=True)
    audit.record(
        Event.OCCURRENCE_REPORTED,
        row,
        command,
        occurred_at=clock.at,
        kind=kind,
        duty_holder=holder.id,
        model=None if model is None else model.id,
        origin=origin,
        fact=None if fact is None else fact.id,
        synthetic=holder.synthetic,
        said=_plain(details),
        private={"title": title} | _words(details),
    )
    return row


def _plain(details: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in details.items() if name not in WORDS}


def _words(details: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in details.items() if name in WORDS}
