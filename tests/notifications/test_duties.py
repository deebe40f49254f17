"""Duties as facts come in: opened, asked about, moved, voided, followed."""

import dataclasses
import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from notifications.choices import (
    ObligationFlag,
    ObligationStatus,
    QuestionAnswer,
    QuestionCause,
)
from notifications.models import Filing, Obligation, ObligationQuestion
from notifications.operations import duties
from notifications.operations.duties import _open_follow_ups, lock_subject
from notifications.queries.duties import examine
from registry.actors import Command
from registry.choices import Anchor, DutyHolderKind, Harm, Role
from registry.commands import command, read_clock
from registry.models import AuditEvent, Incident, Organization
from registry.operations import duty_holders, incidents, mandates, moments
from registry.operations.incidents import Classification
from registry.operations.moments import MomentSaid
from registry.policies import RoleMissing
from tests import make
from tests.duties import DAY, authority, desk, rule

pytestmark = pytest.mark.django_db

AWARE = MomentSaid(Anchor.AWARE, make.MORNING, "Europe/Brussels")
DEADLY: dict[str, Any] = {"condition": "'death' in incident.harms"}
DEATH: dict[str, Any] = {"harms": (Harm.DEATH,), "deaths": 1}
NO_DEATH: dict[str, Any] = {"harms": (Harm.PROPERTY_SERIOUS,)}


def incident(*said: MomentSaid, holder: Organization | None = None, **known: Any) -> Incident:
    """An incident known at first hand, of which the duty-holder became aware this morning."""
    return incidents.report(
        make.by(desk()),
        title="Escape",
        duty_holder=(holder or make.organization()).id,
        said=Classification("It happened.", **known),
        moments=said or (AWARE,),
    ).value


def classify(row: Incident, **known: Any) -> None:
    said = Classification("It happened.", **known)
    incidents.classify(make.by(desk()), incident=row.id, said=said)


def assess(row: Incident) -> list[Obligation]:
    """The obligations that are there after an assessment."""
    duties.assess(make.by(desk()), incident=row.id)
    return list(row.obligations.order_by("round", "rule__slug", "-status"))


def asked(row: Incident) -> list[ObligationQuestion]:
    return list(row.obligation_questions.filter(answer=""))


@command
def meet(command: Command, *, obligation: UUID, sent_at: dt.datetime) -> Obligation:
    """What a discharge does: the notification was sent then, and what follows is opened."""
    about = Obligation.objects.get(pk=obligation)
    lock_subject(command, incident=about.incident_id, occurrence=about.occurrence_id)
    Filing.objects.create(
        obligation=about,
        status="dispatched",
        sha256="0" * 64,
        document={},
        pdf_sha256="0" * 64,
        prepared_by="user:one",
        prepared_at=sent_at,
        reviewed_by="user:two",
        reviewed_at=sent_at,
        signed_by="user:three",
        signed_at=sent_at,
        channel="portal",
        dispatched_by="user:one",
        dispatched_at=sent_at,
        dispatch_proof="No. 1",
        changed_at=sent_at,
    )
    about.status, about.closed_by = ObligationStatus.DISCHARGED, command.by.key
    about.closed_at = read_clock(command).at
    about.save()
    _open_follow_ups(command, about)
    return about


