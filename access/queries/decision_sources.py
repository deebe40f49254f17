"""Where the statement's questions come from: given one by one, or found as candidates in the tables.

A candidate is whatever may be a yes: the rule still decides on each. Candidates come in the order of a key
that does not change (slugs, a member's reference), after `%(after)s`, at most `%(limit)s` of them.
"""

from access.queries.decision_sql import COLUMNS, conditions

_MOMENT = "COALESCE(%(as_of)s::timestamptz, %(known_at)s::timestamptz, clock.now)"
_KNOWN_AT = "%(known_at)s::timestamptz"

_MODEL = """
    SELECT m.id FROM registry_aimodel m
    WHERE NOT %(is_release)s AND (m.id = %(model_uuid)s::uuid OR m.slug = %(model_slug)s::text)
    UNION ALL
    SELECT r.ai_model_id FROM registry_modelrelease r
    WHERE %(is_release)s AND (r.id = %(model_uuid)s::uuid OR r.slug = %(model_slug)s::text)
    UNION ALL
    SELECT COALESCE(r.ai_model_id, x.ai_model_id) FROM registry_externalidentifier x
    LEFT JOIN registry_modelrelease r ON r.id = x.release_id
    WHERE x.scheme = %(model_scheme)s::text AND x.value = %(model_value)s::text AND {x_known}"""
_ORGANIZATION = """
    SELECT o.id FROM registry_organization o
    WHERE o.id = %(organization_uuid)s::uuid OR o.slug = %(organization_slug)s::text
    UNION ALL
    SELECT x.organization_id FROM registry_externalidentifier x
    WHERE x.scheme = %(organization_scheme)s::text AND x.value = %(organization_value)s::text
      AND {x_known}"""
_MAY_BE_NAMED = """(NOT o.undisclosed OR o.id = %(own)s::uuid)
      AND (%(only)s::uuid IS NULL OR o.id = %(only)s::uuid)"""

_HOLDERS = """
    SELECT o.id AS organization_uuid, jsonb_build_object('key', jsonb_build_array(o.slug)) AS label
    FROM registry_organization o
    WHERE {may_be_named} AND (%(after)s::text[] IS NULL OR o.slug > (%(after)s::text[])[1])
      AND EXISTS (
        SELECT 1 FROM access_grantitem i
        WHERE i.organization_id = o.id AND i.ai_model_id IN ({model}) AND {i_known}
          AND i.valid @> {moment})
    ORDER BY o.slug LIMIT %(limit)s"""
_MEMBERS = """
    SELECT o.id AS organization_uuid, b.id AS member_uuid,
        jsonb_build_object('key', jsonb_build_array(o.slug, b.reference)) AS label
    FROM registry_organization o JOIN registry_member b ON b.organization_id = o.id
    WHERE {may_be_named} AND (%(after)s::text[] IS NULL
        OR (o.slug, b.reference) > ((%(after)s::text[])[1], (%(after)s::text[])[2]))
      AND (NOT %(organization_given)s OR o.id IN ({organization}))
      AND EXISTS (
        SELECT 1 FROM access_grantitem i
        WHERE i.organization_id = o.id AND i.ai_model_id IN ({model}) AND {i_known}
          AND i.valid @> {moment})
    ORDER BY o.slug, b.reference LIMIT %(limit)s"""
_MODELS = """
    SELECT m.id AS model_uuid, false AS is_release,
        jsonb_build_object('key', jsonb_build_array(m.slug)) AS label
    FROM registry_aimodel m
    WHERE (%(after)s::text[] IS NULL OR m.slug > (%(after)s::text[])[1]) AND EXISTS (
        SELECT 1 FROM access_grantitem i
        WHERE i.ai_model_id = m.id AND i.organization_id IN ({organization}) AND {i_known}
          AND i.valid @> {moment})
    ORDER BY m.slug LIMIT %(limit)s"""
