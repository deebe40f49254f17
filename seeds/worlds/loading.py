"""Load a world that is kept as YAML, through the operations. A second run finds everything there.

What has a slug is skipped where the slug is taken. A fact has a key, which is its idempotency key: loading
it again answers as the first time did. A fact whose content has changed under the same key is refused:
what was told wrongly is superseded by a new fact, never edited.
"""

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Model

from access.choices import (
    Attribution,
    CountQualifier,
    Ground,
    HoldingManner,
    Holds,
    LegalForce,
    OrganizationClass,
    ProgramStatus,
    RestrictionBasis,
    RestrictionKind,
    Stance,
)
from access.models import PersonClass, Program
from access.operations import positions, programs, reports, restrictions
from access.operations.positions import About, Stated
from access.operations.restrictions import Exempted, Scope, Wording
from registry.actors import SYSTEM, Actor, Command
from registry.choices import (
    AssertionKind,
    JurisdictionKind,
    JurisdictionRole,
    ModelStage,
    OrganizationKind,
    Role,
    SourceGrade,
)
from registry.commands import Done
from registry.errors import NotFound
from registry.models import AIModel, Authority, Jurisdiction, Organization, Source, User
from registry.operations import (
    ai_models,
    authorities,
    facts,
    jurisdictions,
    organizations,
    sources,
    users,
)
from registry.operations.authorities import Competent
from registry.operations.organizations import OrganizationProfile
from seeds.worlds.reading import (
    Row,
    read_fact,
    read_happening,
    read_moment,
    read_period,
    read_world,
)

LOADER = "story-loader"
_LOADER_ROLES = (Role.INTAKE, Role.AUTHORITY_DESK)


@dataclass(frozen=True, slots=True)
class World:
    """A world on its way in: who loads it and when, and the restrictions that exceptions refer to."""

    name: str
    by: Actor
    at: dt.datetime
    restrictions: dict[str, UUID] = field(default_factory=dict)

    def command(self, row: Row) -> Command:
        """One act of the loader; the row's key, where it has one, makes a repeat answer as the first did."""
        key = f"{self.name}:{row['key']}" if "key" in row else None
        return Command(by=self.by, at=self.at, request_id=f"seed-{self.name}", idempotency=key)


def load(name: str, folder: Path, *, at: dt.datetime, tell: Callable[[str], Any]) -> None:
    """Load the world in the folder; tell of each section what it holds and how much of it was new."""
    sections = read_world(folder, _SECTIONS)
    world = World(name, enroll_loader(at), at)
    for section, rows in sections.items():
        new = sum(_load(world, section, row) for row in rows)
        tell(f"{name}: {section.replace('_', ' ')}: {len(rows)}, new: {new}")


def enroll_loader(at: dt.datetime) -> Actor:
    """The member of staff who loads worlds, registered where there is none. Nobody knows the password.

    A role that an administrator took away stays away.
    """
    command = Command(by=_find_administrator(at), at=at, request_id=LOADER)
    loader = User.objects.filter(username=LOADER).first()
    if loader is None:
        loader = users.register(
            command,
            username=LOADER,
            display_name="Loader of reported facts",
            email=f"{LOADER}@concordat.invalid",
            password=secrets.token_urlsafe(32),
        ).value
        # Nobody signs in with it, and nobody reads its mail.
        users.deactivate(command, user=LOADER)
    ever_held = set(loader.role_holdings.values_list("role", flat=True))
    for role in _LOADER_ROLES:
        if role not in ever_held:
            users.give_role(command, user=LOADER, role=role)
    return loader.as_actor()


def _find_administrator(at: dt.datetime) -> Actor:
    found = User.objects.filter(
        role_holdings__role=Role.ADMINISTRATOR,
        role_holdings__taken_at__isnull=True,
        is_active=True,
    ).first()
    if found is None:
        found = users.enroll_first_administrator(
            Command(by=SYSTEM, at=at, request_id=LOADER),
            username="story-administrator",
            display_name="Administrator of the loading",
            email="story-administrator@concordat.invalid",
            password=secrets.token_urlsafe(32),
        ).value
    return found.as_actor()


def _load(world: World, section: str, row: Row) -> bool:
    """Whether it was new."""
    known, load_one = _SECTIONS[section]
    if known is not None and known._default_manager.filter(slug=row["slug"]).exists():
        return False
    done = load_one(world, row)
    return done is not None and not done.replayed


def _find(model: type[Model], slug: str) -> UUID:
    """Raises NotFound."""
    found = model._default_manager.filter(slug=slug).first()
    if found is None:
        raise NotFound(str(model._meta.verbose_name), slug=slug)
    return UUID(str(found.pk))


def _find_any(model: type[Model], slug: str | None) -> UUID | None:
    return None if slug is None else _find(model, slug)


def _load_jurisdiction(world: World, row: Row) -> Done[Any]:
    return jurisdictions.register(
        world.command(row),
        slug=row["slug"],
        name=row["name"],
        kind=JurisdictionKind(row.get("kind", JurisdictionKind.STATE)),
        member_of={whole: read_moment(since) for whole, since in row.get("member_of", {}).items()},
    )


