"""Before a stop: whom it would reach, on which surfaces, and who of a class of persons could go on.

Each answer is one statement over sets, so that it costs the same number of queries for twenty grants
and for twenty thousand. It follows the same reach as the decision point's own statement.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection

from access.models import EnforcementPoint, PersonClass
from access.queries.scopes import Scope

PAGE = 50

_COVERED = """
WITH covered AS MATERIALIZED (
    SELECT i.grant_id, i.organization_id, i.surfaces,
           i.organization_id = ANY (%(excepted)s::uuid[]) AS excepted
    FROM access_grantitem i JOIN access_grant g ON g.id = i.grant_id
    WHERE upper_inf(i.recorded) AND i.valid @> %(at)s::timestamptz
      AND (%(organizations)s::uuid[] = '{}' OR i.organization_id = ANY (%(organizations)s::uuid[]))
      AND (%(ai_models)s::uuid[] = '{}' OR i.ai_model_id = ANY (%(ai_models)s::uuid[]))
      AND (%(programs)s::uuid[] = '{}' OR g.program_id = ANY (%(programs)s::uuid[]))
      AND (%(jurisdictions)s::uuid[] = '{}' OR i.organization_id IN (
            SELECT j.organization_id FROM registry_organizationjurisdiction j
            LEFT JOIN registry_jurisdictionmembership s
              ON s.member_id = j.jurisdiction_id AND upper_inf(s.recorded)
              AND s.valid @> %(at)s::timestamptz
            WHERE upper_inf(j.recorded) AND j.valid @> %(at)s::timestamptz
              AND (j.jurisdiction_id = ANY (%(jurisdictions)s::uuid[])
                   OR s.whole_id = ANY (%(jurisdictions)s::uuid[]))))
      AND (%(vendors)s::uuid[] = '{}' OR i.organization_id IN (
            SELECT e.organization_id FROM registry_reliance e
            WHERE e.vendor_id = ANY (%(vendors)s::uuid[]) AND upper_inf(e.recorded)
              AND e.valid @> %(at)s::timestamptz))
),
holder AS MATERIALIZED (
    SELECT organization_id, count(DISTINCT grant_id) AS grants, bool_or(surfaces = '{}') AS unbound,
           bool_or(excepted) AS excepted
    FROM covered GROUP BY organization_id
),
surface AS (
    SELECT DISTINCT organization_id, unnest(surfaces) AS name FROM covered
    UNION
    SELECT h.organization_id, x.scheme || ':' || x.value
    FROM holder h JOIN registry_externalidentifier x ON x.organization_id = h.organization_id
    WHERE h.unbound AND upper_inf(x.recorded) AND x.valid @> %(at)s::timestamptz
),
person AS (
    SELECT m.organization_id,
           count(*) AS named,
           count(*) FILTER (WHERE a.holds) AS outside,
           count(*) FILTER (WHERE NOT a.holds) AS inside,
           count(*) FILTER (WHERE a.holds IS NULL) AS unclear
    FROM registry_member m JOIN holder h ON h.organization_id = m.organization_id
    LEFT JOIN registry_memberassertion a
      ON a.member_id = m.id AND a.kind = %(outside_by)s AND a.reviewed_at IS NOT NULL
      AND upper_inf(a.recorded) AND a.valid @> %(at)s::timestamptz
    GROUP BY m.organization_id
)
"""
_COUNTS = """
SELECT count(*) FILTER (WHERE NOT h.excepted),
       count(*) FILTER (WHERE h.excepted),
       COALESCE(sum(h.grants) FILTER (WHERE NOT h.excepted), 0)::bigint,
       (SELECT count(*) FROM surface s JOIN holder o USING (organization_id) WHERE NOT o.excepted),
       COALESCE(sum(p.named) FILTER (WHERE NOT h.excepted), 0)::bigint,
       COALESCE(sum(p.outside) FILTER (WHERE NOT h.excepted), 0)::bigint,
       COALESCE(sum(p.inside) FILTER (WHERE NOT h.excepted), 0)::bigint,
       COALESCE(sum(p.unclear) FILTER (WHERE NOT h.excepted), 0)::bigint,
       count(*) FILTER (WHERE NOT h.excepted AND p.outside > 0),
       count(*) FILTER (WHERE NOT h.excepted AND p.named IS NULL)
FROM holder h LEFT JOIN person p USING (organization_id)
"""
_LINES = """,
page AS MATERIALIZED (
    SELECT o.id, o.slug, o.name, h.grants, h.excepted
    FROM holder h JOIN registry_organization o ON o.id = h.organization_id
    WHERE o.slug > %(after)s ORDER BY o.slug LIMIT %(limit)s
),
shown AS (
    SELECT s.organization_id, count(*) AS total, (array_agg(s.name ORDER BY s.name))[1:5] AS first
    FROM surface s WHERE s.organization_id IN (SELECT id FROM page) GROUP BY s.organization_id
)
SELECT p.id, p.slug, p.name, p.grants, p.excepted,
       COALESCE(m.named, 0), COALESCE(m.outside, 0), COALESCE(m.inside, 0), COALESCE(m.unclear, 0),
       COALESCE(s.total, 0), COALESCE(s.first, '{}')
FROM page p
LEFT JOIN (SELECT * FROM person WHERE organization_id IN (SELECT id FROM page)) m
  ON m.organization_id = p.id
