"""Who has which request in hand, and what is in nobody's hands."""

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from access.models import AccessRequest, Claim
from access.workflow import OPEN
from registry.models import User

NOBODY = "nobody"


def find_holder(request: AccessRequest) -> User | None:
    """Who has the request in hand; nobody where whoever had it has left."""
    held = Claim.objects.held().filter(request=request).select_related("person").first()
    return None if held is None else held.person


def with_holders(rows: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    """The same requests, each with the name of its holder as `holder_name`, None where nobody has it."""
    held = Claim.objects.held().filter(request=OuterRef("pk"))
    return rows.annotate(holder_name=Subquery(held.values("person__display_name")[:1]))


def held_by(rows: QuerySet[AccessRequest], username: str) -> QuerySet[AccessRequest]:
    """Those in this person's hands; with NOBODY those that are open and in nobody's."""
    held = Claim.objects.held().filter(request=OuterRef("pk"))
    if username == NOBODY:
        return rows.filter(~Exists(held), status__in=OPEN)
    return rows.filter(Exists(held.filter(person__username=username)))
