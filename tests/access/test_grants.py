"""Grants after they are issued."""

import datetime as dt

import pytest
from django.db import ProgrammingError, transaction

from access.choices import GrantEndKind, RevocationReason
from access.models import GrantEnd
from access.operations import grants
from registry.actors import SYSTEM
from registry.choices import Role
from registry.errors import NotFound
from registry.models import AuditEvent
from registry.policies import RoleMissing
from tests import make
from tests.asking import ask

pytestmark = pytest.mark.django_db


class TestRevoke:
    def test_refuses_from_its_commit_and_keeps_the_planned_end(self) -> None:
        grant = make.grant(None, make.tier(grant_days=30))
        planned = grant.items.get().valid.upper
        assert ask(grant).decision
        grants.revoke(
            make.by(make.staff(Role.RESTRICTOR)), grant=grant.id, reason=RevocationReason.MISUSE
        )
        answer = ask(grant)
        assert (answer.decision, answer.reason) == (False, "grant_revoked")
        end = GrantEnd.objects.get()
        assert (end.kind, end.reason, end.planned_end) == ("revoked", "misuse", planned)

    def test_a_callers_clock_that_runs_ahead_does_not_delay_it(self) -> None:
        grant = make.grant()
        later = dt.datetime(2199, 1, 1, tzinfo=dt.UTC)
        grants.revoke(
            make.by(make.staff(Role.RESTRICTOR), at=later),
            grant=grant.id,
            reason=RevocationReason.ERROR,
        )
        assert not ask(grant).decision

    def test_a_grant_ends_once(self) -> None:
        grant, restrictor = make.grant(), make.staff(Role.RESTRICTOR)
        grants.revoke(make.by(restrictor), grant=grant.id, reason=RevocationReason.ERROR)
        events = AuditEvent.objects.count()
        with pytest.raises(grants.GrantOver):
            grants.revoke(make.by(restrictor), grant=grant.id, reason=RevocationReason.MISUSE)
        assert AuditEvent.objects.count() == events

    def test_a_grant_dated_ahead_never_begins(self) -> None:
        ahead = dt.datetime(2199, 1, 1, tzinfo=dt.UTC)
        grant = make.grant(starts_at=ahead)
        assert ask(grant).reason == "grant_not_started"
        grants.revoke(
            make.by(make.staff(Role.RESTRICTOR)), grant=grant.id, reason=RevocationReason.ERROR
        )
        assert not ask(grant, as_of=ahead + dt.timedelta(days=1)).decision

    def test_needs_a_restrictor(self) -> None:
        with pytest.raises(RoleMissing):
            grants.revoke(
                make.by(make.staff(Role.DECIDER)),
                grant=make.grant().id,
                reason=RevocationReason.MISUSE,
            )

    def test_why_a_grant_ended_is_never_rewritten(self) -> None:
        grant = make.grant()
        grants.revoke(
            make.by(make.staff(Role.RESTRICTOR)), grant=grant.id, reason=RevocationReason.ERROR
        )
        with pytest.raises(ProgrammingError), transaction.atomic():
            GrantEnd.objects.update(kind="expired")


class TestSuspendAndReinstate:
    def test_opens_no_door_until_it_is_reinstated(self) -> None:
        grant, restrictor = make.grant(), make.staff(Role.RESTRICTOR)
        grants.suspend(make.by(restrictor), grant=grant.id, reason="Looking into it.")
        assert ask(grant).reason == "grant_suspended"
        grants.reinstate(make.by(restrictor), grant=grant.id, reason="Cleared up.")
        assert ask(grant).decision

    def test_the_past_keeps_what_was_in_force(self) -> None:
        grant, restrictor = make.grant(), make.staff(Role.RESTRICTOR)
        began = grant.items.get().valid.lower
        grants.suspend(make.by(restrictor), grant=grant.id, reason="Looking into it.")
        assert ask(grant, as_of=began).decision

    def test_what_is_suspended_is_not_suspended_again(self) -> None:
        grant, restrictor = make.grant(), make.staff(Role.RESTRICTOR)
        grants.suspend(make.by(restrictor), grant=grant.id, reason="Once.")
        with pytest.raises(grants.GrantStandingUnchanged):
            grants.suspend(make.by(restrictor), grant=grant.id, reason="Twice.")

    def test_a_suspended_grant_can_be_revoked(self) -> None:
        grant, restrictor = make.grant(), make.staff(Role.RESTRICTOR)
        grants.suspend(make.by(restrictor), grant=grant.id, reason="Looking into it.")
        grants.revoke(make.by(restrictor), grant=grant.id, reason=RevocationReason.MISUSE)
        assert ask(grant).reason == "grant_revoked"


class TestSurrender:
    def test_the_holder_gives_it_back(self) -> None:
        grant = make.grant()
        grants.surrender(make.by(make.client(grant.organization)), grant=grant.id)
        assert ask(grant).reason == "grant_surrendered"

    def test_nobody_else_can(self) -> None:
        with pytest.raises(NotFound):
            grants.surrender(make.by(make.client(make.organization())), grant=make.grant().id)


class TestExpire:
    def test_is_written_down_at_the_end_itself(self) -> None:
        grant = make.imported_grant(days_ago=30, ended_days_ago=10)
        ended_at = make.end_of(grant.items.get())
        assert grants.find_expired(at=ended_at) == [grant.id]
        grants.expire(make.by(SYSTEM), grant=grant.id)
        end = GrantEnd.objects.get()
        assert (end.kind, end.ended_at) == (GrantEndKind.EXPIRED, ended_at)
        event = AuditEvent.objects.latest("id")
        assert (event.name, event.occurred_at) == ("grant.expired", ended_at)
        assert grants.find_expired(at=ended_at) == []

    def test_the_answer_is_no_before_it_is_written_down(self) -> None:
        grant = make.imported_grant(days_ago=30, ended_days_ago=10)
        assert ask(grant).reason == "grant_expired"

    def test_nobody_expires_a_grant_that_still_runs(self) -> None:
        with pytest.raises(grants.GrantOver):
            grants.expire(make.by(SYSTEM), grant=make.grant().id)

    def test_no_person_expires_a_grant(self) -> None:
        with pytest.raises(grants.ClockOnly):
            grants.expire(make.by(make.staff(*Role)), grant=make.grant().id)