LEFT JOIN shown s ON s.organization_id = p.id
ORDER BY p.slug
"""
_POINTS = """
SELECT p.id FROM access_enforcementpoint p JOIN registry_organization w ON w.id = p.owner_id
WHERE p.retired_at IS NULL AND EXISTS (
    SELECT 1 FROM covered c JOIN registry_organization o ON o.id = c.organization_id
    WHERE o.synthetic = w.synthetic AND (c.surfaces = '{}' OR EXISTS (
        SELECT 1 FROM unnest(c.surfaces) s
        WHERE s = ANY (p.surfaces) OR split_part(s, ':', 1) = ANY (p.surfaces))))
"""
_LAPSED = """
SELECT g.id FROM (SELECT DISTINCT grant_id FROM covered) c JOIN access_grant g ON g.id = c.grant_id
LEFT JOIN access_grantend d ON d.grant_id = g.id
WHERE (d.kind IS NULL OR d.kind = 'expired') AND (
    SELECT max(COALESCE(upper(i.valid), 'infinity')) FROM access_grantitem i
    WHERE i.grant_id = g.id AND upper_inf(i.recorded)
) BETWEEN %(at)s::timestamptz AND %(until)s::timestamptz
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a scope reaches at a moment, without those excepted.

    `continuing` members are established outside the class of persons and may go on, in
    `continuing_organizations` of the organizations. Where the scope names no class, nobody goes on:
    then `inside` and `unclear` tell nothing, and `continuing` is 0.
    """

    organizations: int
    excepted: int
    grants: int
    surfaces: int
    members: int
    continuing: int
    inside: int
    unclear: int
    continuing_organizations: int
    without_members: int

    def for_everyone(self) -> "Reach":
        """The same reach without its class of persons."""
        return replace(self, continuing=0, inside=0, unclear=0, continuing_organizations=0)

    @property
    def stopped_members(self) -> int:
        """Members named who could not go on."""
        return self.members - self.continuing

    @property
    def stopped_organizations(self) -> int:
        """Organizations in which nobody could go on."""
        return self.organizations - self.continuing_organizations


@dataclass(frozen=True, slots=True)
class Reached:
    """One organization in the scope. `surfaces` are the first five of `surface_count`."""

    id: UUID
    slug: str
    name: str
    grants: int
    excepted: bool
    members: int
    outside: int
    inside: int
    unclear: int
    surface_count: int
    surfaces: Sequence[str]


def measure_reach(scope: Scope, *, at: dt.datetime, excepted: Iterable[UUID] = ()) -> Reach:
    """How many the scope reaches at `at`, in two queries at most, however many there are."""
    ((*counts,),) = _run(_COVERED + _COUNTS, scope, at=at, excepted=excepted)
    reach = Reach(*counts)
    return reach if scope.person_class is not None else reach.for_everyone()


def list_reached(
    scope: Scope,
    *,
    at: dt.datetime,
    excepted: Iterable[UUID] = (),
    after: str = "",
    limit: int = PAGE,
) -> list[Reached]:
    """The organizations in the scope whose slug comes after `after`, in its order, at most `limit`."""
    rows = _run(_COVERED + _LINES, scope, at=at, excepted=excepted, after=after, limit=limit)
    return [Reached(*row) for row in rows]


def points_concerned(scope: Scope, *, at: dt.datetime) -> list[EnforcementPoint]:
    """The enforcement points that must apply a restriction of this scope, by their slugs.

    Where it picks organizations, those that serve a surface of one of them. Otherwise everything that
    could switch the thing on in its world: off means off, whatever a point has on without our knowing.
    """
    points = EnforcementPoint.objects.filter(retired_at__isnull=True).order_by("slug")
    if scope.picks_organizations:
        found = [row[0] for row in _run(_COVERED + _POINTS, scope, at=at)]
        return list(points.filter(pk__in=found).select_related("owner"))
    worlds = _worlds(scope)
    return [
        point
        for point in points.select_related("owner")
        if not worlds or point.owner.synthetic in worlds
    ]


def find_lapsed(scope: Scope, *, since: dt.datetime, until: dt.datetime) -> list[UUID]:
    """Grants in the scope at `since` whose time had run out by `until`, renewed since or not."""
    return [row[0] for row in _run(_COVERED + _LAPSED, scope, at=since, until=until)]


def _worlds(scope: Scope) -> set[bool]:
    """Which worlds the named models and programs belong to; none named: either."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT synthetic FROM registry_aimodel WHERE id = ANY (%(ai_models)s::uuid[])"
            " UNION SELECT synthetic FROM access_program WHERE id = ANY (%(programs)s::uuid[])",
            {"ai_models": list(scope.ai_models), "programs": list(scope.programs)},
        )
        return {synthetic for (synthetic,) in cursor.fetchall()}


def _run(
    statement: str,
    scope: Scope,
    *,
    at: dt.datetime,
    excepted: Iterable[UUID] = (),
    **more: Any,
) -> list[tuple[Any, ...]]:
    outside_by = None
    if scope.person_class is not None:
        found = PersonClass.objects.filter(slug=scope.person_class)
        outside_by = found.values_list("outside_by", flat=True).first()
    values = {
        "organizations": list(scope.organizations),
        "ai_models": list(scope.ai_models),
        "programs": list(scope.programs),
        "jurisdictions": list(scope.jurisdictions),
        "vendors": list(scope.vendors),
        "excepted": list(excepted),
        "outside_by": outside_by,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values | more)
        return list(cursor.fetchall())
