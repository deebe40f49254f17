"""Grants: issued by a decision, suspended and reinstated, ended once and for a reason."""

import datetime as dt
from uuid import UUID

from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from access.choices import GrantEndKind, ItemStanding, Origin, RevocationReason
from access.events import Event
from access.models import AccessRequest, Grant, GrantEnd, GrantItem, RequestDecision
from access.operations.waiting_rows import _wait
from registry import audit
from registry.actors import SYSTEM
from registry.choices import Role, Standing
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Forbidden, Invalid
from registry.policies import check_own, check_role
from registry.versions import change_from, end_at, open_version, span


class GrantOverlaps(Conflict):
    code = "grant_overlaps"
    text = _("The organization holds this tier for this model and purpose at that time already.")


class GrantOver(Conflict):
    code = "grant_ended"
    text = _("The grant has ended.")


class GrantStandingUnchanged(Conflict):
    code = "grant_standing_unchanged"
    text = _("The grant is %(standing)s: this step does not apply.")


class EndBeforeStart(Invalid):
    code = "end_before_start"
    text = _("The end must come after the start.")


class OrganizationNotActive(Conflict):
    code = "organization_not_active"
    text = _("The organization is %(standing)s: nothing can be granted to it.")


class ClockOnly(Forbidden):
    """Expiry is the clock passing the end: nobody does it."""

    code = "clock_only"
    text = _("Only the passing of time ends a grant so.")


@command
def suspend(command: Command, *, grant: UUID, reason: str) -> Grant:
    """The grant opens no door from this commit on, until it is reinstated.

    Raises RoleMissing, NotFound, Stale, GrantOver, GrantStandingUnchanged.
    """
    return _change_standing(command, grant, reason=reason, standing=ItemStanding.SUSPENDED)


@command
def reinstate(command: Command, *, grant: UUID, reason: str) -> Grant:
    """A suspended grant opens the door again. Raises as `suspend`."""
    return _change_standing(command, grant, reason=reason, standing=ItemStanding.IN_FORCE)


@command
def revoke(command: Command, *, grant: UUID, reason: RevocationReason, text: str = "") -> Grant:
    """End the grant, for a reason, from this commit on. Raises RoleMissing, NotFound, Stale, GrantOver."""
    check_role(command.by, Role.RESTRICTOR)
    row = lock(Grant.objects.visible_to(command.by), grant, command, what="grant")
    clock = read_clock(command, row)
    _end(command, row, kind=GrantEndKind.REVOKED, reason=reason, clock=clock)
    audit.record(
        Event.GRANT_REVOKED,
        row,
        command,
        occurred_at=clock.recorded,
        reason=reason,
        planned_end=row.end.planned_end,
        private={"text": text},
    )
    return row


@command
def surrender(command: Command, *, grant: UUID) -> Grant:
    """The holder gives the grant back, from this commit on.

    Raises NotFound, NotYours, RoleMissing, Stale, GrantOver.
    """
    row = lock(Grant.objects.visible_to(command.by), grant, command, what="grant")
    if command.by.is_staff:
        check_role(command.by, Role.INTAKE)
    else:
        check_own(command.by, row.organization_id)
    clock = read_clock(command, row)
    _end(command, row, kind=GrantEndKind.SURRENDERED, reason="", clock=clock)
    audit.record(
        Event.GRANT_SURRENDERED,
        row,
        command,
        occurred_at=clock.recorded,
        planned_end=row.end.planned_end,
    )
    return row


@command
def expire(command: Command, *, grant: UUID) -> Grant:
    """Write down that the grant's time is over, dated at its end. The answer was no since then anyway.

    Raises ClockOnly, NotFound, GrantOver (ended otherwise, or not yet at its end).
    """
    if command.by != SYSTEM:
        raise ClockOnly
    row = lock(Grant.objects.all(), grant, command, what="grant")
    clock = read_clock(command, row)
    over_at = _planned_end(row)
    if hasattr(row, "end") or over_at is None or over_at > clock.recorded:
        raise GrantOver
    _write_end(command, row, clock, kind=GrantEndKind.EXPIRED, reason="", ended_at=over_at)
    audit.record(Event.GRANT_EXPIRED, row, command, occurred_at=over_at)
    return row


def find_expired(*, at: dt.datetime, limit: int = 200) -> list[UUID]:
    """Grants whose last item has run out and whose end is not written down yet."""
    ended = (
        Grant.objects.filter(
            end__isnull=True, items__recorded__upper_inf=True, items__valid__upper_inf=False
        )
        .annotate(over_at=Max("items__valid__endswith"))
        .filter(over_at__lte=at)
        .order_by("over_at", "id")
    )
    return list(ended.values_list("id", flat=True)[:limit])


