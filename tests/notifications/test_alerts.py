"""The clock announces: each crossing once, dated when it was crossed, and one mail at a time."""

import datetime as dt
from typing import Any

import pytest

from notifications.choices import AlertKind, ObligationStatus
from notifications.clocks import Patience
from notifications.models import Delivery, Obligation, ObligationAlert
from notifications.operations import alerts, deliveries, obligations
from notifications.operations.alerts import AnnouncedByTheClock, ObligationInOtherHands
from notifications.tasks import announce_crossed
from registry.actors import SYSTEM
from registry.choices import Role
from registry.models import AuditEvent, User
from registry.operations import ledger
from tests import duties, make
from tests.notifications.test_deliveries import person
from tests.notifications.test_obligations import assign, desk_person, void

pytestmark = pytest.mark.django_db
DAY = duties.DAY
HOUR = dt.timedelta(hours=1)
PATIENCE = Patience(unowned=4 * HOUR, late=dt.timedelta(0))


def owned(**more: Any) -> Obligation:
    """An open duty of five days that somebody owns."""
    return duties.obligation(owner=f"user:{desk_person().id}", **more)


def announce(row: Obligation, at: dt.datetime) -> Obligation:
    return alerts.announce(make.by(SYSTEM, at), obligation=row.id, patience=PATIENCE).value


def announced(row: Obligation) -> list[tuple[str, dt.datetime]]:
    return list(row.alerts.order_by("id").values_list("kind", "crossed_at"))


def told(row: Obligation) -> list[str]:
    """The kinds of crossings that somebody is told of."""
    events = AuditEvent.objects.filter(subject_id=row.id, name="obligation.announced")
    return [event.details["kind"] for event in events.order_by("id") if event.details["told"]]


def mails() -> list[Delivery]:
    ledger.sequence_all()
    while deliveries.fan_out(at=make.MORNING):
        pass
    return list(Delivery.objects.order_by("event_row", "address"))


class TestAnnounce:
    def test_a_crossing_is_dated_when_it_was_crossed_and_not_when_the_worker_came(self) -> None:
        row = owned()
        half = make.MORNING + 2.5 * DAY
        announce(row, half + 3 * HOUR)
        alert = ObligationAlert.objects.get()
        assert (alert.kind, alert.crossed_at) == (AlertKind.HALF_LEFT, half)
        assert alert.announced_at == half + 3 * HOUR
        event = AuditEvent.objects.get(subject_id=row.id, name="obligation.announced")
        assert event.occurred_at == half
        assert event.actor == "system"

    def test_not_a_moment_too_early(self) -> None:
        row = owned()
        announce(row, make.MORNING + 2.5 * DAY - dt.timedelta(microseconds=1))
        assert announced(row) == []
        assert not AuditEvent.objects.filter(subject_id=row.id).exists()

    def test_a_second_run_announces_nothing(self) -> None:
        row = owned()
        for _ in range(3):
            announce(row, make.MORNING + 3 * DAY)
        assert len(announced(row)) == 1
        assert told(row) == [AlertKind.HALF_LEFT]

    def test_a_target_that_passes_dates_the_miss_at_the_target_once(self) -> None:
        row = owned()
        for later in (HOUR, 2 * HOUR, 3 * DAY):
            announce(row, make.MORNING + 5 * DAY + later)
        row.refresh_from_db()
        assert row.missed_at == row.target_due
        event = AuditEvent.objects.get(subject_id=row.id, name="obligation.missed")
        assert event.occurred_at == row.target_due
        assert row.version == 2

    def test_what_was_opened_again_after_its_target_is_dated_as_missed_again(self) -> None:
        row = owned()
        late = make.MORNING + 8 * DAY
        announce(row, late)
        Obligation.objects.filter(pk=row.pk).update(missed_at=None)
        assert announce_crossed(at=late) == 1
        row.refresh_from_db()
        assert row.missed_at == row.target_due
        assert announce_crossed(at=late) == 0
        assert len(told(row)) == 1

    def test_what_has_no_number_is_never_missed(self) -> None:
        row = owned(target_due=None, latest_due=None)
        announce(row, make.MORNING + 365 * DAY)
        row.refresh_from_db()
        assert row.missed_at is None
        assert announced(row) == []

    @pytest.mark.parametrize("status", [ObligationStatus.DISCHARGED, ObligationStatus.VOID])
    def test_what_is_closed_is_left_alone(self, status: ObligationStatus) -> None:
        row = owned(
            status=status, closed_by="user:one", closed_at=make.MORNING, void_reason="A drill."
        )
        with pytest.raises(ObligationInOtherHands):
            announce(row, make.MORNING + 9 * DAY)
        assert announced(row) == []

    def test_nobody_but_the_clock_announces(self) -> None:
        row = owned()
        with pytest.raises(AnnouncedByTheClock):
            alerts.announce(
                make.by(duties.desk(), make.MORNING + 9 * DAY),
                obligation=row.id,
                patience=PATIENCE,
            )
        assert announced(row) == []


