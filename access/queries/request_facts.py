"""What the conditions of a review policy ask of requests, as the registry knows it at a moment."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from access.models import AccessRequest
from registry.choices import OrganizationKind
from registry.models import (
    JurisdictionMembership,
    OrganizationJurisdiction,
    OrganizationSector,
    OrganizationVersion,
    VersionRow,
)

Asked = tuple[AccessRequest, dt.datetime]
"""A request, and the moment at which it is looked at."""


def describe(request: AccessRequest, *, at: dt.datetime) -> dict[str, object]:
    """The facts of `request.*` at a moment. What is not known is not there: a condition on it is undecided."""
    return describe_all([(request, at)])[request.id]


def describe_all(asked: Sequence[Asked]) -> dict[UUID, dict[str, object]]:
    """The facts of several requests, each at a moment of its own, in a fixed number of queries.

    `jurisdictions` are all that touch the organization, in whichever role, and the unions these belong to:
    the strictest condition wins. `sector` is there where a source has said it of the organization.
    """
    organizations = {request.organization_id for request, _at in asked}
    versions = _group(
        OrganizationVersion.objects.current().filter(organization__in=organizations),
        "organization_id",
    )
    places = _group(
        OrganizationJurisdiction.objects.current()
        .filter(organization__in=organizations)
        .select_related("jurisdiction"),
        "organization_id",
    )
    sectors = _group(
        OrganizationSector.objects.current().filter(organization__in=organizations),
        "organization_id",
    )
    touched = {row.jurisdiction_id for rows in places.values() for row in rows}
    wholes = _group(
        JurisdictionMembership.objects.current()
        .filter(member__in=touched)
        .select_related("whole"),
        "member_id",
    )
    described = {}
    for request, at in asked:
        facts: dict[str, object] = {
            "program": request.tier.program.slug,
            "tier": request.tier.slug,
            "purpose": request.purpose,
            "flags": _list_flags(request),
            "renewal": request.renews_id is not None,
        }
        for version in held_at(versions[request.organization_id], at):
            if version.kind != OrganizationKind.UNKNOWN:
                facts["kind"] = version.kind
        for said in held_at(sectors[request.organization_id], at):
            facts["sector"] = said.sector
        own = [row.jurisdiction for row in held_at(places[request.organization_id], at)]
        unions = [row.whole for place in own for row in held_at(wholes[place.id], at)]
        if own:
            facts["jurisdictions"] = sorted({place.slug for place in (*own, *unions)})
        described[request.id] = facts
    return described


def _list_flags(request: AccessRequest) -> list[str]:
    flags = {
        "undisclosed": request.organization.undisclosed,
        "in_expansion": request.expansion_id is not None,
    }
    return [flag for flag, raised in flags.items() if raised]


def _group(rows: Iterable[VersionRow], field: str) -> Mapping[UUID, list]:  # type: ignore[type-arg]
    grouped: dict[UUID, list[VersionRow]] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, field)].append(row)
    return grouped


def held_at(rows: Iterable, at: dt.datetime) -> list:  # type: ignore[type-arg]  # of one kind of version
    """Those of the version rows that hold at a moment."""
    return [
        row
        for row in rows
        if (row.valid.lower is None or row.valid.lower <= at)
        and (row.valid.upper is None or at < row.valid.upper)
    ]
