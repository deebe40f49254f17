"""Condition campaigns: proposed, launched by another, covering what is live and what comes later."""

import datetime as dt
import tracemalloc

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from access.choices import ConditionFinding, Reason, RevocationReason
from access.models import Condition, ConditionCampaign, ConditionVersion, Grant
from access.operations import condition_campaigns, conditions, grants
from access.queries.campaigns import list_affected, measure_progress, uncovered
from access.queries.grant_scopes import GrantScope, ScopeCoversNothing
from access.tasks import go_on_with_campaigns
from registry.actors import SYSTEM
from registry.choices import JurisdictionKind, JurisdictionRole, Role
from registry.errors import NotFound
from registry.models import AuditEvent, Jurisdiction
from registry.operations import jurisdictions
from registry.policies import RoleMissing
from tests import make
from tests.asking import ask
from tests.lifecycle import (
    DAY,
    DEMAND,
    TICK,
    cover,
    covered,
    launched,
    many_grants,
    proposed,
    scope_of,
)

pytestmark = pytest.mark.django_db


def due_of(grant: Grant) -> dt.datetime:
    return ConditionVersion.objects.current().get(grant=grant).due_at


class TestPropose:
    def test_touches_no_grant(self) -> None:
        grant = make.grant()
        proposed(scope_of(grant))
        cover()
        assert not Condition.objects.exists()

    def test_needs_a_scope(self) -> None:
        with pytest.raises(ScopeCoversNothing):
            proposed(GrantScope())

    def test_a_scope_of_what_nobody_knows_is_refused(self) -> None:
        with pytest.raises(NotFound):
            proposed(GrantScope(organizations=(make.grant().id,)))

    def test_the_date_must_lie_ahead(self) -> None:
        with pytest.raises(condition_campaigns.DueInThePast):
            proposed(scope_of(make.grant()), due_at=now() - TICK)

    def test_needs_a_decider(self) -> None:
        with pytest.raises(RoleMissing):
            condition_campaigns.propose(
                make.by(make.staff(Role.REVIEWER)),
                demand=DEMAND,
                scope=scope_of(make.grant()),
                due_at=now() + DAY,
            )


class TestScope:
    def test_dimensions_are_anded_and_values_ored(self) -> None:
        first, second, third = make.grant(), make.grant(), make.grant()
        both = (first.organization_id, second.organization_id)
        scope = GrantScope(tiers=(first.tier_id, third.tier_id), organizations=both)
        assert list(list_affected(proposed(scope), at=now())) == [first]

    def test_a_jurisdiction_matches_by_its_union(self) -> None:
        intake = make.staff(Role.INTAKE)
        for slug, kind, unions in (
            ("eu", JurisdictionKind.UNION, None),
            ("fr", JurisdictionKind.STATE, {"eu": None}),
        ):
            jurisdictions.register(
                make.by(intake), slug=slug, name=slug, kind=kind, member_of=unions
            )
        french = make.organization(jurisdictions=(("fr", JurisdictionRole.SUBSIDIARY),))
        grant = make.grant(french)
        make.grant(None, grant.tier)
        scope = GrantScope(jurisdictions=(Jurisdiction.objects.get(slug="eu").id,))
        assert list(list_affected(proposed(scope), at=now())) == [grant]

    def test_a_model_matches_those_who_hold_it(self) -> None:
        grant = make.grant()
        make.grant()
        scope = GrantScope(ai_models=(grant.tier.ai_models.get().id,))
        assert list(list_affected(proposed(scope), at=now())) == [grant]

    def test_what_has_ended_is_not_affected_and_the_other_world_neither(self) -> None:
        grant = make.grant()
        campaign = proposed(scope_of(grant))
        elsewhere = proposed(scope_of(grant), synthetic=True)
        assert not list_affected(elsewhere, at=now()).exists()
        grants.revoke(
            make.by(make.staff(Role.RESTRICTOR)), grant=grant.id, reason=RevocationReason.ERROR
        )
        assert not list_affected(campaign, at=now()).exists()


class TestLaunch:
    def test_not_by_who_proposed_it(self) -> None:
        row = proposed(scope_of(make.grant()))
        with pytest.raises(condition_campaigns.OwnCampaign):
            condition_campaigns.launch(
                make.by(make.same(row.proposed_by, Role.DECIDER)), campaign=row.id
            )

    def test_the_database_will_not_have_it_either(self) -> None:
        row = launched(scope_of(make.grant()))
        with pytest.raises(IntegrityError), transaction.atomic():
            ConditionCampaign.objects.filter(pk=row.pk).update(launched_by=row.proposed_by)

    def test_once(self) -> None:
        row = launched(scope_of(make.grant()))
        with pytest.raises(condition_campaigns.CampaignNotProposed):
            condition_campaigns.launch(make.by(make.staff(Role.DECIDER)), campaign=row.id)


