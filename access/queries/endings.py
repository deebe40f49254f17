"""What is about to end, or is due: for notices what nobody was told of at this threshold yet, and for one
organization all it must do. One statement each, over the same account of what ends.

A threshold is 30, 7 or 1 days ahead, or 0: passed unheeded. Of several that have gone by untold only the
nearest to the end is due, so a worker that stood still for ten days tells once. One that had gone by when
the thing itself was told (`told_at`) is not told again.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

THRESHOLDS = (30, 7, 1, 0)
_EVER = dt.timedelta(days=36_500)


@dataclass(frozen=True, slots=True)
class Ending:
    """One notice to give. `organization` is None for staff's sum; `collective`: one of many in a campaign.

    `days` is the threshold; 0 says that `ends_at` has passed.
    """

    kind: str
    organization: UUID | None
    thing: UUID
    code: str
    ends_at: dt.datetime
    collective: bool
    days: int


_ENDING = """
WITH live AS MATERIALIZED (
    SELECT g.id, g.organization_id, g.program_id, g.origin, g.issued_at,
        CASE WHEN bool_or(upper(i.valid) IS NULL) THEN NULL ELSE max(upper(i.valid)) END AS ends_at
    FROM access_grant g
    JOIN access_grantitem i ON i.grant_id = g.id AND upper_inf(i.recorded)
        AND (upper(i.valid) IS NULL OR upper(i.valid) > %(at)s::timestamptz)
    WHERE NOT EXISTS (SELECT 1 FROM access_grantend e WHERE e.grant_id = g.id)
    GROUP BY g.id
),
unsettled AS MATERIALIZED (
    SELECT c.id, c.code, c.campaign_id, c.imposed_at, l.organization_id, v.due_at
    FROM access_conditionversion v
    JOIN access_condition c ON c.id = v.condition_id
    JOIN live l ON l.id = v.grant_id
    WHERE upper_inf(v.recorded) AND upper_inf(v.valid) AND v.standing NOT IN ('met', 'waived')
      AND v.due_at <= %(horizon)s::timestamptz
),
unaccepted AS MATERIALIZED (
    SELECT DISTINCT t.id, t.number, t.required_from, t.published_at, l.organization_id
    FROM access_termsedition t
    JOIN live l ON l.program_id = t.program_id AND l.issued_at < t.required_from
    WHERE t.required_from <= %(horizon)s::timestamptz
      AND NOT EXISTS (
        SELECT 1 FROM access_termsedition n
        WHERE n.program_id = t.program_id AND n.number > t.number
          AND n.required_from <= GREATEST(t.required_from, %(at)s::timestamptz))
      AND NOT EXISTS (
        SELECT 1 FROM access_termsacceptance a
        WHERE a.edition_id = t.id AND a.organization_id = l.organization_id
          AND upper_inf(a.recorded) AND a.valid @> %(at)s::timestamptz)
),
ending AS (
    SELECT 'grant' AS kind, l.organization_id, l.id AS thing, '' AS code, l.ends_at,
        CASE l.origin WHEN 'imported' THEN '-infinity' ELSE l.issued_at END AS told_at,
        false AS collective, false AS may_pass
    FROM live l
    WHERE l.ends_at <= %(horizon)s::timestamptz
      AND NOT EXISTS (SELECT 1 FROM access_grant s WHERE s.renews_id = l.id)
    UNION ALL
    SELECT 'condition', u.organization_id, u.id, u.code, u.due_at, u.imposed_at,
        u.campaign_id IS NOT NULL, true
    FROM unsettled u
    UNION ALL
    SELECT 'condition', NULL, p.id, p.code, p.due_at, p.launched_at, false, true
    FROM access_conditioncampaign p
    WHERE p.id IN (SELECT u.campaign_id FROM unsettled u)
    UNION ALL
    SELECT 'terms', u.organization_id, u.id, u.number::text, u.required_from, '-infinity', true, true
    FROM unaccepted u
    UNION ALL
    SELECT DISTINCT 'terms', NULL::uuid, u.id, u.number::text, u.required_from, u.published_at, false, true
    FROM unaccepted u
    UNION ALL
    SELECT 'assertion', m.organization_id, m.id, a.kind, upper(a.valid), a.asserted_at, false, true
    FROM registry_memberassertion a JOIN registry_member m ON m.id = a.member_id
    WHERE upper_inf(a.recorded) AND a.reviewed_at IS NOT NULL
      AND upper(a.valid) <= %(horizon)s::timestamptz AND lower(a.recorded) < upper(a.valid)
      AND m.organization_id IN (SELECT organization_id FROM live)
      AND NOT EXISTS (
        SELECT 1 FROM registry_memberassertion n
        WHERE n.member_id = a.member_id AND n.kind = a.kind AND upper_inf(n.recorded)
          AND lower(n.valid) >= upper(a.valid))
      AND NOT EXISTS (
        SELECT 1 FROM registry_memberabsence w
        WHERE w.member_id = m.id AND w.kind = 'withdrawn' AND upper_inf(w.recorded)
          AND w.valid @> %(at)s::timestamptz)
    UNION ALL
    SELECT 'attestation', a.organization_id, a.id, c.slug, upper(v.valid), a.reviewed_at, false, true
    FROM registry_attestationversion v
    JOIN registry_attestation a ON a.id = v.attestation_id
    JOIN registry_scheme c ON c.id = a.scheme_id
    WHERE upper_inf(v.recorded) AND a.withdrawn_at IS NULL
      AND upper(v.valid) <= %(horizon)s::timestamptz
      AND a.organization_id IN (SELECT organization_id FROM live)
      AND NOT EXISTS (
        SELECT 1 FROM registry_attestationversion n
        JOIN registry_attestation b ON b.id = n.attestation_id
        JOIN registry_scheme s ON s.id = b.scheme_id
        WHERE b.organization_id = a.organization_id AND b.id <> a.id AND s.slug = c.slug
          AND b.level = a.level AND b.service = a.service
          AND b.legal_entity_id = a.legal_entity_id
          AND upper_inf(n.recorded) AND n.valid @> upper(v.valid))
    UNION ALL
    SELECT 'recertification', q.organization_id, q.id, '', r.due_at, r.opened_at, true, false
    FROM access_recertificationitem q JOIN access_recertification r ON r.id = q.recertification_id
    WHERE q.answered_at IS NULL AND r.status = 'open' AND r.due_at <= %(horizon)s::timestamptz
    UNION ALL
    SELECT 'recertification', NULL, r.id, '', r.due_at, r.opened_at, false, false
    FROM access_recertification r
    WHERE r.status = 'open' AND r.due_at <= %(horizon)s::timestamptz AND EXISTS (
        SELECT 1 FROM access_recertificationitem q
        WHERE q.recertification_id = r.id AND q.answered_at IS NULL)
    UNION ALL
    SELECT 'close_out', g.organization_id, o.id, '', o.due_at, o.asked_at, false, true
    FROM access_closeout o JOIN access_grant g ON g.id = o.grant_id
    WHERE o.attested_at IS NULL AND o.withdrawn_at IS NULL AND o.due_at <= %(horizon)s::timestamptz
)
"""
_UNTOLD = """
SELECT e.kind, e.organization_id, e.thing, e.code, e.ends_at, e.collective, t.days
FROM ending e
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN e.ends_at <= %(at)s::timestamptz THEN 0
        WHEN e.ends_at <= %(at)s::timestamptz + interval '1 day' THEN 1
        WHEN e.ends_at <= %(at)s::timestamptz + interval '7 days' THEN 7
        ELSE 30 END AS days
) t
WHERE (t.days > 0 OR e.may_pass)
  AND (t.days = 0 OR e.ends_at - make_interval(days => t.days) > e.told_at)
  AND NOT EXISTS (
    SELECT 1 FROM access_notice n
    WHERE n.kind = e.kind AND n.thing = e.thing AND n.code = e.code AND n.ends_at = e.ends_at
      AND n.organization_id IS NOT DISTINCT FROM e.organization_id AND n.days <= t.days)
