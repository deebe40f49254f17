"""A stop lengthens nothing: what lapsed under it is listed once it is lifted, and renewed by a decision."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now

from access.choices import GrantEndKind, Origin, RevocationReason
from access.models import CloseOut, Grant, GrantRenewal, Restriction, Tier
from access.operations import close_outs, grants, renewals, reviews
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
DAY = dt.timedelta(days=1)


def lapsed_grant(tier: Tier, *, ended_days_ago: int = 1) -> Grant:
    """A grant that ran for ten days and then ran out."""
    return lapse(make.grant(None, tier), ended_days_ago=ended_days_ago)


def lapse(grant: Grant, *, ended_days_ago: int = 1) -> Grant:
    """The grant, as if it had begun and run out in the past: nobody can set the database's clock."""
    with transaction.atomic():
        recorded = read_clock(make.by(SYSTEM)).recorded
        end = recorded - ended_days_ago * DAY
        correct(grant.items.get(), recorded=recorded, valid=span(end - 10 * DAY, end))
    return grant


def stop(*of: Tier, days_ago: int = 5) -> Restriction:
    """A stop of their programs that has been in force for some days."""
    row = stops.stop(Scope(programs=tuple(tier.program_id for tier in of)))
    since = row.imposed_at - days_ago * DAY
    with transaction.atomic():
        recorded = read_clock(make.by(SYSTEM)).recorded
        correct(row.versions.current().get(), recorded=recorded, valid=span(since))
    Restriction.objects.filter(pk=row.pk).update(imposed_at=since)
    row.refresh_from_db()
    return row


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
        lapsed, lasting, revoked = (
            lapsed_grant(tier),
            make.grant(None, tier),
            make.grant(None, tier),
        )
        row = stop(tier)
        grants.revoke(
            make.by(make.staff(Role.RESTRICTOR)), grant=revoked.id, reason=RevocationReason.MISUSE
        )
        grants.expire(make.by(SYSTEM), grant=lapsed.id)
        stops.lift(row)
        row.refresh_from_db()
        assert list(list_lapsed(row, at=now())) == [lapsed]
        assert not ask(lapsed).decision
        assert ask(lasting).decision

    def test_what_had_run_out_before_is_not_listed(self) -> None:
        tier = make.tier()
        lapsed_grant(tier, ended_days_ago=7)
        row = stop(tier)
        assert list(list_lapsed(row, at=now())) == []


class TestRenew:
    def test_one_act_gives_each_a_successor_of_its_own(self) -> None:
        tier = make.tier(grant_days=30)
        first, second = lapsed_grant(tier), lapsed_grant(tier)
        row = stop(tier)
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

    def test_its_close_out_is_asked_for_no_more_unless_it_was_attested(self) -> None:
        tier = make.tier(grant_days=30)
        first, second = lapsed_grant(tier), lapsed_grant(tier)
        row = stop(tier)
        Grant.objects.update(issued_at=now() - 20 * DAY)
        for lapsed in (first, second):
            grants.expire(make.by(SYSTEM), grant=lapsed.id)
        said: dict[str, Any] = {"data_deleted": True, "access_returned": True}
        holder = make.by(make.client(second.organization))
        close_outs.attest(holder, close_out=second.close_out.id, **said)
        stops.lift(row)
        renew(row)
        withdrawn, attested = (CloseOut.objects.get(grant=lapsed) for lapsed in (first, second))
        assert (withdrawn.attested_at, withdrawn.withdrawn_at is None) == (None, False)
        assert (attested.attested_at is None, attested.withdrawn_at) == (False, None)
        assert not CloseOut.objects.awaited().exists()
        assert AuditEvent.objects.get(name="close_out.withdrawn").subject_id == withdrawn.id
        with pytest.raises(close_outs.CloseOutWithdrawn):
            close_outs.attest(
                make.by(make.client(first.organization)), close_out=withdrawn.id, **said
            )

    def test_without_a_term_of_the_tier_it_lasts_as_long_as_before(self) -> None:
        lapsed = lapsed_grant(make.tier())
        row = stop(lapsed.tier)
        before = lapsed.items.current().get()
        stops.lift(row)
        renew(row)
        item = Grant.objects.get(renews=lapsed).items.get()
        assert make.end_of(item) - make.start_of(item) == make.end_of(before) - make.start_of(
            before
        )

    def test_who_cannot_be_renewed_hinders_nobody(self) -> None:
        tier = make.tier(grant_days=30)
        barred, able = lapsed_grant(tier), lapsed_grant(tier)
        row = stop(tier)
        organizations.suspend(
            make.by(make.staff(Role.RESTRICTOR)), organization=barred.organization_id, reason="?"
        )
        stops.lift(row)
        renew(row)
        assert list(
            Grant.objects.filter(renews__isnull=False).values_list("renews", flat=True)
        ) == [able.id]

    def test_where_the_policy_asks_for_it_another_person_countersigns(self) -> None:
        make.policy("double", countersigned=True)
        tier = make.tier(review_policy="double", grant_days=30)
        request = make.assessed(None, tier)
        reviews.approve(
            make.by(make.staff(Role.DECIDER)), request=request.id, ruling=make.ruling()
        )
        reviews.countersign(make.by(make.staff(Role.COUNTERSIGNER)), request=request.id)
        lapsed = lapse(Grant.objects.get(request=request))
        row = stop(tier)
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
        lapsed = lapsed_grant(make.tier())
        row = stop(lapsed.tier)
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