class TestCover:
    def test_every_grant_in_scope_gets_the_condition_and_the_clock_refuses(self) -> None:
        grant = make.grant()
        campaign = covered(scope_of(grant))
        assert ask(grant, as_of=campaign.due_at - TICK).decision
        answer = ask(grant, as_of=campaign.due_at)
        assert answer.reason == Reason.CONDITION_UNMET
        assert [said.code for said in answer.conditions] == [campaign.code]

    def test_goes_on_where_it_stopped(self) -> None:
        grant = make.grant()
        for _ in range(4):
            make.grant(None, grant.tier)
        campaign = launched(scope_of(grant))
        system = make.by(SYSTEM, at=now())
        condition_campaigns.cover(system, campaign=campaign.id, limit=2)
        assert Condition.objects.count() == 2
        assert uncovered(campaign, at=now()).count() == 3
        go_on_with_campaigns()
        assert Condition.objects.filter(campaign=campaign).count() == 5
        go_on_with_campaigns()
        assert AuditEvent.objects.filter(name="condition.imposed").count() == 5

    def test_a_grant_issued_later_is_covered_with_its_days_of_grace(self) -> None:
        first = make.grant()
        campaign = covered(scope_of(first), due_at=now() + 10 * DAY, grace_days=30)
        late = make.grant(None, first.tier)
        began = make.start_of(late.items.get())
        assert due_of(first) == campaign.due_at
        assert due_of(late) == began + 30 * DAY

    def test_one_that_comes_into_scope_later_is_covered_at_the_next_turn(self) -> None:
        grant, other = make.grant(), make.grant()
        campaign = covered(GrantScope(organizations=(grant.organization_id,)))
        ConditionCampaign.objects.filter(pk=campaign.pk).update(
            organizations=[grant.organization_id, other.organization_id]
        )
        go_on_with_campaigns()
        assert due_of(other) == campaign.due_at

    def test_no_person_covers(self) -> None:
        campaign = launched(scope_of(make.grant()))
        with pytest.raises(condition_campaigns.SystemOnly):
            condition_campaigns.cover(make.by(make.staff(*Role)), campaign=campaign.id)

    def test_a_batch_of_many_reads_its_grants_at_once(self) -> None:
        """Each grant costs the same few writes; what is read does not grow with how many there are."""
        grant = make.grant()
        for _ in range(5):
            make.grant(None, grant.tier)
        campaign = launched(scope_of(grant))
        costs = []
        for limit in (1, 5):
            with CaptureQueriesContext(connection) as queries:
                condition_campaigns.cover(
                    make.by(SYSTEM, at=now()), campaign=campaign.id, limit=limit
                )
            costs.append([query for query in queries if query["sql"].startswith("SELECT")])
        assert len(costs[0]) == len(costs[1])


class TestEnd:
    def test_covers_no_more_and_leaves_what_stands(self) -> None:
        grant = make.grant()
        campaign = covered(scope_of(grant))
        condition_campaigns.end(
            make.by(make.staff(Role.DECIDER)), campaign=campaign.id, reason="Superseded."
        )
        late = make.grant(None, grant.tier)
        cover()
        assert not late.conditions.exists()
        assert ask(grant, as_of=campaign.due_at).reason == Reason.CONDITION_UNMET

    def test_once(self) -> None:
        campaign, decider = launched(scope_of(make.grant())), make.staff(Role.DECIDER)
        condition_campaigns.end(make.by(decider), campaign=campaign.id, reason="Enough.")
        with pytest.raises(condition_campaigns.CampaignOver):
            condition_campaigns.end(make.by(decider), campaign=campaign.id, reason="Again.")


class TestProgress:
    def test_tells_met_handed_in_and_silent_apart(self) -> None:
        grant = make.grant()
        others = [make.grant(None, grant.tier) for _ in range(3)]
        campaign = covered(scope_of(grant))
        for one in others[:2]:
            conditions.hand_in(
                make.by(make.client(one.organization)),
                condition=one.conditions.get().id,
                text="Keys.",
            )
        conditions.review(
            make.by(make.staff(Role.REVIEWER)),
            condition=others[0].conditions.get().id,
            finding=ConditionFinding.MET,
        )
        found = measure_progress(campaign, at=now())
        assert (found.met, found.handed_in, found.silent, found.refused) == (1, 1, 2, 0)
        assert measure_progress(campaign, at=campaign.due_at).refused == 3

    def test_costs_the_same_for_more_grants(self) -> None:
        grant = make.grant()
        campaign = proposed(scope_of(grant))
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                measure_progress(campaign, at=now())
                list(list_affected(campaign, at=now()))
            counts.append(len(queries))
            for _ in range(3):
                make.grant(None, grant.tier)
        assert counts[0] == counts[1]


@pytest.mark.soak
class TestTwoThousandGrants:
    def test_are_covered_in_batches_with_progress_and_bounded_memory(self) -> None:
        tier = make.tier()
        many_grants(tier, 2_000)
        campaign = launched(GrantScope(tiers=(tier.id,)))
        seen, peaks = [], []
        while waiting := uncovered(campaign, at=now()).count():
            seen.append(waiting)
            tracemalloc.start()
            condition_campaigns.cover(make.by(SYSTEM, at=now()), campaign=campaign.id)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert seen == list(range(2_000, 0, -condition_campaigns.BATCH))
        assert max(peaks[1:]) < 2 * min(peaks[1:])
        found = measure_progress(campaign, at=now())
        assert (found.silent, found.uncovered, found.organizations) == (2_000, 0, 2_000)