def _load_organization(world: World, row: Row) -> Done[Any]:
    profile = OrganizationProfile(
        slug=row["slug"],
        name=row["name"],
        kind=OrganizationKind(row["kind"]),
        jurisdictions=tuple((seat, JurisdictionRole.SEAT) for seat in row["seats"]),
    )
    return organizations.register(world.command(row), profile=profile)


def _load_model(world: World, row: Row) -> Done[Any]:
    return ai_models.register(
        world.command(row),
        slug=row["slug"],
        name=row["name"],
        developer=_find(Organization, row["developer"]),
        stage=ModelStage(row["stage"]),
        since=read_moment(row["since"]),
    )


def _load_program(world: World, row: Row) -> Done[Any]:
    return programs.register(
        world.command(row),
        slug=row["slug"],
        name=row["name"],
        developer=_find(Organization, row["developer"]),
        status=ProgramStatus(row["status"]),
        since=read_moment(row["since"]),
    )


def _load_authority(world: World, row: Row) -> Done[Any] | None:
    organization = _find(Organization, row["organization"])
    if Authority.objects.filter(organization=organization).exists():
        return None
    return authorities.register(
        world.command(row),
        organization=organization,
        competences=tuple(Competent(**said) for said in row["competences"]),
    )


def _load_source(world: World, row: Row) -> Done[Any]:
    return sources.register(world.command(row), **{**row, "grade": SourceGrade(row["grade"])})


def _load_person_class(world: World, row: Row) -> Done[Any]:
    return restrictions.define_person_class(
        world.command(row), **{**row, "outside_by": AssertionKind(row["outside_by"])}
    )


def _load_event(world: World, row: Row) -> Done[Any]:
    return facts.report_event(
        world.command(row), fact=read_fact(row), title=row["title"], period=read_happening(row)
    )


def _load_capability(world: World, row: Row) -> Done[Any]:
    return facts.report_capability(
        world.command(row),
        fact=read_fact(row),
        ai_model=_find(AIModel, row["ai_model"]),
        framework=row["framework"],
        framework_version=row["framework_version"],
        period=read_period(row),
    )


def _load_holding(world: World, row: Row) -> Done[Any]:
    many = row.get("organization_class")
    return reports.report_holding(
        world.command(row),
        fact=read_fact(row),
        ai_model=_find(AIModel, row["ai_model"]),
        holds=Holds(row["holds"]),
        manner=HoldingManner(row["manner"]),
        period=read_period(row),
        organization=_find_any(Organization, row.get("organization")),
        organization_class=None if many is None else OrganizationClass(many),
    )


def _load_count(world: World, row: Row) -> Done[Any]:
    return reports.state_count(
        world.command(row),
        fact=read_fact(row),
        ai_model=_find(AIModel, row["ai_model"]),
        qualifier=CountQualifier(row["qualifier"]),
        number=row["number"],
        of_what=row["of_what"],
        period=read_period(row),
        proposed=row.get("proposed", False),
    )


def _load_position(world: World, row: Row) -> Done[Any]:
    organization = _find(Organization, row["authority"])
    return positions.report_position(
        world.command(row),
        fact=read_fact(row),
        authority=Authority.objects.get(organization=organization).id,
        about=About(
            program=_find_any(Program, row.get("program")),
            ai_model=_find_any(AIModel, row.get("ai_model")),
        ),
        stated=Stated(
            stance=Stance(row["stance"]),
            statement=row["statement"],
            attribution=Attribution(row["attribution"]),
            legal_force=LegalForce(row["legal_force"]),
            grounds=tuple(Ground(ground) for ground in row.get("grounds", ())),
            speaker=row.get("speaker", ""),
        ),
        period=read_period(row),
    )


def _load_restriction(world: World, row: Row) -> Done[Any]:
    done = reports.report_restriction(
        world.command(row),
        fact=read_fact(row),
        kind=RestrictionKind(row["kind"]),
        basis=RestrictionBasis(row["basis"]),
        wording=Wording(title=row["title"], public=row["wording"]),
        scope=Scope(
            ai_models=tuple(_find(AIModel, slug) for slug in row["ai_models"]),
            person_class=row.get("person_class"),
        ),
        period=read_period(row),
    )
    world.restrictions[row["key"]] = done.value.id
    return done


def _load_exceptions(world: World, row: Row) -> Done[Any]:
    since = read_moment(row["since"])
    assert since is not None
    return reports.report_exceptions(
        world.command(row),
        restriction=world.restrictions[row["restriction"]],
        fact=read_fact(row),
        since=since,
        exceptions=tuple(
            Exempted(_find(Organization, slug), basis=row["basis"]) for slug in row["exempted"]
        ),
        complete=row["complete"],
    )


_SECTIONS: dict[str, tuple[type[Model] | None, Callable[[World, Row], Done[Any] | None]]] = {
    "jurisdictions": (Jurisdiction, _load_jurisdiction),
    "organizations": (Organization, _load_organization),
    "models": (AIModel, _load_model),
    "programs": (Program, _load_program),
    "authorities": (None, _load_authority),
    "sources": (Source, _load_source),
    "events": (None, _load_event),
    "capabilities": (None, _load_capability),
    "holdings": (None, _load_holding),
    "counts": (None, _load_count),
    "positions": (None, _load_position),
    "person_classes": (PersonClass, _load_person_class),
    "restrictions": (None, _load_restriction),
    "exceptions": (None, _load_exceptions),
}
