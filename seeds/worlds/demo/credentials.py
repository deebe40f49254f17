"""Client programs of the demonstration, and the file that tells who may sign in with what."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from registry.choices import ClientKind, Role
from registry.models import Client
from registry.operations import clients
from seeds.worlds.demo import points
from seeds.worlds.demo.acting import World, find_organization
from seeds.worlds.demo.names import DEVELOPER, REGULATOR, Part
from seeds.worlds.demo.people import STAFF

_PARTNER = (
    *("registry:read", "requests:read", "requests:write", "grants:read", "grants:write"),
    *("holdings:read", "events:read", "access:evaluate", "access:history"),
    *("members:read", "members:write", "incidents:read", "incidents:write"),
)
_GATEWAY = (
    *("access:evaluate", "access:evaluate_any", "access:history", "access:explain"),
    *("holdings:read", "registry:read", "enforcement:report"),
)
_STAFF = (
    *(*_PARTNER, "access:evaluate_any", "access:explain", "answers:read"),
    *("review:write", "restrictions:write", "restrictions:impose"),
    *("obligations:read", "obligations:write", "filings:read", "filings:write"),
)


@dataclass(frozen=True, slots=True)
class _Program:
    kind: ClientKind
    organization: str
    scopes: tuple[str, ...]
    roles: tuple[Role, ...] = ()

    @property
    def name(self) -> str:
        return f"Synthetic {self.kind} program of {self.organization}"


def write_credentials(world: World, file: Path, *, staff: list[str], password: str) -> None:
    """Register the client programs with new secrets, and write who signs in with what for its owner only.

    A program that an earlier file told of is withdrawn: its secret is not kept anywhere else.
    """
    told = {
        "staff": [
            {"username": username, "password": password, "role": STAFF[username][1].value}
            for username in staff
        ],
        "clients": [_register(world, program) for program in _programs(world)],
    }
    half = file.with_name(f"{file.name}.part")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        json.dump(told, opened, indent=1)
    half.replace(file)


def _programs(world: World) -> list[_Program]:
    """One partner that holds access and one that asks for it, a gateway, staff tooling, an authority."""
    return [
        _Program(ClientKind.PARTNER, Part.IN_FORCE.slug, _PARTNER),
        _Program(ClientKind.PARTNER, world.size.lines()[0].slug, _PARTNER),
        _Program(ClientKind.GATEWAY, DEVELOPER.slug, _GATEWAY),
        _Program(ClientKind.STAFF, DEVELOPER.slug, _STAFF, tuple(Role)),
        _Program(ClientKind.AUTHORITY, REGULATOR.slug, ("registry:read",)),
    ]


def _register(world: World, program: _Program) -> dict[str, object]:
    organization = find_organization(program.organization)
    for earlier in Client.objects.filter(
        organization=organization, name=program.name, withdrawn_at__isnull=True
    ):
        clients.withdraw(world.command("administrator"), client=earlier.id)
    secret = clients.make_secret()
    row = clients.register(
        world.command("administrator"),
        organization=organization,
        name=program.name,
        kind=program.kind,
        scopes=program.scopes,
        secret=secret,
        roles=program.roles,
    ).value
    if program.kind is ClientKind.GATEWAY:
        points.hand_over(world, row)
    return {
        "role": program.kind.value,
        "organization": program.organization,
        "client_id": row.client_id,
        "client_secret": secret,
        "scopes": list(row.scopes),
    }
