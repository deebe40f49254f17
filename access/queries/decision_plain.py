"""The facts about plain questions, as fast as they can be had.

Plain is what gateways ask all day: an organization and a model by slug or UUID, no member, no released
version, now. What changes slowly is read from projections (`registry.models.facts`, `access.models.facts`)
that the database rewrites in the transaction that changes an input; restrictions, exceptions, acceptances
and the clock are read as they are. While any of it is no longer quiet, nothing is told from here: the
statement of `decision_sql` answers these questions too, and everything else. The two are held to each other
over random worlds.
"""

import datetime as dt
import json
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from access.decision import Facts, Item, Named, Terms, Wait
from access.queries.decision_facts import read_condition, read_need, read_stop
from registry.queries.callers import CALLER
from registry.queries.prepared import Texts, read_prepared

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


class Found(NamedTuple):
    """A row about one question and one item of a grant, or none, as the server wrote it.

    `now`, `xmin` and `writable` stand in the first row alone. `quiet`: nothing of it has changed since its
    projections were written. `holds`: the item's period covers the moment.
    """

    number: str
    now: str | None
    xmin: str | None
    writable: str | None
    quiet: str
    organization: str | None
    standing: str | None
    model: str | None
    stage: str | None
    stops: str | None
    changes: str | None
    grant: str | None
    program: str | None
    starts_at: str | None
    ends_at: str | None
    holds: str | None
    terms: str | None
    program_status: str | None
    edition: str | None
    edition_number: str | None
    terms_change_at: str | None
    accepted: str


class Moment(NamedTuple):
    """What is the same for all questions of a statement: the database's clock, the revision seen, and
    whether it takes writes."""

    now: dt.datetime
    revision: str
    writable: bool


class Plain(NamedTuple):
    """All rows about one question, at least one."""

    rows: list[Found]
    moment: Moment

    @property
    def is_quiet(self) -> bool:
        return all(row.quiet == _TRUE for row in self.rows)


_TRUE = "t"
_FORMS = {"slug": "{row}.slug = q.{name}", "uuid": "{row}.id = q.{name}::uuid"}
_STATEMENT = """
{head}SELECT q.number, CASE WHEN q.number = 1 THEN clock.now END,
    CASE WHEN q.number = 1 THEN pg_snapshot_xmin(pg_current_snapshot()) END,
    CASE WHEN q.number = 1 THEN current_setting('transaction_read_only') = 'off' END,
    (oc.quiet_until IS NULL OR oc.quiet_until > clock.now)
        AND (mc.quiet_until IS NULL OR mc.quiet_until > clock.now)
        AND (f.quiet_until IS NULL OR f.quiet_until > clock.now)
        AND (p.quiet_until IS NULL OR p.quiet_until > clock.now),
    o.id, oc.standing, m.id, mc.stage, s.stops, s.changes,
    f.grant_id, f.program_id, lower(f.valid), upper(f.valid), f.valid @> clock.now, f.terms,
    p.status, p.terms_id, p.terms_number, p.terms_change_at,
    p.terms_id IS NULL OR EXISTS (
        SELECT 1 FROM access_termsacceptance t
        WHERE t.edition_id = p.terms_id AND t.organization_id = o.id
          AND t.valid @> clock.now AND upper_inf(t.recorded))
    {columns}
FROM {source}
LEFT JOIN registry_organization o ON {organization}
LEFT JOIN registry_organizationfacts oc ON oc.organization_id = o.id
LEFT JOIN registry_aimodel m ON {model}
LEFT JOIN registry_aimodelfacts mc ON mc.ai_model_id = m.id
LEFT JOIN access_grantfacts f ON f.organization_id = o.id AND f.ai_model_id = m.id
LEFT JOIN access_programfacts p ON p.program_id = f.program_id
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object(
            'id', v.restriction_id, 'kind', r.kind, 'programs', to_jsonb(v.programs),
            'ends_at', upper(v.valid), 'outside_by', c.outside_by,
            'exceptions_complete', v.exceptions_complete,
            'excepted', excepted.found IS NOT NULL, 'changes_at', excepted.ends_at)
            ORDER BY v.restriction_id) FILTER (WHERE v.valid @> clock.now) AS stops,
        jsonb_agg(lower(v.valid) ORDER BY lower(v.valid))
            FILTER (WHERE lower(v.valid) > clock.now) AS changes
    FROM access_restrictionversion v
    JOIN access_restriction r ON r.id = v.restriction_id
    LEFT JOIN access_personclass c ON c.id = v.person_class_id
    LEFT JOIN LATERAL (
        SELECT true AS found, upper(x.valid) AS ends_at FROM access_restrictionexception x
        WHERE x.restriction_id = v.restriction_id AND x.valid @> clock.now
          AND upper_inf(x.recorded) AND x.organization_id = o.id AND x.member_id IS NULL
        ORDER BY upper(x.valid) DESC NULLS FIRST LIMIT 1
    ) excepted ON true
    WHERE upper_inf(v.recorded) AND ({keys}) && (
            ARRAY[o.id, m.id, '00000000-0000-0000-0000-000000000000'::uuid] || oc.places || oc.vendors)
      AND r.origin = 'decided' AND (upper(v.valid) IS NULL OR upper(v.valid) > clock.now)
      AND (v.organizations = '{{}}' OR o.id = ANY (v.organizations))
      AND (v.ai_models = '{{}}' OR m.id = ANY (v.ai_models))
      AND (v.jurisdictions = '{{}}' OR v.jurisdictions && oc.places)
      AND (v.vendors = '{{}}' OR v.vendors && oc.vendors)
) s ON o.id IS NOT NULL AND m.id IS NOT NULL
{order}
"""
_CLOCK = "SELECT clock_timestamp() AS now"
_MANY = "clock CROSS JOIN unnest($1::text[], $2::text[]) WITH ORDINALITY q(organization, model, number)"
_ONE = f"""({CALLER}) caller CROSS JOIN ({_CLOCK} OFFSET 0) clock
CROSS JOIN (SELECT $2::text AS organization, $3::text AS model, 1 AS number) q"""


