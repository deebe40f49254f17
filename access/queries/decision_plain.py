"""The facts about plain questions, as fast as they can be had.

Plain is what gateways ask all day: an organization and a model by slug or UUID, no member, no released
version, now. The statement of `decision_sql` answers these too, and everything else; the two are held to
each other over random worlds. Here every row is found by an index, and the server plans once.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from access.decision import Facts, Item, Named, Terms, Wait
from access.queries.decision_facts import read_condition, read_need, read_stop
from registry.queries.prepared import run_prepared

RESTRICTION_KEYS = """
CASE WHEN organizations <> '{}' THEN organizations
     WHEN vendors <> '{}' THEN vendors
     WHEN ai_models <> '{}' THEN ai_models
     WHEN jurisdictions <> '{}' THEN jurisdictions
     ELSE ARRAY['00000000-0000-0000-0000-000000000000'::uuid] END
"""
"""What a restriction is found by: the values of its first scope that names any, else the one for all.

To the letter as in the index `restriction_by_key`, or it would not be used.
"""

_FORMS = {"slug": "{row}.slug = q.{name}", "uuid": "{row}.id = q.{name}::uuid"}

_STATEMENT = """
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now)
SELECT q.number, clock.now, pg_snapshot_xmin(pg_current_snapshot())::text,
    current_setting('transaction_read_only') = 'off',
    o.id, ow.standing, m.id, mw.stage,
    s.stops, s.changes,
    i.grant_id, lower(i.valid), upper(i.valid), i.standing, i.actions, i.surfaces, i.release_id,
    i.purpose, g.program_id, g.origin, d.kind, pw.status,
    required.id, required.number,
    required.id IS NULL OR EXISTS (
        SELECT 1 FROM access_termsacceptance t
        WHERE t.edition_id = required.id AND t.organization_id = o.id
          AND t.valid @> clock.now AND upper_inf(t.recorded)),
    (SELECT min(t.required_from) FROM access_termsedition t
     WHERE t.program_id = g.program_id AND t.required_from > clock.now),
    waiting.found, waiting.until,
    (SELECT jsonb_agg(jsonb_build_object('id', k.condition_id, 'code', b.code, 'due_at', k.due_at)
            ORDER BY k.due_at, k.condition_id)
     FROM access_conditionversion k JOIN access_condition b ON b.id = k.condition_id
     WHERE k.grant_id = i.grant_id AND k.standing NOT IN ('met', 'waived')
       AND k.valid @> clock.now AND upper_inf(k.recorded)),
    (SELECT jsonb_agg(jsonb_build_object(
            'kind', u.kind, 'code', u.code, 'standing', u.standing,
            'starts_at', lower(u.valid), 'ends_at', upper(u.valid))
            ORDER BY u.kind, u.code, lower(u.valid))
     FROM access_grantneedversion u
     WHERE u.grant_id = i.grant_id AND upper_inf(u.recorded) AND NOT u.standing = 'met'
       AND (upper_inf(u.valid) OR upper(u.valid) > clock.now))
FROM clock
CROSS JOIN unnest($1::text[], $2::text[]) WITH ORDINALITY q(organization, model, number)
LEFT JOIN registry_organization o ON {organization}
LEFT JOIN registry_organizationversion ow
    ON ow.organization_id = o.id AND upper_inf(ow.recorded) AND ow.valid @> clock.now
LEFT JOIN registry_aimodel m ON {model}
LEFT JOIN registry_aimodelversion mw
    ON mw.ai_model_id = m.id AND upper_inf(mw.recorded) AND mw.valid @> clock.now
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object(
            'id', v.restriction_id, 'kind', r.kind, 'programs', to_jsonb(v.programs),
            'ends_at', upper(v.valid), 'outside_by', c.outside_by,
            'exceptions_complete', v.exceptions_complete,
            'excepted', excepted.found IS NOT NULL, 'changes_at', excepted.ends_at)
            ORDER BY v.restriction_id) FILTER (WHERE v.valid @> clock.now) AS stops,
        array_agg(lower(v.valid) ORDER BY lower(v.valid)) FILTER (WHERE lower(v.valid) > clock.now) AS changes
    FROM (
        SELECT ARRAY(
            SELECT unnest(ARRAY[j.jurisdiction_id, s.whole_id])
            FROM registry_organizationjurisdiction j
            LEFT JOIN registry_jurisdictionmembership s ON s.member_id = j.jurisdiction_id
                AND upper_inf(s.recorded) AND s.valid @> clock.now
            WHERE j.organization_id = o.id AND upper_inf(j.recorded)
              AND j.valid @> clock.now) AS jurisdictions,
        ARRAY(
            SELECT e.vendor_id FROM registry_reliance e
            WHERE e.organization_id = o.id AND upper_inf(e.recorded)
              AND e.valid @> clock.now) AS vendors
        OFFSET 0
    ) own
    JOIN access_restrictionversion v ON upper_inf(v.recorded) AND ({keys}) && (
        ARRAY[o.id, m.id, '00000000-0000-0000-0000-000000000000'::uuid]
        || own.jurisdictions || own.vendors)
    JOIN access_restriction r ON r.id = v.restriction_id
    LEFT JOIN access_personclass c ON c.id = v.person_class_id
    LEFT JOIN LATERAL (
        SELECT true AS found, upper(x.valid) AS ends_at FROM access_restrictionexception x
        WHERE x.restriction_id = v.restriction_id AND x.valid @> clock.now
          AND upper_inf(x.recorded) AND x.organization_id = o.id AND x.member_id IS NULL
        ORDER BY upper(x.valid) DESC NULLS FIRST LIMIT 1
    ) excepted ON true
    WHERE r.origin = 'decided' AND (upper(v.valid) IS NULL OR upper(v.valid) > clock.now)
      AND (v.organizations = '{{}}' OR o.id = ANY (v.organizations))
      AND (v.ai_models = '{{}}' OR m.id = ANY (v.ai_models))
      AND (v.jurisdictions = '{{}}' OR v.jurisdictions && own.jurisdictions)
      AND (v.vendors = '{{}}' OR v.vendors && own.vendors)
) s ON o.id IS NOT NULL AND m.id IS NOT NULL
LEFT JOIN access_grantitem i
    ON i.organization_id = o.id AND i.ai_model_id = m.id AND upper_inf(i.recorded)
