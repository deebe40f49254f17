"""Client programs: who they speak for, and what they may ask."""

import secrets
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import ClientKind, OrganizationKind, Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.errors import Invalid
from registry.events import Event
from registry.models import Client, Organization
from registry.operations.identifiers import read_identifier
from registry.policies import check_role

_NOT_FOR_PARTNERS = frozenset(
    {"access:evaluate_any", "answers:read", "review:write", "restrictions:write"}
)
_ALLOWED_MORE = {
    ClientKind.PARTNER: frozenset[str](),
    ClientKind.GATEWAY: frozenset({"access:evaluate_any"}),
    ClientKind.STAFF: _NOT_FOR_PARTNERS,
    ClientKind.AUTHORITY: frozenset[str](),
}


class ScopeUnknown(Invalid):
    code = "scope_unknown"
    text = _("There is no scope “%(scope)s” for a client of this kind.")


class ScopeForOwnGateways(Invalid):
    code = "scope_for_own_gateways"
    text = _("Only a developer's own gateway may ask about anyone.")


class SurfacesForGatewaysOnly(Invalid):
    code = "surfaces_for_gateways_only"
    text = _("Only a gateway serves surfaces.")


class RolesForStaffOnly(Invalid):
    code = "roles_for_staff_clients_only"
    text = _("Only a staff client can hold roles.")


def make_secret() -> str:
    """256 random bits, to be shown once: the registry keeps a hash."""
    return secrets.token_urlsafe(32)


def list_scopes() -> list[tuple[str, str]]:
    """Every scope with what it allows."""
    return list(settings.SCOPES.items())


@command
def register(
    command: Command,
    *,
    organization: UUID,
    name: str,
    kind: ClientKind,
    scopes: tuple[str, ...],
    secret: str,
    roles: tuple[Role, ...] = (),
    surfaces: tuple[str, ...] = (),
) -> Client:
    """A client with this secret, of which only the hash is kept.

    Raises RoleMissing, NotFound, ScopeUnknown, ScopeForOwnGateways, RolesForStaffOnly,
    SurfacesForGatewaysOnly, IdentifierUnreadable.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    owner = lock(
        Organization.objects.visible_to(command.by), organization, command, what="organization"
    )
    _check_scopes(kind, scopes)
    if kind is ClientKind.GATEWAY and "access:evaluate_any" in scopes:
        _check_developer(owner)
    if roles and kind is not ClientKind.STAFF:
        raise RolesForStaffOnly
    clock = read_clock(command, owner)
    row = Client(
        organization=owner,
        name=name,
        kind=kind,
        scopes=sorted(set(scopes)),
        roles=sorted(set(roles)),
        surfaces=_read_surfaces(kind, surfaces),
        client_type=Client.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Client.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
        changed_at=clock.at,
    )
    row.save(force_insert=True)
    audit.record(
        Event.CLIENT_REGISTERED,
        row,
        command,
        occurred_at=clock.at,
        kind=kind,
        scopes=row.scopes,
        roles=row.roles,
        surfaces=row.surfaces,
    )
    return row


@command
def serve(command: Command, *, client: UUID, surfaces: tuple[str, ...]) -> Client:
    """From this commit on the gateway serves exactly these surfaces: `scheme:value`, or `scheme:*`.

    Raises RoleMissing, NotFound, Stale, SurfacesForGatewaysOnly, IdentifierUnreadable.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    row = lock(Client.objects.filter(withdrawn_at__isnull=True), client, command, what="client")
    wanted = _read_surfaces(ClientKind(row.kind), surfaces)
    clock = read_clock(command, row)
    previous, row.surfaces = row.surfaces, wanted
    touch(row, clock, "surfaces")
    audit.record(
        Event.CLIENT_SURFACES_CHANGED,
        row,
        command,
        occurred_at=clock.at,
        surfaces=wanted,
        previous=previous,
    )
    return row


@command
def withdraw(command: Command, *, client: UUID) -> Client:
    """The client gets no token any more, and its tokens end with this commit.

    Raises RoleMissing, NotFound, Stale.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    row = lock(Client.objects.filter(withdrawn_at__isnull=True), client, command, what="client")
    clock = read_clock(command, row)
    row.withdrawn_at = clock.at
    touch(row, clock, "withdrawn_at")
    audit.record(Event.CLIENT_WITHDRAWN, row, command, occurred_at=clock.at)
    return row


def _check_scopes(kind: ClientKind, scopes: tuple[str, ...]) -> None:
    known = (settings.SCOPES.keys() - _NOT_FOR_PARTNERS) | _ALLOWED_MORE[kind]
    for scope in scopes:
        if scope not in known:
            raise ScopeUnknown(scope=scope)


def _check_developer(owner: Organization) -> None:
    """Whoever enforces for others is told of what it serves; a developer enforces for itself."""
    own = owner.versions.current().filter(valid__upper_inf=True, kind=OrganizationKind.DEVELOPER)
    if not own.exists():
        raise ScopeForOwnGateways


def _read_surfaces(kind: ClientKind, surfaces: tuple[str, ...]) -> list[str]:
    if surfaces and kind is not ClientKind.GATEWAY:
        raise SurfacesForGatewaysOnly
    return sorted({":".join(read_identifier(surface)) for surface in surfaces})
