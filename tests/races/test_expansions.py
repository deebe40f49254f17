"""Races on the lines of expansions: a line is decided once, and a place is taken once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils.timezone import now

from access.choices import DecisionReason
from access.models import AccessRequest, Grant, LineBatch, RequestDecision
from access.operations import line_batches, line_moves, line_rounds, reviews
from access.operations.line_turns import _do
from access.queries.decisions import Asked, evaluate
from registry.actors import SYSTEM
from registry.choices import Role
from tests import lines, make
from tests.races.racing import race, refusals, winners

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("attempt")
class TestLines:
    def test_two_batches_on_the_same_lines(self) -> None:
        row, _lines = lines.filled(3)
        batches = [lines.commit(lines.prepare(row)) for _ in range(2)]
        race(
            *(
                lambda batch=batch: line_batches.go_on(make.by(SYSTEM), batch=batch.id)
                for batch in batches
            )
        )
        assert Grant.objects.count() == RequestDecision.objects.count() == 3
        found = sorted(result for batch in batches for result in lines.results(batch))
        assert found == [("done", "")] * 3 + [("refused", "stale_version")] * 3

    def test_two_workers_on_one_batch(self) -> None:
        row, _lines = lines.filled(3)
        batch = lines.commit(lines.prepare(row))
        results = race(
            *(lambda: line_batches.go_on(make.by(SYSTEM), batch=batch.id) for _ in range(2))
        )
        assert refusals(results) == {"batch_not_due"}
        assert lines.results(batch) == [("done", "")] * 3
        assert Grant.objects.count() == 3

    def test_a_batch_and_a_lines_own_decision(self) -> None:
        row, (line, _other) = lines.filled(2)
        batch = lines.commit(lines.prepare(row))
        words = make.ruling(reason=DecisionReason.CAPACITY, applicant_text="Not now.")
        decider = make.staff(Role.DECIDER)
        race(
            lambda: line_batches.go_on(make.by(SYSTEM), batch=batch.id),
            lambda: reviews.decline(make.by(decider), request=line.id, ruling=words),
        )
        decision = RequestDecision.objects.get(request=line)
        line.refresh_from_db()
        assert decision.outcome == line.status
        assert Grant.objects.filter(request=line).exists() is (line.status == "approved")

    def test_the_last_place(self) -> None:
        _row, (first, second) = lines.filled(2, capacity=1)
        deciders = [make.staff(Role.DECIDER) for _ in range(2)]
        results = race(
            *(
                lambda decider=decider, line=line: reviews.approve(
                    make.by(decider), request=line.id, ruling=make.ruling()
                )
                for decider, line in zip(deciders, (first, second), strict=True)
            )
        )
        assert (winners(results), refusals(results)) == (1, {"capacity_reached"})
        assert Grant.objects.count() == 1

    def test_an_approval_and_a_move_into_a_full_envelope(self) -> None:
        row, (line,) = lines.filled(1)
        full = lines.envelope(row.tier, capacity=0)
        decider, intake = make.staff(Role.DECIDER), make.staff(Role.INTAKE)
        race(
            lambda: reviews.approve(make.by(decider), request=line.id, ruling=make.ruling()),
            lambda: line_moves.move(
                make.by(intake),
                expansion=row.id,
                to=full.id,
                requests=[line.id],
                reason="Later.",
            ),
        )
        line.refresh_from_db()
        assert (line.status, line.expansion) in [("approved", row), ("in_review", full)]


def test_no_reader_sees_half_of_what_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    """After each line somebody else looks: from a connection of their own they see none, and at the end all."""
    row, found = lines.filled(3)
    model = row.tier.ai_models.get().slug
    questions = [Asked(line.organization.slug, model, "invoke") for line in found]
    batch = lines.commit(lines.prepare(row, publish_at=now() + dt.timedelta(hours=1)))
    LineBatch.objects.filter(pk=batch.pk).update(publish_at=now())
    monkeypatch.setattr(line_batches, "CHUNK", 1)
    seen: list[tuple[int, int]] = []

    def look() -> tuple[int, int]:
        try:
            approved = AccessRequest.objects.filter(expansion=row, status="approved").count()
            return approved, sum(evaluate(asked).answer.decision for asked in questions)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as reader:

        def do(*said: object) -> object:
            outcome = _do(*said)  # type: ignore[arg-type]
            seen.append(reader.submit(look).result(timeout=30))
            return outcome

        monkeypatch.setattr(line_batches, "_do", do)
        line_batches.go_on(make.by(SYSTEM), batch=batch.id, limit=1)
        assert seen == [(0, 0)] * 3
        assert reader.submit(look).result(timeout=30) == (3, 3)


def test_a_second_worker_leaves_a_job_to_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    row, _lines = lines.filled(1)
    batch = lines.commit(lines.prepare(row))

    def go_on() -> object:
        try:
            return line_batches.go_on(make.by(SYSTEM), batch=batch.id)
        except line_rounds.BatchNotDue as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as second:

        def do(*said: object) -> object:
            assert isinstance(second.submit(go_on).result(timeout=30), line_rounds.BatchNotDue)
            return _do(*said)  # type: ignore[arg-type]

        monkeypatch.setattr(line_batches, "_do", do)
        line_batches.go_on(make.by(SYSTEM), batch=batch.id)
    assert lines.results(batch) == [("done", "")]
