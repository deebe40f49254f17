"""In which sector an organization works: said with whose word it is, and changed from now on."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import Role, Sector
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.errors import Invalid
from registry.events import Event
from registry.models import Organization, OrganizationSector
from registry.operations.csv_rows import Row, ValueMissing
from registry.policies import check_role
from registry.versions import change_from, open_version, span


class SectorSourceMissing(Invalid):
    code = "sector_source_missing"
    text = _("Say on whose word the organization works in this sector.")


@dataclass(frozen=True, slots=True)
class Classified:
    """A sector with the source that says it."""

    sector: Sector
    source: str


def read_sector(row: Row) -> Classified | None:
    """What the columns `sector` and `sector_source` of a file say. None, noted on the row where it is half said."""
    if not row.text("sector") and not row.text("sector_source"):
        return None
    sector = row.choice("sector", Sector)
    if not row.text("sector_source"):
        row.refuse("sector_source", ValueMissing())
    if not row.text("sector"):
        row.refuse("sector", ValueMissing())
    return None if sector is None else Classified(sector, row.text("sector_source"))


@command
def classify(command: Command, *, organization: UUID, sector: Sector, source: str) -> Organization:
    """From now on the organization works in this sector, by this source; again changes nothing.

    Raises RoleMissing, NotFound, Stale, SectorSourceMissing.
    """
    check_role(command.by, Role.INTAKE)
    row = lock(
        Organization.objects.visible_to(command.by), organization, command, what="organization"
    )
    clock = read_clock(command, row)
    if _classify(command, row, Classified(sector, source), clock=clock):
        touch(row, clock)
    return row


def _classify(command: Command, row: Organization, found: Classified, *, clock: Clock) -> bool:
    """Write it down of a locked organization; whether it is news. Raises SectorSourceMissing."""
    if not found.source.strip():
        raise SectorSourceMissing
    current = row.sectors.current().filter(valid__upper_inf=True).first()
    said = {"sector": found.sector, "source": found.source.strip()}
    if current is None:
        first = OrganizationSector(organization=row, valid=span(clock.start()), **said)
        open_version(first, recorded=clock.recorded)
    elif all(getattr(current, key) == value for key, value in said.items()):
        return False
    else:
        change_from(current, at=clock.start(), recorded=clock.recorded, **said)
    audit.record(
        Event.ORGANIZATION_CLASSIFIED,
        row,
        command,
        occurred_at=clock.at,
        sector=found.sector,
        private={"source": found.source},
    )
    return True
