"""A world of any size for measuring decisions, laid down with plain SQL: operations would take hours."""

from dataclasses import dataclass

from django.db import connection

from access.models import Tier
from tests import make

MODELS = 4
"""Every organization `org-N` holds each of `model-0` … `model-3`."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many organizations hold grants, and how many restrictions are in force on others."""

    organizations: int
    restrictions: int = 0

    @property
    def grants(self) -> int:
        return self.organizations * MODELS


def prepare() -> Tier:
    """The program, its tier and the models that all worlds share."""
    models = [make.ai_model(f"model-{number}") for number in range(MODELS)]
    tier = make.tier(make.program(slug="bench"), slug="bench")
    tier.ai_models.set(models)
    return tier


def grow(tier: Tier, size: Size) -> None:
    """Add organizations and grants until the world is of this size; set the restrictions in force."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registry_organization WHERE slug LIKE 'org-%%'")
        (there,) = cursor.fetchone()
        cursor.execute(_ORGANIZATIONS, {"first": there, "last": size.organizations - 1})
        cursor.execute(
            _GRANTS,
            {
                "first": there,
                "last": size.organizations - 1,
                "program": tier.program_id,
                "tier": tier.id,
            },
        )
        cursor.execute("SELECT count(*) FROM access_restriction WHERE title LIKE 'bench %%'")
        (restricted,) = cursor.fetchone()
        cursor.execute(_RESTRICTIONS, {"first": restricted, "last": size.restrictions - 1})
    connection.commit()
    _settle()


def _settle() -> None:
    """Statistics and visibility as they would be after a while, so that plans are those of a settled table."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


_ORGANIZATIONS = """
WITH made AS (
    INSERT INTO registry_organization (id, version, changed_at, slug, name, undisclosed, synthetic)
    SELECT gen_random_uuid(), 1, now(), 'org-' || n, 'Organization ' || n, false, true
    FROM generate_series(%(first)s::int, %(last)s::int) n
    RETURNING id, name
)
INSERT INTO registry_organizationversion
    (organization_id, name, legal_name, kind, standing, valid, recorded)
SELECT id, name, '', 'company', 'active', tstzrange('2026-01-01', NULL), tstzrange(now(), NULL)
FROM made
"""

_GRANTS = """
WITH made AS (
    INSERT INTO access_grant (id, version, changed_at, organization_id, program_id, tier_id, purpose,
        origin, external_reference, evidence, issued_by, issued_at)
    SELECT gen_random_uuid(), 1, now(), o.id, %(program)s, %(tier)s, 'use',
        'imported', 'bench ' || o.slug || ' ' || m.slug, 'bench', 'system', now()
    FROM generate_series(%(first)s::int, %(last)s::int) n
    JOIN registry_organization o ON o.slug = 'org-' || n
    JOIN registry_aimodel m ON m.slug LIKE 'model-%%'
    RETURNING id, organization_id, external_reference
)
INSERT INTO access_grantitem (grant_id, organization_id, tier_id, ai_model_id, purpose, actions,
    surfaces, standing, valid, recorded)
SELECT g.id, g.organization_id, %(tier)s, m.id, 'use', '{invoke}',
    '{}', 'in_force', tstzrange('2026-01-01', '2099-01-01'), tstzrange(now(), NULL)
FROM made g JOIN registry_aimodel m ON m.slug = split_part(g.external_reference, ' ', 3)
"""

_RESTRICTIONS = """
WITH other AS (
    INSERT INTO registry_organization (id, version, changed_at, slug, name, undisclosed, synthetic)
    SELECT gen_random_uuid(), 1, now(), 'stopped-' || n, 'Stopped ' || n, false, true
    FROM generate_series(%(first)s::int, %(last)s::int) n
    RETURNING id, slug
), made AS (
    INSERT INTO access_restriction (id, version, changed_at, kind, basis, origin, title,
        public_wording, confidential_basis, imposed_by, imposed_at, lift_asked_by, lifted_by)
    SELECT gen_random_uuid(), 1, now(), 'stop', 'order', 'decided', 'bench ' || slug,
        '', '', 'system', now(), '', ''
    FROM other
    RETURNING id, title
)
INSERT INTO access_restrictionversion (restriction_id, organizations, ai_models, programs,
    jurisdictions, vendors, exceptions_complete, valid, recorded)
SELECT r.id, ARRAY[o.id], '{}', '{}', '{}', '{}', true,
    tstzrange('2026-01-01', NULL), tstzrange(now(), NULL)
FROM made r JOIN other o ON r.title = 'bench ' || o.slug
"""
