"""When somebody who was declined may ask again: as the policy said, and as they were told."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from access.choices import Outcome, ReapplyRule, RequestStatus
from access.models import AccessRequest, RequestDecision
from access.queries.stages import rules_of
from registry.commands import Clock
from registry.errors import Conflict


class ReapplyBarredUntil(Conflict):
    code = "reapply_barred_until"
    text = _("A request for this was declined: a new one may be submitted from %(until)s on.")


class ReapplyBarred(Conflict):
    code = "reapply_barred"
    text = _(
        "A request for this was declined, and by the review policy it is not asked for again."
    )


def _reapply_terms(
    row: AccessRequest, earlier: RequestDecision | None, clock: Clock
) -> tuple[str, dt.datetime | None]:
    """The rule for a refusal and the moment from which one may ask again, where it has one.

    What was told with an earlier refusal of the same request stands: nobody waits longer for having asked
    for a reconsideration, or because a refusal was put in other words.
    """
    if earlier is not None and earlier.outcome == Outcome.DECLINED:
        return earlier.reapply_rule, earlier.reapply_at
    terms = rules_of(row).reapply
    until = None if terms.days is None else clock.at + dt.timedelta(days=terms.days)
    return terms.rule, until


def _refuse_barred(row: AccessRequest, clock: Clock) -> None:
    """Raise ReapplyBarred or ReapplyBarredUntil where a refusal of the same keeps the request from review."""
    refusals = RequestDecision.objects.filter(
        outcome=Outcome.DECLINED,
        superseded_by__isnull=True,
        request__organization=row.organization_id,
        request__tier=row.tier_id,
        request__purpose=row.purpose,
        request__status=RequestStatus.DECLINED,
    )
    if refusals.filter(reapply_rule=ReapplyRule.BARRED).exists():
        raise ReapplyBarred
    last = refusals.filter(reapply_at__gt=clock.at).order_by("-reapply_at").first()
    if last is not None and last.reapply_at is not None:
        raise ReapplyBarredUntil(until=last.reapply_at.isoformat())
