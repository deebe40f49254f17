"""Who has a request in hand: claimed, handed over, assigned, let go. One person at a time."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import RequestStatus
from access.events import Event
from access.models import AccessRequest
from access.operations.claim_rows import AlreadyClaimed, _let_go, _take_in_hand
from access.operations.recusals import REVIEW_ROLES
from access.policies import check_not_asked_by
from access.queries.claims import find_holder
from access.queries.conflicts import find_bar
from access.queries.deputies import list_deputies_of
from access.workflow import OPEN
from registry import audit
from registry.actors import Actor, ActorKind
from registry.choices import Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.errors import Conflict, Forbidden, NotFound
from registry.models import User
from registry.policies import check_role

ASSIGNING = (Role.INTAKE, Role.DECIDER)


class NotClaimable(Conflict):
    code = "not_claimable"
    text = _("A request that is %(status)s is in nobody's hands.")


class NotInHand(Conflict):
    code = "not_in_hand"
    text = _("Nobody has this request in hand.")


class NotYourClaim(Forbidden):
    code = "not_your_claim"
    text = _("Somebody else has this request in hand: intake or a decider may assign it.")


class ClaimNeedsAPerson(Forbidden):
    """A program has nothing in hand: it assigns to a person."""

    code = "claim_needs_a_person"
    text = _("Only a person has a request in hand.")


class CannotHold(Conflict):
    """A request is not given to whom it would be taken from at the first step."""

    code = "cannot_hold"
    text = _("%(person)s cannot take this request: %(why)s")


@command
def claim(command: Command, *, request: UUID) -> AccessRequest:
    """Take the request in hand. Raises NotFound, RoleMissing, OwnRequest, Recused, ConflictOfInterest,
    NotClaimable, AlreadyClaimed, ClaimNeedsAPerson.
    """
    check_role(command.by, *REVIEW_ROLES)
    if command.by.kind is not ActorKind.USER:
        raise ClaimNeedsAPerson
    row, clock = _lock_open(command, request)
    check_not_asked_by(row, command.by)
    bar = find_bar(row, command.by)
    if bar is not None:
        raise bar
    _refuse_held(row)
    person = User.objects.get(pk=command.by.id or "")
    _take_in_hand(command, row, person, clock=clock)
    touch(row, clock)
    audit.record(Event.REQUEST_CLAIMED, row, command, occurred_at=clock.at)
    return row


@command
def hand_over(command: Command, *, request: UUID, to: str) -> AccessRequest:
    """Whoever has it, or a deputy of theirs, gives it to the person with this username.

    Raises NotFound, RoleMissing, NotClaimable, NotInHand, NotYourClaim, CannotHold.
    """
    check_role(command.by, *REVIEW_ROLES)
    row, clock = _lock_open(command, request)
    _check_holder(row, command.by)
    return _give(command, row, to=to, event=Event.REQUEST_HANDED_OVER, clock=clock)


@command
def assign(command: Command, *, request: UUID, to: str) -> AccessRequest:
    """Give it to the person with this username, whoever has it now.

    Raises NotFound, RoleMissing, NotClaimable, CannotHold.
    """
    check_role(command.by, *ASSIGNING)
    row, clock = _lock_open(command, request)
    return _give(command, row, to=to, event=Event.REQUEST_ASSIGNED, clock=clock)


@command
def release(command: Command, *, request: UUID) -> AccessRequest:
    """Let it go; nobody has it then. The holder may, and whoever may assign.

    Raises NotFound, RoleMissing, NotClaimable, NotInHand, NotYourClaim.
    """
    check_role(command.by, *REVIEW_ROLES)
    row, clock = _lock_open(command, request)
    if not row.claims.filter(released_at__isnull=True).exists():
        raise NotInHand
    if not command.by.has(*ASSIGNING):
        _check_holder(row, command.by)
    _let_go(command, row, clock=clock)
    touch(row, clock)
    audit.record(Event.REQUEST_RELEASED, row, command, occurred_at=clock.at)
    return row


def _lock_open(command: Command, request: UUID) -> tuple[AccessRequest, Clock]:
    visible = AccessRequest.objects.visible_to(command.by).select_related("organization", "tier")
    row = lock(visible, request, command, what="access request")
    if row.status not in OPEN:
        raise NotClaimable(status=RequestStatus(row.status).label)
    return row, read_clock(command, row)


def _refuse_held(row: AccessRequest) -> None:
    """Raise AlreadyClaimed where somebody who is still there has it."""
    holder = find_holder(row)
    if holder is not None:
        raise AlreadyClaimed(person=holder.display_name)


def _check_holder(row: AccessRequest, actor: Actor) -> None:
    holder = find_holder(row)
    if holder is None:
        raise NotInHand
    stand_ins = list_deputies_of([holder.id], program=row.tier.program_id)
    if actor.id != holder.id and actor.id not in stand_ins:
        raise NotYourClaim


def _give(
    command: Command, row: AccessRequest, *, to: str, event: Event, clock: Clock
) -> AccessRequest:
    person = User.objects.filter(username=to, is_active=True).first()
    if person is None:
        raise NotFound("person")
    _check_can_hold(row, person)
    holder = find_holder(row)
    if holder == person:
        raise AlreadyClaimed(person=person.display_name)
    _take_in_hand(command, row, person, clock=clock)
    touch(row, clock)
    audit.record(event, row, command, occurred_at=clock.at, to=f"{ActorKind.USER}:{person.id}")
    return row


def _check_can_hold(row: AccessRequest, person: User) -> None:
    actor = person.as_actor()
    try:
        check_role(actor, *REVIEW_ROLES)
        check_not_asked_by(row, actor)
    except Forbidden as refusal:
        raise CannotHold(person=person.display_name, why=str(refusal)) from refusal
    bar = find_bar(row, actor)
    if bar is not None:
        raise CannotHold(person=person.display_name, why=_("an interest or a recusal forbids it."))
