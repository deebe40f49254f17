"""Each invariant of duties and mails holds of what is right, and finds what was changed behind its back."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.management import call_command

from config.management.commands.check_invariants import ALL
from notifications.choices import QuestionCause
from notifications.events import Event
from notifications.models import Cursor, Obligation, ObligationQuestion
from notifications.operations import alerts
from notifications.queries import invariants
from registry import audit
from registry.actors import SYSTEM
from registry.calendars import Calendar
from registry.choices import Role
from registry.models import HolidayTable
from registry.queries.invariants import Invariant
from tests import duties, make
from tests.notifications.test_alerts import DAY, PATIENCE, mails
from tests.notifications.test_deliveries import person
from tests.notifications.test_obligations import filing
from tests.tampering import subjects, tamper

pytestmark = pytest.mark.django_db
# Five days from the morning of 1 July in Brussels: the end of 6 July there.
FIVE_DAYS = dt.datetime(2026, 7, 6, 22, tzinfo=dt.UTC)
CLOSED = {"closed_by": "user:one", "closed_at": make.MORNING + DAY}


def duty(**more: Any) -> Obligation:
    """A duty whose dues are those of its rule."""
    said = {"target_due": FIVE_DAYS, "latest_due": FIVE_DAYS} | more
    row = duties.obligation(**said)
    audit.record(Event.OBLIGATION_OPENED, row, make.by(SYSTEM), occurred_at=row.opened_at)
    return row


def breaks(invariant: Invariant, *rows: Any) -> None:
    assert subjects(invariant) == [f"{row._meta.model_name}:{row.pk}" for row in rows]


class TestOnRecord:
    def test_finds_a_duty_that_no_event_is_about(self) -> None:
        row = duty()
        breaks(invariants.everything_governed_is_on_record)
        tamper(
            "UPDATE registry_auditevent SET subject_id = gen_random_uuid() WHERE subject_id = %s",
            row.id,
        )
        breaks(invariants.everything_governed_is_on_record, row)


class TestDues:
    def test_finds_a_target_that_was_moved(self) -> None:
        row = duty()
        breaks(invariants.dues_follow_from_anchor_and_edition)
        tamper("UPDATE notifications_obligation SET target_due = target_due - interval '1 day'")
        breaks(invariants.dues_follow_from_anchor_and_edition, row)

    def test_finds_an_anchor_that_was_moved(self) -> None:
        row = duty()
        tamper("UPDATE notifications_obligation SET anchor_at = anchor_at - interval '1 day'")
        breaks(invariants.dues_follow_from_anchor_and_edition, row)

    def test_finds_a_rule_that_cannot_be_read_any_more(self) -> None:
        row = duty()
        tamper("UPDATE registry_obligationrule SET document = document - 'title'")
        breaks(invariants.dues_follow_from_anchor_and_edition, row)

    def test_what_has_no_number_has_none(self) -> None:
        row = duty(rule=duties.rule("nd", period=None), target_due=None, latest_due=None)
        breaks(invariants.dues_follow_from_anchor_and_edition)
        tamper("UPDATE notifications_obligation SET target_due = %s", FIVE_DAYS)
        breaks(invariants.dues_follow_from_anchor_and_edition, row)

    def test_a_day_is_counted_as_a_day_where_the_hour_is_not_known(self) -> None:
        midnight = dt.datetime(2026, 6, 30, 22, tzinfo=dt.UTC)
        duty(anchor_at=midnight, flags=["hour_not_known"])
        breaks(invariants.dues_follow_from_anchor_and_edition)

    def test_a_table_that_came_later_breaks_nothing(self) -> None:
        counting = {
            "regulation_1182": True,
            "interpretation": False,
            "calendar": "eu-commission",
            "zone": "Europe/Brussels",
        }
        duty(rule=duties.rule("counted", counting=counting), latest_due=None)
        breaks(invariants.dues_follow_from_anchor_and_edition)
        HolidayTable.objects.create(
            calendar=Calendar.EU_COMMISSION,
            year=2026,
            number=1,
            days=[dt.date(2026, 7, 21)],
            citation="OJ",
            sha256="0" * 64,
            proposed_by="user:one",
            proposed_at=make.MORNING,
            enacted_by="user:two",
            enacted_at=make.MORNING + DAY,
            changed_at=make.MORNING,
        )
        duty(rule=duties.rule("counted", counting=counting), opened_at=make.MORNING + 2 * DAY)
        breaks(invariants.dues_follow_from_anchor_and_edition)

    def test_reads_many_in_a_fixed_number_of_queries(self, django_assert_num_queries: Any) -> None:
        for _ in range(3):
            duty()
        with django_assert_num_queries(2):
            breaks(invariants.dues_follow_from_anchor_and_edition)


class TestWhomTheyConcern:
    def test_finds_a_duty_of_somebody_else(self) -> None:
        row = duty()
        breaks(invariants.duties_are_those_of_whom_they_concern)
        tamper("UPDATE notifications_obligation SET duty_holder_id = %s", make.organization().id)
        breaks(invariants.duties_are_those_of_whom_they_concern, row)

    def test_finds_an_authority_of_the_other_world(self) -> None:
        row = duty(authority=duties.authority())
        breaks(invariants.duties_are_those_of_whom_they_concern)
        tamper(
            "UPDATE registry_organization SET synthetic = true WHERE id = %s", row.duty_holder_id
        )
        breaks(invariants.duties_are_those_of_whom_they_concern, row)

    def test_finds_a_duty_about_what_is_only_reported(self) -> None:
        row = duty()
        breaks(invariants.what_is_only_reported_opens_no_duty)
        tamper("UPDATE registry_incident SET origin = 'reported', fact_id = gen_random_uuid()")
        breaks(invariants.what_is_only_reported_opens_no_duty, row)

    def test_finds_a_follow_up_about_something_else(self) -> None:
        first = duty()
        second = duty(rule=first.rule, incident=first.incident, follows=first)
        breaks(invariants.follow_ups_stay_with_their_subject)
        tamper(
            "UPDATE notifications_obligation SET incident_id = %s WHERE id = %s",
            duties.incident().id,
            second.id,
        )
        breaks(invariants.follow_ups_stay_with_their_subject, second)


class TestRules:
    def test_finds_a_duty_and_a_question_of_a_rule_never_put_in_force(self) -> None:
        row = duty()
        asked = ObligationQuestion.objects.create(
            rule=row.rule,
            incident=row.incident,
            duty_holder=row.duty_holder,
            cause=QuestionCause.GRADE,
            asked_at=make.MORNING,
            changed_at=make.MORNING,
        )
        breaks(invariants.duties_pin_a_rule_in_force)
        tamper("UPDATE registry_obligationrule SET enacted_by = '', enacted_at = NULL")
        breaks(invariants.duties_pin_a_rule_in_force, row, asked)


class TestWhatWasSent:
    def test_finds_a_discharge_by_nothing(self) -> None:
        row = duty(status="discharged", **CLOSED)
        filing(row)
        breaks(invariants.duties_were_met_by_something_sent)
        tamper("DELETE FROM notifications_filing")
        breaks(invariants.duties_were_met_by_something_sent, row)

    def test_finds_that_what_was_sent_for_no_longer_applies(self) -> None:
        row = duty()
        filing(row)
        tamper(
            "UPDATE notifications_obligation SET status = 'void', void_reason = '?', "
            "closed_by = 'user:one', closed_at = now()"
        )
        breaks(invariants.duties_were_met_by_something_sent, row)

    def test_finds_a_notification_to_another_authority(self) -> None:
        office = duties.authority()
        sent = filing(duty(authority=office), authority=office)
        astray = filing(duty(), authority=None)
        breaks(invariants.notifications_go_to_the_authority_of_their_duty)
        tamper("UPDATE notifications_filing SET authority_id = %s", duties.authority(None).id)
        found = subjects(invariants.notifications_go_to_the_authority_of_their_duty)
        assert set(found) == {f"filing:{sent.id}", f"filing:{astray.id}"}


class TestMisses:
    def test_finds_a_late_discharge_that_is_not_dated(self) -> None:
        row = duty(status="discharged", closed_by="user:one", closed_at=FIVE_DAYS)
        breaks(invariants.what_was_late_is_on_the_list_of_misses, row)
        tamper("UPDATE notifications_obligation SET closed_at = closed_at - interval '1 second'")
        breaks(invariants.what_was_late_is_on_the_list_of_misses)

    def test_finds_an_announced_miss_that_is_not_dated(self) -> None:
        row = duty()
        alerts.announce(make.by(SYSTEM, FIVE_DAYS + DAY), obligation=row.id, patience=PATIENCE)
        breaks(invariants.what_was_late_is_on_the_list_of_misses)
        tamper("UPDATE notifications_obligation SET missed_at = NULL")
        breaks(invariants.what_was_late_is_on_the_list_of_misses, row)

    def test_finds_an_alert_from_before_its_crossing(self) -> None:
        row = duty()
        alerts.announce(
            make.by(SYSTEM, make.MORNING + 5 * DAY), obligation=row.id, patience=PATIENCE
        )
        breaks(invariants.alerts_are_written_after_what_they_tell_of)
        alert = row.alerts.order_by("id").first()
        tamper(
            "UPDATE notifications_obligationalert SET announced_at = crossed_at - interval '1 s' "
            "WHERE id = (SELECT min(id) FROM notifications_obligationalert)"
        )
        breaks(invariants.alerts_are_written_after_what_they_tell_of, alert)


class TestMails:
    def test_finds_a_mail_about_nothing(self) -> None:
        person(Role.AUTHORITY_DESK)
        duty()
        (mail,) = mails()
        breaks(invariants.mails_tell_of_what_is_on_record)
        tamper("UPDATE notifications_delivery SET event_name = 'grant.revoked'")
        breaks(invariants.mails_tell_of_what_is_on_record, mail)

    def test_finds_a_reader_beyond_the_end_of_the_ledger(self) -> None:
        duty()
        mails()
        breaks(invariants.readers_are_not_ahead_of_the_ledger)
        tamper("UPDATE notifications_cursor SET position = position + 1")
        breaks(invariants.readers_are_not_ahead_of_the_ledger, Cursor.objects.get())


class TestTheCommand:
    def run(self) -> tuple[int, str, str]:
        said, wrong = io.StringIO(), io.StringIO()
        status = 0
        try:
            call_command("check_invariants", stdout=said, stderr=wrong)
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        return status, said.getvalue(), wrong.getvalue()

    def test_says_that_all_hold(self) -> None:
        make.administrator()
        make.grant()
        tamper(
            "INSERT INTO registry_auditevent (event_id, name, subject_type, subject_id, actor, "
            "organizations, visibility, occurred_at, recorded_at, request_id, details) "
            "SELECT gen_random_uuid(), 'user.registered', 'user', id, 'system', '{}', 'staff', "
            "now(), now(), 'test', '{}' FROM registry_user"
        )
        total = sum(map(len, ALL.values()))
        assert self.run() == (0, f"{total} of {total} invariants hold, 0 breaches.\n", "")

    def test_names_each_breach_and_fails(self) -> None:
        row = duty()
        tamper("UPDATE notifications_obligation SET target_due = target_due - interval '1 day'")
        status, said, wrong = self.run()
        assert status == 1
        assert "breaches." in said
        assert (
            f"notifications.dues_follow_from_anchor_and_edition: obligation:{row.id}: "
            "its dues are not what its rule makes of its anchor"
        ) in wrong

    def test_each_has_a_promise_and_a_name_of_its_own(self) -> None:
        for app, found in ALL.items():
            assert all(invariant.__doc__ for invariant in found), app
            assert len({invariant.__name__ for invariant in found}) == len(found)
