"""Who calls, from a bearer token: one look-up, for where the toolkit's own way takes too long."""

import hashlib
import json
from functools import lru_cache
from uuid import UUID

from registry.actors import Actor, ClientColumns
from registry.queries.prepared import Texts, read_prepared

CALLER = """
SELECT t.scope, c.id, c.organization_id, c.kind, to_json(c.scopes)::text AS scopes,
    to_json(c.roles)::text AS roles, to_json(c.surfaces)::text AS surfaces
FROM oauth2_provider_accesstoken t JOIN registry_client c ON c.id = t.application_id
WHERE t.token_checksum = $1 AND t.expires > clock_timestamp() AND c.withdrawn_at IS NULL
"""
"""The columns that `read_caller` reads, for the checksum `$1`: no row where nobody may call with it."""


def find_caller(token: str) -> Actor | None:
    """The client behind a token that has not run out, unless it was withdrawn; None otherwise."""
    rows = read_prepared(CALLER, (sum_token(token),))
    return None if len(rows) != 1 else read_caller(rows[0])


def sum_token(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@lru_cache(maxsize=1024)
def read_caller(row: Texts) -> Actor:
    """From the columns of CALLER. The same columns are the same caller: it is made once."""
    scope, client, organization, kind, scopes, roles, surfaces = map(str, row)
    columns = ClientColumns(
        UUID(client),
        UUID(organization),
        kind,
        json.loads(scopes),
        json.loads(roles),
        json.loads(surfaces),
    )
    return columns.as_actor(frozenset(scope.split()))
