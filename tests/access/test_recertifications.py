"""Recertification: asked, answered, asked again; and silence, which never renews."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from access.choices import Reason, RecertificationStatus, UnansweredRule
from access.models import Grant, Recertification, RecertificationItem
from access.operations import grants, recertifications
from access.queries.grant_scopes import GrantScope
from access.queries.recertifications import count_answers, find_overdue, find_unasked
from registry.actors import SYSTEM
from registry.choices import Role
from registry.errors import NotFound
from registry.models import AuditEvent, Member
from registry.operations import members
from tests import make
from tests.asking import ask as ask_decision
from tests.lifecycle import DAY, ask, round_of, scope_of

pytestmark = pytest.mark.django_db


def question(grant: Grant) -> RecertificationItem:
    return grant.recertifications.get()


def answer(item: RecertificationItem, **said: object) -> RecertificationItem:
    words: dict[str, Any] = {"needed": True, "used_by": "The response team."} | said
    return recertifications.answer(
        make.by(make.client(item.organization)), item=item.id, **words
    ).value


def pass_date(row: Recertification) -> None:
    """The round's date passes, and the worker comes."""
    Recertification.objects.filter(pk=row.pk).update(due_at=now())
    while row.pk in find_overdue(at=now()):
        recertifications.lapse(make.by(SYSTEM, at=now()), recertification=row.id)


def member_of(grant: Grant) -> Member:
    return members.enroll(
        make.by(make.staff(Role.INTAKE)), organization=grant.organization_id, reference="m-1"
    ).value


class TestOpen:
    def test_asks_about_every_live_grant_once(self) -> None:
        grant = make.grant()
        make.grant(None, grant.tier)
        row = round_of(scope_of(grant))
        assert row.items.count() == 2
        assert find_unasked(at=now()) == []

    def test_what_is_issued_later_is_not_asked(self) -> None:
        grant = make.grant()
        row = round_of(scope_of(grant))
        make.grant(None, grant.tier)
        ask()
        assert row.items.count() == 1

    def test_asks_about_members_where_it_says_so(self) -> None:
        grant = make.grant()
        member = member_of(grant)
        row = round_of(scope_of(grant), asks_members=True)
        assert [item.member for item in row.items.all()] == [member]


class TestAnswer:
    def test_a_yes_is_kept_with_by_whom_and_until_when(self) -> None:
        grant = make.grant()
        round_of(scope_of(grant))
        until = now() + 90 * DAY
        item = answer(question(grant), needed_until=until)
        assert (item.needed, item.used_by, item.needed_until) == (
            True,
            "The response team.",
            until,
        )
        assert ask_decision(grant).decision

    def test_a_yes_lengthens_nothing(self) -> None:
        grant = make.grant(None, make.tier(grant_days=30))
        before = grant.items.current().get().valid
        round_of(scope_of(grant))
        answer(question(grant), needed_until=now() + 900 * DAY)
        assert grant.items.current().get().valid == before

    def test_a_no_gives_the_grant_back(self) -> None:
        grant = make.grant()
        round_of(scope_of(grant))
        answer(question(grant), needed=False, used_by="")
        assert ask_decision(grant).reason == Reason.GRANT_SURRENDERED

    def test_a_no_withdraws_the_member(self) -> None:
        grant = make.grant()
        member = member_of(grant)
        row = round_of(scope_of(grant), asks_members=True)
        answer(row.items.get(), needed=False, used_by="")
        assert ask_decision(grant, member=member.reference).reason == Reason.MEMBER_WITHDRAWN
        assert ask_decision(grant).decision

    def test_once(self) -> None:
        grant = make.grant()
        round_of(scope_of(grant))
        answer(question(grant))
        with pytest.raises(recertifications.AlreadyAnswered):
            answer(question(grant), needed=False)

    def test_not_by_another_organization(self) -> None:
        grant = make.grant()
        round_of(scope_of(grant))
        with pytest.raises(NotFound):
            recertifications.answer(
                make.by(make.client(make.organization())),
                item=question(grant).id,
                needed=True,
                used_by="We.",
            )

    def test_a_no_about_what_has_ended_already_is_an_answer(self) -> None:
        grant = make.grant()
        round_of(scope_of(grant))
        grants.surrender(make.by(make.client(grant.organization)), grant=grant.id)
        assert answer(question(grant), needed=False, used_by="").needed is False


