"""Demands of authorities for access. They are no access requests, and no review policy refuses one."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import Marking
from access.models import Disclosure
from notifications.choices import AccessForm, DemandBasis, DemandStep
from notifications.events import Event
from notifications.models import AccessDemand, DemandRecord
from notifications.operations.entries import (
    Told,
    _write,
    check_may_write,
    check_one_world,
    find_one,
)
from registry import audit
from registry.commands import Command, command, lock, read_clock, touch
from registry.errors import Invalid, NotFound
from registry.models import AIModel, Authority, Organization


class PowerUncited(Invalid):
    code = "power_uncited"
    text = _("A demand by legal power needs the provision that gives it.")


class DemandPeriodBackward(Invalid):
    code = "end_before_start"
    text = _("The end must come after the start.")


class WaitsOnNobody(Invalid):
    code = "waits_on_nobody"
    text = _("Say on whom it waits: a registered body, or one in words; and only where it waits.")


@dataclass(frozen=True, slots=True)
class Demanded:
    """What an authority wants of whom. No `forms`: not stated. The period is the one asked for."""

    authority: UUID
    addressee: UUID
    title: str
    basis: DemandBasis
    ai_model: UUID | None = None
    citation: str = ""
    forms: tuple[AccessForm, ...] = ()
    period_from: dt.datetime | None = None
    period_until: dt.datetime | None = None
    marking: Marking = Marking.OPEN

    def __post_init__(self) -> None:
        if self.basis is DemandBasis.LEGAL_POWER and not self.citation.strip():
            raise PowerUncited
        bounds = (self.period_from, self.period_until)
        if None not in bounds and self.period_until <= self.period_from:  # type: ignore[operator]
            raise DemandPeriodBackward


@dataclass(frozen=True, slots=True)
class Waits:
    """On whom a demand waits: a registered body, or one that is only told of in words."""

    on: UUID | None = None
    words: str = ""


@command
def open_(
    command: Command,
    *,
    demanded: Demanded,
    step: DemandStep,
    told: Told,
    waits: Waits | None = None,
) -> AccessDemand:
    """Write down a demand with the first that is known of it: that it was asked, or already what became of it.

    Raises RoleMissing, NotFound, SourceMissing, EntryAhead, WaitsOnNobody, WorldsApart.
    """
    check_may_write(command, told)
    authority = find_one(Authority, demanded.authority, "authority")
    addressee = find_one(Organization, demanded.addressee, "organization")
    model = find_one(AIModel, demanded.ai_model, "model")
    assert authority is not None
    assert addressee is not None
    check_one_world(
        told,
        addressee.synthetic,
        authority.organization.synthetic,
        *(() if model is None else (model.synthetic,)),
    )
    clock = read_clock(command)
    row = AccessDemand.objects.create(
        authority=authority,
        addressee=addressee,
        ai_model=model,
        title=demanded.title,
        basis=demanded.basis,
        citation=demanded.citation,
        forms=sorted(set(demanded.forms)),
        period_from=demanded.period_from,
        period_until=demanded.period_until,
        marking=Marking.OPEN if told.is_reported else demanded.marking,
        recorded_by=command.by.key,
        recorded_at=clock.recorded,
        changed_at=clock.at,
    )
    audit.record(
        Event.DEMAND_OPENED,
        row,
        command,
        occurred_at=clock.recorded,
        authority=authority.id,
        addressee=addressee.id,
        model=demanded.ai_model,
        basis=demanded.basis,
        forms=row.forms,
        private={"title": demanded.title},
    )
    _add(command, row, step=step, told=told, waits=waits)
    return row


@command
def record(
    command: Command,
    *,
    demand: UUID,
    step: DemandStep,
    told: Told,
    waits: Waits | None = None,
    disclosure: UUID | None = None,
) -> AccessDemand:
    """Something became of a demand; with `disclosure`, names or papers were given to the authority with it.

    What was written before stays as it is. Raises RoleMissing, NotFound, Stale, SourceMissing, EntryAhead,
    WaitsOnNobody, WorldsApart.
    """
    row = lock(AccessDemand.objects.visible_to(command.by), demand, command, what="demand")
    check_one_world(told, row.addressee.synthetic)
    _add(command, row, step=step, told=told, waits=waits, disclosure=disclosure)
    touch(row, read_clock(command, row))
    return row


def _add(
    command: Command,
    row: AccessDemand,
    *,
    step: DemandStep,
    told: Told,
    waits: Waits | None,
    disclosure: UUID | None = None,
) -> None:
    waits = waits or Waits()
    named = (waits.on is not None) + bool(waits.words.strip())
    if named != (step is DemandStep.WAITING):
        raise WaitsOnNobody
    body = find_one(Organization, waits.on, "organization")
    if body is not None:
        check_one_world(told, row.addressee.synthetic, body.synthetic)
    entry = _write(
        command,
        DemandRecord(
            demand=row,
            step=step,
            waits_on=body,
            waits_on_words=waits.words,
            disclosure=_find_disclosure(command, row, disclosure),
        ),
        told,
    )
    audit.record(
        Event.DEMAND_RECORDED,
        row,
        command,
        occurred_at=told.happened_at,
        record=entry.id,
        step=step,
        origin=entry.origin,
        waits_on=waits.on,
        disclosure=disclosure,
        private={"words": told.words},
    )


def _find_disclosure(
    command: Command, row: AccessDemand, disclosure: UUID | None
) -> Disclosure | None:
    """An entry of the log about what went to the authority that demands. Raises NotFound."""
    if disclosure is None:
        return None
    found = (
        Disclosure.objects.visible_to(command.by)
        .filter(pk=disclosure, authority=row.authority_id)
        .first()
    )
    if found is None:
        raise NotFound("disclosure")
    return found
