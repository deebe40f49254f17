"""What tests of grants' lives need beyond `tests.make`: campaigns, rounds, and the worker's turns."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.timezone import now

from access.choices import Origin, PrimaryPurpose, UnansweredRule
from access.models import ConditionCampaign, Grant, GrantItem, Recertification, Tier
from access.operations import condition_campaigns, notices, recertifications
from access.operations.condition_campaigns import Demand
from access.queries.campaigns import find_uncovered
from access.queries.grant_scopes import GrantScope
from access.queries.recertifications import find_unasked
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import read_clock
from registry.models import Organization
from registry.versions import span
from tests import make

DAY = dt.timedelta(days=1)
TICK = dt.timedelta(microseconds=1)
DEMAND = Demand("Keys for everybody", "phishing-resistant-mfa", "Sign in with keys.", "A report")


def proposed(scope: GrantScope, **more: Any) -> ConditionCampaign:
    """A campaign that nobody has launched, due in forty days."""
    said = {"due_at": now() + 40 * DAY} | more
    return condition_campaigns.propose(
        make.by(make.staff(Role.DECIDER)), demand=DEMAND, scope=scope, **said
    ).value


def launched(scope: GrantScope, **more: Any) -> ConditionCampaign:
    """A campaign launched by a second person; nothing is covered yet."""
    return condition_campaigns.launch(
        make.by(make.staff(Role.DECIDER)), campaign=proposed(scope, **more).id
    ).value


def covered(scope: GrantScope, **more: Any) -> ConditionCampaign:
    """A campaign under way that covers its grants."""
    row = launched(scope, **more)
    cover()
    return row


def cover() -> None:
    """The worker's turn: cover what running campaigns do not cover."""
    while waiting := find_uncovered(at=now()):
        for campaign in waiting:
            condition_campaigns.cover(make.by(SYSTEM, at=now()), campaign=campaign)


def round_of(scope: GrantScope, **more: Any) -> Recertification:
    """A round that asks, due in forty days, with its questions written."""
    said: dict[str, Any] = {
        "title": "Still needed?",
        "text": "Tell us who uses it.",
        "due_at": now() + 40 * DAY,
        "unanswered": UnansweredRule.SUSPEND,
    } | more
    row = recertifications.open_(make.by(make.staff(Role.DECIDER)), scope=scope, **said).value
    ask()
    return row


def ask() -> None:
    """The worker's turn: write the questions of open rounds."""
    while waiting := find_unasked(at=now()):
        for recertification in waiting:
            recertifications.ask(make.by(SYSTEM, at=now()), recertification=recertification)


def give_notices(at: dt.datetime) -> int:
    """The worker's turn at this moment; how many notices it gave."""
    given = 0
    while found := notices.give(make.by(SYSTEM, at=at)):
        given += found
    return given


def scope_of(grant: Grant) -> GrantScope:
    """The grant's own tier."""
    return GrantScope(tiers=(grant.tier_id,))


def many_grants(tier: Tier, number: int) -> None:
    """So many grants of the tier, each of an organization of its own, written at once."""
    developer = tier.program.developer
    organizations = Organization.objects.bulk_create(
        Organization(slug=f"many-{n}", name=f"Many {n}", changed_at=developer.changed_at)
        for n in range(number)
    )
    with transaction.atomic():
        clock = read_clock(make.by(SYSTEM))
        grants = Grant.objects.bulk_create(
            Grant(
                organization=organization,
                program=tier.program,
                tier=tier,
                purpose=PrimaryPurpose.USE,
                origin=Origin.IMPORTED,
                external_reference=organization.slug,
                issued_by="user:records",
                issued_at=clock.recorded,
                changed_at=clock.at,
            )
            for organization in organizations
        )
        GrantItem.objects.bulk_create(
            GrantItem(
                grant=grant,
                organization=grant.organization,
                tier=tier,
                ai_model=tier.ai_models.get(),
                purpose=grant.purpose,
                actions=tier.actions,
                valid=span(clock.recorded),
                recorded=span(clock.recorded),
            )
            for grant in grants
        )
