"""Positions before an approval: what holds it is refused by name, what adds a condition adds it."""

import datetime as dt
from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from access.choices import PositionEffect, Stance
from access.models import (
    AccessRequest,
    Condition,
    Grant,
    Position,
    PositionVersion,
    RequestDecision,
    Tier,
)
from access.operations.conditions import Requirement, _state
from access.policies import PolicyRules
from access.queries.positions import weigh_after, weigh_request
from access.stages.weighing import Weighed
from registry.actors import Actor
from registry.commands import Clock, Command
from registry.errors import Conflict, Forbidden


class PositionBlocks(Conflict):
    """`position` is the position's identifier, where the actor may read it."""

    code = "position_blocks"
    text = _(
        "By rule %(rule)s of the review policy, a position of %(authority)s holds this request back: %(stance)s."
    )


class OverrideMissing(Conflict):
    """The policy lets more people override the position, and they have not."""

    code = "override_missing"
    text = _(
        "By rule %(rule)s of the review policy, a position of %(authority)s holds this request back "
        "(%(stance)s), until %(missing)s more people override it."
    )


class OwnOverride(Forbidden):
    """Who overrode a position for a request does not decide it."""

    code = "own_override"
    text = _("You have overridden a position for this request: another person must decide it.")


class PositionAddsCondition(Conflict):
    """What a position adds to an approval needs one: a grant is not followed past it without a request."""

    code = "position_adds_condition"
    text = _(
        "By rule %(rule)s of the review policy, a position adds the condition “%(condition)s”, which the "
        "grant does not have: this needs a request."
    )


def _check_unheld(
    command: Command, row: AccessRequest, rules: PolicyRules, *, clock: Clock
) -> tuple[Weighed, ...]:
    """What bears on a locked request whose program is locked; nothing of it holds the request back.

    Raises PositionBlocks, OverrideMissing.
    """
    weighed = weigh_request(row, rules, at=clock.recorded)
    _refuse_held(weighed, command.by)
    return weighed


def _check_did_not_override(row: AccessRequest, deciders: Collection[str]) -> None:
    """Of whoever decides, and as whose deputy, by their keys. Raises OwnOverride."""
    if row.overrides.filter(overridden_by__in=deciders).exists():
        raise OwnOverride


def _add_conditions(
    decision: RequestDecision, weighed: Iterable[Weighed], *, clock: Clock
) -> None:
    """State with a decision what positions add to it, each code once; what the decision says itself stays."""
    said = set(decision.conditions.values_list("code", flat=True))
    for one in weighed:
        added = one.condition
        if one.effect is not PositionEffect.CONDITION or added is None or added.code in said:
            continue
        said.add(added.code)
        begins = max(decision.starts_at or clock.recorded, clock.recorded)
        requirement = Requirement(
            code=added.code,
            text=added.text,
            evidence_asked=added.evidence_asked,
            due_at=begins + dt.timedelta(days=added.days) if added.days else None,
        )
        _state(decision, (requirement,), clock=clock)


def _check_unheld_after(
    command: Command, grant: Grant, tier: Tier, *, rules: PolicyRules, clock: Clock
) -> None:
    """Nothing holds back what would follow the grant, as it would a request.

    Raises PositionBlocks, OverrideMissing, PositionAddsCondition.
    """
    weighed = weigh_after(grant, tier, rules, at=clock.recorded)
    _refuse_held(weighed, command.by)
    has = set(Condition.objects.filter(grant=grant).values_list("code", flat=True))
    for one in weighed:
        if one.condition is not None and one.condition.code not in has:
            raise PositionAddsCondition(rule=one.rule, condition=one.condition.code)


def _refuse_held(weighed: Iterable[Weighed], actor: Actor) -> None:
    holding = [one for one in weighed if one.holds]
    if not holding:
        return
    seen = set(
        Position.objects.visible_to(actor)
        .filter(pk__in=[one.held.position for one in holding])
        .values_list("pk", flat=True)
    )
    first = min(
        holding, key=lambda one: (one.effect is PositionEffect.OVERRIDE, one.held.statement)
    )
    told = _tell(first, seen=first.held.position in seen)
    if first.effect is PositionEffect.OVERRIDE:
        raise OverrideMissing(**told, missing=first.missing)
    raise PositionBlocks(**told)


def _tell(one: Weighed, *, seen: bool) -> dict[str, object]:
    """Who holds what; nothing of that to somebody who may not read the position."""
    if not seen:
        return {
            "rule": one.rule,
            "position": None,
            "authority": _now("an authority"),
            "stance": _now("you may not read it"),
        }
    said = PositionVersion.objects.select_related("position__authority__organization").get(
        pk=one.held.statement
    )
    return {
        "rule": one.rule,
        "position": str(one.held.position),
        "authority": said.position.authority.organization.name,
        "stance": str(Stance(said.stance).label),
    }
