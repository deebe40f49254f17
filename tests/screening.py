"""What tests of screening need to exist: lists, snapshots in use, organizations screened."""

import datetime as dt
from typing import Any

from registry.actors import SYSTEM
from registry.choices import Role, ScreeningListKind
from registry.models import Organization, ScreeningHit, ScreeningList, ScreeningSnapshot
from registry.operations import (
    screening_hits,
    screening_lists,
    screening_runs,
    screening_snapshots,
)
from registry.operations.screening_lists import ListProfile
from registry.queries.screening import current_hits, find_standings, is_work_waiting
from tests import make

DAY = dt.date(2026, 7, 1)
ASKS = {"code": "screening", "title": "Screening cleared", "kind": "screening"}
HEAD = "reference,name,aliases,identifiers,jurisdiction"


def screening_list(slug: str = "watch", **more: Any) -> ScreeningList:
    """A list that nothing was loaded of."""
    synthetic = more.pop("synthetic", False)
    said: dict[str, Any] = {
        "slug": slug,
        "name": f"List {slug}",
        "issuer": "An office",
        "kind": ScreeningListKind.OTHER,
        "source": "The tests",
    } | more
    return screening_lists.register(
        make.by(make.staff(Role.ADMINISTRATOR)), profile=ListProfile(**said), synthetic=synthetic
    ).value


def uploaded(of: ScreeningList, *lines: str, as_of: dt.date = DAY) -> ScreeningSnapshot:
    """A snapshot as a file told it; each line is a party, with what the columns of `HEAD` hold."""
    return screening_snapshots.upload(
        make.by(make.staff(Role.INTAKE)),
        screening_list=of.id,
        as_of=as_of,
        file_name="list.csv",
        content="\n".join((HEAD, *lines)).encode(),
    ).value


def used(of: ScreeningList, *lines: str, as_of: dt.date = DAY) -> ScreeningSnapshot:
    """The same, taken into use."""
    row = uploaded(of, *lines, as_of=as_of)
    screening_snapshots.commit(make.by(make.staff(Role.INTAKE)), snapshot=row.id)
    work()
    row.refresh_from_db()
    return row


def screened(row: Organization) -> str:
    """Screen it, and say where it stands."""
    screening_runs.screen(make.by(make.staff(Role.REVIEWER)), organization=row.id)
    return standing(row)


def standing(row: Organization) -> str:
    return find_standings([row.id])[row.id].state.value


def hit(of: Organization) -> ScreeningHit:
    """The one hit that its last screening has."""
    return current_hits().get(organization=of)


def cleared(row: ScreeningHit, note: str = "Another company of that name.") -> ScreeningHit:
    return screening_hits.clear(
        make.by(make.staff(Role.REVIEWER, Role.CLEARED)), hit=row.id, note=note
    ).value


def confirmed(row: ScreeningHit) -> ScreeningHit:
    return screening_hits.confirm(
        make.by(make.staff(Role.REVIEWER, Role.CLEARED)), hit=row.id, note="The same number."
    ).value


def work() -> None:
    """What the worker does, until nothing is left."""
    while is_work_waiting(synthetic=False):
        screening_runs.go_on(make.by(SYSTEM), synthetic=False)


def skip() -> None:
    """What the worker does first, and dies: lists are in use, and nobody is screened against them."""
    screening_runs.go_on(make.by(SYSTEM), synthetic=False, limit=0)
