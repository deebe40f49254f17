"""Who calls, from a bearer token: one look-up, for where the toolkit's own way takes too long."""

import hashlib

from registry.actors import Actor, ClientColumns
from registry.queries.prepared import run_prepared

_STATEMENT = """
SELECT t.scope, c.id, c.organization_id, c.kind, c.scopes, c.roles, c.surfaces
FROM oauth2_provider_accesstoken t JOIN registry_client c ON c.id = t.application_id
WHERE t.token_checksum = $1 AND t.expires > clock_timestamp() AND c.withdrawn_at IS NULL
"""


def find_caller(token: str) -> Actor | None:
    """The client behind a token that has not run out, unless it was withdrawn; None otherwise."""
    rows = run_prepared(_STATEMENT, (hashlib.sha256(token.encode()).hexdigest(),))
    if len(rows) != 1:
        return None
    scope, *columns = rows[0]
    return ClientColumns(*columns).as_actor(frozenset(scope.split()))
