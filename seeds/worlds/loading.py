"""Load a world that is kept as YAML, through the operations. A second run finds everything there.

What has a slug is skipped where the slug is taken. A fact has a key, which is its idempotency key: loading
it again answers as the first time did. A fact whose content has changed under the same key is refused:
what was told wrongly is superseded by a new fact, never edited.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db.models import Model

from access.models import PersonClass, Program
from registry.commands import Done
from registry.models import AIModel, Jurisdiction, Organization, Source
from seeds.worlds import access_rows, authority_rows, duty_rows, registry_rows
from seeds.worlds.loader import World, enroll_loader
from seeds.worlds.reading import (
    Row,
    read_world,
)


def load(name: str, folder: Path, *, at: dt.datetime, tell: Callable[[str], Any]) -> None:
    """Load the world in the folder; tell of each section what it holds and how much of it was new."""
    sections = read_world(folder, _SECTIONS)
    world = World(name, enroll_loader(at), at)
    for section, rows in sections.items():
        new = sum(_load(world, section, row) for row in rows)
        tell(f"{name}: {section.replace('_', ' ')}: {len(rows)}, new: {new}")


def _load(world: World, section: str, row: Row) -> bool:
    """Whether it was new."""
    known, load_one = _SECTIONS[section]
    if known is not None and known._default_manager.filter(slug=row["slug"]).exists():
        return False
    done = load_one(world, row)
    return done is not None and not done.replayed


_SECTIONS: dict[str, tuple[type[Model] | None, Callable[[World, Row], Done[Any] | None]]] = {
    "jurisdictions": (Jurisdiction, registry_rows.load_jurisdiction),
    "organizations": (Organization, registry_rows.load_organization),
    "models": (AIModel, registry_rows.load_model),
    "programs": (Program, access_rows.load_program),
    "authorities": (None, registry_rows.load_authority),
    "mandates": (None, duty_rows.load_mandate),
    "sources": (Source, registry_rows.load_source),
    "events": (None, registry_rows.load_event),
    "capabilities": (None, registry_rows.load_capability),
    "holdings": (None, access_rows.load_holding),
    "counts": (None, access_rows.load_count),
    "positions": (None, access_rows.load_position),
    "person_classes": (PersonClass, access_rows.load_person_class),
    "restrictions": (None, access_rows.load_restriction),
    "exceptions": (None, access_rows.load_exceptions),
    "dialogues": (None, authority_rows.load_dialogue),
    "dialogue_records": (None, authority_rows.load_dialogue_record),
    "demands": (None, authority_rows.load_demand),
    "notices": (None, authority_rows.load_notice),
    "disclosures": (None, authority_rows.load_disclosure),
    "duty_holders": (None, duty_rows.load_duty_holder),
    "incidents": (None, duty_rows.load_incident),
}
