"""What tiers ask of organizations: proposed and put in force by two people, asked at the decision, and kept as
needs of the grants. Whatever changes a fact rewrites the needs in its own transaction."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access.choices import NeedKind
from access.eligibility import Result, read_requirements
from access.events import Event
from access.models import AccessRequest, Grant, Program, Tier, TierRequirements
from access.operations.grant_needs import _set_need
from access.queries.eligibility import assess_request, assess_tier
from access.queries.grant_needs import find_editions, list_needs, list_written
from access.queries.screening import requires_screening
from registry.commands import Clock, Command, command, read_clock
from registry.errors import Conflict, Invalid, NotFound
from registry.operations.editions import _enact, _lock_proposed, _propose, digest
from registry.operations.screening_runs import _enroll


class RequirementsUnmet(Conflict):
    """What a tier requires of the organization is not met, or not known to be."""

    code = "requirements_unmet"
    text = _("The organization does not meet what the tier requires: %(missing)s.")


class BindsFromThePast(Invalid):
    code = "binds_from_the_past"
    text = _("Grants cannot be bound from a moment that has passed.")


@command
def propose(
    command: Command,
    *,
    tier: UUID,
    document: Mapping[str, Any],
    binds_grants_from: dt.datetime | None = None,
) -> TierRequirements:
    """The next edition of what a tier requires, not yet in force.

    Raises RoleMissing, NotFound, RequirementsUnreadable, BindsFromThePast, EditionUnchanged.
    """
    read_requirements(document)
    found = Tier.objects.filter(pk=tier).first()
    if found is None:
        raise NotFound("tier")
    if binds_grants_from is not None and binds_grants_from < command.at:
        raise BindsFromThePast
    said = [dict(document), None if binds_grants_from is None else str(binds_grants_from)]
    row = TierRequirements(
        tier=found,
        document=dict(document),
        binds_grants_from=binds_grants_from,
        sha256=digest(said),
    )
    return _propose(
        command,
        row,
        found.requirements.all(),
        constraint="tier_requirements_number_once",
        event=Event.REQUIREMENTS_PROPOSED,
        tier=found.id,
        binds_grants_from=binds_grants_from,
    )


@command
def enact(command: Command, *, requirements: UUID) -> TierRequirements:
    """Requests submitted from now on pin this edition, and grants are bound from its date on where it has one.

    Raises RoleMissing, NotFound, Stale, OwnEdition, EditionInForce, EditionOvertaken, BindsFromThePast.
    """
    for program in Program.objects.filter(tiers__requirements=requirements):
        Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    rows = TierRequirements.objects.select_related("tier")
    row = _lock_proposed(command, rows, requirements, what="requirements")
    clock = read_clock(command, row)
    if row.binds_grants_from is not None and row.binds_grants_from < clock.recorded:
        raise BindsFromThePast
    _enact(
        command,
        row,
        row.tier.requirements.all(),
        event=Event.REQUIREMENTS_ENACTED,
        tier=row.tier_id,
    )
    if row.binds_grants_from is not None:
        grants = Grant.objects.filter(tier=row.tier_id)
        if requires_screening(row):
            holders = grants.filter(end__isnull=True).values_list("organization_id", flat=True)
            _enroll(command, set(holders))
        _rewrite_all(command, grants)
    return row


def rewrite_needs(command: Command, organizations: Collection[UUID] | None) -> None:
    """Facts about these organizations have changed, or about all (None): their grants need what they need now.

    In the transaction that changed them. The programs are locked first, as who issues a grant does: so a grant
    that is being issued meanwhile is seen here, or has seen the change.
    """
    tiers = TierRequirements.objects.filter(enacted_at__isnull=False).values("tier")
    grants = Grant.objects.filter(tier__in=tiers)
    if organizations is not None:
        grants = grants.filter(organization__in=organizations)
    programs = Program.objects.filter(tiers__in=tiers).order_by("pk").values_list("pk", flat=True)
    for program in list(dict.fromkeys(programs)):
        Program.objects.select_for_update(no_key=True).get(pk=program)
    _rewrite_all(command, grants)


def _check_eligible(row: AccessRequest, *, clock: Clock) -> None:
    """Raises RequirementsUnmet. The program is locked."""
    _refuse_unmet(assess_request(row, at=clock.recorded))


def _check_eligible_for(organization: UUID, tier: Tier, *, clock: Clock) -> None:
    """For a grant without a request of its own, by the edition in force. The program is locked.

    Raises RequirementsUnmet.
    """
    _refuse_unmet(assess_tier(organization, tier, at=clock.recorded))


def _refuse_unmet(results: Iterable[Result]) -> None:
    unmet = [result for result in results if result.refuses]
    if unmet:
        raise RequirementsUnmet(
            missing="; ".join(result.asked.title for result in unmet),
            requirements=[
                {
                    "code": result.asked.code,
                    "standing": str(result.standing),
                    "explanation": {**result.explanation, **result.for_staff},
                }
                for result in unmet
            ],
        )


def _need_required(command: Command, row: Grant, *, clock: Clock) -> None:
    """Write down what a grant just issued needs by its tier's requirements. The program is locked."""
    editions = find_editions([row]).get(row.id, [])
    if any(said.asks_screening for _start, said in editions):
        _enroll(command, [row.organization_id])
    for code, spans in list_needs([row], at=clock.recorded)[row.id].items():
        _set_need(command, row, kind=NeedKind.REQUIREMENT, code=code, spans=spans, clock=clock)


def _rewrite_all(command: Command, grants: QuerySet[Grant]) -> None:
    """What differs is written, and nothing else is touched."""
    live = grants.filter(end__isnull=True).order_by("pk")
    rows = list(live.select_for_update(of=("self",), no_key=True))
    at = read_clock(command).recorded
    wanted, written = list_needs(rows, at=at), list_written(rows, at=at)
    for row in rows:
        for code in sorted({*wanted[row.id], *written[row.id]}):
            spans = wanted[row.id].get(code, [])
            if spans != written[row.id].get(code, []):
                clock = read_clock(command, row)
                _set_need(
                    command, row, kind=NeedKind.REQUIREMENT, code=code, spans=spans, clock=clock
                )
