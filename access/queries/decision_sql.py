"""The one statement that gathers what the decision rests on.

Parts are chosen by the form of the identifiers (so that each uses its index) and by whether the past
state of knowledge is asked for. No value from outside is ever part of the text.
"""

from uuid import UUID

_CURRENT = "upper_inf({row}.recorded)"
_KNOWN = "{row}.recorded @> %(known_at)s::timestamptz"

_ORGANIZATIONS = {
    "uuid": "SELECT id FROM registry_organization WHERE id = %(organization)s::uuid",
    "slug": "SELECT id FROM registry_organization WHERE slug = %(organization)s",
    "identifier": """
        SELECT DISTINCT x.organization_id AS id FROM registry_externalidentifier x, clock
        WHERE x.scheme = %(organization_scheme)s AND x.value = %(organization_value)s
          AND x.organization_id IS NOT NULL AND x.valid @> clock.at AND {x_known}""",
}
_MODELS = {
    "uuid": "SELECT id, NULL::uuid AS release FROM registry_aimodel WHERE id = %(model)s::uuid",
    "slug": "SELECT id, NULL::uuid AS release FROM registry_aimodel WHERE slug = %(model)s",
    "identifier": """
        SELECT DISTINCT x.ai_model_id AS id, NULL::uuid AS release
        FROM registry_externalidentifier x, clock
        WHERE x.scheme = %(model_scheme)s AND x.value = %(model_value)s
          AND x.ai_model_id IS NOT NULL AND x.valid @> clock.at AND {x_known}""",
}
_RELEASES = {
    "uuid": "SELECT ai_model_id AS id, id AS release FROM registry_modelrelease WHERE id = %(model)s::uuid",
    "slug": "SELECT ai_model_id AS id, id AS release FROM registry_modelrelease WHERE slug = %(model)s",
    "identifier": """
        SELECT DISTINCT r.ai_model_id AS id, r.id AS release
        FROM registry_externalidentifier x JOIN registry_modelrelease r ON r.id = x.release_id, clock
        WHERE x.scheme = %(model_scheme)s AND x.value = %(model_value)s
          AND x.valid @> clock.at AND {x_known}""",
}
_MEMBERS = {
    "uuid": "m.id = %(member)s::uuid",
    "slug": "m.reference = %(member)s",
    "none": "false",
}

