"""Grants on their way: a campaign under way, a round that asks, a grant near its end, a condition."""

import datetime as dt

from access.choices import (
    ConditionFinding,
    DecisionReason,
    PrimaryPurpose,
    RequestStatus,
    UnansweredRule,
)
from access.models import Condition, ConditionCampaign, Program, Recertification
from access.operations import condition_campaigns, conditions, recertifications
from access.operations.condition_campaigns import Demand
from access.operations.conditions import Requirement
from access.operations.rulings import Ruling
from access.queries.campaigns import uncovered
from access.queries.grant_scopes import GrantScope
from access.queries.recertifications import unasked
from seeds.worlds.demo.acting import World
from seeds.worlds.demo.handling import Case, bring_to, draft
from seeds.worlds.demo.names import EVALUATION, PROGRAM, Part
from seeds.worlds.demo.setting import find_terms, find_tier

_DAY = dt.timedelta(days=1)
_DEMAND = Demand(
    title="Synthetic campaign: keys for everybody",
    code="phishing-resistant-sign-in",
    text="Everybody who uses this invented access signs in with a key that cannot be phished.",
    evidence_asked="How many sign in so, and since when.",
)
_NEAR_ITS_END = Part.EXEMPTED
_HANDED_IN = (Part.IMPORTED, Part.EXEMPTED)


def set_on_their_way(world: World) -> None:
    """What the pages of a grant's life show. What is there already stays as it is."""
    _give_for_some_days(world)
    campaign = _launch(world)
    _hand_in(world, campaign)
    _ask(world)


def _give_for_some_days(world: World) -> None:
    """A grant that ends in a few days, given under a condition of its own."""
    key = f"ending:{_NEAR_ITS_END.slug}"
    row = draft(
        world,
        slug=_NEAR_ITS_END.slug,
        tier=find_tier(EVALUATION),
        purpose=PrimaryPurpose.RESEARCH,
        key=key,
    )
    begun = find_terms().published_at
    ruling = Ruling(
        reason=DecisionReason.CRITERIA_MET,
        applicant_text="For the length of the invented study.",
        ends_at=begun + 9 * _DAY,
        conditions=(
            Requirement(
                code="study-plan",
                text="The plan of the invented study is handed in.",
                evidence_asked="The plan.",
                due_at=begun + 5 * _DAY,
            ),
        ),
    )
    bring_to(RequestStatus.APPROVED, Case(world, row.id, key, ruling))


def _launch(world: World) -> ConditionCampaign:
    program = Program.objects.get(slug=PROGRAM)
    proposed = world.act(
        "decider",
        "campaign:propose",
        condition_campaigns.propose,
        demand=_DEMAND,
        scope=GrantScope(programs=(program.id,)),
        due_at=find_terms().published_at + 45 * _DAY,
        grace_days=30,
        synthetic=True,
    )
    launched = world.act(
        "decider2", "campaign:launch", condition_campaigns.launch, campaign=proposed.id
    )
    while uncovered(launched, at=world.clock()).exists():
        world.pass_time(condition_campaigns.cover, campaign=launched.id)
    return launched


def _hand_in(world: World, campaign: ConditionCampaign) -> None:
    """Two have handed in; the first of them was found to meet it."""
    for part in _HANDED_IN:
        row = Condition.objects.filter(
            campaign=campaign, grant__organization__slug=part.slug
        ).earliest("imposed_at", "id")
        world.act(
            "intake",
            f"campaign:hand-in:{part.slug}",
            conditions.hand_in,
            condition=row.id,
            text="All twelve invented analysts have keys since the spring.",
        )
        if part is Part.IMPORTED:
            world.act(
                "reviewer",
                f"campaign:review:{part.slug}",
                conditions.review,
                condition=row.id,
                finding=ConditionFinding.MET,
            )


def _ask(world: World) -> None:
    tier = find_tier(EVALUATION)
    row: Recertification = world.act(
        "decider",
        "recertification",
        recertifications.open_,
        title="Synthetic round: still evaluating?",
        text="Please say whether this invented access is still needed, by whom and until when.",
        scope=GrantScope(tiers=(tier.id,)),
        due_at=find_terms().published_at + 21 * _DAY,
        unanswered=UnansweredRule.LIST,
        synthetic=True,
    )
    while unasked(row, at=world.clock()).exists():
        world.pass_time(recertifications.ask, recertification=row.id)
