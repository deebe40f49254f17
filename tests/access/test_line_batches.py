"""Many lines decided at once: foreseen, committed, resumed, refused line by line."""

import datetime as dt
from dataclasses import replace

import pytest
from django.utils.timezone import now

from access.choices import (
    Attribution,
    BatchStatus,
    DecisionReason,
    ExpansionStatus,
    Finding,
    LegalForce,
    LineAct,
    RequestStatus,
    Stance,
)
from access.models import AccessRequest, Grant, LineBatch, RequestDecision
from access.operations import (
    expansions,
    line_batches,
    line_places,
    line_rounds,
    line_turns,
    positions,
    request_steps,
    requests,
    reviews,
)
from access.operations.conditions import Requirement
from access.operations.line_acts import LineOrder, read_order
from access.operations.positions import About, Stated
from access.policies import OwnDecision
from access.queries.line_jobs import find_batches_at_work
from registry.actors import SYSTEM
from registry.choices import JurisdictionKind, Role
from registry.models import AuditEvent, User
from registry.operations import authorities, jurisdictions, users
from registry.policies import RoleMissing
from tests import lines, make

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
DECLINE = LineOrder(
    LineAct.DECLINE,
    ruling=make.ruling(reason=DecisionReason.CAPACITY, applicant_text="Not in this wave."),
)


def object_to(about: About) -> None:
    """An order of an authority that holds back what it is about."""
    jurisdictions.register(
        make.by(make.staff(Role.ADMINISTRATOR)),
        slug="xx",
        name="Xx",
        kind=JurisdictionKind.STATE,
    )
    authority = authorities.register(
        make.by(make.staff(Role.AUTHORITY_DESK)),
        organization=make.organization().id,
        competences=(),
    ).value
    positions.take_position(
        make.by(make.staff(Role.AUTHORITY_DESK)),
        authority=authority.id,
        about=about,
        stated=Stated(
            stance=Stance.OBJECTS,
            statement="Not yet.",
            attribution=Attribution.OFFICIAL_DOCUMENT,
            legal_force=LegalForce.ORDER,
        ),
    )


def statuses(*rows: AccessRequest) -> list[str]:
    found = AccessRequest.objects.in_bulk([row.id for row in rows])
    return [found[row.id].status for row in rows]