class TestLapse:
    def test_what_is_not_answered_is_suspended_by_the_system(self) -> None:
        silent = make.grant()
        other = make.grant(None, silent.tier)
        row = round_of(scope_of(silent))
        answer(question(other))
        pass_date(row)
        row.refresh_from_db()
        assert row.status == RecertificationStatus.SETTLED
        assert ask_decision(silent).reason == Reason.GRANT_SUSPENDED
        assert ask_decision(other).decision
        event = AuditEvent.objects.filter(name="grant.suspended").get()
        assert event.actor == "system"

    def test_or_only_listed(self) -> None:
        grant = make.grant()
        row = round_of(scope_of(grant), unanswered=UnansweredRule.LIST)
        pass_date(row)
        assert ask_decision(grant).decision
        assert count_answers(row, at=now()).lapsed == 1

    def test_a_silent_member_is_suspended_and_reinstated_by_staff(self) -> None:
        grant = make.grant()
        member = member_of(grant)
        pass_date(round_of(scope_of(grant), asks_members=True))
        assert ask_decision(grant, member="m-1").reason == Reason.MEMBER_SUSPENDED
        members.reinstate(
            make.by(make.staff(Role.RESTRICTOR)), member=member.id, reason="Answered by phone."
        )
        assert ask_decision(grant, member="m-1").decision

    def test_an_answer_after_the_date_is_kept_and_opens_nothing_by_itself(self) -> None:
        grant = make.grant()
        pass_date(round_of(scope_of(grant)))
        item = answer(question(grant))
        assert item.lapsed_at is not None
        assert ask_decision(grant).reason == Reason.GRANT_SUSPENDED

    def test_not_before_the_date(self) -> None:
        row = round_of(scope_of(make.grant()))
        with pytest.raises(recertifications.NotOpenYet):
            recertifications.lapse(make.by(SYSTEM, at=now()), recertification=row.id)

    def test_what_was_suspended_already_does_not_stand_in_the_way(self) -> None:
        grant = make.grant()
        row = round_of(scope_of(grant))
        grants.suspend(make.by(make.staff(Role.RESTRICTOR)), grant=grant.id, reason="Else.")
        pass_date(row)
        row.refresh_from_db()
        assert row.status == RecertificationStatus.SETTLED


class TestAskAgain:
    def test_re_asks_only_the_unanswered(self) -> None:
        silent = make.grant()
        other = make.grant(None, silent.tier)
        row = round_of(scope_of(silent))
        answer(question(other))
        again = recertifications.ask_again(
            make.by(make.staff(Role.DECIDER)),
            recertification=row.id,
            due_at=now() + 10 * DAY,
            unanswered=UnansweredRule.LIST,
        ).value
        ask()
        assert [item.grant_id for item in again.items.all()] == [silent.id]

    def test_nobody_left_is_a_refusal(self) -> None:
        grant = make.grant()
        row = round_of(scope_of(grant))
        answer(question(grant))
        with pytest.raises(recertifications.NothingUnanswered):
            recertifications.ask_again(
                make.by(make.staff(Role.DECIDER)),
                recertification=row.id,
                due_at=now() + DAY,
                unanswered=UnansweredRule.LIST,
            )


def test_counting_costs_the_same_for_more_questions() -> None:
    grant = make.grant()
    counts = []
    for _ in range(2):
        row = round_of(GrantScope(tiers=(grant.tier_id,)))
        with CaptureQueriesContext(connection) as queries:
            count_answers(row, at=now())
        counts.append(len(queries))
        for _ in range(3):
            make.grant(None, grant.tier)
    assert counts[0] == counts[1]
