"""The interests of staff in organizations that hold now, and whether one reaches an organization."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from registry.actors import Actor, ActorKind
from registry.models import Interest
from registry.queries.ties import find_tie


def lasting_interests() -> QuerySet[Interest]:
    """Those that hold now, by the database's clock."""
    return Interest.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=Now()), starts_at__lte=Now()
    )


def has_interest(person: Actor, *organizations: UUID) -> bool:
    """Whether the person has one in any of these or its group; a program has that of whom it speaks for."""
    starts = set() if person.organization_id is None else {person.organization_id}
    if person.kind is ActorKind.USER:
        own = lasting_interests().filter(person=person.id)
        starts |= set(own.values_list("organization_id", flat=True))
    return any(find_tie(starts, organization) is not None for organization in organizations)
