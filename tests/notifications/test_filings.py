"""Notifications in preparation: drafted, changed, withdrawn; and what amends one that was sent."""

import datetime as dt

import pytest

from notifications.choices import FilingStatus, ObligationStatus, StageKind
from notifications.models import Filing, Obligation
from notifications.operations import filings, filings_review
from notifications.operations.filings import (
    FieldNotNamed,
    FieldSaid,
    FieldSaidTwice,
    FilingInPreparation,
    FilingNotSent,
    FilingUnderWay,
    ObligationOver,
)
from notifications.operations.filings_stages import ReasonNeeded
from notifications.queries.filings import find_missing
from notifications.workflow import FilingStepNotOpen
from registry.choices import Role
from registry.commands import TextTooLong
from registry.errors import NotFound, Stale, WorldsApart
from registry.models import AuditEvent
from registry.policies import RoleMissing
from tests import duties, make
from tests import filings as making

pytestmark = pytest.mark.django_db


def recorded() -> list[str]:
    """The names of what was recorded about notifications and duties, in order."""
    events = AuditEvent.objects.filter(subject_type__in=["filing", "obligation"]).order_by("id")
    return list(events.values_list("name", flat=True))


class TestDraft:
    def test_begins_what_an_open_duty_asks_for(self) -> None:
        duty, desk = making.duty(), making.desk()
        row = filings.draft(make.by(desk), obligation=duty.id).value

        assert (row.obligation, row.authority) == (duty, duty.authority)
        assert (row.status, row.prepared_by) == (FilingStatus.DRAFT, desk.key)
        assert find_missing(row) == ["moment", "victims", "events"]
        assert recorded() == ["filing.drafted"]
        assert row.stages.get().kind == StageKind.DRAFTED

    def test_finds_who_receives_where_the_duty_opened_without_one(self) -> None:
        duty = making.duty()
        Obligation.objects.filter(pk=duty.pk).update(authority=None)
        assert making.draft(duty).authority == duty.authority

    def test_begins_without_a_recipient_where_nobody_is_registered(self) -> None:
        duty = making.duty()
        Obligation.objects.filter(pk=duty.pk).update(authority=None, recipient="nobody")
        assert making.draft(duty).authority is None

    def test_refuses_a_second_one_in_preparation(self) -> None:
        duty = making.duty()
        making.draft(duty)
        with pytest.raises(FilingInPreparation):
            making.draft(duty)
        assert duty.filings.count() == 1

    def test_refuses_while_one_did_not_arrive(self) -> None:
        duty = making.duty()
        making.bounced(duty)
        with pytest.raises(FilingUnderWay):
            making.draft(duty)

    def test_refuses_a_duty_that_is_over(self) -> None:
        duty = making.duty()
        making.dispatched(duty)
        with pytest.raises(ObligationOver):
            making.draft(duty)

    def test_what_is_synthetic_is_never_told_to_anyone_real(self) -> None:
        real = duties.authority()
        about = duties.incident(make.organization(synthetic=True))
        duty = duties.obligation(incident=about, authority=real)
        with pytest.raises(WorldsApart):
            making.draft(duty)
        assert not Filing.objects.exists()

    @pytest.mark.parametrize("role", [Role.CLEARED, Role.DECIDER, Role.ADMINISTRATOR])
    def test_belongs_to_the_authority_desk(self, role: Role) -> None:
        with pytest.raises(RoleMissing):
            filings.draft(make.by(make.staff(role)), obligation=making.duty().id)

    def test_compares_the_version_of_the_duty(self) -> None:
        with pytest.raises(Stale):
            filings.draft(make.by(making.desk(), expected_version=7), obligation=making.duty().id)


