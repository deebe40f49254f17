"""What holds a first grant back holds back what follows it: waiting periods, the deny list, positions."""

import pytest
from django.utils.timezone import now

from access.choices import DenyEffect, Reason
from access.models import Grant, Tier
from access.operations import waiting_facts
from access.operations.conditions import Requirement
from access.operations.deny_list import DenyListed
from access.operations.position_weighing import PositionBlocks
from access.operations.positions import About
from access.operations.renewals import NothingToRenew
from registry.choices import Role
from registry.models import Authority
from tests import make, stops, waits
from tests.access.test_deny_list import enact, propose
from tests.access.test_positions import authority, take
from tests.access.test_renewals import lapse, stop
from tests.access.test_renewals import renew as renew_after
from tests.access.test_successions import approve, end_of, renew, request_renewal, supersede
from tests.asking import ask

__all__ = ["authority"]

pytestmark = pytest.mark.django_db


def bounded(*rules: dict[str, object], days: int = 5, **more: object) -> Grant:
    """A grant for some days, that waits by these rules of its policy."""
    at_tier = make.tier(grant_days=days)
    if rules:
        make.policy(at_tier.review_policy, waiting=list(rules))
    return make.grant(None, at_tier, **more)


def make_wait(at_tier: Tier, *rules: dict[str, object]) -> None:
    """The tier's policy makes wait from now on."""
    make.policy(at_tier.review_policy, waiting=list(rules or [waits.rule()]))


def renew_lapsed(grant: Grant) -> Grant:
    """The successor after a stop under which the grant ran out."""
    lapse(grant)
    row = stop(grant.tier)
    stops.lift(row)
    renew_after(row)
    return Grant.objects.get(renews=grant)


class TestWaiting:
    def test_a_renewal_waits_by_the_edition_in_force(self) -> None:
        grant = bounded()
        make_wait(grant.tier)
        successor = renew(grant, ends_at=now() + 90 * waits.DAY)
        answer = ask(grant, as_of=end_of(grant))
        assert (answer.grant, answer.reason) == (successor.id, Reason.WAITING_PERIOD)
        assert answer.next_change_at == waits.end_of(successor)

    def test_time_to_wait_runs_while_the_grant_before_holds(self) -> None:
        grant = bounded(days=20)
        make_wait(grant.tier)
        renew(grant)
        assert ask(grant, as_of=end_of(grant)).decision

    def test_a_renewal_by_a_request_waits_by_the_edition_that_it_pinned(self) -> None:
        grant = bounded()
        request = request_renewal(grant)
        make_wait(grant.tier)
        assert not approve(request).waiting_periods.exists()

    def test_another_tier_waits_by_its_own_policy(self) -> None:
        grant = bounded()
        make_wait(grant.tier)
        successor = supersede(grant)
        assert waits.period(successor).basis == waits.rule()["basis"]
        assert ask(successor).reason is Reason.WAITING_PERIOD

    def test_what_lapsed_under_a_stop_waits_and_takes_its_conditions_over(self) -> None:
        grant = bounded(waits.rule(), conditions=(Requirement("mfa", "Keys."),))
        successor = renew_lapsed(grant)
        assert ask(successor).reason is Reason.WAITING_PERIOD
        assert successor.conditions.get().carried_from == grant.conditions.get()

    def test_a_fact_about_the_request_counts_for_what_follows_its_grant(self) -> None:
        grant = bounded(waits.rule(since=waits.OFFICE))
        first = renew(grant)
        told_at = now() - waits.DAY
        assert grant.request is not None
        waiting_facts.state_fact(
            make.by(make.staff(Role.AUTHORITY_DESK)),
            name=waits.OFFICE,
            happened_at=told_at,
            evidence="Receipt",
            request=grant.request.id,
        )
        second = renew(first)
        for one in (grant, first, second):
            version = waits.period(one).versions.current().get()
            assert version.anchor_at == told_at


class TestHeldBack:
    def test_the_deny_list_refuses_whatever_follows(self) -> None:
        grant = bounded()
        enact(propose(grant.organization, DenyEffect.REFUSE))
        for act in (renew, supersede, request_renewal):
            with pytest.raises(DenyListed):
                act(grant)
        with pytest.raises(NothingToRenew):
            renew_lapsed(grant)

    def test_a_position_that_blocks_a_request_blocks_whatever_follows(
        self, authority: Authority
    ) -> None:
        grant = bounded()
        take(authority, About(program=grant.program_id))
        for act in (renew, supersede):
            with pytest.raises(PositionBlocks):
                act(grant)
        with pytest.raises(NothingToRenew):
            renew_lapsed(grant)
