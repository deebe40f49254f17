"""Who has accepted an edition of a program's terms, and who has not."""

import datetime as dt

from django.db.models import DateTimeField, Exists, Func, OuterRef, QuerySet, Subquery

from access.models import TermsAcceptance, TermsEdition
from access.queries.scopes import live_grants
from registry.models import Organization


class Lower(Func):
    """The moment at which a range begins."""

    function = "lower"
    output_field = DateTimeField()


def list_acceptances(edition: TermsEdition, *, at: dt.datetime) -> QuerySet[Organization]:
    """The organizations that hold a live grant of the program, each with `accepted_at`, or None."""
    holding = live_grants(at=at).filter(program=edition.program_id, organization=OuterRef("pk"))
    accepted = TermsAcceptance.objects.as_of(at).filter(
        edition=edition, organization=OuterRef("pk")
    )
    since = Subquery(accepted.annotate(since=Lower("valid")).values("since")[:1])
    return Organization.objects.filter(Exists(holding)).annotate(accepted_at=since)
