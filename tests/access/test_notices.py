"""Notices ahead of whatever ends: once for each thing, end and threshold, however the worker runs."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from access.choices import ConditionFinding
from access.models import Grant, Notice
from access.operations import close_outs, conditions, grants, programs, successions, terms
from access.operations.conditions import Requirement
from access.queries.endings import list_to_do
from access.tasks import give_notices
from registry.choices import AssertionKind, Role
from registry.models import AuditEvent, Member
from registry.operations import members
from tests import eligible, make
from tests.lifecycle import DAY, TICK, covered, round_of, scope_of
from tests.lifecycle import give_notices as give

pytestmark = pytest.mark.django_db


def bounded(days: int = 100) -> Grant:
    return make.grant(None, make.tier(grant_days=days))


def end_of(grant: Grant) -> dt.datetime:
    return make.end_of(grant.items.current().get())


def given() -> list[tuple[str, int]]:
    """What was told, to holders."""
    rows = Notice.objects.filter(organization__isnull=False).order_by("given_at", "id")
    return [(row.kind, row.days) for row in rows]


def reviewed_member(until: dt.datetime) -> Member:
    """A member of a holder, with an assertion that runs out."""
    grant = make.grant()
    intake, restrictor = make.by(make.staff(Role.INTAKE)), make.by(make.staff(Role.RESTRICTOR))
    row = members.enroll(intake, organization=grant.organization_id, reference="m-1").value
    attest(row, until)
    members.review(restrictor, member=row.id, kind=AssertionKind.US_PERSON)
    return row


def attest(row: Member, until: dt.datetime | None) -> None:
    members.attest(
        make.by(make.staff(Role.INTAKE), at=now()),
        member=row.id,
        kind=AssertionKind.US_PERSON,
        holds=True,
        evidence="Form",
        until=until,
    )


class TestTheEndOfAGrant:
    @pytest.mark.parametrize("days", [30, 7, 1])
    def test_is_told_at_the_threshold_and_not_a_microsecond_before(self, days: int) -> None:
        end = end_of(bounded())
        assert give(end - days * DAY - TICK) == (days < 30)
        before = len(given())
        assert give(end - days * DAY) == 1
        assert given()[before:] == [("grant", days)]

    def test_once_however_often_the_worker_comes(self) -> None:
        end = end_of(bounded())
        assert [give(end - 6 * DAY) for _ in range(3)] == [1, 0, 0]
        assert AuditEvent.objects.filter(name="notice.given").count() == 1

    def test_a_worker_that_stood_still_tells_the_nearest_only(self) -> None:
        end = end_of(bounded())
        give(end - 30 * DAY)
        assert give(end - 12 * TICK) == 1
        assert given() == [("grant", 30), ("grant", 1)]

    def test_nothing_is_told_of_what_was_told_when_it_was_issued(self) -> None:
        end = end_of(bounded(20))
        assert give(end - 19 * DAY) == 0
        assert give(end - 7 * DAY) == 1

    def test_an_end_that_moves_has_notices_of_its_own(self) -> None:
        grant = bounded()
        give(end_of(grant) - 7 * DAY)
        decider = make.by(make.staff(Role.DECIDER))
        successor = successions.renew(decider, grant=grant.id, reason="Fine.").value
        assert give(end_of(grant) - DAY) == 0
        assert give(end_of(successor) - 7 * DAY) == 1

    def test_what_has_ended_or_is_over_is_not_told(self) -> None:
        grant = bounded()
        assert give(end_of(grant)) == 0
        grants.surrender(make.by(make.client(grant.organization)), grant=grant.id)
        assert not Notice.objects.filter(kind="grant").exists()


class TestConditions:
    def test_are_told_ahead_and_when_they_are_missed(self) -> None:
        due_at = now() + 60 * DAY
        make.grant(conditions=(Requirement("mfa", "Keys.", due_at=due_at),))
        for moment in (due_at - 30 * DAY, due_at - TICK, due_at, due_at + DAY):
            give(moment)
        assert given() == [("condition", 30), ("condition", 1), ("condition", 0)]

    def test_not_once_they_are_met(self) -> None:
        due_at = now() + 60 * DAY
        grant = make.grant(conditions=(Requirement("mfa", "Keys.", due_at=due_at),))
        row = grant.conditions.get()
        conditions.hand_in(make.by(make.client(grant.organization)), condition=row.id, text="x")
        conditions.review(
            make.by(make.staff(Role.REVIEWER)), condition=row.id, finding=ConditionFinding.MET
        )
        assert give(due_at) == 0

    def test_of_a_campaign_are_told_each_holder_and_staff_once(self) -> None:
        grant = make.grant()
        make.grant(None, grant.tier)
        campaign = covered(scope_of(grant))
        give(campaign.due_at - 7 * DAY)
        assert given() == [("condition", 7)] * 2
        names = AuditEvent.objects.filter(name__startswith="notice.").order_by("name")
        assert list(names.values_list("name", flat=True)) == [
            "notice.given_in_campaign",
            "notice.given_in_campaign",
            "notice.summed_up",
        ]


class TestTerms:
    def test_that_are_about_to_bind_are_told_until_they_are_accepted(self) -> None:
        grant = make.grant()
        binds = now() + 40 * DAY
        make.terms(grant.program, required_from=binds)
        assert give(binds - 31 * DAY) == 0
        give(binds - 30 * DAY)
        terms.accept(
            make.by(make.client(grant.organization)),
            organization=grant.organization_id,
            program=grant.program_id,
            edition=1,
        )
        give(binds)
        assert given() == [("terms", 30)]

    def test_that_bind_unaccepted_are_told_once_more(self) -> None:
        grant = make.grant()
        binds = now() + 40 * DAY
        make.terms(grant.program, required_from=binds)
        give(binds)
        give(binds + DAY)
        assert given() == [("terms", 0)]

    def test_an_edition_that_another_has_replaced_is_not_told(self) -> None:
        grant = make.grant()
        binds = now() + 40 * DAY
        make.terms(grant.program, required_from=binds)
        make.terms(grant.program, required_from=binds)
        give(binds)
        assert Notice.objects.filter(organization__isnull=False).get().code == "2"


class TestAssertions:
    def test_that_run_out_are_told(self) -> None:
        until = now() + 50 * DAY
        reviewed_member(until)
        for moment in (until - 7 * DAY, until, until + 5 * DAY):
            give(moment)
        assert given() == [("assertion", 7), ("assertion", 0)]

    def test_not_once_a_new_one_is_there_or_the_member_gone(self) -> None:
        until = now() + 50 * DAY
        renewed, gone = reviewed_member(until), reviewed_member(until)
        attest(renewed, None)
        members.withdraw(make.by(make.staff(Role.INTAKE)), member=gone.id)
        assert give(until) == 0


class TestQuestionsAndCloseOuts:
    def test_the_silent_are_reminded(self) -> None:
        grant = make.grant()
        row = round_of(scope_of(grant))
        give(row.due_at - 7 * DAY)
        assert given() == [("recertification", 7)]

    def test_a_missing_close_out_is_told(self) -> None:
        grant = make.grant()
        grants.surrender(make.by(make.client(grant.organization)), grant=grant.id)
        due_at = grant.close_out.due_at
        give(due_at - 7 * DAY)
        give(due_at)
        assert given() == [("close_out", 7), ("close_out", 0)]

    def test_not_once_it_is_attested(self) -> None:
        grant = make.grant()
        client = make.client(grant.organization)
        grants.surrender(make.by(client), grant=grant.id)
        close_outs.attest(
            make.by(client),
            close_out=grant.close_out.id,
            data_deleted=True,
            access_returned=True,
        )
        assert give(grant.close_out.due_at) == 0


class TestToDo:
    def test_lists_all_of_one_organization_nearest_first(self) -> None:
        due_at = now() + 50 * DAY
        tier = make.tier(grant_days=100)
        grant = make.grant(None, tier, conditions=(Requirement("mfa", "Keys.", due_at=due_at),))
        make.grant(None, tier)
        programs.publish_terms(
            make.by(make.staff(Role.ADMINISTRATOR)),
            program=grant.program_id,
            title="Terms",
            body="Be careful.",
            required_from=now() + 3 * DAY,
        )
        found = list_to_do(grant.organization_id, at=now(), limit=10)
        assert [(row.kind, row.code) for row in found] == [
            ("terms", "1"),
            ("condition", "mfa"),
            ("grant", ""),
        ]


def test_finding_them_is_one_statement_however_many_there_are() -> None:
    tier = make.tier(grant_days=10)
    counts = []
    for _ in range(2):
        make.grant(None, tier)
        with CaptureQueriesContext(connection) as queries:
            list_to_do(make.grant(None, tier).organization_id, at=now(), limit=10)
        counts.append(sum("unaccepted AS" in query["sql"] for query in queries))
    assert counts == [1, 1]


def test_the_task_gives_what_is_due_now_of_what_was_imported_too() -> None:
    make.imported_grant(days_ago=30, ended_days_ago=-5)
    give_notices()
    give_notices()
    assert given() == [("grant", 7)]


class TestAttestations:
    def test_that_run_out_are_told_unless_another_follows(self) -> None:
        scheme, rest = eligible.scheme(), {"starts_on": eligible.TODAY}
        told, followed = make.grant().organization, make.grant().organization
        held = eligible.attested(told, scheme, ends_on=eligible.TODAY + 49 * DAY, **rest)
        eligible.attested(followed, scheme, ends_on=eligible.TODAY + 49 * DAY, **rest)
        eligible.attested(followed, scheme, **rest)
        end = make.end_of(held.versions.current().get())
        for moment in (end - 7 * DAY, end):
            give(moment)
        assert given() == [("attestation", 7), ("attestation", 0)]
        assert {row.organization_id for row in Notice.objects.all()} == {told.id}
