"""Which attestations an authority says that it accepts. A statement of its own; that the registry counts one scheme
as another is a recognition."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Invalid, NotFound
from registry.events import Event
from registry.models import AcceptedScheme, Authority, Scheme
from registry.operations.schemes import check_level
from registry.policies import check_role


class AcceptanceUnproven(Invalid):
    code = "acceptance_unproven"
    text = _("Say where the authority states that it accepts the scheme.")


class AcceptedAlready(Conflict):
    code = "scheme_accepted_already"
    text = _("It is on record that the authority accepts “%(scheme)s”. Take that back first.")


@command
def state(
    command: Command, *, authority: UUID, scheme: UUID, basis: str, level: str = ""
) -> Authority:
    """The authority accepts attestations under this edition, at the level or above.

    Raises RoleMissing, AcceptanceUnproven, NotFound, Stale, LevelUnknown, AcceptedAlready.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    if not basis.strip():
        raise AcceptanceUnproven
    row = lock(Authority.objects.all(), authority, command, what="authority")
    found = Scheme.objects.filter(pk=scheme).first()
    if found is None:
        raise NotFound("scheme")
    check_level(found, level)
    clock = read_clock(command, row)
    with violation_means("accepted_scheme_once", AcceptedAlready(scheme=str(found))):
        AcceptedScheme.objects.create(
            authority=row,
            scheme=found,
            level=level,
            basis=basis.strip(),
            stated_by=command.by.key,
            stated_at=clock.recorded,
        )
    touch(row, clock)
    audit.record(
        Event.AUTHORITY_SCHEME_ACCEPTED,
        row,
        command,
        occurred_at=clock.at,
        scheme=found.slug,
        edition=found.edition,
        level=level,
        private={"basis": basis},
    )
    return row


@command
def withdraw(command: Command, *, authority: UUID, scheme: UUID) -> Authority:
    """It is not said, or not any more. Raises RoleMissing, NotFound, Stale."""
    check_role(command.by, Role.AUTHORITY_DESK)
    row = lock(Authority.objects.all(), authority, command, what="authority")
    clock = read_clock(command, row)
    said = row.accepted_schemes.filter(scheme=scheme, ended_at__isnull=True)
    if not said.update(ended_at=clock.recorded):
        raise NotFound("accepted scheme")
    touch(row, clock)
    audit.record(
        Event.AUTHORITY_SCHEME_WITHDRAWN, row, command, occurred_at=clock.at, scheme_id=scheme
    )
    return row
