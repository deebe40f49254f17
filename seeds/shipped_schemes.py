"""Schemes that are shipped with the project as data, registered where an edition is not there yet."""

from pathlib import Path
from typing import Any

import yaml

from registry.actors import Command
from registry.choices import SchemeKind, SourceGrade
from registry.models import Scheme
from registry.operations import schemes
from registry.operations.schemes import SchemeProfile

_FOLDER = Path(__file__).parent / "schemes"


def read_schemes() -> list[dict[str, Any]]:
    """The rows of `seeds/schemes/*.yaml`, as they are written."""
    return [
        row
        for path in sorted(_FOLDER.glob("*.yaml"))
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def register_shipped(command: Command) -> list[Scheme]:
    """Register the editions that nobody has registered yet; those registered now. Raises RoleMissing."""
    known = set(Scheme.objects.values_list("slug", "edition"))
    return [
        schemes.register(command, profile=_read(row)).value
        for row in read_schemes()
        if (row["slug"], row["edition"]) not in known
    ]


def _read(row: dict[str, Any]) -> SchemeProfile:
    said = row | {
        "kind": SchemeKind(row["kind"]),
        "grade": SourceGrade(row["grade"]),
        "levels": tuple(row.get("levels", ())),
    }
    return SchemeProfile(**said)