_RELEASES = """
    SELECT r.id AS model_uuid, true AS is_release,
        jsonb_build_object('key', jsonb_build_array(r.slug)) AS label
    FROM registry_modelrelease r
    WHERE (%(after)s::text[] IS NULL OR r.slug > (%(after)s::text[])[1]) AND EXISTS (
        SELECT 1 FROM access_grantitem i
        WHERE i.ai_model_id = r.ai_model_id AND i.organization_id IN ({organization})
          AND {i_known} AND i.valid @> {moment})
    ORDER BY r.slug LIMIT %(limit)s"""
_PAIRS = """
    SELECT o.id AS organization_uuid, m.id AS model_uuid, false AS is_release,
        jsonb_build_object('key', jsonb_build_array(o.slug, m.slug),
            'identifiers', COALESCE((
                SELECT jsonb_agg(x.scheme || ':' || x.value ORDER BY x.scheme, x.value)
                FROM registry_externalidentifier x
                WHERE x.organization_id = o.id AND {x_known} AND x.valid @> {moment}), '[]')
        ) AS label
    FROM (
        SELECT DISTINCT i.organization_id, i.ai_model_id FROM access_grantitem i
        WHERE {i_known} AND i.valid @> {moment}
    ) pair
    JOIN registry_organization o ON o.id = pair.organization_id
    JOIN registry_aimodel m ON m.id = pair.ai_model_id
    WHERE {may_be_named} AND (%(after)s::text[] IS NULL
        OR (o.slug, m.slug) > ((%(after)s::text[])[1], (%(after)s::text[])[2]))
    ORDER BY o.slug, m.slug LIMIT %(limit)s"""
_EVER_HELD = """
    SELECT i.organization_id AS organization_uuid, i.ai_model_id AS model_uuid,
        false AS is_release
    FROM access_grantitem i
    WHERE {i_known} AND (i.ai_model_id = %(model_uuid)s::uuid
        OR i.organization_id = %(organization_uuid)s::uuid)
    GROUP BY i.organization_id, i.ai_model_id"""
_CANDIDATES = {
    "organization": (_HOLDERS, ("organization_uuid",)),
    "member": (_MEMBERS, ("organization_uuid", "member_uuid")),
    "model": (_MODELS, ("model_uuid", "is_release")),
    "model_version": (_RELEASES, ("model_uuid", "is_release")),
    "pair": (_PAIRS, ("organization_uuid", "model_uuid", "is_release")),
    "ever_held": (_EVER_HELD, ("organization_uuid", "model_uuid", "is_release")),
}


def given(suffix: str) -> str:
    """Questions given one by one: an array for each column, named `<column>_<suffix>`."""
    names = ["number", *(name for name, _type in COLUMNS)]
    arrays = ", ".join(
        f"%({name}_{suffix})s::{kind}[]" for name, kind in (("number", "integer"), *COLUMNS)
    )
    return f"SELECT NULL::jsonb AS label, u.* FROM unnest({arrays}) AS u({', '.join(names)})"


def candidates(kind: str, *, past: bool) -> str:
    """Candidates of a kind. What they do not say themselves is taken from the parameters of the question;
    where an organization is found as a candidate, the one in the question is not asked about."""
    text, found = _CANDIDATES[kind]
    known = conditions("ix", past=past, moment=_KNOWN_AT)
    inner = {
        "moment": _MOMENT,
        "may_be_named": _MAY_BE_NAMED,
        "model": _MODEL.format(**known),
        "organization": _ORGANIZATION.format(**known),
    }
    label = "NULL::jsonb" if kind == "ever_held" else "c.label"
    columns = [_column(name, sql_type, found) for name, sql_type in COLUMNS]
    chosen = ", ".join(columns)
    rows = text.format(**known, **inner)
    return f"SELECT row_number() OVER ()::integer AS number, {label} AS label, {chosen} FROM ({rows}) c"


def _column(name: str, sql_type: str, found: tuple[str, ...]) -> str:
    """One column of a candidate's question. A thing that was found has one name, its UUID."""
    if name in found:
        return f"c.{name}"
    subject = name.partition("_")[0]
    if any(other.partition("_")[0] == subject and other != name for other in found):
        return f"NULL::{sql_type} AS {name}"
    return f"%({name})s::{sql_type} AS {name}"
