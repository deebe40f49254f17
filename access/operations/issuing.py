"""How a grant comes to be: by a decision on a request, by a renewal, or in another's place."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access.choices import GrantEndKind, ItemStanding, Origin
from access.events import Event
from access.models import (
    AccessRequest,
    Grant,
    GrantEnd,
    GrantItem,
    RequestDecision,
    ReviewPolicy,
    Tier,
)
from access.operations.close_outs import _withdraw
from access.operations.condition_campaigns import _cover_new
from access.operations.conditions import _carry_over, _impose_decided
from access.operations.eligibility import _check_eligible_for, _need_required
from access.operations.gate_needs import _follow_body, _need_gates
from access.operations.waiting_rows import _wait
from registry import audit
from registry.choices import Standing
from registry.commands import Clock, Command, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Invalid
from registry.models import Organization
from registry.versions import open_version, span


class GrantOverlaps(Conflict):
    code = "grant_overlaps"
    text = _("The organization holds this tier for this model and purpose at that time already.")


class EndBeforeStart(Invalid):
    code = "end_before_start"
    text = _("The end must come after the start.")


class OrganizationNotActive(Conflict):
    code = "organization_not_active"
    text = _("The organization is %(standing)s: nothing can be granted to it.")


class GrantFollowed(Conflict):
    code = "grant_followed"
    text = _("Another grant follows this one already.")


class GrantEndless(Conflict):
    code = "grant_endless"
    text = _("The grant has no end: there is nothing to renew.")


class GrantNotRenewable(Conflict):
    code = "grant_not_renewable"
    text = _("The grant is %(standing)s: it cannot be renewed.")


@dataclass(frozen=True, slots=True)
class Issued:
    """What a grant is issued on: a request with its decision, or a grant that it renews or supersedes.

    `policy` says what it waits for: the edition that the request pinned, or that those who renew decide by.
    Without `ends_at` it lasts as long as its tier says.
    """

    tier: Tier
    policy: ReviewPolicy
    starts_at: dt.datetime
    ends_at: dt.datetime | None = None
    request: AccessRequest | None = None
    decision: RequestDecision | None = None
    renews: Grant | None = None
    supersedes: Grant | None = None

    def bounds(self) -> dict[str, str]:
        """What the decision says of use, limits and personnel; without one, what the grant before said."""
        said = self.decision or self.renews or self.supersedes
        return {} if said is None else said.bounds()


def _issue(
    command: Command, request: AccessRequest, decision: RequestDecision, *, clock: Clock
) -> Grant:
    """The grant of an approved request, with one item for each model of its tier.

    One that renews begins where the grant before it ends. Raises OrganizationNotActive, EndBeforeStart,
    GrantOverlaps, and what following a grant raises.
    """
    before = None if request.renews_id is None else _lock_followed(request.renews_id)
    starts_at = clock.start(decision.starts_at)
    assert request.review_policy is not None  # pinned at submission, and the database sees to it
    if before is not None:
        starts_at = clock.start(_planned_end(before))
    issued = Issued(
        tier=request.tier,
        policy=request.review_policy,
        starts_at=starts_at,
        ends_at=decision.ends_at,
        request=request,
        decision=decision,
        renews=before,
    )
    return _issue_grant(
        command,
        issued,
        organization=request.organization,
        purpose=request.purpose,
        clock=clock,
    )


def _issue_grant(
    command: Command, issued: Issued, *, organization: Organization, purpose: str, clock: Clock
) -> Grant:
    """Write a grant with its items, the conditions it is given under, the campaigns it joins, and what
    makes it wait. The program is locked.

    Raises OrganizationNotActive, RequirementsUnmet, EndBeforeStart, GrantOverlaps, GrantFollowed.
    """
    standing = Standing(
        organization.versions.as_of(clock.recorded).values_list("standing", flat=True)[0]
    )
    if standing is not Standing.ACTIVE:
        raise OrganizationNotActive(standing=standing.label)
    tier, before = issued.tier, issued.renews or issued.supersedes
    if (
        issued.request is None
    ):  # one with a request was held to what that pinned, when it was decided
        _check_eligible_for(organization.id, tier, clock=clock)
    ends_at = issued.ends_at
    if ends_at is None and tier.grant_days is not None:
        ends_at = issued.starts_at + dt.timedelta(days=tier.grant_days)
    refusal = GrantFollowed()
    with (
        violation_means("access_grant_renews_id_key", refusal),
        violation_means("access_grant_supersedes_id_key", refusal),
    ):
        row = Grant.objects.create(
            organization=organization,
            program=tier.program,
            tier=tier,
            purpose=purpose,
            origin=Origin.DECIDED,
            request=issued.request,
            renews=issued.renews,
            supersedes=issued.supersedes,
            issued_by=command.by.key,
            issued_at=clock.recorded,
            changed_at=clock.at,
            **issued.bounds(),
        )
    if issued.renews is None:
        _open_items(row, starts_at=issued.starts_at, ends_at=ends_at, recorded=clock.recorded)
    else:
        _open_same_items(row, issued, ends_at=ends_at, recorded=clock.recorded)
    audit.record(
        Event.GRANT_ISSUED,
        row,
        command,
        occurred_at=clock.recorded,
        request=None if issued.request is None else issued.request.id,
        decision=None if issued.decision is None else issued.decision.number,
        renews=None if issued.renews is None else issued.renews.id,
        supersedes=None if issued.supersedes is None else issued.supersedes.id,
        tier=tier.id,
        purpose=purpose,
        starts_at=issued.starts_at,
        ends_at=ends_at,
    )
    if before is not None:
        _carry_over(command, before, row, clock=clock)
    if issued.renews is not None:
        _withdraw(command, issued.renews, clock=clock)
    if issued.decision is not None:
        _impose_decided(command, row, issued.decision, starts_at=issued.starts_at, clock=clock)
    _cover_new(command, row, clock=clock)
    _wait(command, row, issued.policy, clock=clock)
    _need_required(command, row, clock=clock)
    _need_gates(command, row, clock=clock)
    _follow_body(command, row.organization_id)
    return row


def _renew(command: Command, issued: Issued, *, reason: str, clock: Clock) -> Grant:
    """The successor of a locked grant, by a decision without a request. Raises what issuing a grant raises."""
    row = issued.renews
    assert row is not None
    successor = _issue_grant(
        command, issued, organization=row.organization, purpose=row.purpose, clock=clock
    )
    touch(row, clock)
    audit.record(
        Event.GRANT_RENEWED,
        row,
        command,
        occurred_at=clock.recorded,
        successor=successor.id,
        starts_at=issued.starts_at,
        private={"reason": reason},
    )
    return successor


def _lock_followed(grant: UUID) -> Grant:
    """Lock the grant that another is to begin after.

    Raises GrantFollowed, GrantEndless, GrantNotRenewable (it ended for a reason, or is suspended).
    """
    row = Grant.objects.select_for_update(of=("self",), no_key=True).get(pk=grant)
    _check_followable(row)
    return row


def _check_followable(row: Grant) -> None:
    """Raises GrantFollowed, GrantEndless, GrantNotRenewable."""
    if Grant.objects.filter(renews=row).exists():
        raise GrantFollowed
    end = GrantEnd.objects.filter(grant=row).first()
    if end is not None and end.kind != GrantEndKind.EXPIRED:
        raise GrantNotRenewable(standing=end.get_kind_display())
    if _planned_end(row) is None:
        raise GrantEndless
    standing = _last_items(row).values_list("standing", flat=True)
    if ItemStanding.SUSPENDED in standing:
        raise GrantNotRenewable(standing=ItemStanding.SUSPENDED.label)


def _last_items(row: Grant) -> QuerySet[GrantItem]:
    """What the grant holds at the end of its time: of each model the item that ends last."""
    last = row.items.current().order_by("ai_model", "-valid__endswith").distinct("ai_model")
    return row.items.current().filter(pk__in=last.values("pk"))


def _open_same_items(
    row: Grant, issued: Issued, *, ends_at: dt.datetime | None, recorded: dt.datetime
) -> None:
    """The items of the grant that is renewed, for the time after it: what was given, not more."""
    if ends_at is not None and ends_at <= issued.starts_at:
        raise EndBeforeStart
    assert issued.renews is not None
    with violation_means("grant_no_overlap", GrantOverlaps()):
        for before in _last_items(issued.renews).order_by("ai_model"):
            item = GrantItem(
                grant=row,
                organization=row.organization,
                tier=row.tier,
                ai_model_id=before.ai_model_id,
                release_id=before.release_id,
                purpose=row.purpose,
                actions=before.actions,
                surfaces=before.surfaces,
                valid=span(issued.starts_at, ends_at),
            )
            open_version(item, recorded=recorded)


def _open_items(
    row: Grant,
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime | None,
    recorded: dt.datetime,
    surfaces: tuple[str, ...] = (),
    models: QuerySet | None = None,  # type: ignore[type-arg]  # of AIModel
) -> None:
    """One item for each model of the tier, or for those given. Raises EndBeforeStart, GrantOverlaps."""
    if ends_at is not None and ends_at <= starts_at:
        raise EndBeforeStart
    with violation_means("grant_no_overlap", GrantOverlaps()):
        for model in (row.tier.ai_models.all() if models is None else models).order_by("slug"):
            item = GrantItem(
                grant=row,
                organization=row.organization,
                tier=row.tier,
                ai_model=model,
                purpose=row.purpose,
                actions=row.tier.actions,
                surfaces=sorted(surfaces),
                valid=span(starts_at, ends_at),
            )
            open_version(item, recorded=recorded)


def _planned_end(row: Grant) -> dt.datetime | None:
    """When the grant's last item ends; None where one of them does not."""
    bounds = list(row.items.current().values_list("valid__endswith", flat=True))
    if not bounds or None in bounds:
        return None
    last: dt.datetime = max(bounds)
    return last
