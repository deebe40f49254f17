"""Races on duties: two workers at one clock, and people against the clock and against each other."""

import pytest

from notifications.choices import AlertKind, ObligationStatus
from notifications.events import Event
from notifications.models import MissExplanation, Obligation, ObligationAlert
from notifications.operations import alerts, obligations
from notifications.operations.obligations import _record_miss
from notifications.tasks import announce_crossed
from registry import audit
from registry.actors import SYSTEM, Command
from registry.choices import Role
from registry.commands import command, lock, read_clock, touch
from registry.models import AuditEvent
from tests import duties, make
from tests.notifications.test_alerts import PATIENCE
from tests.notifications.test_obligations import desk_person, missed
from tests.races.racing import race, refusals, winners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("attempt")]
LATE = make.MORNING + 9 * duties.DAY


def count(row: Obligation, name: str) -> int:
    return AuditEvent.objects.filter(subject_id=row.id, name=name).count()


@command
def discharge(command: Command, *, obligation: object) -> Obligation:
    """Close it as a notification that was sent does: under the lock of its row, its miss dated first."""
    row = lock(Obligation.objects.open(), obligation, command, what="obligation")  # type: ignore[arg-type]
    clock = read_clock(command, row)
    fields = ("missed_at",) if _record_miss(command, row, at=clock.at) else ()
    row.status = ObligationStatus.DISCHARGED
    row.closed_by, row.closed_at = command.by.key, clock.at
    touch(row, clock, *fields, "status", "closed_by", "closed_at")
    audit.record(Event.OBLIGATION_DISCHARGED, row, command, occurred_at=clock.at)
    return row


class TestTheClock:
    def test_two_workers_announce_each_crossing_once(self) -> None:
        rows = [duties.obligation() for _ in range(3)]
        race(*(lambda: announce_crossed(at=LATE) for _ in range(3)))
        announce_crossed(at=LATE)
        for row in rows:
            kinds = list(row.alerts.values_list("kind", flat=True))
            assert len(kinds) == len(set(row.alerts.values_list("kind", "crossed_at")))
            assert kinds.count(AlertKind.TARGET_PASSED) == 1
            assert count(row, "obligation.missed") == 1
            assert count(row, "obligation.announced") == len(kinds)

    def test_a_discharge_at_the_same_moment_dates_the_miss_once(self) -> None:
        row = duties.obligation()
        person = duties.desk()
        race(
            lambda: alerts.announce(make.by(SYSTEM, LATE), obligation=row.id, patience=PATIENCE),
            lambda: discharge(make.by(person, LATE), obligation=row.id),
        )
        row.refresh_from_db()
        assert row.status == ObligationStatus.DISCHARGED
        assert row.missed_at == row.target_due
        assert count(row, "obligation.missed") == 1

    def test_what_is_voided_at_the_same_moment_is_whole(self) -> None:
        row = duties.obligation()
        person = duties.desk()
        race(
            lambda: alerts.announce(make.by(SYSTEM, LATE), obligation=row.id, patience=PATIENCE),
            lambda: obligations.void(make.by(person), obligation=row.id, reason="A drill."),
        )
        row.refresh_from_db()
        assert row.status == ObligationStatus.VOID
        announced = ObligationAlert.objects.filter(obligation=row).exists()
        assert (row.missed_at is not None) is announced


class TestPeople:
    def test_of_two_who_worked_from_one_version_one_assigns(self) -> None:
        row = duties.obligation()
        owners = [desk_person(), desk_person()]
        by = [duties.desk(), duties.desk()]
        results = race(
            *(
                lambda place=place: obligations.assign(
                    make.by(by[place], expected_version=row.version),
                    obligation=row.id,
                    owner=owners[place].id,
                )
                for place in range(2)
            )
        )
        assert winners(results) == 1
        assert refusals(results) == {"stale_version"}
        assert count(row, "obligation.assigned") == 1

    def test_assign_against_discharge_leaves_a_closed_duty(self) -> None:
        row, owner = duties.obligation(), desk_person()
        first, second = duties.desk(), duties.desk()
        results = race(
            lambda: obligations.assign(make.by(first), obligation=row.id, owner=owner.id),
            lambda: discharge(make.by(second), obligation=row.id),
        )
        row.refresh_from_db()
        assert row.status == ObligationStatus.DISCHARGED
        assert refusals(results) <= {"obligation_closed"}
        assert bool(row.owner) is (count(row, "obligation.assigned") == 1)

    def test_void_against_discharge_closes_it_once(self) -> None:
        row = duties.obligation()
        first, second = duties.desk(), duties.desk()
        results = race(
            lambda: obligations.void(make.by(first), obligation=row.id, reason="A drill."),
            lambda: discharge(make.by(second), obligation=row.id),
        )
        assert winners(results) == 1
        closed = count(row, "obligation.voided") + count(row, "obligation.discharged")
        assert closed == 1

    def test_two_explanations_both_stand(self) -> None:
        row = missed()
        people = [duties.desk(), make.staff(Role.AUTHORITY_DESK)]
        race(
            *(
                lambda who=who: obligations.explain_miss(
                    make.by(who), obligation=row.id, reason="Why."
                )
                for who in people
            )
        )
        row.refresh_from_db()
        assert MissExplanation.objects.filter(obligation=row).count() == 2
        assert row.version == 3
