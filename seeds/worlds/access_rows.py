"""Rows of a world that are about access: programs, holdings, counts, positions, restrictions."""

from typing import Any

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
from access.models import Program
from access.operations import person_classes, positions, programs, reports
from access.operations.positions import About, Stated
from access.operations.restrictions import Exempted, Wording
from access.queries.scopes import Scope
from registry.choices import (
    AssertionKind,
)
from registry.commands import Done
from registry.models import AIModel, Authority, Organization
from seeds.worlds.loader import World, find, find_any
from seeds.worlds.reading import (
    Row,
    read_fact,
    read_moment,
    read_period,
)


def load_program(world: World, row: Row) -> Done[Any]:
    return programs.register(
        world.command(row),
        slug=row["slug"],
        name=row["name"],
        developer=find(Organization, row["developer"]),
        status=ProgramStatus(row["status"]),
        since=read_moment(row["since"]),
    )


def load_person_class(world: World, row: Row) -> Done[Any]:
    return person_classes.define(
        world.command(row), **{**row, "outside_by": AssertionKind(row["outside_by"])}
    )


def load_holding(world: World, row: Row) -> Done[Any]:
    many = row.get("organization_class")
    return reports.report_holding(
        world.command(row),
        fact=read_fact(row),
        ai_model=find(AIModel, row["ai_model"]),
        holds=Holds(row["holds"]),
        manner=HoldingManner(row["manner"]),
        period=read_period(row),
        organization=find_any(Organization, row.get("organization")),
        organization_class=None if many is None else OrganizationClass(many),
    )


def load_count(world: World, row: Row) -> Done[Any]:
    return reports.state_count(
        world.command(row),
        fact=read_fact(row),
        ai_model=find(AIModel, row["ai_model"]),
        qualifier=CountQualifier(row["qualifier"]),
        number=row["number"],
        of_what=row["of_what"],
        period=read_period(row),
        proposed=row.get("proposed", False),
    )


def load_position(world: World, row: Row) -> Done[Any]:
    organization = find(Organization, row["authority"])
    done = positions.report_position(
        world.command(row),
        fact=read_fact(row),
        authority=Authority.objects.get(organization=organization).id,
        about=About(
            program=find_any(Program, row.get("program")),
            ai_model=find_any(AIModel, row.get("ai_model")),
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
    world.known[row["key"]] = done.value.id
    return done


def load_restriction(world: World, row: Row) -> Done[Any]:
    done = reports.report_restriction(
        world.command(row),
        fact=read_fact(row),
        kind=RestrictionKind(row["kind"]),
        basis=RestrictionBasis(row["basis"]),
        wording=Wording(title=row["title"], public=row["wording"]),
        scope=Scope(
            ai_models=tuple(find(AIModel, slug) for slug in row["ai_models"]),
            person_class=row.get("person_class"),
        ),
        period=read_period(row),
    )
    world.restrictions[row["key"]] = done.value.id
    return done


def load_exceptions(world: World, row: Row) -> Done[Any]:
    since = read_moment(row["since"])
    assert since is not None
    return reports.report_exceptions(
        world.command(row),
        restriction=world.restrictions[row["restriction"]],
        fact=read_fact(row),
        since=since,
        exceptions=tuple(
            Exempted(find(Organization, slug), basis=row["basis"]) for slug in row["exempted"]
        ),
        complete=row["complete"],
    )
