"""Condition campaigns: one new requirement for all live grants of a scope, from a date on.

Launching writes no condition: `cover` does, some 200 grants a transaction, and may stop and go on at any
place, because what is covered is what has its condition. From the date on the rule refuses by itself.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Min, QuerySet
from django.utils.translation import gettext_lazy as _

from access.choices import CampaignStatus
from access.events import Event
from access.models import ConditionCampaign, Grant
from access.operations.conditions import WordsMissing, _impose_by_campaign
from access.queries.campaigns import uncovered
from access.queries.grant_scopes import GrantScope, covered_grants
from registry import audit
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.errors import Conflict, Forbidden, Invalid
from registry.policies import check_role

BATCH = 200


class OwnCampaign(Forbidden):
    """What one proposes, another launches."""

    code = "own_campaign"
    text = _("You proposed this campaign: another person must launch it.")


class CampaignNotProposed(Conflict):
    code = "campaign_not_proposed"
    text = _("The campaign is %(status)s: it cannot be launched.")


class CampaignOver(Conflict):
    code = "campaign_ended"
    text = _("The campaign has ended.")


class DueInThePast(Invalid):
    """Nobody is given less than no time."""

    code = "due_in_the_past"
    text = _("The date must lie ahead.")


class SystemOnly(Forbidden):
    code = "system_only"
    text = _("The registry does this by itself.")


@dataclass(frozen=True, slots=True)
class Demand:
    """What a campaign asks for: a title for staff; code, words and evidence for the holders."""

    title: str
    code: str
    text: str
    evidence_asked: str = ""


@command
def propose(
    command: Command,
    *,
    demand: Demand,
    scope: GrantScope,
    due_at: dt.datetime,
    grace_days: int = 0,
    synthetic: bool = False,
) -> ConditionCampaign:
    """A campaign to look at: whom it would affect is on its page. It touches no grant until launched.

    Raises RoleMissing, ScopeCoversNothing, NotFound, WordsMissing, DueInThePast.
    """
    check_role(command.by, Role.DECIDER, Role.ADMINISTRATOR)
    clock = read_clock(command)
    if due_at <= clock.recorded:
        raise DueInThePast
    if not (demand.title.strip() and demand.code.strip() and demand.text.strip()):
        raise WordsMissing
    row = ConditionCampaign.objects.create(
        title=demand.title,
        code=demand.code,
        text=demand.text,
        evidence_asked=demand.evidence_asked,
        due_at=due_at,
        grace_days=grace_days,
        synthetic=synthetic,
        status=CampaignStatus.PROPOSED,
        proposed_by=command.by.key,
        proposed_at=clock.recorded,
        changed_at=clock.at,
        **scope.columns(),
    )
    audit.record(
        Event.CAMPAIGN_PROPOSED,
        row,
        command,
        occurred_at=clock.recorded,
        code=row.code,
        due_at=due_at,
        affected=covered_grants(row, at=clock.recorded).count(),
    )
    return row


@command
def launch(command: Command, *, campaign: UUID) -> ConditionCampaign:
    """A second person's act: from its commit on, every live grant of the scope gets the condition.

    Raises RoleMissing, NotFound, Stale, OwnCampaign, CampaignNotProposed, DueInThePast.
    """
    check_role(command.by, Role.DECIDER, Role.ADMINISTRATOR)
    row = lock(ConditionCampaign.objects.all(), campaign, command, what="campaign")
    clock = read_clock(command, row)
    if row.status != CampaignStatus.PROPOSED:
        raise CampaignNotProposed(status=row.get_status_display())
    if row.proposed_by == command.by.key:
        raise OwnCampaign
    if row.due_at <= clock.recorded:
        raise DueInThePast
    row.status = CampaignStatus.RUNNING
    row.launched_by, row.launched_at = command.by.key, clock.recorded
    touch(row, clock, "status", "launched_by", "launched_at")
    audit.record(
        Event.CAMPAIGN_LAUNCHED,
        row,
        command,
        occurred_at=clock.recorded,
        code=row.code,
        due_at=row.due_at,
        affected=covered_grants(row, at=clock.recorded).count(),
    )
    return row


@command
def end(command: Command, *, campaign: UUID, reason: str) -> ConditionCampaign:
    """No more grants are covered. Conditions laid so far stand; each can be waived.

    Raises RoleMissing, NotFound, Stale, CampaignOver.
    """
    check_role(command.by, Role.DECIDER, Role.ADMINISTRATOR)
    row = lock(ConditionCampaign.objects.all(), campaign, command, what="campaign")
    if row.status == CampaignStatus.ENDED:
        raise CampaignOver
    clock = read_clock(command, row)
    row.status = CampaignStatus.ENDED
    row.ended_by, row.ended_at = command.by.key, clock.recorded
    touch(row, clock, "status", "ended_by", "ended_at")
    audit.record(
        Event.CAMPAIGN_ENDED,
        row,
        command,
        occurred_at=clock.recorded,
        code=row.code,
        private={"reason": reason},
    )
    return row


@command
def cover(command: Command, *, campaign: UUID, limit: int = BATCH) -> ConditionCampaign:
    """Lay the condition on the next grants that lack it. Again until `find_uncovered` finds none.

    Raises SystemOnly, NotFound.
    """
    if command.by != SYSTEM:
        raise SystemOnly
    row = lock(ConditionCampaign.objects.all(), campaign, command, what="campaign")
    if row.status != CampaignStatus.RUNNING:
        return row
    wanted = list(uncovered(row, at=command.at).values_list("pk", flat=True)[:limit])
    # Locked in one order, so that none of them ends or is followed while it gets its condition.
    locked = Grant.objects.filter(pk__in=wanted).order_by("pk").select_for_update(no_key=True)
    held = [grant.pk for grant in locked]
    clock = read_clock(command, row)
    for grant in _with_start(uncovered(row, at=clock.recorded).filter(pk__in=held)):
        _impose_by_campaign(command, grant, row, due_at=_due(row, grant.began_at), clock=clock)
    return row


def _cover_new(command: Command, grant: Grant, *, clock: Clock) -> None:
    """A grant just issued joins the campaigns that run and mean it."""
    for campaign in ConditionCampaign.objects.filter(status=CampaignStatus.RUNNING).order_by("id"):
        for row in _with_start(uncovered(campaign, at=clock.recorded).filter(pk=grant.pk)):
            due_at = _due(campaign, row.began_at)
            _impose_by_campaign(command, grant, campaign, due_at=due_at, clock=clock)


def _with_start(grants: QuerySet[Grant]) -> Any:
    """The grants with `began_at`, when the first of their items begins."""
    return grants.annotate(began_at=Min("items__valid__startswith"))


def _due(campaign: ConditionCampaign, began_at: dt.datetime | None) -> dt.datetime:
    """The campaign's date; for a grant that began after the launch, its days of grace where they end later."""
    assert campaign.launched_at is not None
    if began_at is None or began_at <= campaign.launched_at:
        return campaign.due_at
    return max(campaign.due_at, began_at + dt.timedelta(days=campaign.grace_days))
