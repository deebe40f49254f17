"""The one statement that gathers what decisions rest on, for one question or for many.

`{source}` gives the questions, a row each; the facts of each are gathered beside it, in the same snapshot
and by the same clock. So a single evaluation, a batch, a search and the list of holders differ in their
source and in nothing else. The text varies with whether the past state of knowledge is asked for, so that
the present has its own indices. No value from outside is ever part of the text.
"""

_CURRENT = "upper_inf({row}.recorded)"
_KNOWN = "{row}.recorded @> {moment}"

COLUMNS = (
    ("organization_uuid", "uuid"),
    ("organization_slug", "text"),
    ("organization_scheme", "text"),
    ("organization_value", "text"),
    ("model_uuid", "uuid"),
    ("model_slug", "text"),
    ("model_scheme", "text"),
    ("model_value", "text"),
    ("is_release", "boolean"),
    ("member_uuid", "uuid"),
    ("member_reference", "text"),
    ("as_of", "timestamptz"),
    ("known_at", "timestamptz"),
    ("revision", "text"),
)
"""What a question consists of, after its identifiers' forms were told apart: of each, one form is given."""

_STATEMENT = """
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
asked AS MATERIALIZED (
    SELECT x.*, COALESCE(x.as_of, x.known_at, clock.now) AS at
    FROM clock CROSS JOIN LATERAL ({source}) x
)
SELECT jsonb_build_object(
    'number', q.number, 'label', q.label, 'now', clock.now, 'at', q.at,
    'writable', current_setting('transaction_read_only') = 'off',
    'revision', ((pg_snapshot_xmin(pg_current_snapshot())::text)::numeric - 1)::text
) || f.facts
FROM clock LEFT JOIN asked q ON true CROSS JOIN LATERAL (
WITH model AS MATERIALIZED (
    SELECT m.id, NULL::uuid AS release FROM registry_aimodel m
    WHERE NOT q.is_release AND m.id = q.model_uuid
    UNION ALL
    SELECT m.id, NULL FROM registry_aimodel m WHERE NOT q.is_release AND m.slug = q.model_slug
    UNION ALL
    SELECT r.ai_model_id, r.id FROM registry_modelrelease r
    WHERE q.is_release AND r.id = q.model_uuid
    UNION ALL
    SELECT r.ai_model_id, r.id FROM registry_modelrelease r
    WHERE q.is_release AND r.slug = q.model_slug
    UNION ALL (
    SELECT DISTINCT COALESCE(r.ai_model_id, x.ai_model_id), r.id
    FROM registry_externalidentifier x
    LEFT JOIN registry_modelrelease r ON r.id = x.release_id
    WHERE x.scheme = q.model_scheme AND x.value = q.model_value
      AND CASE WHEN q.is_release THEN x.release_id ELSE x.ai_model_id END IS NOT NULL
      AND x.valid @> q.at AND {x_known})
),
organization AS MATERIALIZED (
    SELECT o.id FROM registry_organization o WHERE o.id = q.organization_uuid
    UNION ALL
    SELECT o.id FROM registry_organization o WHERE o.slug = q.organization_slug
    UNION ALL (
    SELECT DISTINCT x.organization_id FROM registry_externalidentifier x
    WHERE x.scheme = q.organization_scheme AND x.value = q.organization_value
      AND x.organization_id IS NOT NULL AND x.valid @> q.at AND {x_known})
),
member AS MATERIALIZED (
    SELECT b.id FROM registry_member b JOIN organization o ON b.organization_id = o.id
    WHERE b.id = q.member_uuid
    UNION ALL
    SELECT b.id FROM registry_member b JOIN organization o ON b.organization_id = o.id
    WHERE b.reference = q.member_reference
),
place AS MATERIALIZED (
    SELECT j.organization_id, j.jurisdiction_id AS id
    FROM registry_organizationjurisdiction j JOIN organization o ON o.id = j.organization_id
    WHERE j.valid @> q.at AND {j_known}
),
jurisdiction AS MATERIALIZED (
    SELECT organization_id, id FROM place
    UNION
    SELECT p.organization_id, s.whole_id
    FROM registry_jurisdictionmembership s JOIN place p ON p.id = s.member_id
    WHERE s.valid @> q.at AND {s_known}
),
vendor AS MATERIALIZED (
    SELECT e.organization_id, e.vendor_id AS id
    FROM registry_reliance e JOIN organization o ON o.id = e.organization_id
    WHERE e.valid @> q.at AND {e_known}
),
scoped AS MATERIALIZED (
    SELECT o.id AS organization_id, v.*, r.kind,
        lower(v.valid) AS starts_at, upper(v.valid) AS ends_at
    FROM access_restrictionversion v
    JOIN access_restriction r ON r.id = v.restriction_id, organization o, model
    WHERE r.origin = 'decided' AND {v_known}
      AND (upper(v.valid) IS NULL OR upper(v.valid) > q.at)
      AND (v.organizations = '{{}}' OR o.id = ANY (v.organizations))
      AND (v.ai_models = '{{}}' OR model.id = ANY (v.ai_models))
      AND (v.jurisdictions = '{{}}' OR v.jurisdictions && ARRAY(
            SELECT j.id FROM jurisdiction j WHERE j.organization_id = o.id))
      AND (v.vendors = '{{}}' OR v.vendors && ARRAY(
            SELECT d.id FROM vendor d WHERE d.organization_id = o.id))
)
SELECT jsonb_build_object(
    'visible', q.revision IS NULL
        OR pg_visible_in_snapshot(q.revision::xid8, pg_current_snapshot()),
    'organizations', COALESCE((
        SELECT jsonb_agg(jsonb_build_object('id', o.id, 'standing', (
            SELECT w.standing FROM registry_organizationversion w
            WHERE w.organization_id = o.id AND w.valid @> q.at AND {w_known})) ORDER BY o.id)
        FROM organization o), '[]'),
    'models', COALESCE((
        SELECT jsonb_agg(jsonb_build_object('id', m.id, 'release', m.release, 'standing', (
            SELECT w.stage FROM registry_aimodelversion w
            WHERE w.ai_model_id = m.id AND w.valid @> q.at AND {w_known})))
        FROM model m), '[]'),
    'persons', COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
            'id', m.id,
            'established', COALESCE((
                SELECT jsonb_object_agg(a.kind, a.holds) FROM registry_memberassertion a
                WHERE a.member_id = m.id AND a.reviewed_at IS NOT NULL AND a.valid @> q.at
                  AND {a_known}), '{{}}'),
            'changes_at', (
                SELECT min(upper(a.valid)) FROM registry_memberassertion a
                WHERE a.member_id = m.id AND a.reviewed_at IS NOT NULL AND a.valid @> q.at
                  AND {a_known}),
            'absence', (
                SELECT y.kind FROM registry_memberabsence y
                WHERE y.member_id = m.id AND y.valid @> q.at AND {y_known})))
        FROM member m), '[]'),
    'items', COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
            'grant', i.grant_id, 'program', g.program_id, 'origin', g.origin,
            'starts_at', lower(i.valid), 'ends_at', upper(i.valid),
            'standing', i.standing, 'actions', to_jsonb(i.actions), 'surfaces', to_jsonb(i.surfaces),
            'release', i.release_id, 'purpose', i.purpose,
            'ended', CASE WHEN {end_known} THEN d.kind END,
            'waits', waiting.found, 'waits_until', waiting.until,
            'program_status', (
                SELECT p.status FROM access_programversion p
                WHERE p.program_id = g.program_id AND p.valid @> q.at AND {p_known}),
            'terms', required.id, 'terms_number', required.number,
            'terms_accepted', required.id IS NULL OR EXISTS (
                SELECT 1 FROM access_termsacceptance t
                WHERE t.edition_id = required.id AND t.organization_id = o.id
                  AND t.valid @> q.at AND {t_known}),
            'terms_change_at', (
                SELECT min(t.required_from) FROM access_termsedition t
                WHERE t.program_id = g.program_id AND t.required_from > q.at),
            'conditions', COALESCE((
                SELECT jsonb_agg(jsonb_build_object(
                    'id', k.condition_id, 'code', b.code, 'due_at', k.due_at)
                    ORDER BY k.due_at, k.condition_id)
                FROM access_conditionversion k JOIN access_condition b ON b.id = k.condition_id
                WHERE k.grant_id = i.grant_id AND k.standing NOT IN ('met', 'waived')
                  AND k.valid @> q.at AND {k_known}), '[]'),
            'needs', COALESCE((
                SELECT jsonb_agg(jsonb_build_object(
                    'kind', u.kind, 'code', u.code, 'standing', u.standing,
                    'starts_at', lower(u.valid), 'ends_at', upper(u.valid))
                    ORDER BY u.kind, u.code, lower(u.valid))
                FROM access_grantneedversion u
                WHERE u.grant_id = i.grant_id AND u.standing <> 'met'
                  AND (upper_inf(u.valid) OR upper(u.valid) > q.at) AND {u_known}), '[]'))
            ORDER BY lower(i.valid), i.grant_id)
        FROM organization o CROSS JOIN model m
        JOIN access_grantitem i ON i.organization_id = o.id AND i.ai_model_id = m.id AND {i_known}
        JOIN access_grant g ON g.id = i.grant_id
        LEFT JOIN access_grantend d ON d.grant_id = g.id
        LEFT JOIN LATERAL (
            SELECT t.id, t.number FROM access_termsedition t
            WHERE t.program_id = g.program_id AND t.required_from <= q.at
            ORDER BY t.number DESC LIMIT 1
        ) required ON true
        CROSS JOIN LATERAL (
            SELECT count(*) > 0 AS found,
                CASE WHEN NOT bool_or(upper_inf(n.valid)) THEN max(upper(n.valid)) END AS until
            FROM access_waitingperiodversion n
            WHERE n.grant_id = i.grant_id AND n.valid @> q.at AND {n_known}
        ) waiting), '[]'),
    'stops', COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
            'id', v.restriction_id, 'kind', v.kind, 'programs', to_jsonb(v.programs),
            'ends_at', v.ends_at,
            'outside_by', c.outside_by, 'exceptions_complete', v.exceptions_complete,
            'excepted', excepted.found IS NOT NULL, 'changes_at', excepted.ends_at)
            ORDER BY v.restriction_id)
        FROM scoped v LEFT JOIN access_personclass c ON c.id = v.person_class_id
        LEFT JOIN LATERAL (
            SELECT true AS found, upper(x.valid) AS ends_at FROM access_restrictionexception x
            WHERE x.restriction_id = v.restriction_id AND x.valid @> q.at AND {x_known}
              AND x.organization_id = v.organization_id
              AND (x.member_id IS NULL OR x.member_id IN (SELECT id FROM member))
            ORDER BY upper(x.valid) DESC NULLS FIRST LIMIT 1
        ) excepted ON true
        WHERE v.valid @> q.at), '[]'),
    'changes', COALESCE((
        SELECT jsonb_agg(v.starts_at ORDER BY v.starts_at) FROM scoped v WHERE v.starts_at > q.at), '[]')
) AS facts
) f
ORDER BY q.number
"""


def build_statement(source: str, *, past: bool) -> str:
    """The statement for the questions of this source; `past` reads what was known at their `known_at`.

    The source has the columns `number`, `label` and COLUMNS, and may read `clock.now`. One row of facts
    each, in the order of `number`; where the source is empty, one row without a number.
    """
    names = conditions("aeijknpstuvwxy", past=past, moment="q.known_at")
    names["end_known"] = "d.recorded_at <= q.known_at" if past else "true"
    return _STATEMENT.format(source=source, **names)


def conditions(rows: str, *, past: bool, moment: str) -> dict[str, str]:
    """For each row's alias the condition that its version is the one known, under `<alias>_known`."""
    known = _KNOWN if past else _CURRENT
    return {f"{row}_known": known.format(row=row, moment=moment) for row in rows}