def _issue(
    command: Command, request: AccessRequest, decision: RequestDecision, *, clock: Clock
) -> Grant:
    """The grant of an approved request, with one item for each model of its tier, and what makes it wait."""
    standing = Standing(
        request.organization.versions.as_of(clock.recorded).values_list("standing", flat=True)[0]
    )
    if standing is not Standing.ACTIVE:
        raise OrganizationNotActive(standing=standing.label)
    tier = request.tier
    starts_at = clock.start(decision.starts_at)
    ends_at = decision.ends_at
    if ends_at is None and tier.grant_days is not None:
        ends_at = starts_at + dt.timedelta(days=tier.grant_days)
    row = Grant.objects.create(
        organization=request.organization,
        program=tier.program,
        tier=tier,
        purpose=request.purpose,
        origin=Origin.DECIDED,
        request=request,
        issued_by=command.by.key,
        issued_at=clock.recorded,
        changed_at=clock.at,
    )
    _open_items(row, starts_at=starts_at, ends_at=ends_at, recorded=clock.recorded)
    audit.record(
        Event.GRANT_ISSUED,
        row,
        command,
        occurred_at=clock.recorded,
        request=request.id,
        decision=decision.number,
        tier=tier.id,
        purpose=request.purpose,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    _wait(command, row, clock=clock)
    return row


def _open_items(
    row: Grant,
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime | None,
    recorded: dt.datetime,
    surfaces: tuple[str, ...] = (),
    models: QuerySet | None = None,  # type: ignore[type-arg]  # of AIModel
) -> None:
    """One item for each model of the tier, or for those given. Raises EndBeforeStart, GrantOverlaps."""
    if ends_at is not None and ends_at <= starts_at:
        raise EndBeforeStart
    with violation_means("grant_no_overlap", GrantOverlaps()):
        for model in (row.tier.ai_models.all() if models is None else models).order_by("slug"):
            item = GrantItem(
                grant=row,
                organization=row.organization,
                tier=row.tier,
                ai_model=model,
                purpose=row.purpose,
                actions=row.tier.actions,
                surfaces=sorted(surfaces),
                valid=span(starts_at, ends_at),
            )
            open_version(item, recorded=recorded)


def _change_standing(
    command: Command, grant: UUID, *, reason: str, standing: ItemStanding
) -> Grant:
    check_role(command.by, Role.RESTRICTOR)
    row = lock(Grant.objects.visible_to(command.by), grant, command, what="grant")
    clock = read_clock(command, row)
    items = _open(row, clock)
    if all(item.standing == standing for item in items):
        raise GrantStandingUnchanged(standing=standing.label)
    for item in items:
        change_from(item, at=clock.end, recorded=clock.recorded, standing=standing)
    touch(row, clock)
    suspended = standing is ItemStanding.SUSPENDED
    audit.record(
        Event.GRANT_SUSPENDED if suspended else Event.GRANT_REINSTATED,
        row,
        command,
        occurred_at=clock.recorded,
        private={"reason": reason},
    )
    return row


def _end(command: Command, row: Grant, *, kind: GrantEndKind, reason: str, clock: Clock) -> None:
    items = _open(row, clock)
    planned = _planned_end(row)
    for item in items:
        end_at(item, at=clock.end, recorded=clock.recorded)
    _write_end(
        command, row, clock, kind=kind, reason=reason, ended_at=clock.recorded, planned=planned
    )


def _write_end(
    command: Command,
    row: Grant,
    clock: Clock,
    *,
    kind: GrantEndKind,
    reason: str,
    ended_at: dt.datetime,
    planned: dt.datetime | None = None,
) -> None:
    row.end = GrantEnd.objects.create(
        grant=row,
        kind=kind,
        reason=reason,
        ended_at=ended_at,
        planned_end=planned or (ended_at if kind is GrantEndKind.EXPIRED else None),
        ended_by=command.by.key,
        recorded_at=clock.recorded,
    )
    touch(row, clock)


def _open(row: Grant, clock: Clock) -> list[GrantItem]:
    """Items that still run or are yet to begin. Raises GrantOver where there are none."""
    items = [
        item
        for item in row.items.current().order_by("id")
        if item.valid.upper is None or item.valid.upper > clock.recorded
    ]
    if not items or GrantEnd.objects.filter(grant=row).exists():
        raise GrantOver
    return items


def _planned_end(row: Grant) -> dt.datetime | None:
    """When the grant's last item ends; None where one of them does not."""
    bounds = list(row.items.current().values_list("valid__endswith", flat=True))
    if not bounds or None in bounds:
        return None
    last: dt.datetime = max(bounds)
    return last
