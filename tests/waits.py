"""What tests of waiting periods need to exist."""

import datetime as dt
from typing import Any

from django.db import transaction

from access.models import Grant, WaitingFact, WaitingPeriod, WaitingPeriodVersion
from access.operations import waiting_facts
from access.waiting import NOTIFIED
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import Command, read_clock
from registry.versions import open_version, span
from tests import make

OFFICE = f"{NOTIFIED}test-office"
DAY = dt.timedelta(days=1)


def rule(**more: Any) -> dict[str, Any]:
    """Ten days from the decision, by the operator's own choice."""
    period = {"quantity": 10, "unit": "days", "calendar": None, "zone": "Europe/Brussels"}
    return {
        "basis": "The desk looks at it once more",
        "citation": "House rules, section 2",
        "bindingness": "policy",
        "period": period | more.pop("period", {}),
        "from": more.pop("since", "decision"),
    } | more


def by_law(**more: Any) -> dict[str, Any]:
    """The same, because an act says so."""
    said = {"bindingness": "law", "basis": "Standstill", "citation": "Test Act, Article 9"}
    return rule(**(said | more))


def grant(*rules: dict[str, Any]) -> Grant:
    """A grant just issued under a policy with these waiting periods."""
    at_tier = make.tier()
    make.policy(at_tier.review_policy, waiting=list(rules))
    return make.grant(None, at_tier)


def period(row: Grant) -> WaitingPeriod:
    """The grant's one period."""
    return row.waiting_periods.get()


def end_of(row: Grant) -> dt.datetime | None:
    """When the grant's one period ends, as known now; None where something is missing."""
    version = period(row).versions.current().get()
    end: dt.datetime | None = version.valid.upper
    return end


def state(row: Grant, happened_at: dt.datetime, name: str = OFFICE) -> WaitingFact:
    """A fact about the grant's model."""
    return waiting_facts.state_fact(
        make.by(make.staff(Role.AUTHORITY_DESK)),
        name=name,
        happened_at=happened_at,
        evidence="Receipt 7",
        ai_model=row.tier.ai_models.get().id,
    ).value


def run_out(row: Grant) -> dt.datetime:
    """Give the grant a period that ran out yesterday and is not written down so; when it did."""
    assert row.request is not None
    assert row.request.review_policy is not None
    over_at = dt.datetime.now(dt.UTC) - DAY
    waited = WaitingPeriod.objects.create(
        grant=row,
        policy=row.request.review_policy,
        place=0,
        basis="The tests",
        citation="The tests",
        bindingness="policy",
        since="decision",
        opened_at=over_at - DAY,
        changed_at=make.MORNING,
    )
    version = WaitingPeriodVersion(
        waiting_period=waited, grant=row, valid=span(over_at - DAY, over_at)
    )
    with transaction.atomic():
        open_version(version, recorded=read_clock(by_clock()).recorded)
    return over_at


def by_clock() -> Command:
    """The system's act."""
    return make.by(SYSTEM)
