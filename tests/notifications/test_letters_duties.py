"""Mails about duties, as whoever is woken by one reads it."""

import datetime as dt
from typing import Any

import pytest

from notifications.choices import AlertKind, QuestionCause
from notifications.clocks import Patience
from notifications.events import Event
from notifications.models import Delivery, Obligation, ObligationQuestion
from notifications.operations import alerts
from notifications.queries.duty_words import say_due, say_left
from notifications.queries.letters_duties import _LEADS, _SUBJECTS
from registry import audit
from registry.actors import SYSTEM
from registry.choices import Role
from tests import duties, make
from tests.notifications.test_alerts import DAY, HOUR, announce, mails, owned
from tests.notifications.test_deliveries import person

pytestmark = pytest.mark.django_db
MIDNIGHT = dt.datetime(2026, 7, 5, 22, tzinfo=dt.UTC)  # the end of 5 July in Brussels
FAR = dt.datetime(2050, 7, 5, 22, tzinfo=dt.UTC)


def opened(**more: Any) -> Obligation:
    """A duty whose opening is on record."""
    row = duties.obligation(**more)
    with_event(Event.OBLIGATION_OPENED, row)
    return row


def with_event(name: Event, row: Any) -> None:
    audit.record(name, row, make.by(SYSTEM), occurred_at=row.changed_at)


def only_mail() -> Delivery:
    (mail,) = mails()
    return mail


@pytest.fixture(autouse=True)
def _desk() -> None:
    person(Role.AUTHORITY_DESK)


class TestSubject:
    def test_says_what_and_by_when(self) -> None:
        office = duties.authority()
        opened(target_due=FAR, latest_due=None, authority=office)
        name = office.organization.name
        assert only_mail().title == (
            f"Due end of Tue 5 Jul 2050 (Brussels): tell {name} – A duty of the tests"
        )

    def test_what_one_assessment_opens_is_told_in_one_mail_and_the_first_due_leads(self) -> None:
        about, office = duties.incident(), duties.authority()
        opened(incident=about, target_due=FAR, latest_due=None, authority=office)
        soon = FAR - 3 * DAY
        opened(incident=about, target_due=soon, latest_due=None, authority=office)
        mail = only_mail()
        assert mail.title == "2 duties to notify, the first due end of Sat 2 Jul 2050 (Brussels)"
        assert mail.text.count(f"tell {office.organization.name} – A duty of the tests") == 2

    def test_says_at_the_opening_that_it_is_late_already(self) -> None:
        opened(target_due=MIDNIGHT, latest_due=None, changed_at=MIDNIGHT)
        assert only_mail().title.startswith("LATE, was due end of Sun 5 Jul 2026 (Brussels): ")

    def test_says_that_it_has_no_number(self) -> None:
        opened(target_due=None, latest_due=None)
        assert only_mail().title.startswith("Due without undue delay: tell “test-office”")

    @pytest.mark.parametrize(
        ("after", "said"),
        [
            (2.5 * DAY, "Half of the time left, due "),
            (3.75 * DAY, "A quarter of the time left, due "),
            (4.5 * DAY, "A tenth of the time left, due "),
        ],
    )
    def test_says_how_much_time_is_left(self, after: dt.timedelta, said: str) -> None:
        announce(owned(), make.MORNING + after)
        assert only_mail().title.startswith(said)

    def test_says_that_it_is_late(self) -> None:
        patient = Patience(unowned=HOUR, late=DAY)
        row = owned()
        alerts.announce(
            make.by(SYSTEM, make.MORNING + 5 * DAY), obligation=row.id, patience=patient
        )
        assert only_mail().title.startswith("LATE, was due Mon 6 Jul 2026, 11:00 (Brussels)")

    def test_says_that_nobody_owns_it(self) -> None:
        announce(duties.obligation(target_due=FAR, latest_due=None), make.MORNING + 4 * HOUR)
        mail = only_mail()
        assert mail.title.startswith("ESCALATED, nobody owns it, due ")
        assert "Owner: nobody" in mail.text

    def test_says_that_it_is_late_whatever_else_has_come_to_pass(self) -> None:
        late = {"target_due": MIDNIGHT, "latest_due": None, "opened_at": MIDNIGHT}
        announce(owned(grant=make.grant(), **late), MIDNIGHT + 4 * HOUR)
        titles = [
            mail.title.partition(":")[0]
            for mail in mails()
            if mail.event_name == "obligation.announced"
        ]
        assert titles == [
            "LATE, Access given and nobody told, was due end of Sun 5 Jul 2026 (Brussels)"
        ] * len(titles)

    def test_every_crossing_has_its_own(self) -> None:
        assert set(AlertKind) - {AlertKind.OPENED} <= set(_SUBJECTS)
        assert set(_SUBJECTS) == {*_LEADS, AlertKind.ESCALATED}


