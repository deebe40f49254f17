"""Organizations as they are now or were, and by whatever name somebody knows them."""

from collections import defaultdict
from collections.abc import Iterable
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


def find_exactly(names: Iterable[str]) -> dict[str, list[Organization]]:
    """Whom each slug or `scheme:value` names now: nobody (then it is left out), one, or more. Two queries."""
    wanted = set(names)
    pairs = [text.split(":", 1) for text in wanted if ":" in text]
    identifiers = ExternalIdentifier.objects.current().filter(
        scheme__in=[pair[0] for pair in pairs],
        value__in=[pair[1] for pair in pairs],
        valid__upper_inf=True,
        organization__isnull=False,
    )
    found: dict[str, list[Organization]] = defaultdict(list)
    for row in identifiers.select_related("organization").order_by("organization__slug"):
        assert row.organization is not None
        found[f"{row.scheme}:{row.value}"].append(row.organization)
    for organization in Organization.objects.filter(slug__in=wanted):
        found[organization.slug].append(organization)
    return {name: rows for name, rows in found.items() if name in wanted}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
