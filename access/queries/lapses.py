"""What lapsed while a restriction was in force: it lengthens nothing, so somebody must renew."""

import datetime as dt
from uuid import UUID

from django.db.models import Max, Prefetch, QuerySet

from access.models import Grant, GrantItem, Restriction
from access.queries.scopes import scope_of
from access.queries.stops import find_lapsed


def list_lapsed(row: Restriction, *, at: dt.datetime) -> QuerySet[Grant]:
    """Grants in its scope that ran out between its beginning and its end, or `at`, by their organizations.

    Each with `over_at`, its renewal and its successor where there are any, in two queries.
    """
    version = (
        row.versions.filter(valid__contains=row.imposed_at)
        .current()
        .select_related("person_class")
        .first()
    )
    found: list[UUID] = []
    if version is not None:
        found = find_lapsed(scope_of(version), since=row.imposed_at, until=row.lifted_at or at)
    items = GrantItem.objects.current().select_related("ai_model").order_by("ai_model__slug")
    return (
        Grant.objects.filter(pk__in=found)
        .annotate(over_at=Max("items__valid__endswith"))
        .select_related("organization", "tier", "program", "renewal", "successor")
        .prefetch_related(Prefetch("items", items))
        .order_by("organization__slug", "id")
    )
