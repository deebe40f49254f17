"""A decision gives way to another person's: never rewritten, and with what follows for the grant."""

from dataclasses import replace
from uuid import UUID

from access.choices import Outcome, RevocationReason
from access.models import AccessRequest, Grant
from access.operations.deputations import _act_for, say_for
from access.operations.grants import _revoke
from access.operations.request_steps import _move, _said, _take
from access.operations.reviews import _lock_parents
from access.operations.rulings import Ruling, _check_other_eyes, _decide
from access.queries.reviewers import check_place
from access.queries.stages import list_assessors, rules_of
from access.workflow import Step
from registry import audit
from registry.commands import Command, command, lock


@command
def supersede(command: Command, *, request: UUID, ruling: Ruling) -> AccessRequest:
    """Rule against access in place of an earlier decision, with reasons for the applicant and for staff.

    In place of an approval: its grant, and those that renew it, end with this commit as revoked. In place of
    a refusal: other reasons; what was told about asking again stands. A refusal becomes an approval only by
    a reconsideration, which goes through the policy's stages.

    Raises NotFound, RoleMissing, NotInTeam, OwnRequest, Recused, ConflictOfInterest, StepNotOpen,
    OwnDecision, TextMissing.
    """
    _lock_parents(request)
    row, found, clock = _take(command, request, Step.SUPERSEDE)
    rules = rules_of(row)
    acted_for = _act_for(check_place(rules.decision, row, command.by))
    earlier = row.decisions.order_by("-number")[0]
    involved = {
        *(earlier.decided_by, earlier.decided_for),
        *(earlier.countersigned_by, earlier.countersigned_for),
        *(list_assessors(row) if rules.four_eyes else ()),
    }
    _check_other_eyes(command, acted_for, involved)
    _said(ruling.applicant_text, "applicant_text")
    _said(ruling.internal_text, "internal_text")
    grant = (
        Grant.objects.filter(request=row, end__isnull=True).values_list("pk", flat=True).first()
    )
    decision = _decide(
        command, row, ruling, outcome=Outcome.DECLINED, acted_for=acted_for, clock=clock
    )
    _move(row, found.target, clock)
    audit.record(
        found.event,
        row,
        command,
        occurred_at=clock.at,
        decision=decision.number,
        supersedes=earlier.number,
        reason=ruling.reason,
        grant=grant,
        **say_for(acted_for),
    )
    if grant is not None:
        # The version that the caller worked from is the request's: the grant is locked without one.
        _revoke(
            command,
            lock(Grant.objects.all(), grant, _unversioned(command), what="grant"),
            reason=RevocationReason.DECISION_SUPERSEDED,
            text="",
            clock=clock,
        )
    return row


def _unversioned(command: Command) -> Command:
    return replace(command, expected_version=None)
