"""Who has accepted an edition of a program's terms, and who has not."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import DateTimeField, Exists, Func, OuterRef, QuerySet, Subquery

from access.models import TermsAcceptance, TermsEdition
from access.queries.grant_scopes import live_grants
from registry.models import Organization


class Lower(Func):
    """The moment at which a range begins."""

    function = "lower"
    output_field = DateTimeField()


@dataclass(frozen=True, slots=True)
class Acceptances:
    """Of how many holders of live grants how many have accepted."""

    holders: int
    accepted: int


def list_acceptances(
    edition: TermsEdition, *, at: dt.datetime, missing: bool = False
) -> QuerySet[Organization]:
    """The organizations that hold a live grant of the program, each with `accepted_at`, or None; with
    `missing` only those that have not accepted."""
    accepted = TermsAcceptance.objects.as_of(at).filter(
        edition=edition, organization=OuterRef("pk")
    )
    since = Subquery(accepted.annotate(since=Lower("valid")).values("since")[:1])
    rows = _holders(edition, at).annotate(accepted_at=since)
    return rows.filter(~Exists(accepted)) if missing else rows


def count_acceptances(edition: TermsEdition, *, at: dt.datetime) -> Acceptances:
    """The numbers of an edition, in two statements however many hold access."""
    holders = _holders(edition, at).count()
    return Acceptances(holders, holders - list_acceptances(edition, at=at, missing=True).count())


def _holders(edition: TermsEdition, at: dt.datetime) -> QuerySet[Organization]:
    holding = live_grants(at=at).filter(program=edition.program_id, organization=OuterRef("pk"))
    return Organization.objects.filter(Exists(holding))