class TestPrepare:
    def test_says_of_each_line_what_would_happen_and_does_nothing(self) -> None:
        row, (first, second) = lines.filled(2)
        object_to(About(request=second.id))
        unread = make.submitted(None, row.tier)
        lines.add(row, unread)
        recorded = AuditEvent.objects.count()
        batch = lines.prepare(row, requests=[first.id, second.id, unread.id])
        assert lines.foreseen(batch) == [
            ("done", ""),
            ("refused", "position_blocks"),
            ("refused", "step_not_open"),
        ]
        assert batch.status == BatchStatus.PREPARED
        assert statuses(first, second, unread) == ["in_review", "in_review", "submitted"]
        assert not Grant.objects.exists()
        assert AuditEvent.objects.filter(name__startswith="access_request.approved").count() == 0
        assert AuditEvent.objects.count() == recorded + 2  # the decider's role, and the batch

    def test_counts_the_places_that_earlier_lines_would_take(self) -> None:
        row, _lines = lines.filled(3, capacity=2)
        batch = line_batches.prepare(
            make.by(lines.staff(Role.DECIDER)), expansion=row.id, order=lines.APPROVE
        ).value
        assert [result for result, _why in lines.foreseen(batch)] == ["done", "done", "waits"]
        row.refresh_from_db()
        assert row.capacity == 2

    def test_the_worker_looks_at_what_is_left(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(line_batches, "AT_ONCE", 1)
        row, _lines = lines.filled(3, capacity=2)
        by = lines.staff(Role.DECIDER)
        batch = line_batches.prepare(make.by(by), expansion=row.id, order=lines.APPROVE).value
        assert batch.status == BatchStatus.LOOKING
        assert find_batches_at_work(at=now()) == [batch.id]
        for _ in range(2):
            batch = line_batches.go_on(make.by(SYSTEM), batch=batch.id, limit=1).value
        assert batch.status == BatchStatus.PREPARED
        assert [result for result, _why in lines.foreseen(batch)] == ["done", "done", "waits"]

    def test_needs_the_role_of_the_act_and_its_words(self) -> None:
        row, _lines = lines.filled(1)
        with pytest.raises(RoleMissing):
            line_batches.prepare(
                make.by(make.staff(Role.INTAKE)), expansion=row.id, order=lines.APPROVE
            )
        with pytest.raises(request_steps.TextMissing):
            line_batches.prepare(
                make.by(make.staff(Role.REVIEWER)),
                expansion=row.id,
                order=LineOrder(LineAct.HOLD, note=" "),
            )

    def test_an_order_is_read_back_as_it_was_written(self) -> None:
        at = make.MORNING
        wanted = (Requirement("mfa", "Keys.", due_at=at), Requirement("log", "Logs."))
        order = replace(
            lines.APPROVE, ruling=make.ruling(starts_at=at, ends_at=at + HOUR, conditions=wanted)
        )
        assert read_order(order.act, order.write()) == order


class TestCommit:
    def test_decides_each_line_for_itself(self) -> None:
        row, (first, second, third) = lines.filled(3)
        batch = lines.prepare(row, requests=[first.id, second.id, third.id])
        requests.hold(make.by(make.staff(Role.REVIEWER)), request=second.id, note="Later.")
        object_to(About(request=third.id))
        done = lines.run(lines.commit(batch))
        assert done.status == BatchStatus.DONE
        assert lines.results(done) == [
            ("done", ""),
            ("refused", "stale_version"),
            ("refused", "position_blocks"),
        ]
        assert statuses(first, second, third) == ["approved", "on_hold", "in_review"]
        decision = RequestDecision.objects.get()
        assert decision.decided_by == batch.prepared_by
        event = AuditEvent.objects.get(name="access_request.approved")
        assert event.details["part_of"] == str(batch.id)

    def test_goes_on_after_a_worker_was_killed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        row, _lines = lines.filled(3)
        batch = lines.commit(lines.prepare(row))
        line_batches.go_on(make.by(SYSTEM), batch=batch.id, limit=1)
        do, calls = line_turns._do, []

        def die(*said: object) -> object:
            calls.append(said)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return do(*said)  # type: ignore[arg-type]

        monkeypatch.setattr(line_batches, "_do", die)
        with pytest.raises(KeyboardInterrupt):
            line_batches.go_on(make.by(SYSTEM), batch=batch.id)
        assert Grant.objects.count() == 1
        monkeypatch.undo()
        done = lines.run(LineBatch.objects.get(pk=batch.pk))
        assert lines.results(done) == [("done", "")] * 3
        assert Grant.objects.count() == 3
        with pytest.raises(line_rounds.BatchNotDue):
            line_batches.go_on(make.by(SYSTEM), batch=batch.id)

    def test_refuses_whoever_has_lost_the_role_meanwhile(self) -> None:
        row, _lines = lines.filled(1)
        batch = lines.commit(lines.prepare(row))
        who = batch.committed_by.removeprefix("user:")
        users.take_role(
            make.by(make.staff(Role.ADMINISTRATOR)),
            user=User.objects.get(pk=who).username,
            role=Role.DECIDER,
        )
        assert lines.results(lines.run(batch)) == [("refused", "role_missing")]

    def test_closes_the_envelope_with_its_last_line(self) -> None:
        row, _lines = lines.filled(2)
        lines.run(lines.commit(lines.prepare(row, DECLINE)))
        row.refresh_from_db()
        assert row.status == ExpansionStatus.CLOSED

    @pytest.mark.parametrize(
        ("order", "role", "before", "after"),
        [
            (LineOrder(LineAct.TAKE_UP), Role.INTAKE, "submitted", "in_review"),
            (LineOrder(LineAct.HOLD, note="Later."), Role.REVIEWER, "submitted", "on_hold"),
            (LineOrder(LineAct.RESUME), Role.REVIEWER, "on_hold", "in_review"),
            (LineOrder(LineAct.RETURN, note="More."), Role.REVIEWER, "in_review", "returned"),
        ],
    )
    def test_takes_other_steps_too(
        self, order: LineOrder, role: Role, before: str, after: str
    ) -> None:
        line = make.request_in(RequestStatus(before))
        row = lines.envelope(line.tier)
        lines.add(row, line)
        batch = lines.prepare(row, order, by=lines.staff(role))
        lines.run(lines.commit(batch))
        assert statuses(line) == [after]


class TestCapacity:
    def test_what_is_over_capacity_waits_and_is_offered_in_order(self) -> None:
        row, (first, second, third) = lines.filled(3, capacity=1)
        decider = make.by(make.staff(Role.DECIDER))
        line_places.prioritize(decider, expansion=row.id, request=first.id, priority=1)
        line_places.prioritize(decider, expansion=row.id, request=third.id, priority=2)
        done = lines.run(lines.commit(lines.prepare(row)))
        assert lines.results(done) == [
            ("done", ""),
            ("waits", "capacity_reached"),
            ("waits", "capacity_reached"),
        ]
        with pytest.raises(line_places.NoPlaceFree):
            line_places.offer(decider, expansion=row.id)
        line_places.change_capacity(decider, expansion=row.id, capacity=2)
        with pytest.raises(line_places.CapacityReached):  # the place is for who waits
            reviews.approve(
                make.by(make.staff(Role.DECIDER)), request=second.id, ruling=make.ruling()
            )
        line_places.offer(decider, expansion=row.id)
        again = lines.run(lines.commit(lines.prepare(row)))
        assert lines.results(again) == [("done", ""), ("waits", "capacity_reached")]
        assert statuses(first, second, third) == ["approved", "in_review", "approved"]

    def test_an_offer_taken_back_goes_to_the_next(self) -> None:
        row, (first, second) = lines.filled(2, capacity=1)
        decider = make.by(make.staff(Role.DECIDER))
        for line in (first, second):
            line_places.wait(decider, expansion=row.id, request=line.id)
        line_places.offer(decider, expansion=row.id)
        line_places.give_up(decider, expansion=row.id, request=first.id)
        line_places.offer(decider, expansion=row.id)
        reviews.approve(make.by(make.staff(Role.DECIDER)), request=second.id, ruling=make.ruling())
        assert statuses(first, second) == ["in_review", "approved"]


class TestPublish:
    @pytest.fixture
    def double(self) -> str:
        make.policy("double", countersigned=True)
        return "double"

    def test_applies_each_ruling_at_its_moment_with_the_signature(self, double: str) -> None:
        row, (first, second) = lines.filled(2, make.tier(review_policy=double))
        decider, signer = lines.staff(Role.DECIDER), lines.staff(Role.COUNTERSIGNER)
        soon = now() + HOUR
        batch = line_batches.prepare_each(
            make.by(decider),
            expansion=row.id,
            orders=[(first.id, lines.APPROVE), (second.id, DECLINE)],
            publish_at=soon,
        ).value
        assert lines.foreseen(batch) == [("proposed", ""), ("done", "")]
        with pytest.raises(OwnDecision):
            line_batches.countersign(
                make.by(make.same(decider.key, Role.COUNTERSIGNER)), batch=batch.id
            )
        line_batches.countersign(make.by(signer), batch=batch.id)
        lines.commit(batch, by=decider)
        assert find_batches_at_work(at=now()) == []
        with pytest.raises(line_rounds.BatchNotDue):
            line_batches.go_on(make.by(SYSTEM), batch=batch.id)
        assert statuses(first, second) == ["in_review", "in_review"]
        assert find_batches_at_work(at=soon) == [batch.id]
        LineBatch.objects.filter(pk=batch.pk).update(publish_at=now())
        before = now()
        done = lines.run(LineBatch.objects.get(pk=batch.pk))
        assert lines.results(done) == [("done", ""), ("done", "")]
        grant = Grant.objects.get(request=first)
        assert make.start_of(grant.items.get()) >= before
        decision = RequestDecision.objects.get(request=first)
        assert (decision.decided_by, decision.countersigned_by) == (decider.key, signer.key)

    def test_what_holds_a_line_at_the_moment_holds_it(self, double: str) -> None:
        row, (line,) = lines.filled(1, make.tier(review_policy=double))
        signer = lines.staff(Role.COUNTERSIGNER, Role.REVIEWER)
        reviews.assess(
            make.by(signer), request=line.id, finding=Finding.SUPPORTS, reasons="Sound."
        )
        batch = lines.prepare(row)
        line_batches.countersign(make.by(signer), batch=batch.id)
        done = lines.run(lines.commit(batch))
        assert lines.results(done) == [("refused", "four_eyes")]
        assert statuses(line) == ["in_review"]

    def test_a_batch_withdrawn_does_nothing(self) -> None:
        row, (line,) = lines.filled(1)
        batch = lines.commit(lines.prepare(row, publish_at=now() + HOUR))
        line_batches.withdraw(make.by(make.same(batch.prepared_by, Role.DECIDER)), batch=batch.id)
        with pytest.raises(line_rounds.BatchNotDue):
            line_batches.go_on(make.by(SYSTEM), batch=batch.id)
        with pytest.raises(line_batches.PublishInThePast):
            lines.prepare(row, publish_at=now() - HOUR)
        assert statuses(line) == ["in_review"]


class TestCloseSettled:
    def test_waits_for_drafts_and_open_lines(self) -> None:
        row, (line,) = lines.filled(1)
        with pytest.raises(expansions.ExpansionHasOpenLines):
            expansions.close_settled(make.by(SYSTEM), expansion=row.id)
        requests.withdraw(make.by(make.staff(Role.INTAKE)), request=line.id)
        draft = make.draft(None, row.tier)
        lines.add(row, draft)
        with pytest.raises(expansions.ExpansionHasOpenLines):
            expansions.close_settled(make.by(SYSTEM), expansion=row.id)
