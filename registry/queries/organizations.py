"""Organizations as they are now or were, and by whatever name somebody knows them."""

from uuid import UUID

from registry.actors import Actor
from registry.errors import NotFound
from registry.models import ExternalIdentifier, Organization


def find(identifier: str, *, actor: Actor) -> Organization:
    """The one organization with this slug, UUID or `scheme:value`, as far as the actor may know of it.

    Raises NotFound, also where an identifier names more than one.
    """
    visible = Organization.objects.visible_to(actor)
    scheme, colon, value = identifier.partition(":")
    if colon:
        named = ExternalIdentifier.objects.current().filter(
            scheme=scheme, value=value, valid__upper_inf=True, organization__isnull=False
        )
        found = visible.filter(pk__in=named.values("organization"))
    else:
        found = (
            visible.filter(pk=identifier)
            if _is_uuid(identifier)
            else visible.filter(slug=identifier)
        )
    rows = list(found[:2])
    if len(rows) != 1:
        raise NotFound("organization")
    return rows[0]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
