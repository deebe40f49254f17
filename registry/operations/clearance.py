"""Reading what only cleared roles may read. That it was read is recorded."""

from uuid import UUID

from registry import audit
from registry.choices import Role
from registry.commands import Command, command, read_clock
from registry.errors import NotFound
from registry.events import Event
from registry.models import Organization
from registry.policies import check_role


@command
def reveal_name(command: Command, *, organization: UUID) -> Organization:
    """The organization, with its `true_name` read. Raises RoleMissing, NotFound."""
    check_role(command.by, Role.CLEARED)
    row = Organization.objects.filter(pk=organization).first()
    if row is None:
        raise NotFound("organization")
    clock = read_clock(command)
    row.true_name = row.versions.current().get(valid__upper_inf=True).name
    audit.record(Event.NAME_REVEALED, row, command, occurred_at=clock.recorded, concerned=())
    return row
