"""A stop lengthens nothing: what lapsed under it is listed once it is lifted, and renewed by a decision."""

import datetime as dt
import time

import pytest
from django.utils.timezone import now

from access.choices import GrantEndKind, Origin, RevocationReason
from access.models import Grant, GrantRenewal, Restriction, Tier
from access.operations import grants, renewals
from access.operations.renewals import NothingToRenew, RestrictionInForce
from access.queries.lapses import list_lapsed
from access.queries.scopes import Scope
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import read_clock
from registry.models import AuditEvent
from registry.operations import organizations
from registry.policies import RoleMissing
from registry.versions import correct, span
from tests import make, stops
from tests.asking import ask

pytestmark = pytest.mark.django_db
SOON = dt.timedelta(seconds=1.5)


def lapsing(tier: Tier) -> Grant:
    """A grant that runs out while the test stops access."""
    return make.grant(None, tier, ends_at=now() + SOON)


def pass_end(*found: Grant) -> None:
    """Let the database's own clock pass their ends: nobody can set it."""
    last = max(make.end_of(grant.items.current().get()) for grant in found)
    time.sleep(max(0.0, (last - now()).total_seconds()) + 0.05)


def renew(row: Restriction, **more: object) -> Restriction:
    said: dict[str, object] = {"reason": "Lapsed under the stop."} | more
    return renewals.renew_lapsed(
        make.by(make.staff(Role.DECIDER)),
        restriction=row.id,
        **said,  # type: ignore[arg-type]
    ).value


class TestLapsed:
    def test_lists_what_ran_out_meanwhile_and_lengthens_nothing(self) -> None:
        tier = make.tier()
        lapsed, lasting, revoked = lapsing(tier), make.grant(None, tier), lapsing(tier)
        row = stops.stop(Scope(programs=(tier.program_id,)))
        grants.revoke(
            make.by(make.staff(Role.RESTRICTOR)), grant=revoked.id, reason=RevocationReason.MISUSE
        )
        pass_end(lapsed)
        grants.expire(make.by(SYSTEM), grant=lapsed.id)
        stops.lift(row)
        row.refresh_from_db()
        assert list(list_lapsed(row, at=now())) == [lapsed]
        assert not ask(lapsed).decision
        assert ask(lasting).decision

    def test_what_had_run_out_before_is_not_listed(self) -> None:
        tier = make.tier()
        lapsed = lapsing(tier)
        pass_end(lapsed)
        row = stops.stop(Scope(programs=(tier.program_id,)))
        assert list(list_lapsed(row, at=now())) == []


class TestRenew:
    def test_one_act_gives_each_a_successor_of_its_own(self) -> None:
        tier = make.tier(grant_days=30)
        first, second = lapsing(tier), lapsing(tier)
        row = stops.stop(Scope(programs=(tier.program_id,)))
        pass_end(first, second)
        with pytest.raises(RestrictionInForce):
            renew(row)
        stops.lift(row)
        renew(row)
        for lapsed in (first, second):
            successor = Grant.objects.get(renews=lapsed)
            item = successor.items.get()
            assert (successor.origin, successor.request) == (Origin.DECIDED, None)
            assert make.end_of(item) - make.start_of(item) == dt.timedelta(days=30)
            assert ask(successor).grant == successor.id
            assert ask(successor).decision
        assert GrantRenewal.objects.count() == 2
        assert AuditEvent.objects.filter(name="grant.renewed").count() == 2
        with pytest.raises(NothingToRenew):
            renew(row)

    def test_without_a_term_of_the_tier_it_lasts_as_long_as_before(self) -> None:
        lapsed = lapsing(make.tier())
        row = stops.stop(Scope(programs=(lapsed.program_id,)))
        before = lapsed.items.get()
        pass_end(lapsed)
        stops.lift(row)
        renew(row)
        item = Grant.objects.get(renews=lapsed).items.get()
        assert make.end_of(item) - make.start_of(item) == make.end_of(before) - make.start_of(
            before
        )

    def test_who_cannot_be_renewed_hinders_nobody(self) -> None:
        tier = make.tier(grant_days=30)
        barred, able = lapsing(tier), lapsing(tier)
        row = stops.stop(Scope(programs=(tier.program_id,)))
        organizations.suspend(
            make.by(make.staff(Role.RESTRICTOR)), organization=barred.organization_id, reason="?"
        )
        pass_end(barred, able)
        stops.lift(row)
        renew(row)
        assert list(
            Grant.objects.filter(renews__isnull=False).values_list("renews", flat=True)
        ) == [able.id]

    def test_where_the_policy_asks_for_it_another_person_countersigns(self) -> None:
        make.policy("double", countersigned=True)
        tier = make.tier(review_policy="double", grant_days=30)
        lapsed = self.imported(tier)
        row = stops.stop(Scope(programs=(tier.program_id,)))
        pass_end(lapsed)
        stops.lift(row)
        both = make.staff(Role.DECIDER, Role.COUNTERSIGNER)
        renewals.renew_lapsed(make.by(both), restriction=row.id, reason="Lapsed.")
        assert not Grant.objects.filter(renews=lapsed).exists()
        with pytest.raises(NothingToRenew):
            renewals.countersign_renewals(make.by(both), restriction=row.id)
        second = make.staff(Role.COUNTERSIGNER)
        renewals.countersign_renewals(make.by(second), restriction=row.id)
        assert Grant.objects.get(renews=lapsed).issued_by == second.key
        assert GrantRenewal.objects.get().countersigned_by == second.key

    def test_is_a_deciders_and_only_of_what_lapsed(self) -> None:
        lapsed = lapsing(make.tier())
        row = stops.stop(Scope(programs=(lapsed.program_id,)))
        pass_end(lapsed)
        stops.lift(row)
        with pytest.raises(RoleMissing):
            renewals.renew_lapsed(
                make.by(make.staff(Role.RESTRICTOR)), restriction=row.id, reason="?"
            )
        with pytest.raises(NothingToRenew):
            renew(row, grants=(make.grant().id,))
        renew(row, grants=(lapsed.id,))
        grants.expire(make.by(SYSTEM), grant=lapsed.id)
        lapsed.refresh_from_db()
        assert lapsed.end.kind == GrantEndKind.EXPIRED

    @staticmethod
    def imported(tier: Tier) -> Grant:
        """A grant of the tier, from the operator's own records, about to run out."""
        grant = make.imported_grant(days_ago=1)
        item = grant.items.get()
        Grant.objects.filter(pk=grant.pk).update(tier=tier, program=tier.program)
        recorded = read_clock(make.by(SYSTEM)).recorded
        correct(
            item,
            recorded=recorded,
            tier_id=tier.id,
            ai_model_id=tier.ai_models.get().id,
            valid=span(item.valid.lower, recorded + SOON),
        )
        grant.refresh_from_db()
        return grant