class TestChange:
    def test_says_what_is_known_and_what_is_not_and_why(self) -> None:
        row = making.complete()
        assert row.fields == {
            "moment": {"value": "1 July 2026"},
            "victims": {"unknown": "The hospital has not told."},
            "events": {"value": "An agent left its sandbox."},
        }
        assert find_missing(row) == []

    def test_says_once_that_nothing_is_missing_any_more(self) -> None:
        row = making.complete()
        filings.change(make.by(making.desk()), filing=row.id, fields={})
        assert recorded() == [
            "filing.drafted",
            "filing.changed",
            "filing.completed",
            "filing.changed",
        ]

    def test_nothing_said_of_a_field_makes_it_missing_again(self) -> None:
        row = making.complete()
        changed = filings.change(
            make.by(making.desk()), filing=row.id, fields={"victims": FieldSaid(value=" \n")}
        ).value
        assert find_missing(changed) == ["victims"]

    def test_no_words_of_it_go_into_the_record(self) -> None:
        making.complete()
        assert "sandbox" not in str(list(AuditEvent.objects.values_list("details", flat=True)))

    def test_nothing_may_be_filed_that_the_rule_does_not_name(self) -> None:
        row = making.draft()
        with pytest.raises(FieldNotNamed) as refused:
            filings.change(
                make.by(making.desk()),
                filing=row.id,
                fields={"gossip": FieldSaid(value="x"), "moment": FieldSaid(value="y")},
            )
        assert refused.value.values == {"fields": "gossip"}
        row.refresh_from_db()
        assert (row.fields, row.version) == ({}, 1)

    @pytest.mark.parametrize(
        ("said", "refusal"),
        [
            (FieldSaid(value="1 July", unknown="who knows"), FieldSaidTwice),
            (FieldSaid(value="x" * 20_001), TextTooLong),
            (FieldSaid(unknown="x" * 2_001), TextTooLong),
        ],
    )
    def test_refuses_what_cannot_be_meant(self, said: FieldSaid, refusal: type[Exception]) -> None:
        row = making.draft()
        with pytest.raises(refusal):
            filings.change(make.by(making.desk()), filing=row.id, fields={"moment": said})

    def test_of_what_was_signed_off_makes_a_draft_again_and_keeps_what_was_fixed(self) -> None:
        row, other = making.signed(), making.desk()
        changed = filings.change(
            make.by(other), filing=row.id, fields={"moment": FieldSaid(value="2 July 2026")}
        ).value

        assert (changed.status, changed.prepared_by) == (FilingStatus.DRAFT, other.key)
        assert (changed.document, changed.sha256, changed.pdf_sha256) == (None, "", "")
        assert (changed.reviewed_by, changed.signed_by) == ("", "")
        kept = changed.stages.latest("id")
        assert (kept.kind, kept.sha256, kept.document) == (
            StageKind.CHANGED,
            row.sha256,
            row.document,
        )
        assert recorded()[-2:] == ["filing.changed", "filing.completed"]

    def test_refuses_what_was_sent(self) -> None:
        row = making.dispatched()
        with pytest.raises(FilingStepNotOpen):
            filings.change(make.by(making.desk()), filing=row.id, fields=making.SAID)

    def test_compares_the_version_looked_at(self) -> None:
        row = making.complete()
        with pytest.raises(Stale):
            filings.change(
                make.by(making.desk(), expected_version=row.version - 1),
                filing=row.id,
                fields=making.SAID,
            )

    def test_belongs_to_the_authority_desk(self) -> None:
        row = making.draft()
        with pytest.raises(RoleMissing):
            filings.change(make.by(make.staff(Role.CLEARED)), filing=row.id, fields={})


class TestWithdraw:
    def test_gives_a_draft_up_and_leaves_the_duty_open(self) -> None:
        row = making.complete()
        given_up = filings.withdraw(make.by(making.desk()), filing=row.id, reason="Mistake.").value
        assert (given_up.status, given_up.withdrawn_reason) == (
            FilingStatus.WITHDRAWN,
            "Mistake.",
        )
        assert Obligation.objects.get().status == ObligationStatus.OPEN
        assert making.draft(row.obligation).id != row.id

    def test_needs_a_reason(self) -> None:
        with pytest.raises(ReasonNeeded):
            filings.withdraw(make.by(making.desk()), filing=making.draft().id, reason=" ")

    def test_refuses_what_was_sent(self) -> None:
        row = making.dispatched()
        with pytest.raises(FilingStepNotOpen):
            filings.withdraw(make.by(making.desk()), filing=row.id, reason="Too late.")


class TestAmend:
    def test_begins_with_all_that_was_said_and_both_stay(self) -> None:
        sent = making.dispatched()
        row = filings.amend(make.by(making.desk()), filing=sent.id).value

        assert (row.amends, row.obligation, row.status) == (
            sent,
            sent.obligation,
            FilingStatus.DRAFT,
        )
        assert row.fields["victims"] == {"unknown": "The hospital has not told."}
        assert row.fields["moment"]["value"] == "1 July 2026"
        assert str(sent.id) in row.fields["moment"]["from"]
        sent.refresh_from_db()
        assert sent.status == FilingStatus.DISPATCHED

    def test_sent_it_changes_nothing_about_when_the_duty_was_met(self) -> None:
        sent = making.dispatched()
        row = filings.amend(make.by(making.desk()), filing=sent.id).value
        filings_review.review(make.by(making.desk()), filing=row.id)
        filings_review.sign(make.by(make.staff(Role.DECIDER)), filing=row.id)
        making.send(row, at=make.MORNING + dt.timedelta(days=90))

        duty = Obligation.objects.get()
        assert (duty.status, duty.closed_at) == (ObligationStatus.DISCHARGED, make.MORNING)
        assert duty.missed_at is None
        assert recorded().count("obligation.discharged") == 1
        row.refresh_from_db()
        assert row.document is not None
        assert row.document["amends"] == str(sent.id)

    def test_refuses_to_amend_what_was_not_sent(self) -> None:
        with pytest.raises(FilingNotSent):
            filings.amend(make.by(making.desk()), filing=making.signed().id)

    def test_one_at_a_time(self) -> None:
        sent = making.dispatched()
        filings.amend(make.by(making.desk()), filing=sent.id)
        with pytest.raises(FilingInPreparation):
            filings.amend(make.by(making.desk()), filing=sent.id)

    def test_nobody_outside_finds_one(self) -> None:
        sent = making.dispatched()
        partner = make.client(make.organization(), "requests:read")
        with pytest.raises(RoleMissing):
            filings.amend(make.by(partner), filing=sent.id)
        assert not Filing.objects.visible_to(partner).exists()
        with pytest.raises(NotFound):
            filings_review.sign(make.by(making.desk()), filing=sent.obligation_id)
