"""Overriding an authority's position for one request: each by another person, with reasons, on record for good."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import Outcome, PositionEffect, RequestStatus
from access.events import Event
from access.models import AccessRequest, Position, PositionOverride
from access.operations.request_steps import TextMissing
from access.operations.reviews import _lock_parents
from access.policies import check_not_asked_by
from access.queries.conflicts import check_impartial
from access.queries.positions import weigh_request
from access.queries.stages import rules_of
from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Forbidden, NotFound
from registry.policies import check_role

OVERRIDERS = (Role.DECIDER, Role.COUNTERSIGNER)
OVERRIDABLE = frozenset(
    {
        RequestStatus.IN_REVIEW,
        RequestStatus.QUESTION_OPEN,
        RequestStatus.ON_HOLD,
        RequestStatus.DISPUTED,
        RequestStatus.AWAITING_COUNTERSIGNATURE,
    }
)


class NothingToOverride(Conflict):
    """The policy does not let people override it, or it does not bear on the request any more."""

    code = "nothing_to_override"
    text = _("By the review policy, people cannot override this position for this request.")


class OverrideNotOpen(Conflict):
    code = "override_not_open"
    text = _("A position cannot be overridden for a request that is %(status)s.")


class OverriddenAlready(Conflict):
    code = "overridden_already"
    text = _("You have overridden this statement already: the policy asks for other people.")


class DeciderOverrides(Forbidden):
    """Who decided, or asked, is not one of the others that the policy asks for."""

    code = "decider_overrides"
    text = _("You have ruled on this request: other people must override the position.")


@command
def override(command: Command, *, request: UUID, position: UUID, reasons: str) -> AccessRequest:
    """One person overrides what an authority holds now, for this request and no other.

    Raises NotFound, Stale, RoleMissing, OwnRequest, Recused, ConflictOfInterest, DeciderOverrides,
    OverrideNotOpen, NothingToOverride, OverriddenAlready, TextMissing.
    """
    _lock_parents(request)
    return _override(command, request, position=position, reasons=reasons)


def _override(command: Command, request: UUID, *, position: UUID, reasons: str) -> AccessRequest:
    """The same in the caller's transaction, which has locked the request's parents."""
    row = lock(
        AccessRequest.objects.visible_to(command.by), request, command, what="access request"
    )
    check_role(command.by, *OVERRIDERS)
    check_not_asked_by(row, command.by)
    if row.status not in OVERRIDABLE:
        raise OverrideNotOpen(status=RequestStatus(row.status).label)
    _check_did_not_decide(row, command)
    if not reasons.strip():
        raise TextMissing(field="reasons")
    clock = read_clock(command, row)
    check_impartial(row, command.by)
    statement = _find_statement(command, row, position, at=clock.recorded)
    with violation_means("override_once_per_person", OverriddenAlready()):
        made = PositionOverride.objects.create(
            request=row,
            position_id=position,
            statement_id=statement,
            reasons=reasons,
            overridden_by=command.by.key,
            overridden_at=clock.recorded,
            changed_at=clock.at,
        )
    touch(row, clock)
    audit.record(
        Event.POSITION_OVERRIDDEN,
        made,
        command,
        occurred_at=clock.recorded,
        request=row.id,
        position=position,
        private={"reasons": reasons},
    )
    return row


def _check_did_not_decide(row: AccessRequest, command: Command) -> None:
    last = row.decisions.order_by("-number").first()
    if last is None or last.outcome != Outcome.APPROVED:
        return
    if command.by.key in {last.decided_by, last.decided_for}:
        raise DeciderOverrides


def _find_statement(
    command: Command, row: AccessRequest, position: UUID, *, at: dt.datetime
) -> int:
    """The statement that the position makes now, of which the policy says that people may override it."""
    if not Position.objects.visible_to(command.by).filter(pk=position).exists():
        raise NotFound("position")
    for one in weigh_request(row, rules_of(row), at=at):
        if one.held.position == position and one.effect is PositionEffect.OVERRIDE:
            return one.held.statement
    raise NothingToOverride
