"""Answers as evidence: what is counted, where it is not, and for how long it is kept."""

import datetime as dt
import os
import signal
import uuid
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils.timezone import now
from pytest_django import DjangoAssertNumQueries, Settings

from access.api import authzen_search, authzen_tally
from access.api.authzen_tally import Tally
from access.models import NOBODY, AnswerCount, AnswerRecorder, SearchCount
from access.operations import answers
from access.operations.answers import Counted, Covered, Key, write_counts
from access.queries.decision_answers import SILENCE, Sought, find_gaps, find_last_yes, sum_answers
from access.tasks import purge_answers
from tests import authzen, make
from tests.authzen import question

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 7, 1, 9, 0, 30, tzinfo=dt.UTC)
MINUTE = AT.replace(second=0)
WHOLE_DAY = Sought(AT - dt.timedelta(days=1), AT + dt.timedelta(days=1))


def key(**more: Any) -> Key:
    said: dict[str, Any] = {
        "minute": AT,
        "client": uuid.UUID(int=7),
        "organization": uuid.UUID(int=8),
        "member": NOBODY,
        "ai_model": uuid.UUID(int=9),
        "decision": True,
        "reason": "grant_in_force",
    } | more
    return Key(**said)


def covered(**more: Any) -> Covered:
    return replace(Covered(uuid.uuid4(), "here", AT, AT + dt.timedelta(seconds=10), 1), **more)


def answers_of(counts: dict[Key, int]) -> Counted:
    return Counted(answers=Counter(counts))


@pytest.fixture
def tally(monkeypatch: pytest.MonkeyPatch) -> Tally:
    """A count of its own, which the decision point uses."""
    fresh = Tally()
    monkeypatch.setattr(authzen_tally, "tally", fresh)
    return fresh