class TestAWorkerThatStoodStillForThreeDays:
    """It stopped on the morning of the opening, and is back three days later."""

    BACK = make.MORNING + 3 * DAY

    @pytest.fixture
    def row(self) -> Obligation:
        return owned(target_due=make.MORNING + 2 * DAY, latest_due=make.MORNING + 2.5 * DAY)

    def test_announces_each_crossing_once(self, row: Obligation) -> None:
        for _ in range(3):
            announce_crossed(at=self.BACK)
        assert announced(row) == [
            (AlertKind.HALF_LEFT, make.MORNING + DAY),
            (AlertKind.QUARTER_LEFT, make.MORNING + 1.5 * DAY),
            (AlertKind.TENTH_LEFT, make.MORNING + 1.8 * DAY),
            (AlertKind.TARGET_PASSED, make.MORNING + 2 * DAY),
            (AlertKind.ESCALATED, make.MORNING + 2 * DAY),
            (AlertKind.LATEST_PASSED, make.MORNING + 2.5 * DAY),
        ]

    def test_sends_each_person_one_mail_about_it(self, row: Obligation) -> None:
        decider = person(Role.DECIDER)
        announce_crossed(at=self.BACK)
        owner = User.objects.get(pk=row.owner.removeprefix("user:"))
        assert told(row) == [AlertKind.LATEST_PASSED]
        assert sorted(mail.address for mail in mails()) == sorted([owner.email, decider.email])

    def test_dates_the_miss_at_the_target(self, row: Obligation) -> None:
        announce_crossed(at=self.BACK)
        row.refresh_from_db()
        assert row.missed_at == make.MORNING + 2 * DAY

    def test_announces_the_same_as_one_that_never_stopped(self, row: Obligation) -> None:
        steady = owned(target_due=row.target_due, latest_due=row.latest_due)
        for hours in range(73):
            announce(steady, make.MORNING + hours * HOUR)
        announce(row, self.BACK)
        assert announced(steady) == announced(row)


class TestWhoIsTold:
    def test_whoever_owns_it_and_nobody_else(self) -> None:
        person(Role.AUTHORITY_DESK)
        row = owned()
        announce(row, make.MORNING + 3 * DAY)
        owner = User.objects.get(pk=row.owner.removeprefix("user:"))
        assert [mail.address for mail in mails()] == [owner.email]

    def test_the_desk_where_nobody_owns_it(self) -> None:
        desk = [person(Role.AUTHORITY_DESK) for _ in range(2)]
        person(Role.REVIEWER)
        announce(duties.obligation(), make.MORNING + 3 * HOUR)
        assert mails() == []
        announce(Obligation.objects.get(), make.MORNING + 4 * HOUR)
        assert [mail.address for mail in mails()] == sorted(one.email for one in desk)

    def test_the_desk_where_the_owner_has_left(self) -> None:
        desk = person(Role.AUTHORITY_DESK)
        row = owned()
        User.objects.filter(pk=row.owner.removeprefix("user:")).update(is_active=False)
        announce(row, make.MORNING + 3 * DAY)
        assert [mail.address for mail in mails()] == [desk.email]

    def test_those_who_decide_and_administer_once_it_is_escalated(self) -> None:
        decider, administrator = person(Role.DECIDER), person(Role.ADMINISTRATOR)
        announce(duties.obligation(), make.MORNING + 4 * HOUR)
        addresses = {mail.address for mail in mails()}
        assert addresses == {decider.email, administrator.email}

    def test_administrators_where_a_holiday_table_is_missing(self) -> None:
        administrator, desk = person(Role.ADMINISTRATOR), person(Role.AUTHORITY_DESK)
        announce(duties.obligation(flags=["no_table"], latest_due=None), make.MORNING)
        assert {mail.address for mail in mails()} == {administrator.email, desk.email}

    def test_an_escalation_that_was_overtaken_still_reaches_them(self) -> None:
        decider = person(Role.DECIDER)
        row = duties.obligation()
        announce(row, make.MORNING + 3 * DAY)
        assert told(row) == [AlertKind.HALF_LEFT]
        assert decider.email in {mail.address for mail in mails()}

    def test_a_new_owner_unless_they_took_it_themselves(self) -> None:
        owner, taker = desk_person(), desk_person()
        assign(duties.obligation(), owner)
        obligations.assign(
            make.by(taker.as_actor()), obligation=duties.obligation().id, owner=taker.id
        )
        assert [mail.address for mail in mails()] == [owner.email]

    def test_the_owner_of_what_no_longer_applies(self) -> None:
        row = owned()
        void(row)
        owner = User.objects.get(pk=row.owner.removeprefix("user:"))
        assert [mail.address for mail in mails()] == [owner.email]
        assert "drill" not in mails()[0].text


class TestFindCrossed:
    def test_finds_only_what_has_something_to_announce(self) -> None:
        due = owned(target_due=make.MORNING + DAY, latest_due=None)
        owned(target_due=make.MORNING + 30 * DAY, latest_due=None)
        owned(
            status=ObligationStatus.VOID,
            closed_by="user:one",
            closed_at=make.MORNING,
            void_reason="A drill.",
        )
        found = alerts.find_crossed(at=make.MORNING + DAY, patience=PATIENCE)
        assert list(found) == [due.id]

    def test_reads_all_of_them_in_pages(self) -> None:
        edition, about = duties.rule(), duties.incident()
        rows = {
            duties.obligation(rule=edition, incident=about, recipient=f"office-{number}").id
            for number in range(7)
        }
        found = list(alerts.find_crossed(at=make.MORNING + DAY, patience=PATIENCE, batch=2))
        assert set(found) == rows
        assert len(found) == len(rows)


class TestAnnounceCrossed:
    def test_one_that_breaks_does_not_silence_the_others(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows = [duties.obligation() for _ in range(3)]
        broken = min(row.id for row in rows)
        working = alerts.announce

        def announce_or_break(command: Any, *, obligation: Any, patience: Patience) -> Any:
            if obligation == broken:
                raise ZeroDivisionError
            return working(command, obligation=obligation, patience=patience)

        monkeypatch.setattr(alerts, "announce", announce_or_break)
        assert announce_crossed(at=make.MORNING + DAY) == 2
        assert ObligationAlert.objects.values("obligation").distinct().count() == 2