def _build(organization: str, model: str, **parts: str) -> str:
    keys = RESTRICTION_KEYS
    for scope in ("organizations", "vendors", "ai_models", "jurisdictions"):
        keys = keys.replace(scope, f"v.{scope}")
    return _STATEMENT.format(
        organization=_FORMS[organization].format(row="o", name="organization"),
        model=_FORMS[model].format(row="m", name="model"),
        keys=keys,
        **parts,
    )


_ORDER = "ORDER BY q.number, lower(f.valid), f.grant_id"
_FORM_PAIRS = [(organization, model) for organization in _FORMS for model in _FORMS]
_FOR_MANY = {
    forms: _build(
        *forms,
        head=f"WITH clock AS MATERIALIZED ({_CLOCK})\n",
        columns="",
        source=_MANY,
        order=_ORDER,
    )
    for forms in _FORM_PAIRS
}
_FOR_ONE = {
    forms: _build(
        *forms,
        head="",
        columns=", caller.*",
        source=_ONE,
        order=_ORDER.replace("q.number, ", ""),
    )
    for forms in _FORM_PAIRS
}
_WIDTH = len(Found._fields)  # noqa: SLF001 - its documented name


def find_plain(
    pairs: Sequence[tuple[str, str]], *, organization: str, model: str
) -> list[Plain] | None:
    """What was found of each pair of organization and model; None while any of it is not quiet.

    `organization` and `model` say which form all identifiers have: `slug` or `uuid`.
    """
    values = ([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    rows = [Found(*row) for row in read_prepared(_FOR_MANY[organization, model], values)]  # type: ignore[arg-type]
    moment = _read_head(rows[0])
    found = [Plain(list(group), moment) for _number, group in groupby(rows, key=itemgetter(0))]
    return found if all(plain.is_quiet for plain in found) else None


def find_plain_for(
    checksum: str, pair: tuple[str, str], *, organization: str, model: str
) -> tuple[Texts, Plain] | None:
    """The columns of who calls with a token of this checksum, and what was found of one pair, from one
    statement. None where nobody may call with it, and then nothing was looked up."""
    rows = read_prepared(_FOR_ONE[organization, model], (checksum, *pair))
    if not rows:
        return None
    found = [Found(*row[:_WIDTH]) for row in rows]  # type: ignore[arg-type]
    return rows[0][_WIDTH:], Plain(found, _read_head(found[0]))


def _read_head(first: Found) -> Moment:
    assert first.now is not None
    assert first.xmin is not None
    now = dt.datetime.fromisoformat(first.now)
    return Moment(now, str(int(first.xmin) - 1), first.writable == _TRUE)


def read_plain(found: Plain) -> Facts:
    """The facts that were found, while they are quiet."""
    head, moment = found.rows[0], found.moment
    named, model = head.organization, head.model
    return Facts(
        at=moment.now,
        visible=True,
        writable=moment.writable,
        organizations=() if named is None else (Named(UUID(named), head.standing),),
        models=() if model is None else (Named(UUID(model), head.stage),),
        items=tuple(_read_item(row) for row in found.rows if row.grant is not None),
        stops=tuple(map(read_stop, _read_json(head.stops))),
        changes=tuple(map(dt.datetime.fromisoformat, _read_json(head.changes))),
    )


def _read_item(row: Found) -> Item:
    assert row.grant is not None
    assert row.program is not None
    assert row.terms is not None
    terms = _read_terms(row.terms)
    edition = None
    if row.edition is not None and row.edition_number is not None:
        edition = Terms(UUID(row.edition), int(row.edition_number))
    return Item(
        grant=UUID(row.grant),
        program=UUID(row.program),
        program_status=row.program_status,
        starts_at=_read_moment(row.starts_at),
        ends_at=_read_moment(row.ends_at),
        terms_accepted=row.accepted == _TRUE,
        terms_change_at=_read_moment(row.terms_change_at),
        terms=edition,
        **terms,
    )


@lru_cache(maxsize=4096)
def _read_terms(text: str) -> dict[str, Any]:
    """What a grant says of itself, as members of an item; read once where many grants say the same."""
    said = json.loads(text)
    return {
        "origin": said["origin"],
        "ended": said["ended"],
        "standing": said["standing"],
        "purpose": said["purpose"],
        "actions": frozenset(said["actions"]),
        "surfaces": frozenset(said["surfaces"]),
        "release": None if said["release"] is None else UUID(said["release"]),
        "wait": Wait(_read_moment(said["waits_until"])) if said["waits"] else None,
        "conditions": tuple(map(read_condition, said["conditions"])),
        "needs": tuple(map(read_need, said["needs"])),
    }


def _read_moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)


def _read_json(text: str | None) -> list[Any]:
    """What was aggregated as JSON; nothing for none."""
    found: list[Any] = [] if text is None else json.loads(text)
    return found
