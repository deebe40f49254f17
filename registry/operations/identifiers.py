"""External identifiers: what others call an organization, a model or a released version of one."""

import datetime as dt
import re
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Invalid, NotFound
from registry.events import Event
from registry.followers import follow
from registry.models import AIModel, ExternalIdentifier, ModelRelease, Organization
from registry.operations.screening_runs import _facts_changed
from registry.policies import check_role
from registry.versions import end_at, open_version, span

_FORM = re.compile(r"(?P<scheme>[a-z][a-z0-9-]{1,39}):(?P<value>\S{1,200})")


class IdentifierUnreadable(Invalid):
    code = "identifier_unreadable"
    text = _("“%(identifier)s” is not of the form scheme:value.")


class IdentifierKnown(Conflict):
    code = "identifier_known"
    text = _("The identifier “%(identifier)s” is registered for it already.")


def read_identifier(text: str) -> tuple[str, str]:
    """Scheme and value of `scheme:value`. Raises IdentifierUnreadable."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise IdentifierUnreadable(identifier=text)
    return found["scheme"], found["value"]


@command
def register(command: Command, *, organization: UUID, identifier: str) -> Organization:
    """From now on the organization is also known by this identifier.

    Raises RoleMissing, NotFound, Stale, IdentifierUnreadable, IdentifierKnown.
    """
    check_role(command.by, Role.INTAKE)
    row = lock(
        Organization.objects.visible_to(command.by), organization, command, what="organization"
    )
    clock = read_clock(command, row)
    _identify(command, row, identifier, clock=clock, since=clock.start())
    touch(row, clock)
    follow(command, _facts_changed(command, [row.id]))
    return row


@command
def withdraw(command: Command, *, organization: UUID, identifier: str) -> Organization:
    """From now on the identifier no longer names the organization.

    Raises RoleMissing, NotFound, Stale, IdentifierUnreadable.
    """
    check_role(command.by, Role.INTAKE)
    row = lock(
        Organization.objects.visible_to(command.by), organization, command, what="organization"
    )
    scheme, value = read_identifier(identifier)
    clock = read_clock(command, row)
    held = row.identifiers.current().filter(scheme=scheme, value=value, valid__upper_inf=True)
    found = held.first()
    if found is None:
        raise NotFound("identifier")
    end_at(found, at=clock.end, recorded=clock.recorded)
    touch(row, clock)
    audit.record(
        Event.IDENTIFIER_WITHDRAWN, row, command, occurred_at=clock.recorded, identifier=identifier
    )
    follow(command, _facts_changed(command, [row.id]))
    return row


def _identify(
    command: Command,
    named: Organization | AIModel | ModelRelease,
    identifier: str,
    *,
    clock: Clock,
    since: dt.datetime | None,
) -> ExternalIdentifier:
    """Inside the caller's transaction, with `named` locked or new."""
    scheme, value = read_identifier(identifier)
    row = ExternalIdentifier(scheme=scheme, value=value, valid=span(since))
    if isinstance(named, Organization):
        row.organization = named
    elif isinstance(named, AIModel):
        row.ai_model = named
    else:
        row.release = named
    refusal = IdentifierKnown(identifier=identifier)
    with violation_means("external_identifier_once_per_organization", refusal):
        open_version(row, recorded=clock.recorded)
    audit.record(
        Event.IDENTIFIER_REGISTERED, named, command, occurred_at=clock.at, identifier=identifier
    )
    return row