class TestOpening:
    def test_a_rule_of_the_primary_text_opens_by_itself(self) -> None:
        edition, office = rule(**DEADLY), authority()
        (row,) = assess(incident(**DEATH))
        assert row.rule == edition
        assert row.authority == office
        assert (row.anchor, row.anchor_at) == (Anchor.AWARE, make.MORNING)
        assert row.target_due == dt.datetime(2026, 7, 6, 22, 0, tzinfo=dt.UTC)
        assert row.flags == []

    def test_assessing_again_changes_nothing(self) -> None:
        rule(**DEADLY)
        row = incident(**DEATH)
        assess(row)
        before = AuditEvent.objects.count()
        assert len(assess(row)) == 1
        assert AuditEvent.objects.count() == before

    def test_each_recipient_has_an_obligation_of_its_own(self) -> None:
        rule(recipients=["il-iema-ohs", "il-attorney-general"])
        rows = assess(incident())
        assert {row.recipient for row in rows} == {"il-iema-ohs", "il-attorney-general"}

    def test_nobody_registered_to_receive_it_is_flagged_and_put_right(self) -> None:
        rule()
        row = incident()
        (open_one,) = assess(row)
        assert open_one.authority is None
        assert open_one.flags == [ObligationFlag.NO_RECIPIENT]
        office = authority(None)
        mandates.register(
            make.by(desk()), key="test-office", authority=office.id, basis="The tests"
        )
        (open_one,) = assess(row)
        assert open_one.authority == office
        assert open_one.flags == []
        assert AuditEvent.objects.filter(name="obligation.addressed").count() == 1

    def test_what_is_for_everyone_needs_nobody(self) -> None:
        rule(recipients=["public"])
        assert assess(incident())[0].flags == []

    def test_a_synthetic_duty_is_never_addressed_to_a_real_authority(self) -> None:
        rule()
        authority()
        (row,) = assess(incident(holder=make.organization(synthetic=True)))
        assert row.authority is None

    def test_a_missing_holiday_table_leaves_the_target_and_says_so(self) -> None:
        rule(
            counting={
                "regulation_1182": True,
                "interpretation": True,
                "calendar": "eu-commission",
                "zone": "Europe/Brussels",
            }
        )
        (row,) = assess(incident())
        assert row.target_due is not None
        assert row.latest_due is None
        assert ObligationFlag.NO_TABLE in row.flags
        assert "2026" in row.basis

    def test_a_rule_that_binds_others_is_shown_and_never_clocked(self) -> None:
        rule(binds={"who": "manufacturers", "operator": False})
        row = incident()
        assert assess(row) == []
        (shown,) = examine(row, at=now()).assessed
        assert shown.judgment.reason == "binds_others"

    def test_the_events_hold_no_words(self) -> None:
        rule()
        (row,) = assess(incident())
        details = AuditEvent.objects.get(name="obligation.opened").details
        assert details["recipient"] == "test-office"
        assert "Escape" not in str(details)
        assert details["target_due"] == row.target_due.strftime("%Y-%m-%dT%H:%M:%S.%fZ")  # type: ignore[union-attr]

    def test_reviewers_assess_nothing(self) -> None:
        row = incident()
        with pytest.raises(RoleMissing):
            duties.assess(make.by(make.staff(Role.REVIEWER)), incident=row.id)


class TestQuestions:
    def test_a_missing_fact_asks(self) -> None:
        rule(**DEADLY)
        row = incident()
        assert assess(row) == []
        (question,) = asked(row)
        assert question.cause == QuestionCause.FACT_MISSING
        assert question.missing == ["incident.harms"]
        assert question.would_be_due == dt.datetime(2026, 7, 6, 22, 0, tzinfo=dt.UTC)

    def test_it_is_asked_once(self) -> None:
        rule(**DEADLY)
        row = incident()
        assess(row)
        assess(row)
        assert ObligationQuestion.objects.count() == 1

    def test_the_fact_that_comes_in_lets_it_lapse(self) -> None:
        rule(**DEADLY)
        row = incident()
        assess(row)
        classify(row, **DEATH)
        (obligation,) = assess(row)
        question = ObligationQuestion.objects.get()
        assert question.answer == QuestionAnswer.LAPSED
        assert obligation.status == ObligationStatus.OPEN

    def test_something_else_missing_is_asked_anew(self) -> None:
        rule(
            **DEADLY,
            binds={"who": "signatories", "operator": True, "condition": "holder.code_signatory"},
        )
        row = incident()
        assess(row)
        classify(row, **DEATH)
        assess(row)
        (question,) = asked(row)
        assert question.cause == QuestionCause.HOLDER_NOT_KNOWN
        duty_holders.state(
            make.by(desk()),
            organization=row.duty_holder_id,
            kind=DutyHolderKind.CODE_SIGNATORY,
            holds=True,
            evidence="The list.",
        )
        assert len(assess(row)) == 1
        assert asked(row) == []