_STATEMENT = """
WITH clock AS MATERIALIZED (
    SELECT c.now, COALESCE(%(as_of)s::timestamptz, %(known_at)s::timestamptz, c.now) AS at
    FROM (SELECT clock_timestamp() AS now) c
),
model AS MATERIALIZED ({models}),
organization AS MATERIALIZED ({organizations}),
member AS MATERIALIZED (
    SELECT m.id, m.organization_id
    FROM registry_member m JOIN organization o ON m.organization_id = o.id WHERE {member}
),
place AS MATERIALIZED (
    SELECT j.organization_id, j.jurisdiction_id AS id
    FROM registry_organizationjurisdiction j JOIN organization o ON o.id = j.organization_id, clock
    WHERE j.valid @> clock.at AND {j_known}
),
jurisdiction AS MATERIALIZED (
    SELECT organization_id, id FROM place
    UNION
    SELECT p.organization_id, s.whole_id
    FROM registry_jurisdictionmembership s JOIN place p ON p.id = s.member_id, clock
    WHERE s.valid @> clock.at AND {s_known}
),
vendor AS MATERIALIZED (
    SELECT e.object_id AS organization_id, e.subject_id AS id
    FROM registry_relation e JOIN organization o ON o.id = e.object_id, clock
    WHERE e.kind IN ('hosts', 'sub_processor_of') AND e.valid @> clock.at AND {e_known}
),
scoped AS MATERIALIZED (
    SELECT o.id AS organization_id, v.*, lower(v.valid) AS starts_at, upper(v.valid) AS ends_at
    FROM access_restrictionversion v
    JOIN access_restriction r ON r.id = v.restriction_id, organization o, model, clock
    WHERE r.origin = 'decided' AND {v_known}
      AND (upper(v.valid) IS NULL OR upper(v.valid) > clock.at)
      AND (v.organizations = '{{}}' OR o.id = ANY (v.organizations))
      AND (v.ai_models = '{{}}' OR model.id = ANY (v.ai_models))
      AND (v.jurisdictions = '{{}}' OR v.jurisdictions && ARRAY(
            SELECT j.id FROM jurisdiction j WHERE j.organization_id = o.id))
      AND (v.vendors = '{{}}' OR v.vendors && ARRAY(
            SELECT d.id FROM vendor d WHERE d.organization_id = o.id))
)
SELECT jsonb_build_object(
    'now', clock.now,
    'at', clock.at,
    'visible', %(revision)s::text IS NULL
        OR pg_visible_in_snapshot(%(revision)s::text::xid8, pg_current_snapshot()),
    'revision', ((pg_snapshot_xmin(pg_current_snapshot())::text)::numeric - 1)::text,
    'organization', o.id,
    'standing', (
        SELECT w.standing FROM registry_organizationversion w
        WHERE w.organization_id = o.id AND w.valid @> clock.at AND {w_known}),
    'models', COALESCE((
        SELECT jsonb_agg(jsonb_build_object('id', m.id, 'release', m.release, 'standing', (
            SELECT w.stage FROM registry_aimodelversion w
            WHERE w.ai_model_id = m.id AND w.valid @> clock.at AND {w_known})))
        FROM model m), '[]'),
    'persons', COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
            'id', m.id,
            'established', COALESCE((
                SELECT jsonb_object_agg(a.kind, a.holds) FROM registry_memberassertion a
                WHERE a.member_id = m.id AND a.reviewed_at IS NOT NULL AND a.valid @> clock.at
                  AND {a_known}), '{{}}'),
            'changes_at', (
                SELECT min(upper(a.valid)) FROM registry_memberassertion a
                WHERE a.member_id = m.id AND a.reviewed_at IS NOT NULL AND a.valid @> clock.at
                  AND {a_known})))
        FROM member m WHERE m.organization_id = o.id), '[]'),
    'items', COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
            'grant', i.grant_id, 'program', g.program_id, 'origin', g.origin,
            'starts_at', lower(i.valid), 'ends_at', upper(i.valid),
            'standing', i.standing, 'actions', to_jsonb(i.actions), 'surfaces', to_jsonb(i.surfaces),
            'release', i.release_id, 'ended', CASE WHEN {end_known} THEN d.kind END,
            'program_status', (
                SELECT p.status FROM access_programversion p
                WHERE p.program_id = g.program_id AND p.valid @> clock.at AND {p_known}),
            'terms_accepted', required.id IS NULL OR EXISTS (
                SELECT 1 FROM access_termsacceptance t
                WHERE t.edition_id = required.id AND t.organization_id = o.id
                  AND t.valid @> clock.at AND {t_known}),
            'terms_change_at', (
                SELECT min(t.required_from) FROM access_termsedition t
                WHERE t.program_id = g.program_id AND t.required_from > clock.at))
            ORDER BY lower(i.valid), i.grant_id)
        FROM model m
        JOIN access_grantitem i ON i.organization_id = o.id AND i.ai_model_id = m.id AND {i_known}
        JOIN access_grant g ON g.id = i.grant_id
        LEFT JOIN access_grantend d ON d.grant_id = g.id
        LEFT JOIN LATERAL (
            SELECT t.id FROM access_termsedition t
            WHERE t.program_id = g.program_id AND t.required_from <= clock.at
            ORDER BY t.number DESC LIMIT 1
        ) required ON true), '[]'),
    'stops', COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
            'id', v.restriction_id, 'programs', to_jsonb(v.programs), 'ends_at', v.ends_at,
            'outside_by', c.outside_by, 'exceptions_complete', v.exceptions_complete,
            'excepted', EXISTS (
                SELECT 1 FROM access_restrictionexception x
                WHERE x.restriction_id = v.restriction_id AND x.valid @> clock.at AND {x_known}
                  AND x.organization_id = o.id
                  AND (x.member_id IS NULL OR x.member_id IN (SELECT id FROM member)))))
        FROM scoped v LEFT JOIN access_personclass c ON c.id = v.person_class_id
        WHERE v.organization_id = o.id AND v.valid @> clock.at), '[]'),
    'changes', COALESCE((
        SELECT jsonb_agg(v.starts_at) FROM scoped v
        WHERE v.organization_id = o.id AND v.starts_at > clock.at), '[]')
)
FROM clock LEFT JOIN organization o ON true
ORDER BY o.id
"""

_HOLDERS = """
        SELECT DISTINCT i.organization_id AS id
        FROM access_grantitem i JOIN model m ON m.id = i.ai_model_id WHERE {i_known}"""


def build_statement(
    *, organization: str | None, model: str, member: str | None, version: bool, past: bool
) -> str:
    """The statement for identifiers of these forms; `past` reads what was known at `known_at`.

    One row of facts for each organization that the identifier names; without an identifier, for each
    that has ever held a grant for the model. One row without an organization where there is none.
    """
    known = _KNOWN if past else _CURRENT
    names = {f"{row}_known": known.format(row=row) for row in "aeijpstvwx"}
    names["end_known"] = "d.recorded_at <= %(known_at)s::timestamptz" if past else "true"
    resources = _RELEASES if version else _MODELS
    holders = _HOLDERS if organization is None else _ORGANIZATIONS[_form(organization)]
    return _STATEMENT.format(
        organizations=holders.format(**names),
        models=resources[_form(model)].format(**names),
        member=_MEMBERS["none" if member is None else _member_form(member)],
        **names,
    )


def _form(identifier: str) -> str:
    if _is_uuid(identifier):
        return "uuid"
    return "identifier" if ":" in identifier else "slug"


def _member_form(identifier: str) -> str:
    """A member's own reference may hold a colon; it is looked up as it stands."""
    return "uuid" if _is_uuid(identifier) else "slug"


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
