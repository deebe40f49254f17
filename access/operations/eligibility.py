"""What tiers ask of organizations: proposed and put in force by two people, asked at the decision, and kept as
needs of the grants. Whatever changes a fact rewrites the needs in its own transaction."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import NeedKind, NeedStanding
from access.eligibility import Facts, Requirements, assess_ahead, read_requirements
from access.events import Event
from access.models import (
    AccessRequest,
    Grant,
    GrantNeedVersion,
    Program,
    Tier,
    TierRequirements,
)
from access.operations.grant_needs import NeedSpan, _set_need
from access.queries.eligibility import assess_request, find_editions, gather_facts
from registry.commands import Clock, Command, command, read_clock
from registry.errors import Conflict, Invalid, NotFound
from registry.operations.editions import _enact, _lock_proposed, _propose, digest

_NOT_ASKED: Mapping[str, Any] = {"asked": False}
"""Under an earlier or a later edition it is not asked for."""


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
        _rewrite_all(command, Grant.objects.filter(tier=row.tier_id))
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
    unmet = [result for result in assess_request(row, at=clock.recorded) if result.refuses]
    if unmet:
        raise RequirementsUnmet(
            missing="; ".join(result.asked.title for result in unmet),
            requirements=[
                {
                    "code": result.asked.code,
                    "standing": str(result.standing),
                    "explanation": dict(result.explanation),
                }
                for result in unmet
            ],
        )


def _need_required(command: Command, row: Grant, *, clock: Clock) -> None:
    """Write down what a grant just issued needs by its tier's requirements. The program is locked."""
    editions = find_editions([row]).get(row.id)
    if editions is None:
        return
    facts = gather_facts([row.organization_id], at=clock.recorded)[row.organization_id]
    for code, spans in _compute(editions, facts, clock.recorded).items():
        _set_need(command, row, kind=NeedKind.REQUIREMENT, code=code, spans=spans, clock=clock)


def _rewrite_all(command: Command, grants: Any) -> None:
    """What differs is written, and nothing else is touched."""
    live = grants.filter(end__isnull=True).order_by("pk")
    rows = list(live.select_for_update(of=("self",), no_key=True))
    if not rows:
        return
    at = read_clock(command).recorded
    requests = AccessRequest.objects.in_bulk([row.request_id for row in rows if row.request_id])
    for row in rows:
        row.request = requests.get(row.request_id) if row.request_id else None
    editions = find_editions(rows)
    facts = gather_facts({row.organization_id for row in rows}, at=at)
    written = _read_written(rows, at)
    for row in rows:
        wanted = _compute(editions.get(row.id, []), facts[row.organization_id], at)
        known = written.get(row.id, {})
        for code in sorted({*wanted, *known}):
            spans = wanted.get(code, [])
            if [(s.standing, dict(s.explanation), s.until) for s in spans] == known.get(code, []):
                continue
            clock = read_clock(command, row)
            _set_need(command, row, kind=NeedKind.REQUIREMENT, code=code, spans=spans, clock=clock)


def _read_written(
    rows: Iterable[Grant], at: dt.datetime
) -> dict[UUID, dict[str, list[tuple[str, dict[str, Any], dt.datetime | None]]]]:
    """What is written down for each grant from now on."""
    written: dict[UUID, dict[str, list[tuple[str, dict[str, Any], dt.datetime | None]]]] = {}
    current = GrantNeedVersion.objects.current().filter(
        grant__in=[row.pk for row in rows], kind=NeedKind.REQUIREMENT
    )
    for need in current.order_by("grant_id", "code", "valid"):
        if need.valid.upper is None or need.valid.upper > at:
            spans = written.setdefault(need.grant_id, {}).setdefault(need.code, [])
            spans.append((need.standing, need.explanation, need.valid.upper))
    return written


def _compute(
    editions: list[tuple[dt.datetime | None, Requirements]], facts: Facts, at: dt.datetime
) -> dict[str, list[NeedSpan]]:
    """By each binding requirement's code the spans from this moment on, under one edition after the other."""
    in_turn = [one for one in editions if one[0] is None or one[0] > at]
    past = [one for one in editions if one[0] is not None and one[0] <= at]
    if past:
        in_turn = [(None, past[-1][1]), *(one for one in in_turn if one[0] is not None)]
    codes = {asked.code for _start, said in in_turn for asked in _binding(said)}
    spans: dict[str, list[NeedSpan]] = {code: [] for code in sorted(codes)}
    ends = [*(start for start, _said in in_turn[1:]), None]
    for (start, said), end in zip(in_turn, ends, strict=True):
        binding = Requirements(requirements=tuple(_binding(said)))
        for stretch in assess_ahead(binding, facts, at=start or at):
            if end is not None and start is not None and start >= end:
                break
            until = end if stretch.until is None else min(stretch.until, end or stretch.until)
            told = {one.asked.code: one for one in stretch.results}
            for code, found in spans.items():
                one = told.get(code)
                standing = NeedStanding.MET if one is None else one.standing
                _append(
                    found,
                    NeedSpan(standing, _NOT_ASKED if one is None else one.explanation, until),
                )
            if until == end:
                break
    return spans


def _append(found: list[NeedSpan], span: NeedSpan) -> None:
    """What says the same as the one before it lengthens it."""
    if found and (found[-1].standing, found[-1].explanation) == (span.standing, span.explanation):
        found[-1] = span
    else:
        found.append(span)


def _binding(said: Requirements) -> list[Any]:
    """What a grant needs: not what is advice, and not the terms, which the decision point reads itself."""
    return [one for one in said.requirements if not one.advisory and one.kind != "terms"]