class TestReclassification:
    def test_it_opens_and_voids_and_keeps_what_was(self) -> None:
        deadly = rule("deadly", **DEADLY)
        costly = rule("costly", condition="'property_serious' in incident.harms")
        row = incident(**DEATH)
        (first,) = assess(row)
        assert first.rule == deadly
        classify(row, **NO_DEATH)
        new, old = assess(row)
        assert (old.rule, old.status) == (deadly, ObligationStatus.VOID)
        assert "Harms: serious harm to property" in old.void_reason
        assert (new.rule, new.status) == (costly, ObligationStatus.OPEN)

    def test_what_it_voided_it_opens_again(self) -> None:
        rule(**DEADLY)
        row = incident(**DEATH)
        assess(row)
        classify(row, **NO_DEATH)
        assess(row)
        classify(row, **DEATH)
        assert [one.status for one in assess(row)] == [
            ObligationStatus.VOID,
            ObligationStatus.OPEN,
        ]

    def test_what_a_person_voided_stays_void(self) -> None:
        rule(**DEADLY)
        row = incident(**DEATH)
        (open_one,) = assess(row)
        open_one.status, open_one.closed_by = ObligationStatus.VOID, "user:one"
        open_one.closed_at, open_one.void_reason = make.MORNING, "Told by telephone."
        open_one.save()
        assert len(assess(row)) == 1
        (shown,) = examine(row, at=now()).assessed
        assert shown.judgment.reason == "voided"

    def test_what_was_sent_is_never_voided(self) -> None:
        rule(**DEADLY)
        row = incident(**DEATH)
        (open_one,) = assess(row)
        meet(make.by(desk()), obligation=open_one.id, sent_at=make.MORNING + DAY)
        Obligation.objects.update(status=ObligationStatus.OPEN, closed_by="", closed_at=None)
        classify(row, **NO_DEATH)
        (still,) = assess(row)
        assert still.status == ObligationStatus.OPEN

    def test_a_fact_that_is_unknown_again_closes_nothing(self) -> None:
        rule(**DEADLY)
        row = incident(**DEATH)
        assess(row)
        classify(row)
        (still,) = assess(row)
        assert still.status == ObligationStatus.OPEN
        assert asked(row) == []

    def test_a_new_edition_leaves_work_in_flight_alone(self) -> None:
        first = rule(**DEADLY)
        row = incident(**DEATH)
        assess(row)
        rule(**DEADLY, period={"quantity": 1, "unit": "days"})
        (still,) = assess(row)
        assert still.rule == first
        assert assess(incident(**DEATH))[0].rule.number == 2


class TestRescheduling:
    def test_an_earlier_moment_moves_the_clock(self) -> None:
        rule()
        row = incident()
        (before,) = assess(row)
        earlier = dataclasses.replace(AWARE, happened_at=make.MORNING - 2 * DAY)
        moments.state_of_incident(make.by(desk()), incident=row.id, said=earlier)
        (after,) = assess(row)
        assert before.target_due is not None
        assert after.target_due == before.target_due - 2 * DAY
        details = AuditEvent.objects.get(name="obligation.rescheduled").details
        assert details["before"]["target_due"] == "2026-07-06T22:00:00.000000Z"

    def test_a_later_one_beside_it_does_not(self) -> None:
        rule()
        row = incident()
        (before,) = assess(row)
        later = dataclasses.replace(AWARE, happened_at=make.MORNING + DAY)
        moments.state_of_incident(make.by(desk()), incident=row.id, said=later)
        assert assess(row)[0].target_due == before.target_due

    def test_a_mistaken_moment_that_is_put_right_undoes_a_miss(self) -> None:
        rule()
        row = incident()
        (open_one,) = assess(row)
        Obligation.objects.update(missed_at=open_one.target_due)
        right = dataclasses.replace(AWARE, happened_at=make.MORNING + 9 * DAY)
        moments.state_of_incident(
            make.by(desk()), incident=row.id, said=right, supersedes=row.moments.get().id
        )
        (moved,) = assess(row)
        assert moved.missed_at is None
        assert moved.target_due == dt.datetime(2026, 7, 15, 22, 0, tzinfo=dt.UTC)


