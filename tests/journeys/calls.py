"""What the journeys over HTTP say, and with which scopes."""

from typing import Any

from pytest_django.live_server_helper import LiveServer

from access.models import Tier
from registry.choices import ClientKind, Role
from registry.models import Organization
from tests import make
from tests.http import Answer, Program, sign_in

OWN = (
    *("registry:read", "requests:read", "requests:write", "grants:read", "grants:write"),
    *("holdings:read", "events:read", "access:evaluate", "members:read", "members:write"),
)
STAFF_ROLES = (Role.INTAKE, Role.REVIEWER, Role.RESTRICTOR, Role.CLEARED)
STAFF = (
    *OWN,
    "access:evaluate_any",
    "access:history",
    "review:write",
    "restrictions:write",
    "restrictions:impose",
)


def staff(live_server: LiveServer, *roles: Role) -> Program:
    operator = make.organization()
    return sign_in(live_server.url, operator, *STAFF, kind=ClientKind.STAFF, roles=roles)


def question(organization: Organization, tier: Tier, **context: Any) -> dict[str, Any]:
    return {
        "subject": {"type": "organization", "id": organization.slug},
        "action": {"name": "invoke"},
        "resource": {"type": "model", "id": tier.ai_models.get().slug},
        "context": context,
    }


def draft(partner: Program, at: Tier, **changes: Any) -> Answer:
    said = {
        "program": at.program.slug,
        "tier": at.slug,
        "purpose": "use",
        "justification": "To harden what we run.",
    }
    return partner.post("/api/v1/access-requests/", said | changes)
