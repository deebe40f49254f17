"""What a stop costs before and at the click, over grants that are written straight into the tables."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection

from access.choices import RestrictionBasis, RestrictionKind
from access.models import Tier
from access.operations import restrictions
from access.operations.restrictions import Wording
from access.queries.scopes import Scope
from access.queries.stops import list_reached, measure_reach, points_concerned
from bench.timing import time_calls
from registry.choices import Role
from tests import make, stops

FEW, MANY = 2_000, 20_000
_FILL = """
WITH o AS (
    INSERT INTO registry_organization (id, version, changed_at, slug, name, undisclosed, synthetic)
    SELECT gen_random_uuid(), 1, now(), 'bench-' || n, 'Bench ' || n, false, false
    FROM generate_series(%(first)s::int, %(last)s::int) n RETURNING id
), g AS (
    INSERT INTO access_grant (id, version, changed_at, organization_id, program_id, tier_id, purpose,
                              origin, external_reference, evidence, issued_by, issued_at)
    SELECT gen_random_uuid(), 1, now(), o.id, %(program)s, %(tier)s, 'use', 'imported', o.id::text, '',
           'bench', now() FROM o RETURNING id, organization_id
), i AS (
    INSERT INTO access_grantitem (valid, recorded, grant_id, organization_id, tier_id, ai_model_id,
                                  purpose, actions, surfaces, standing)
    SELECT tstzrange(now(), NULL), tstzrange(now(), NULL), g.id, g.organization_id, %(tier)s,
           %(model)s, 'use', '{invoke}', ARRAY['aws:' || g.id], 'in_force' FROM g RETURNING 1
)
INSERT INTO registry_member (id, version, changed_at, organization_id, reference)
SELECT gen_random_uuid(), 1, now(), o.id, 'm-' || n FROM o, generate_series(1, 3) n
"""


def measure_stops() -> Iterator[str]:
    """The preview of a class and of everyone, with its first page, and the click itself."""
    tier = make.tier()
    stops.person_class()
    stops.point()
    scope = Scope(ai_models=(tier.ai_models.get().id,), person_class=stops.CLASS)
    _fill(tier, 1, FEW)
    few = time_calls(lambda: _look(scope), 3)
    _fill(tier, FEW + 1, MANY)
    many = time_calls(lambda: _look(scope), 3)
    yield f"the preview of a stop of {MANY} grants costs {many / few:.1f} × one of {FEW} ({many:.2f} s here)"
    click = time_calls(lambda: _stop(scope), 1)
    yield f"the click that stops {MANY} grants costs {click / many:.2f} × its preview ({click:.2f} s here)"


def _fill(tier: Tier, first: int, last: int) -> None:
    values: dict[str, Any] = {
        "first": first,
        "last": last,
        "program": tier.program_id,
        "tier": tier.id,
        "model": tier.ai_models.get().id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FILL, values)
        cursor.execute("ANALYZE")


def _look(scope: Scope) -> None:
    at = dt.datetime.now(dt.UTC)
    measure_reach(scope, at=at)
    points_concerned(scope, at=at)
    list_reached(scope, at=at)


def _stop(scope: Scope) -> None:
    restrictions.restrict(
        make.by(make.staff(Role.RESTRICTOR)),
        kind=RestrictionKind.STOP,
        basis=RestrictionBasis.ORDER,
        wording=Wording("Bench"),
        scope=scope,
    )
