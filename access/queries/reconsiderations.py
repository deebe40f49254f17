"""Reconsiderations that are asked for: until when, by when they are due, and who must not rule on them."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from access.choices import Outcome, RequestStatus
from access.models import AccessRequest, Grant, Reconsideration, RequestDecision
from access.queries.stages import rules_of
from access.stages.clock import Due, reckon_due
from registry.calendars import Holidays
from registry.queries.rules import holidays_in_force


@dataclass(frozen=True, slots=True)
class Offer:
    """That the last decision may be asked to be reconsidered: until a moment (exclusive), where there is one."""

    decision: RequestDecision
    until: dt.datetime | None

    def is_open(self, at: dt.datetime) -> bool:
        return self.until is None or at < self.until


def find_offer(request: AccessRequest) -> Offer | None:
    """What the pinned policy offers for the decision that stands; None where it offers nothing.

    Only what was declined, and where no access was given, is reconsidered. The time counts from the decision.
    """
    if request.status != RequestStatus.DECLINED or request.review_policy is None:
        return None
    terms = rules_of(request).reconsideration
    decision = request.decisions.order_by("-number").first()
    if terms is None or decision is None or decision.outcome != Outcome.DECLINED:
        return None
    if Grant.objects.filter(request=request).exists():
        return None
    if terms.within_days is None:
        return Offer(decision, None)
    return Offer(decision, decision.decided_at + dt.timedelta(days=terms.within_days))


def find_asked(request: AccessRequest) -> Reconsideration | None:
    """The one that waits, whatever was decided meanwhile, or that of the decision that stands; None without."""
    pending = find_pending(request)
    if pending is not None:
        return pending
    decision = request.decisions.order_by("-number").first()
    return Reconsideration.objects.filter(decision=decision).first() if decision else None


def find_pending(request: AccessRequest) -> Reconsideration | None:
    """The one that waits for a ruling."""
    return request.reconsiderations.filter(outcome="").first()


def find_due(row: Reconsideration, *, holidays: Holidays) -> Due:
    """When it is to be ruled on, by the policy. Its clock does not stand still for anything."""
    terms = rules_of(row.request).reconsideration
    assert terms is not None  # it could not be asked for else
    return reckon_due(row.asked_at, terms, pauses=(), holidays=holidays)


def list_rulers(row: Reconsideration) -> set[str]:
    """The keys of all who took part in any decision on the request: they do not rule on it."""
    columns = ("decided_by", "decided_for", "countersigned_by", "countersigned_for")
    made = row.request.decisions.values_list(*columns)
    return {key for keys in made for key in keys if key}


def find_overdue(*, at: dt.datetime) -> list[UUID]:
    """Those that wait, are late, and of which nobody was told yet."""
    holidays = holidays_in_force(at)
    waiting = Reconsideration.objects.filter(outcome="", overdue_told_at__isnull=True)
    return [
        row.id
        for row in waiting.select_related("request__review_policy").order_by("asked_at", "id")
        for due in (find_due(row, holidays=holidays).at,)
        if due is not None and due <= at
    ]