LEFT JOIN access_grant g ON g.id = i.grant_id
LEFT JOIN access_grantend d ON d.grant_id = g.id
LEFT JOIN access_programversion pw
    ON pw.program_id = g.program_id AND upper_inf(pw.recorded) AND pw.valid @> clock.now
LEFT JOIN LATERAL (
    SELECT t.id, t.number FROM access_termsedition t
    WHERE t.program_id = g.program_id AND t.required_from <= clock.now
    ORDER BY t.number DESC LIMIT 1
) required ON true
LEFT JOIN LATERAL (
    SELECT count(*) > 0 AS found,
        CASE WHEN NOT bool_or(upper_inf(n.valid)) THEN max(upper(n.valid)) END AS until
    FROM access_waitingperiodversion n
    WHERE n.grant_id = i.grant_id AND n.valid @> clock.now AND upper_inf(n.recorded)
) waiting ON true
ORDER BY q.number, lower(i.valid), i.grant_id
"""
_STATEMENTS = {
    (organization, model): _STATEMENT.format(
        organization=_FORMS[organization].format(row="o", name="organization"),
        model=_FORMS[model].format(row="m", name="model"),
        keys=RESTRICTION_KEYS.replace("organizations", "v.organizations")
        .replace("vendors", "v.vendors")
        .replace("ai_models", "v.ai_models")
        .replace("jurisdictions", "v.jurisdictions"),
    )
    for organization in _FORMS
    for model in _FORMS
}
_HEAD = 10


def gather_plain(
    pairs: Sequence[tuple[str, str]], *, organization: str, model: str
) -> Iterator[tuple[Facts, dt.datetime, str]]:
    """For each pair of organization and model its facts, the database's moment and the revision seen.

    `organization` and `model` say which form all identifiers have: `slug` or `uuid`.
    """
    values = ([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    rows = run_prepared(_STATEMENTS[organization, model], values)
    for _number, group in groupby(rows, key=itemgetter(0)):
        yield _read(list(group))


def _read(rows: list[tuple[Any, ...]]) -> tuple[Facts, dt.datetime, str]:
    (_number, now, xmin, writable, organization, standing, model, stage, stops, changes) = rows[0][
        :_HEAD
    ]
    facts = Facts(
        at=now,
        visible=True,
        writable=writable,
        organizations=() if organization is None else (Named(organization, standing),),
        models=() if model is None else (Named(model, stage),),
        items=tuple(_read_item(row[_HEAD:]) for row in rows if row[_HEAD] is not None),
        stops=tuple(map(read_stop, _read_json(stops))),
        changes=tuple(changes or ()),
    )
    return facts, now, str(int(xmin) - 1)


def _read_item(row: tuple[Any, ...]) -> Item:
    (grant, starts_at, ends_at, standing, actions, surfaces, release, purpose, *more) = row
    (program, origin, ended, program_status, terms, number, accepted, terms_change_at, *rest) = (
        more
    )
    (waits, waits_until, conditions, needs) = rest
    return Item(
        grant=grant,
        program=program,
        program_status=program_status,
        starts_at=starts_at,
        ends_at=ends_at,
        standing=standing,
        actions=frozenset(actions),
        surfaces=frozenset(surfaces),
        release=release,
        terms_accepted=accepted,
        ended=ended,
        terms_change_at=terms_change_at,
        purpose=purpose,
        terms=None if terms is None else Terms(terms, number),
        origin=origin,
        wait=Wait(waits_until) if waits else None,
        conditions=tuple(map(read_condition, _read_json(conditions))),
        needs=tuple(map(read_need, _read_json(needs))),
    )


def _read_json(text: str | None) -> list[dict[str, Any]]:
    """What was aggregated as JSON, which the connection hands on as text; nothing for none."""
    found: list[dict[str, Any]] = [] if text is None else json.loads(text)
    return found
