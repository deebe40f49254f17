"""Questions about a person that every app asks alike. A policy raises; `may` functions ask."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry.actors import Actor
from registry.choices import Role
from registry.errors import Forbidden


class RoleMissing(Forbidden):
    """The act belongs to a role that the actor does not hold."""

    code = "role_missing"
    text = _("This needs the role: %(roles)s.")


class NotYours(Forbidden):
    """The act belongs to the organization concerned."""

    code = "not_yours"
    text = _("Only the organization concerned may do this.")


def check_role(actor: Actor, *roles: Role) -> None:
    """Raise RoleMissing unless a member of staff, or a staff client, holds one of the roles."""
    if not (actor.is_staff and actor.has(*roles)):
        raise RoleMissing(roles=", ".join(str(role.label) for role in roles))


def check_own(actor: Actor, organization: UUID) -> None:
    """Raise NotYours unless the actor speaks for the organization."""
    if actor.organization_id != organization or actor.is_staff:
        raise NotYours