class TestText:
    def test_says_the_rule_the_authority_the_next_act_and_where_to_go_on(self) -> None:
        office = duties.authority()
        edition = duties.rule(
            fields=[
                {"name": "harm", "label": "Resulting harm"},
                {"name": "model", "label": "Model"},
            ]
        )
        row = opened(rule=edition, authority=office)
        text = only_mail().text
        for said in (
            "Test Act, Article 1 (law)",
            "Due: Mon 6 Jul 2026, 11:00 (Brussels), which is 6 Jul 2026, 09:00 UTC",
            f"To be told: {office.organization.name}",
            "Next: assign an owner; draft the notification",
            "Still missing: Resulting harm; Model",
            f"/admin/notifications/obligation/{row.id}/change/",
        ):
            assert said in text

    def test_says_where_the_latest_moment_is_an_interpretation(self) -> None:
        opened(latest_is_interpretation=True, basis="Reg. 1182/71 Art. 3(4)")
        assert "Reg. 1182/71 Art. 3(4) (interpretation)" in only_mail().text

    def test_says_why_the_latest_moment_is_not_known(self) -> None:
        announce(
            owned(latest_due=None, flags=["no_table"], basis="No table for 2027."), make.MORNING
        )
        mail = only_mail()
        assert mail.title.startswith("Holiday table missing, due ")
        assert "At the latest: not known: No table for 2027." in mail.text

    def test_tells_nothing_of_what_happened(self) -> None:
        about = duties.incident(title="Escape from the sandbox")
        opened(incident=about)
        mail = only_mail()
        assert "Escape" not in mail.title + mail.text + mail.html

    def test_a_synthetic_duty_says_so(self) -> None:
        holder = make.organization(synthetic=True)
        opened(incident=duties.incident(holder))
        assert "synthetic record" in only_mail().text


class TestQuestions:
    def ask(self, cause: QuestionCause, **more: Any) -> ObligationQuestion:
        about = more.pop("incident", None) or duties.incident()
        row = ObligationQuestion.objects.create(
            rule=duties.rule(),
            incident=about,
            duty_holder=about.duty_holder,
            cause=cause,
            missing=["incident.deaths"],
            asked_at=make.MORNING,
            changed_at=make.MORNING,
            **more,
        )
        with_event(Event.QUESTION_OPENED, row)
        return row

    def test_the_desk_is_asked_and_told_by_when_it_would_be_due(self) -> None:
        row = self.ask(QuestionCause.FACT_MISSING, would_be_due=MIDNIGHT)
        mail = only_mail()
        assert mail.title == (
            "Does it apply? A duty of the tests – if so, due end of Sun 5 Jul 2026 (Brussels)"
        )
        assert "Not known: deaths" in mail.text
        assert f"#question-{row.id}" in mail.text

    def test_where_no_time_can_be_said_it_says_so(self) -> None:
        self.ask(QuestionCause.ANCHOR_MISSING)
        assert only_mail().title.endswith("no time can be said yet")

    def test_what_one_assessment_asks_is_asked_in_one_mail(self) -> None:
        about = duties.incident()
        self.ask(QuestionCause.ANCHOR_MISSING, incident=about)
        self.ask(QuestionCause.FACT_MISSING, incident=about, would_be_due=MIDNIGHT)
        self.ask(QuestionCause.REPORTED, incident=about)
        mail = only_mail()
        assert mail.title == (
            "Do they apply? 2 duties – the first, if so, due end of Sun 5 Jul 2026 (Brussels)"
        )
        assert mail.text.count("A duty of the tests: ") == 2

    def test_two_things_are_asked_about_in_two_mails(self) -> None:
        self.ask(QuestionCause.ANCHOR_MISSING)
        self.ask(QuestionCause.ANCHOR_MISSING)
        assert len(mails()) == 2

    def test_what_a_source_only_reports_sends_no_mail(self) -> None:
        self.ask(QuestionCause.REPORTED)
        assert mails() == []


class TestRecipients:
    @pytest.mark.parametrize(
        ("recipient", "said"),
        [
            ("in-house", "To be told: nobody outside: it is done in-house"),
            ("public", "To be told: the public"),
            ("eu-ai-office", "To be told: “eu-ai-office” (nobody is registered)"),
        ],
    )
    def test_who_is_no_authority_is_named_in_words(self, recipient: str, said: str) -> None:
        opened(authority=None, recipient=recipient)
        assert said in only_mail().text

    def test_nobody_has_to_be_registered_for_what_is_done_in_house(self) -> None:
        opened(authority=None, recipient="in-house")
        assert "register who receives" not in only_mail().text


class TestWords:
    @pytest.mark.parametrize(
        ("moment", "zone", "said"),
        [
            (MIDNIGHT, "Europe/Brussels", "end of Sun 5 Jul 2026 (Brussels)"),
            (MIDNIGHT, "UTC", "Sun 5 Jul 2026, 22:00 (UTC)"),
            (MIDNIGHT, "America/Los_Angeles", "Sun 5 Jul 2026, 15:00 (Los Angeles)"),
        ],
    )
    def test_a_day_that_closes_is_named_by_its_last_day(
        self, moment: dt.datetime, zone: str, said: str
    ) -> None:
        assert say_due(moment, zone) == said

    def test_time_left_and_lateness(self) -> None:
        assert say_left(MIDNIGHT, at=MIDNIGHT - 26 * HOUR) == "1\xa0day, 2\xa0hours left"
        assert say_left(MIDNIGHT, at=MIDNIGHT + 2 * HOUR) == "late by 2\xa0hours"
        assert say_left(None, at=MIDNIGHT) == ""
