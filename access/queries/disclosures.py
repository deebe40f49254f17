"""To whom a name was given: the disclosure log as pages, API and export show it."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from access.models import DisclosedName, Disclosure
from registry.actors import Actor
from registry.models import Citation


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: each that is given narrows. `sha256` is that of a document. `history`: also what was
    corrected or taken back since.
    """

    organization: UUID | None = None
    authority: UUID | None = None
    sha256: str = ""
    as_of: dt.datetime | None = None
    known_at: dt.datetime | None = None
    history: bool = False


def list_disclosures(actor: Actor, wanted: Wanted) -> QuerySet[Disclosure]:
    """The latest first, with names, documents and sources in a fixed number of queries."""
    rows = Disclosure.objects.visible_to(actor)
    if not wanted.history or not actor.is_staff:
        rows = rows.standing(wanted.as_of, wanted.known_at)
    asked = Q()
    if wanted.organization is not None:
        named = DisclosedName.objects.filter(organization=wanted.organization)
        asked &= Q(pk__in=named.values("disclosure"))
    if wanted.authority is not None:
        asked &= Q(authority=wanted.authority)
    if wanted.sha256:
        asked &= Q(documents__sha256=wanted.sha256)
    return with_all(rows.filter(asked)).order_by("-given_at", "-id")


def with_all(rows: QuerySet[Disclosure]) -> QuerySet[Disclosure]:
    """With everything that is shown of an entry."""
    names = DisclosedName.objects.select_related("organization").order_by("organization__slug")
    return rows.select_related(
        "authority__organization", "given_by", "fact", "corrects", "corrected_by"
    ).prefetch_related(
        Prefetch("names", names),
        "documents",
        Prefetch("fact__citations", Citation.objects.select_related("source").order_by("id")),
        "fact__disputes",
    )
