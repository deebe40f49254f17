"""Grants that lapsed under a restriction, renewed once it is lifted: a decision of its own, never an extension.

A renewal gives the lapsed grant a successor for the same models, actions and surfaces, for as long as the
tier says. Where the review policy asks for a countersignature, a second person gives it.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.choices import Origin, ProgramStatus
from access.events import Event
from access.models import Grant, GrantItem, GrantRenewal, Restriction, ReviewPolicy
from access.operations.deny_list import _refuse_denied
from access.operations.grants import GrantOverlaps, OrganizationNotActive
from access.operations.requests import PolicyMissing, ProgramClosed, TextMissing
from access.operations.reviews import _check_positions
from access.policies import OwnDecision, PolicyRules, check_not_asked_by, read_policy
from access.queries.lapses import list_lapsed
from registry import audit
from registry.choices import Role, Standing
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, DomainError
from registry.policies import check_role
from registry.versions import open_version, span

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
        for grant in _lock_grants(waiting.values_list("pk", flat=True)[:MOST_AT_ONCE])
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
        if _try_issue(command, grant, clock=clock):
            touch(renewal, clock, "countersigned_by", "countersigned_at")
            done.append(renewal)
    return _conclude(command, row, done, clock=clock)


def _lock_lifted(command: Command, restriction: UUID) -> tuple[Restriction, Clock]:
    decided = Restriction.objects.filter(origin=Origin.DECIDED)
    row = lock(decided, restriction, command, what="restriction")
    if row.lifted_at is None:
        raise RestrictionInForce
    return row, read_clock(command, row)


def _lock_grants(wanted: object) -> list[Grant]:
    found = Grant.objects.filter(pk__in=list(wanted)).select_related(  # type: ignore[call-overload]  # ids
        "organization", "tier", "program", "request__review_policy"
    )
    return list(found.select_for_update(of=("self",), no_key=True).order_by("id"))


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
            rules = _rules(grant)
            _check_may(command, grant, rules, clock=clock)
            renewal = GrantRenewal.objects.create(
                grant=grant,
                restriction=row,
                reason=reason,
                decided_by=command.by.key,
                decided_at=clock.at,
                changed_at=clock.at,
            )
            if not rules.countersigned:
                _issue(command, grant, clock=clock)
            return renewal
    except DomainError:
        return None


def _try_issue(command: Command, grant: Grant, *, clock: Clock) -> bool:
    try:
        with transaction.atomic():
            _check_may(command, grant, _rules(grant), clock=clock)
            _issue(command, grant, clock=clock)
    except DomainError:
        return False
    return True


def _rules(grant: Grant) -> PolicyRules:
    """The edition that the grant's own request pinned; for an imported one, the tier's in force."""
    if grant.request is not None and grant.request.review_policy is not None:
        return read_policy(grant.request.review_policy.document)
    found = (
        ReviewPolicy.objects.filter(slug=grant.tier.review_policy, enacted_at__isnull=False)
        .order_by("-number")
        .first()
    )
    if found is None:
        raise PolicyMissing
    return read_policy(found.document)


def _check_may(command: Command, grant: Grant, rules: PolicyRules, *, clock: Clock) -> None:
    """Whatever would keep a new grant from being issued keeps this one."""
    standing = grant.organization.versions.as_of(clock.recorded).get().standing
    if standing != Standing.ACTIVE:
        raise OrganizationNotActive(standing=Standing(standing).label)
    status = ProgramStatus(grant.program.versions.as_of(clock.recorded).get().status)
    if status is ProgramStatus.ENDED:
        raise ProgramClosed(status=status.label)
    _refuse_denied(grant.organization_id, grant.tier)
    if grant.request is not None:
        check_not_asked_by(grant.request, command.by)
        _check_positions(grant.request, rules, clock)
        if rules.four_eyes and command.by.key in _assessors(grant):
            raise OwnDecision


def _assessors(grant: Grant) -> set[str]:
    assert grant.request is not None
    found = grant.request.assessments.filter(superseded_by__isnull=True)
    return set(found.values_list("assessed_by", flat=True))


def _issue(command: Command, grant: Grant, *, clock: Clock) -> Grant:
    row = Grant.objects.create(
        organization=grant.organization,
        program=grant.program,
        tier=grant.tier,
        purpose=grant.purpose,
        origin=Origin.DECIDED,
        renews=grant,
        issued_by=command.by.key,
        issued_at=clock.recorded,
        changed_at=clock.at,
    )
    starts_at = clock.start()
    ends_at = starts_at
    last: dict[UUID, GrantItem] = {}
    for item in grant.items.current().order_by("valid", "id"):
        last[item.ai_model_id] = item
    with violation_means("grant_no_overlap", GrantOverlaps()):
        for item in last.values():
            over_at = starts_at + _length(grant, item)
            ends_at = max(ends_at, over_at)
            renewed = GrantItem(
                grant=row,
                organization=grant.organization,
                tier=grant.tier,
                ai_model_id=item.ai_model_id,
                release_id=item.release_id,
                purpose=grant.purpose,
                actions=item.actions,
                surfaces=item.surfaces,
                valid=span(starts_at, over_at),
            )
            open_version(renewed, recorded=clock.recorded)
    audit.record(
        Event.GRANT_RENEWED,
        row,
        command,
        occurred_at=clock.recorded,
        renews=grant.id,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    return row


def _length(grant: Grant, item: GrantItem) -> dt.timedelta:
    """As long as the tier says; where it says nothing, as long as the grant had been."""
    if grant.tier.grant_days is not None:
        return dt.timedelta(days=grant.tier.grant_days)
    began, over = item.valid.lower, item.valid.upper
    assert began is not None and over is not None  # noqa: PT018 - it has lapsed, so it had both
    return over - began
