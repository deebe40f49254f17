"""Grants that lapsed under a restriction, renewed once it is lifted: a decision of its own, never an extension.

A renewal gives the lapsed grant a successor for the same models, actions and surfaces, for as long as the
tier says. Where the review policy asks for a countersignature, a second person gives it.
"""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from access.choices import Origin
from access.events import Event
from access.models import Grant, GrantRenewal, Program, Restriction, ReviewPolicy
from access.operations.issuing import Issued, OrganizationNotActive, _check_followable, _renew
from access.operations.request_steps import TextMissing
from access.operations.requests import _find_policy
from access.operations.successions import _check_unhindered
from access.policies import OwnDecision, check_not_asked_by, read_policy
from access.queries.lapses import list_lapsed
from access.queries.stages import list_assessors
from registry import audit
from registry.choices import Role, Standing
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.errors import Conflict, DomainError
from registry.policies import check_role

MOST_AT_ONCE = 200


class RestrictionInForce(Conflict):
    code = "restriction_in_force"
    text = _(
        "The restriction is still in force: what lapsed under it is renewed once it is lifted."
    )


class NothingToRenew(Conflict):
    code = "nothing_to_renew"
    text = _("Nothing that lapsed waits for this act, or something else stands in its way.")


@command
def renew_lapsed(
    command: Command, *, restriction: UUID, reason: str, grants: tuple[UUID, ...] | None = None
) -> Restriction:
    """Renew what lapsed while the restriction was in force: those named, or the first 200 that wait.

    Each stands for itself: one that cannot be renewed (its organization is not active, its program has
    ended, a position blocks it) stays lapsed and hinders no other. Where a policy asks for a
    countersignature, the decision waits for `countersign_renewals`.

    Raises RoleMissing, NotFound, Stale, TextMissing, RestrictionInForce, NothingToRenew.
    """
    check_role(command.by, Role.DECIDER)
    if not reason.strip():
        raise TextMissing(field="reason")
    row, clock = _lock_lifted(command, restriction)
    waiting = list_lapsed(row, at=clock.recorded).filter(
        renewal__isnull=True, successor__isnull=True
    )
    if grants is not None:
        waiting = waiting.filter(pk__in=grants)
    done = [
        renewal
        for grant in _lock_grants(list(waiting.values_list("pk", flat=True)[:MOST_AT_ONCE]))
        if (renewal := _try_decide(command, row, grant, reason=reason, clock=clock))
    ]
    return _conclude(command, row, done, clock=clock)


@command
def countersign_renewals(command: Command, *, restriction: UUID) -> Restriction:
    """A second person signs the renewals that wait for it, and the grants follow.

    Raises RoleMissing, NotFound, Stale, RestrictionInForce, NothingToRenew.
    """
    check_role(command.by, Role.COUNTERSIGNER)
    row, clock = _lock_lifted(command, restriction)
    waiting = row.renewals.filter(
        countersigned_at__isnull=True, grant__successor__isnull=True
    ).exclude(decided_by=command.by.key)
    found = {renewal.grant_id: renewal for renewal in waiting.order_by("id")[:MOST_AT_ONCE]}
    done = []
    for grant in _lock_grants(found):
        renewal = found[grant.id]
        renewal.countersigned_by, renewal.countersigned_at = command.by.key, clock.at
        if _try_issue(command, renewal, grant, clock=clock):
            touch(renewal, clock, "countersigned_by", "countersigned_at")
            done.append(renewal)
    return _conclude(command, row, done, clock=clock)


def _lock_lifted(command: Command, restriction: UUID) -> tuple[Restriction, Clock]:
    decided = Restriction.objects.filter(origin=Origin.DECIDED)
    row = lock(decided, restriction, command, what="restriction")
    if row.lifted_at is None:
        raise RestrictionInForce
    return row, read_clock(command, row)


def _lock_grants(wanted: Iterable[UUID]) -> list[Grant]:
    """Lock the grants' programs, then the grants: a position or a fact waits for this, or has been seen."""
    found = Grant.objects.filter(pk__in=list(wanted))
    programs = Program.objects.filter(pk__in=found.values("program"))
    list(programs.select_for_update(of=("self",), no_key=True).order_by("pk"))
    rows = found.select_related("organization", "tier__program", "request__review_policy")
    return list(rows.select_for_update(of=("self",), no_key=True).order_by("id"))


def _conclude(
    command: Command, row: Restriction, done: list[GrantRenewal], *, clock: Clock
) -> Restriction:
    if not done:
        raise NothingToRenew
    touch(row, clock)
    waiting = row.renewals.filter(grant__successor__isnull=True).count()
    audit.record(
        Event.RENEWALS_DECIDED,
        row,
        command,
        occurred_at=clock.at,
        concerned=(),
        renewals=len(done),
        awaiting_countersignature=waiting,
    )
    return row


def _try_decide(
    command: Command, row: Restriction, grant: Grant, *, reason: str, clock: Clock
) -> GrantRenewal | None:
    """Decide one renewal in a savepoint; None where something stands in its way."""
    try:
        with transaction.atomic():
            policy = _find_edition(grant)
            _check_may(command, grant, policy, clock=clock)
            renewal = GrantRenewal.objects.create(
                grant=grant,
                restriction=row,
                reason=reason,
                decided_by=command.by.key,
                decided_at=clock.at,
                changed_at=clock.at,
            )
            if not read_policy(policy.document).countersigned:
                _issue(command, grant, policy, reason=reason, clock=clock)
            return renewal
    except DomainError:
        return None


def _try_issue(command: Command, renewal: GrantRenewal, grant: Grant, *, clock: Clock) -> bool:
    try:
        with transaction.atomic():
            policy = _find_edition(grant)
            _check_may(command, grant, policy, clock=clock)
            _issue(command, grant, policy, reason=renewal.reason, clock=clock)
    except DomainError:
        return False
    return True


def _find_edition(grant: Grant) -> ReviewPolicy:
    """The edition that the grant's own request pinned; for one without a request, the tier's in force."""
    if grant.request is not None and grant.request.review_policy is not None:
        return grant.request.review_policy
    return _find_policy(grant.tier)


def _check_may(command: Command, grant: Grant, policy: ReviewPolicy, *, clock: Clock) -> None:
    """Whatever would keep a new grant from being issued keeps this one."""
    standing = grant.organization.versions.as_of(clock.recorded).get().standing
    if standing != Standing.ACTIVE:
        raise OrganizationNotActive(standing=Standing(standing).label)
    rules = read_policy(policy.document)
    _check_unhindered(command, grant, grant.tier, rules=rules, clock=clock)
    _check_followable(grant)
    request = grant.founding_request
    if request is not None:
        check_not_asked_by(request, command.by)
        if rules.four_eyes and command.by.key in list_assessors(request):
            raise OwnDecision


def _issue(
    command: Command, grant: Grant, policy: ReviewPolicy, *, reason: str, clock: Clock
) -> None:
    """The successor, from now on: as long as the tier says, or else as long as the grant had been."""
    ends_at = None
    if grant.tier.grant_days is None:
        ends_at = clock.start() + _length(grant)
    issued = Issued(
        tier=grant.tier, policy=policy, starts_at=clock.start(), ends_at=ends_at, renews=grant
    )
    _renew(command, issued, reason=reason, clock=clock)


def _length(grant: Grant) -> dt.timedelta:
    spans = grant.items.current().aggregate(
        began=Min("valid__startswith"), over=Max("valid__endswith")
    )
    length: dt.timedelta = spans["over"] - spans["began"]
    return length