class TestFollowUps:
    @pytest.fixture
    def first(self) -> Obligation:
        """The initial report of a regime that asks for two more."""
        authority()
        rule("initial", **DEADLY)
        rule(
            "intermediate",
            follows=["initial"],
            anchors=["notified"],
            period={"quantity": 4, "unit": "weeks", "recurring": True},
        )
        rule(
            "final",
            follows=["initial"],
            anchors=["resolved"],
            period={"quantity": 60, "unit": "days"},
        )
        (row,) = assess(incident(**DEATH))
        return row

    def statuses(self, first: Obligation) -> list[tuple[str, int, str]]:
        rows = Obligation.objects.filter(incident=first.incident_id).select_related("rule")
        return [
            (row.rule.slug, row.round, row.status)
            for row in rows.order_by("opened_at", "rule__slug", "round")
        ]

    def test_nothing_follows_what_was_not_filed(self, first: Obligation) -> None:
        assert self.statuses(first) == [("initial", 1, "open")]

    def test_a_report_every_four_weeks_until_it_is_resolved(self, first: Obligation) -> None:
        sent = make.MORNING + DAY
        meet(make.by(desk(), sent), obligation=first.id, sent_at=sent)
        second = Obligation.objects.get(rule__slug="intermediate")
        assert (second.follows, second.anchor, second.anchor_at) == (first, Anchor.NOTIFIED, sent)
        again = sent + 20 * DAY
        meet(make.by(desk(), again), obligation=second.id, sent_at=again)
        third = Obligation.objects.get(rule__slug="intermediate", round=2)
        assert (third.follows, third.anchor_at) == (first, again)
        self.resolve(first, again + DAY)
        assert self.statuses(first) == [
            ("initial", 1, "discharged"),
            ("intermediate", 1, "discharged"),
            ("intermediate", 2, "void"),
            ("final", 1, "open"),
        ]
        final = Obligation.objects.get(rule__slug="final")
        assert (final.anchor, final.anchor_at) == (Anchor.RESOLVED, again + DAY)

    def test_what_is_filed_after_the_end_asks_for_the_final_report_alone(
        self, first: Obligation
    ) -> None:
        self.resolve(first, make.MORNING + DAY)
        meet(make.by(desk(), make.MORNING + 2 * DAY), obligation=first.id, sent_at=now())
        assert self.statuses(first) == [("initial", 1, "discharged"), ("final", 1, "open")]

    def resolve(self, first: Obligation, at: dt.datetime) -> None:
        assert first.incident_id is not None
        incidents.resolve(
            make.by(desk(), at),
            incident=first.incident_id,
            resolution="Patched.",
            resolved=MomentSaid(Anchor.RESOLVED, min(at, now() - DAY), "Europe/Brussels"),
        )
        duties.assess(make.by(desk(), at), incident=first.incident_id)


class TestCost:
    def test_an_examination_costs_the_same_for_more_of_everything(self) -> None:
        counts = []
        row = incident(**DEATH)
        for number in (2, 8):
            for serial in range(number):
                rule(f"deadly-{number}-{serial}", **DEADLY)
                rule(f"asking-{number}-{serial}", condition="incident.deception")
                moments.state_of_incident(make.by(desk()), incident=row.id, said=AWARE)
            assess(row)
            row.refresh_from_db()
            with CaptureQueriesContext(connection) as queries:
                examine(row, at=now())
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestReasons:
    def test_what_follows_says_that_nothing_was_filed(self) -> None:
        rule("initial", **DEADLY)
        rule("final", follows=["initial"], anchors=["resolved"])
        row = incident(**DEATH)
        assess(row)
        found = {rule.edition.slug: rule for rule in examine(row, at=now()).assessed}
        assert found["final"].judgment.reason == "nothing_filed"
