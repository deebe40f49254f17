"""Whom a restriction stops, which restrictions stop somebody, and what those who are stopped are told."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from access.choices import RestrictionBasis
from access.models import Restriction, RestrictionVersion

_HOLDERS = """
SELECT DISTINCT v.restriction_id, i.organization_id
FROM access_grantitem i
JOIN access_grant g ON g.id = i.grant_id
JOIN access_restrictionversion v ON v.id = ANY (%(versions)s)
WHERE (%(organization)s::uuid IS NULL OR i.organization_id = %(organization)s::uuid)
  AND upper_inf(i.recorded) AND i.valid @> %(at)s::timestamptz
  AND (v.organizations = '{}' OR i.organization_id = ANY (v.organizations))
  AND (v.ai_models = '{}' OR i.ai_model_id = ANY (v.ai_models))
  AND (v.programs = '{}' OR g.program_id = ANY (v.programs))
  AND (v.jurisdictions = '{}' OR EXISTS (
        SELECT 1 FROM registry_organizationjurisdiction j
        LEFT JOIN registry_jurisdictionmembership s
          ON s.member_id = j.jurisdiction_id AND upper_inf(s.recorded)
          AND s.valid @> %(at)s::timestamptz
        WHERE j.organization_id = i.organization_id AND upper_inf(j.recorded)
          AND j.valid @> %(at)s::timestamptz
          AND (j.jurisdiction_id = ANY (v.jurisdictions) OR s.whole_id = ANY (v.jurisdictions))))
  AND (v.vendors = '{}' OR EXISTS (
        SELECT 1 FROM registry_reliance e
        WHERE e.organization_id = i.organization_id
          AND upper_inf(e.recorded) AND e.valid @> %(at)s::timestamptz
          AND e.vendor_id = ANY (v.vendors)))
ORDER BY 2
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What a partner may read of a restriction. On what kind of act it rests is told with the words, not before."""

    title: str
    wording: str
    basis: RestrictionBasis | None


def tell(row: Restriction) -> Told:
    """The words written for those who are stopped; until then a neutral text, never what staff call it."""
    if row.public_wording:
        return Told(row.public_title, row.public_wording, RestrictionBasis(row.basis))
    return Told(
        title=_("A restriction of access"),
        wording=_(
            "Access is stopped for the time being. This is no finding about your organization. You will "
            "be told more as soon as the operator can say more."
        ),
        basis=None,
    )


def holders_within(version: RestrictionVersion, *, at: dt.datetime) -> list[UUID]:
    """The organizations that hold a grant at `at` which the restriction's scope covers, excepted or not."""
    return [organization for _, organization in _match([version], organization=None, at=at)]


def covering(
    organization: UUID | None, versions: Iterable[RestrictionVersion], *, at: dt.datetime
) -> set[UUID]:
    """Of these restrictions, those whose scope covers a grant that the organization holds at `at`."""
    if organization is None:
        return set()
    return {restriction for restriction, _ in _match(versions, organization=organization, at=at)}


def _match(
    versions: Iterable[RestrictionVersion], *, organization: UUID | None, at: dt.datetime
) -> list[tuple[UUID, UUID]]:
    values = {
        "versions": [version.pk for version in versions],
        "organization": organization,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, values)
        return list(cursor.fetchall())