ORDER BY e.ends_at, e.kind, e.thing, e.organization_id
LIMIT %(limit)s
"""
_OF_ONE = """
SELECT e.kind, e.organization_id, e.thing, e.code, e.ends_at, e.collective,
    CASE WHEN e.ends_at <= %(at)s::timestamptz THEN 0
        ELSE ceil(extract(epoch FROM e.ends_at - %(at)s::timestamptz) / 86400)::integer END
FROM ending e
WHERE e.organization_id = %(organization)s::uuid
ORDER BY e.ends_at, e.kind, e.thing
LIMIT %(limit)s
"""


def find_endings(*, at: dt.datetime, limit: int) -> list[Ending]:
    """The next notices to give at `at`, nearest end first."""
    horizon = at + dt.timedelta(days=max(THRESHOLDS))
    with connection.cursor() as cursor:
        cursor.execute(_ENDING + _UNTOLD, {"at": at, "horizon": horizon, "limit": limit})
        return [Ending(*row) for row in cursor.fetchall()]


def list_to_do(organization: UUID, *, at: dt.datetime, limit: int) -> list[Ending]:
    """What one organization must do, or will lose, nearest first; `days` are those left, 0 for overdue."""
    horizon = at + _EVER
    values: dict[str, Any] = {
        "at": at,
        "horizon": horizon,
        "organization": str(organization),
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ENDING + _OF_ONE, values)
        return [Ending(*row) for row in cursor.fetchall()]
