"""An invented list, and who is screened against it: one hit that waits for a person, one cleared, a share unknown."""

import csv
import io
from uuid import UUID

from access.models import AccessRequest
from registry.choices import RelationKind, ScreeningListKind
from registry.models import Organization, ScreeningHit
from registry.operations import (
    relations,
    screening_hits,
    screening_lists,
    screening_runs,
    screening_snapshots,
)
from registry.operations.screening_lists import ListProfile
from registry.operations.screening_readers import COLUMNS
from registry.queries.screening import current_hits
from seeds.worlds.demo.acting import World, find_organization
from seeds.worlds.demo.names import VENDOR, Part
from seeds.worlds.demo.setting import find_terms
from seeds.worlds.demo.staged import RED_TEAM

LIST = "synthetic-watch-list"


def screen(world: World) -> None:
    """After the request that is reviewed in stages: its organization is the one whose hit is open."""
    asking = AccessRequest.objects.select_related("organization").get(tier__slug=RED_TEAM)
    namesake = Organization.objects.get(slug=Part.IN_FORCE.slug)
    _own_in_part(world, asking.organization_id)
    _load(world, asking.organization, namesake)
    for about in (asking.organization, namesake):
        world.act("reviewer", f"screen:{about.slug}", screening_runs.screen, organization=about.id)
    _clear(world, current_hits().get(organization=namesake))


def _own_in_part(world: World, owned: UUID) -> None:
    """Nobody knows which part: a flag beside the result."""
    world.act(
        "intake",
        "relation:part-owner",
        relations.register,
        subject=find_organization(VENDOR.slug),
        kind=RelationKind.OWNS,
        to=owned,
    )


def _load(world: World, hit: Organization, namesake: Organization) -> None:
    row = world.act(
        "administrator",
        "screening-list",
        screening_lists.register,
        profile=ListProfile(
            slug=LIST,
            name="Synthetic watch list",
            issuer="Synthetic Regulator",
            kind=ScreeningListKind.OTHER,
            source="Invented for the demonstration",
        ),
        synthetic=True,
    )
    number = hit.identifiers.current().order_by("scheme", "value")[0]
    lines = (
        ("W-001", "Invented Trading House", "", f"{number.scheme}:{number.value}", "Nowhere"),
        ("W-002", namesake.name, "", "", "Nowhere"),
        ("W-003", "Invented Holding", "Invented Holding Company; IHC", "", "Nowhere"),
    )
    file = io.StringIO()
    csv.writer(file).writerows([list(COLUMNS), *lines])
    uploaded = world.act(
        "intake",
        "screening-snapshot",
        screening_snapshots.upload,
        screening_list=row.id,
        as_of=find_terms().published_at.date(),
        file_name="synthetic-watch-list.csv",
        content=file.getvalue().encode(),
    )
    world.act("intake", "screening-snapshot:use", screening_snapshots.commit, snapshot=uploaded.id)


def _clear(world: World, hit: ScreeningHit) -> None:
    world.act(
        "reviewer2",
        f"screening:clear:{hit.organization_id}",
        screening_hits.clear,
        hit=hit.id,
        note="Another organization of that name: the one listed is said to be nowhere.",
    )
