"""Rows of a world that the registry keeps: places, bodies, models, sources, what happened."""

from typing import Any

from registry.choices import (
    Channel,
    JurisdictionKind,
    JurisdictionRole,
    ModelStage,
    OrganizationKind,
    SourceGrade,
)
from registry.commands import Done
from registry.models import AIModel, Authority, Organization
from registry.operations import (
    ai_models,
    authorities,
    facts,
    jurisdictions,
    organizations,
    sources,
)
from registry.operations.authorities import Competent
from registry.operations.organizations import OrganizationProfile
from seeds.worlds.loader import World, find
from seeds.worlds.reading import (
    Row,
    read_fact,
    read_happening,
    read_moment,
    read_period,
)


def load_jurisdiction(world: World, row: Row) -> Done[Any]:
    return jurisdictions.register(
        world.command(row),
        slug=row["slug"],
        name=row["name"],
        kind=JurisdictionKind(row.get("kind", JurisdictionKind.STATE)),
        member_of={whole: read_moment(since) for whole, since in row.get("member_of", {}).items()},
    )


def load_organization(world: World, row: Row) -> Done[Any]:
    profile = OrganizationProfile(
        slug=row["slug"],
        name=row["name"],
        kind=OrganizationKind(row["kind"]),
        jurisdictions=tuple((seat, JurisdictionRole.SEAT) for seat in row["seats"]),
    )
    return organizations.register(world.command(row), profile=profile)


def load_model(world: World, row: Row) -> Done[Any]:
    return ai_models.register(
        world.command(row),
        slug=row["slug"],
        name=row["name"],
        developer=find(Organization, row["developer"]),
        stage=ModelStage(row["stage"]),
        since=read_moment(row["since"]),
    )


def load_authority(world: World, row: Row) -> Done[Any] | None:
    organization = find(Organization, row["organization"])
    if Authority.objects.filter(organization=organization).exists():
        return None
    return authorities.register(
        world.command(row),
        organization=organization,
        competences=tuple(Competent(**said) for said in row["competences"]),
        channels=tuple(
            (Channel(channel), address) for channel, address in row.get("channels", {}).items()
        ),
    )


def load_source(world: World, row: Row) -> Done[Any]:
    return sources.register(world.command(row), **{**row, "grade": SourceGrade(row["grade"])})


def load_event(world: World, row: Row) -> Done[Any]:
    done = facts.report_event(
        world.command(row), fact=read_fact(row), title=row["title"], period=read_happening(row)
    )
    world.known[row["key"]] = done.value.id
    return done


def load_capability(world: World, row: Row) -> Done[Any]:
    return facts.report_capability(
        world.command(row),
        fact=read_fact(row),
        ai_model=find(AIModel, row["ai_model"]),
        framework=row["framework"],
        framework_version=row["framework_version"],
        period=read_period(row),
    )
