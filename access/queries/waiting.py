"""What makes grants wait: the facts that periods run from, what waits now, and what has run out."""

import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from access.models import AccessRequest, Grant, WaitingFact, WaitingPeriod, WaitingPeriodVersion
from access.waiting import WaitingRule
from registry.actors import Actor
from registry.calendars import Holidays, HolidaysNotKnown
from registry.choices import Bindingness
from registry.models import AIModel, ObligationRule

HOLIDAYS = "holidays:"


def find_anchor(rule: WaitingRule, grant: Grant) -> dt.datetime | None:
    """The moment that the period runs from; None where it is not known, or where law asks for a second person.

    A fact about the request that the grant rests on goes before facts about models. Of these each model of
    the tier needs one, and the last of them counts.
    """
    if not rule.needs_fact:
        return grant.issued_at
    facts = WaitingFact.objects.filter(name=rule.since)
    if rule.bindingness is Bindingness.LAW:
        facts = facts.filter(confirmed_at__isnull=False)
    newest = facts.order_by("-stated_at", "-id")
    request = grant.founding_request
    own = None if request is None else newest.filter(request=request).first()
    if own is not None:
        return own.happened_at
    models = set(grant.tier.ai_models.values_list("id", flat=True))
    about = {
        fact.ai_model_id: fact.happened_at
        for fact in reversed(newest.filter(ai_model__in=models))  # the newest is written last
    }
    return max(about.values()) if models and set(about) == models else None


def find_waiting_for(name: str, about: AIModel | AccessRequest) -> list[UUID]:
    """Grants with a period that still runs from a fact of this name about this, in the order of locking."""
    periods = WaitingPeriod.objects.filter(ended_at__isnull=True, since=name)
    if isinstance(about, AIModel):
        periods = periods.filter(grant__tier__ai_models=about)
    else:
        periods = periods.filter(grant__in=_resting_on(about))
    return list(periods.order_by("grant").values_list("grant", flat=True).distinct())


def _resting_on(request: AccessRequest) -> list[UUID]:
    """The request's grant, and those that follow it without a request of their own."""
    found, last = (
        list[UUID](),
        list(Grant.objects.filter(request=request).values_list("pk", flat=True)),
    )
    while last:
        found += last
        following = Q(renews__in=last) | Q(supersedes__in=last)
        rows = Grant.objects.filter(following, request__isnull=True)
        last = list(rows.values_list("pk", flat=True))
    return found


def find_over(*, at: dt.datetime, limit: int = 200) -> list[UUID]:
    """Grants with a period that has run out, or that outlived its grant, and is not written down so yet."""
    over = WaitingPeriodVersion.objects.current().filter(
        valid__endswith__lte=at, waiting_period__ended_at__isnull=True
    )
    periods = WaitingPeriod.objects.filter(ended_at__isnull=True).filter(
        Q(pk__in=over.values("waiting_period")) | Q(grant__end__isnull=False)
    )
    return list(periods.order_by("grant").values_list("grant", flat=True).distinct()[:limit])


def find_opening(*, at: dt.datetime, limit: int = 200) -> list[UUID]:
    """Grants that have begun, had waited before, and of which nobody has been told yet that they open."""
    rows = Grant.objects.filter(opens_at__lte=at, end__isnull=True)
    return list(rows.order_by("opens_at", "id").values_list("id", flat=True)[:limit])


def find_countable(holidays: Holidays, *, limit: int = 200) -> list[UUID]:
    """Grants that waited for a holiday table which is there by now."""
    current = WaitingPeriodVersion.objects.current()
    missing = current.filter(missing__startswith=HOLIDAYS).values_list("missing", flat=True)
    known = [name for name in missing.distinct() if _is_known(name, holidays)]
    rows = current.filter(missing__in=known, waiting_period__ended_at__isnull=True)
    return list(rows.order_by("grant").values_list("grant", flat=True).distinct()[:limit])


def list_waiting(actor: Actor) -> QuerySet[WaitingPeriod]:
    """Waiting periods that the actor may read, each with its current `versions`, in a fixed number of queries."""
    rows = WaitingPeriod.objects.filter(grant__in=Grant.objects.visible_to(actor).values("pk"))
    return rows.select_related(
        "grant__organization", "grant__tier", "grant__program"
    ).prefetch_related(prefetch_versions(WaitingPeriodVersion.objects.current()))


def prefetch_versions(versions: QuerySet[WaitingPeriodVersion]) -> "Prefetch[str]":
    """For a queryset of periods: of each the versions given, in their order."""
    return Prefetch("versions", versions.order_by("valid", "id"))


def find_voluntary(rules: Sequence[WaitingRule]) -> list[WaitingRule]:
    """Periods that call themselves law, and cite a rule in force of which the registry knows that it is not."""
    law = [rule for rule in rules if rule.bindingness is Bindingness.LAW]
    slugs = {rule.rule for rule in law if rule.rule is not None}
    citations = {rule.citation for rule in law}
    editions = (
        ObligationRule.objects.filter(enacted_at__isnull=False)
        .filter(Q(slug__in=slugs) | Q(document__citation__in=sorted(citations)))
        .order_by("slug", "-number")
        .distinct("slug")
    )
    other = [row for row in editions if row.document["bindingness"] != Bindingness.LAW]
    return [rule for rule in law if _cites_any(rule, other)]


def _cites_any(rule: WaitingRule, editions: Iterable[ObligationRule]) -> bool:
    return any(
        row.slug == rule.rule or row.document["citation"] == rule.citation for row in editions
    )


def _is_known(missing: str, holidays: Holidays) -> bool:
    calendar, _colon, year = missing.removeprefix(HOLIDAYS).rpartition(":")
    try:
        holidays.find(calendar, int(year))
    except HolidaysNotKnown:
        return False
    return True