class TestTheDecisionPoint:
    def test_counts_each_answer_by_client_subject_model_and_reason(self, tally: Tally) -> None:
        grant, door = make.grant(), authzen.anyone()
        no = question(grant) | {"action": {"name": "fine_tune"}}
        nobody = question(grant) | {"subject": {"type": "organization", "id": "nobody"}}
        for body in (question(grant), question(grant), no, nobody):
            door.ask(body)
        door.post("evaluations", {"evaluations": [question(grant), {}]})
        tally.flush()
        rows = AnswerCount.objects.order_by("reason")
        assert {row.client for row in rows} == {door.actor.id}
        model = grant.tier.ai_models.get().id
        assert [
            (row.reason, row.decision, row.count, row.organization, row.ai_model) for row in rows
        ] == [
            ("action_not_covered", False, 1, grant.organization_id, model),
            ("grant_in_force", True, 3, grant.organization_id, model),
            ("member_missing", False, 1, NOBODY, NOBODY),
            ("unknown_organization", False, 1, NOBODY, model),
        ]
        assert all(row.minute.second == row.minute.microsecond == 0 for row in rows)
        client = door.actor.id or NOBODY
        since = rows[0].minute
        assert set(find_last_yes([client], since=since, ai_models=[model])) == {client}
        assert find_last_yes([client], since=since, organizations=[NOBODY]) == {}

    def test_counts_what_was_told_and_no_more(self, tally: Tally) -> None:
        grant, door = make.grant(), authzen.anyone()
        options = {"evaluations_semantic": "permit_on_first_permit"}
        door.post("evaluations", {"evaluations": [question(grant)] * 3, "options": options})
        tally.flush()
        assert [row.count for row in AnswerCount.objects.all()] == [1]

    @pytest.mark.usefixtures("tally")
    def test_nothing_is_written_on_the_way_of_whoever_asks(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        grant, door = make.grant(), authzen.anyone()
        body = question(grant)
        with django_assert_num_queries(1):
            door.ask(body)
        assert not AnswerCount.objects.exists()

    def test_counts_searches_and_snapshots_with_how_many_lines_they_told(
        self, tally: Tally
    ) -> None:
        grant, door = make.grant(), authzen.anyone()
        sought = question(grant) | {"subject": {"type": "organization"}}
        for _ in range(2):
            assert len(door.post("search/subject", sought).body["results"]) == 1
        other = sought | {"resource": {"type": "weather", "id": "rain"}}
        assert door.post("search/subject", other).body["results"] == []
        assert len(door.get("/access/v1/snapshot").body["results"]) == 1
        tally.flush()
        rows = SearchCount.objects.order_by("kind")
        assert [(row.client, row.kind, row.outcome, row.count, row.results) for row in rows] == [
            (door.actor.id, "snapshot", "", 1, 1),
            (door.actor.id, "subject", "", 3, 2),
        ]
        assert not AnswerCount.objects.exists()

    def test_a_search_that_could_not_be_answered_is_counted_with_its_reason(
        self, tally: Tally, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        grant, door = make.grant(), authzen.anyone()
        monkeypatch.setattr(authzen_search, "search", _refuse)
        sought = question(grant) | {"subject": {"type": "organization"}}
        assert door.post("search/subject", sought).status == 503
        tally.flush()
        row = SearchCount.objects.get()
        assert (row.kind, row.outcome, row.results) == ("subject", "registry_unavailable", 0)


class TestFlush:
    def test_adds_to_what_was_counted_before(self, tally: Tally) -> None:
        for _ in range(2):
            tally.add(key())
            tally.flush()
        assert AnswerCount.objects.get().count == 2
        assert AnswerRecorder.objects.get().flushes == 2

    def test_notes_until_when_all_is_counted_also_where_nothing_was(self, tally: Tally) -> None:
        tally.add(key())
        tally.flush()
        before = AnswerRecorder.objects.get().covered_until
        tally.flush()
        assert AnswerRecorder.objects.get().covered_until > before

    def test_keeps_what_the_database_did_not_take(
        self, tally: Tally, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tally.add(key())
        with monkeypatch.context() as broken:
            broken.setattr(authzen_tally, "write_counts", _refuse)
            with pytest.raises(OperationalError):
                tally.flush()
        tally.add(key(reason="no_grant", decision=False))
        tally.flush()
        tally.flush()
        assert sum_answers(WHOLE_DAY) == [(True, "grant_in_force", 1), (False, "no_grant", 1)]

    def test_a_write_that_was_made_is_not_made_again(self) -> None:
        once = covered()
        assert write_counts(answers_of({key(): 3}), once)
        assert not write_counts(answers_of({key(): 3}), once)
        assert AnswerCount.objects.get().count == 3

    def test_two_processes_count_into_one_row(self) -> None:
        for _ in range(2):
            write_counts(answers_of({key().rounded: 2}), covered())
        assert AnswerCount.objects.get().count == 4

    def test_costs_the_same_for_more_counts(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        write_counts(answers_of({key().rounded: 1}), one := covered())
        many = {key(organization=uuid.uuid4()).rounded: 1 for _ in range(200)}
        with django_assert_num_queries(
            5
        ):  # a savepoint and its release, the lock, the counts, the note
            write_counts(answers_of(many), replace(one, number=2))


class TestGaps:
    def test_a_process_that_died_leaves_one_from_its_last_write_on(self) -> None:
        write_counts(Counted(), dead := covered(host="web-1"))
        later = AT + dt.timedelta(minutes=5)
        (gap,) = find_gaps(WHOLE_DAY, at=later)
        assert (gap.recorder, gap.host, gap.since) == (dead.recorder, "web-1", dead.until)

    def test_a_process_that_ended_by_itself_or_still_counts_leaves_none(self) -> None:
        write_counts(Counted(), ended := covered())
        write_counts(Counted(), replace(ended, number=2), closed=True)
        write_counts(Counted(), covered(until=AT + dt.timedelta(minutes=5)))
        assert find_gaps(WHOLE_DAY, at=AT + dt.timedelta(minutes=6)) == []

    def test_one_outside_of_what_is_looked_for_is_not_shown(self) -> None:
        write_counts(Counted(), covered())
        sought = Sought(AT + dt.timedelta(hours=1), AT + dt.timedelta(days=1))
        assert find_gaps(sought, at=AT + dt.timedelta(days=1)) == []

    def test_a_process_that_can_write_no_more_shows_what_it_dropped(
        self, tally: Tally, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(authzen_tally, "MOST_KEYS", 2)
        tally.add(key())
        tally.flush()
        for number in range(3):
            tally.add(key(organization=uuid.UUID(int=100 + number)))
        tally.flush()
        assert AnswerRecorder.objects.count() == 2
        assert (
            len(find_gaps(replace(WHOLE_DAY, until=now()), at=now() + dt.timedelta(hours=1))) >= 1
        )


class TestPurge:
    def test_removes_what_is_older_than_the_rule_keeps(self, settings: Settings) -> None:
        settings.ANSWERS_KEPT_DAYS = 30
        old, young = now() - dt.timedelta(days=31), now() - dt.timedelta(days=29)
        write_counts(answers_of({key(minute=old): 1, key(minute=young): 1}), covered(until=old))
        purge_answers()
        assert [row.minute for row in AnswerCount.objects.all()] == [young]
        assert not AnswerRecorder.objects.exists()

    def test_goes_on_until_nothing_is_left_and_may_be_repeated(self) -> None:
        counts = {key(organization=uuid.uuid4()): 1 for _ in range(5)}
        write_counts(answers_of(counts), covered())
        later = AT + dt.timedelta(days=1)
        assert [answers.purge(before=later, batch=2) for _ in range(4)] == [2, 2, 1, 0]

    def test_may_be_turned_off(self, settings: Settings) -> None:
        settings.ANSWERS_KEPT_DAYS = 0
        write_counts(answers_of({key(): 1}), covered())
        purge_answers()
        assert AnswerCount.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestItsThread:
    def test_writes_by_itself_and_closes_when_the_process_ends(
        self, tally: Tally, settings: Settings
    ) -> None:
        settings.ANSWERS_FLUSH_SECONDS = 1
        tally.add(key())
        deadline = now() + dt.timedelta(seconds=20)
        while not AnswerRecorder.objects.exists() and now() < deadline:
            connection.cursor().execute("SELECT pg_sleep(0.05)")
        tally._close()
        assert AnswerCount.objects.get().count == 1
        assert AnswerRecorder.objects.get().closed


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_leaves_a_gap_from_its_last_write_on() -> None:
    child = os.fork()
    if child == 0:
        connection.connection = None  # the parent's; psycopg leaves it open in another process
        one = Tally()
        one.add(key(minute=now()))
        one.flush()
        one.add(key(minute=now()))
        os.kill(os.getpid(), signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert AnswerCount.objects.get().count == 1
    recorder = AnswerRecorder.objects.get()
    later = now() + 2 * SILENCE
    (gap,) = find_gaps(Sought(later - dt.timedelta(days=1), later), at=later)
    assert (gap.recorder, gap.since) == (recorder.id, recorder.covered_until)


def _refuse(*_arguments: object, **_named: object) -> None:
    raise OperationalError
