"""What the conditions of a review policy ask of a request, as the registry knows it at a moment."""

import datetime as dt

from access.choices import DenyEffect
from access.models import AccessRequest
from access.queries.denials import denials_of
from registry.choices import OrganizationKind
from registry.models import JurisdictionMembership, OrganizationJurisdiction, OrganizationVersion


def describe(request: AccessRequest, *, at: dt.datetime) -> dict[str, object]:
    """The facts of `request.*`. What is not known is not there, so a condition on it is undecided.

    `jurisdictions` are all that touch the organization, in whichever role, and the unions these belong to:
    the strictest condition wins. No source tells of a sector.
    """
    version = OrganizationVersion.objects.as_of(at).filter(organization=request.organization_id)
    kind = version.values_list("kind", flat=True).first()
    facts: dict[str, object] = {
        "program": request.tier.program.slug,
        "tier": request.tier.slug,
        "purpose": request.purpose,
        "flags": _list_flags(request),
        "renewal": request.renews_id is not None,
    }
    if kind is not None and kind != OrganizationKind.UNKNOWN:
        facts["kind"] = kind
    if jurisdictions := _list_jurisdictions(request, at=at):
        facts["jurisdictions"] = jurisdictions
    return facts


def _list_flags(request: AccessRequest) -> list[str]:
    flags = []
    if any(
        entry.effect == DenyEffect.WARN
        for entry in denials_of(request.organization_id, request.tier)
    ):
        flags.append("deny_warned")
    if request.organization.undisclosed:
        flags.append("undisclosed")
    if request.expansion_id is not None:
        flags.append("in_expansion")
    return flags


def _list_jurisdictions(request: AccessRequest, *, at: dt.datetime) -> list[str]:
    own = OrganizationJurisdiction.objects.as_of(at).filter(organization=request.organization_id)
    touched = dict(own.values_list("jurisdiction_id", "jurisdiction__slug"))
    wholes = JurisdictionMembership.objects.as_of(at).filter(member__in=touched)
    return sorted({*touched.values(), *wholes.values_list("whole__slug", flat=True)})
