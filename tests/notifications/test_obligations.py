"""What people do with a duty short of meeting it."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest

from notifications.choices import ObligationStatus
from notifications.models import Filing, MissExplanation, Obligation
from notifications.operations import obligations
from notifications.operations.obligations import (
    AlreadyOwned,
    NotMissed,
    ObligationClosed,
    OwnerUnable,
    ToldAlready,
    WordsMissing,
    _record_miss,
)
from registry.actors import Actor
from registry.choices import ClientKind, Role
from registry.errors import NotFound, Stale
from registry.models import AuditEvent, PrivateValue, User
from registry.operations import users
from registry.policies import RoleMissing
from tests import duties, make

pytestmark = pytest.mark.django_db


def desk_person() -> User:
    """A member of the authority desk whose role is on record, and who so can own a duty."""
    user = make.user()
    users.give_role(
        make.by(make.staff(Role.ADMINISTRATOR)), user=user.username, role=Role.AUTHORITY_DESK
    )
    return user


def assign(row: Obligation, owner: User, by: Actor | None = None, **more: Any) -> Obligation:
    command = make.by(by or duties.desk(), **more)
    return obligations.assign(command, obligation=row.id, owner=owner.id).value


def void(row: Obligation, by: Actor | None = None, reason: str = "It was a drill.") -> Obligation:
    command = make.by(by or duties.desk())
    return obligations.void(command, obligation=row.id, reason=reason).value


def explain(
    row: Obligation, by: Actor | None = None, reason: str = "Nobody saw it."
) -> Obligation:
    command = make.by(by or duties.desk())
    return obligations.explain_miss(command, obligation=row.id, reason=reason).value


def missed(**more: Any) -> Obligation:
    """An open duty whose target has passed."""
    row = duties.obligation(**more)
    row.missed_at = row.target_due
    row.save(update_fields=["missed_at"])
    return row


def events(row: Obligation) -> list[str]:
    return list(
        AuditEvent.objects.filter(subject_id=row.id).order_by("id").values_list("name", flat=True)
    )


def unchanged(row: Obligation) -> bool:
    """Whether nothing was written to the row or of it."""
    found = Obligation.objects.filter(pk=row.pk).values().get()
    kept = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return found == kept and events(row) == []


class TestAssign:
    def test_it_is_theirs_and_on_record(self) -> None:
        row, owner = duties.obligation(), desk_person()
        changed = assign(row, owner)
        assert changed.owner == f"user:{owner.id}"
        assert changed.version == row.version + 1
        event = AuditEvent.objects.get(subject_id=row.id)
        assert event.name == "obligation.assigned"
        assert event.details == {"owner": f"user:{owner.id}", "before": ""}

    def test_it_passes_from_one_to_another(self) -> None:
        row, first, second = duties.obligation(), desk_person(), desk_person()
        assign(row, first)
        assert assign(row, second).owner == f"user:{second.id}"
        assert AuditEvent.objects.filter(subject_id=row.id).last().details["before"] == (  # type: ignore[union-attr]
            f"user:{first.id}"
        )

    def test_to_whom_it_belongs_already_is_refused(self) -> None:
        row, owner = duties.obligation(), desk_person()
        assign(row, owner)
        with pytest.raises(AlreadyOwned):
            assign(row, owner)
        assert events(row) == ["obligation.assigned"]

    def test_only_an_active_member_of_the_desk_can_own_it(self) -> None:
        row = duties.obligation()
        gone = desk_person()
        User.objects.filter(pk=gone.pk).update(is_active=False)
        for nobody in (make.user(), gone, User(pk=uuid4())):
            with pytest.raises(OwnerUnable):
                assign(row, nobody)
        assert unchanged(row)

    def test_whoever_left_the_desk_cannot(self) -> None:
        row, owner = duties.obligation(), desk_person()
        users.take_role(
            make.by(make.staff(Role.ADMINISTRATOR)), user=owner.username, role=Role.AUTHORITY_DESK
        )
        with pytest.raises(OwnerUnable):
            assign(row, owner)

    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUTHORITY_DESK])
    def test_other_roles_may_not(self, role: Role) -> None:
        row = duties.obligation()
        with pytest.raises(RoleMissing):
            assign(row, desk_person(), by=make.staff(role))
        assert unchanged(row)

    def test_a_partner_never_may(self) -> None:
        row = duties.obligation()
        with pytest.raises(RoleMissing):
            assign(row, desk_person(), by=make.client(row.duty_holder))

    def test_of_what_is_not_there_it_is_said(self) -> None:
        with pytest.raises(NotFound):
            assign(Obligation(pk=uuid4()), desk_person())

    def test_whoever_looked_at_an_older_version_is_told(self) -> None:
        row = duties.obligation()
        assign(row, desk_person())
        with pytest.raises(Stale):
            assign(row, desk_person(), expected_version=row.version)

    def test_what_is_closed_belongs_to_nobody_new(self) -> None:
        row = void(duties.obligation())
        with pytest.raises(ObligationClosed):
            assign(row, desk_person())

    def test_a_staff_client_in_the_role_may(self) -> None:
        row = duties.obligation()
        client = make.client(make.organization(), kind=ClientKind.STAFF)
        tool = Actor(
            client.kind,
            client.id,
            roles=frozenset({Role.AUTHORITY_DESK}),
            client_kind=ClientKind.STAFF,
        )
        assert assign(row, desk_person(), by=tool).owner


class TestExplainMiss:
    def test_the_words_are_kept_and_their_digest_is_on_record(self) -> None:
        row = explain(missed(), reason="  The worker stood still. ")
        said = MissExplanation.objects.get(obligation=row)
        assert said.reason == "The worker stood still."
        assert events(row) == ["obligation.miss_explained"]
        event = AuditEvent.objects.get(subject_id=row.id)
        assert "worker" not in str(event.details)
        assert PrivateValue.objects.get().value == said.reason

    def test_a_later_explanation_stands_beside_the_earlier(self) -> None:
        row = missed()
        explain(row, reason="One.")
        explain(row, reason="Two.")
        assert list(row.explanations.order_by("id").values_list("reason", flat=True)) == [
            "One.",
            "Two.",
        ]

    def test_what_was_met_late_is_explained_as_well(self) -> None:
        row = missed(
            status=ObligationStatus.DISCHARGED,
            closed_by="user:one",
            closed_at=make.MORNING + 6 * duties.DAY,
        )
        explain(row)
        assert row.explanations.exists()

    def test_what_was_not_missed_is_not_explained(self) -> None:
        row = duties.obligation()
        with pytest.raises(NotMissed):
            explain(row)
        assert unchanged(row)

    def test_nothing_said_is_refused(self) -> None:
        row = missed()
        with pytest.raises(WordsMissing):
            explain(row, reason=" \n")
        assert unchanged(row)

    def test_other_roles_may_not(self) -> None:
        row = missed()
        with pytest.raises(RoleMissing):
            explain(row, by=make.staff(Role.DECIDER, Role.AUDITOR))
        assert unchanged(row)


class TestVoid:
    def test_it_is_closed_with_its_reason_and_stays_readable(self) -> None:
        by = duties.desk()
        row = void(duties.obligation(), by=by)
        assert (row.status, row.closed_by, row.void_reason) == (
            ObligationStatus.VOID,
            by.key,
            "It was a drill.",
        )
        assert row.closed_at == make.MORNING
        event = AuditEvent.objects.get(subject_id=row.id)
        assert event.name == "obligation.voided"
        assert "drill" not in str(event.details)

    def test_the_same_duty_may_be_opened_again(self) -> None:
        row = void(duties.obligation())
        duties.obligation(rule=row.rule, incident=row.incident)

    def test_a_second_time_is_refused(self) -> None:
        row = void(duties.obligation())
        with pytest.raises(ObligationClosed):
            void(row)
        assert events(row) == ["obligation.voided"]

    def test_what_was_sent_is_not_taken_back(self) -> None:
        row = duties.obligation()
        filing(row)
        with pytest.raises(ToldAlready):
            void(row)
        assert unchanged(row)

    def test_nothing_said_is_refused(self) -> None:
        row = duties.obligation()
        with pytest.raises(WordsMissing):
            void(row, reason="")
        assert unchanged(row)

    def test_other_roles_may_not(self) -> None:
        row = duties.obligation()
        with pytest.raises(RoleMissing):
            void(row, by=make.staff(Role.RESTRICTOR, Role.ADMINISTRATOR))
        assert unchanged(row)


class TestRecordMiss:
    """For whoever closes a duty: what is met late is missed, whether or not a worker ran in between."""

    @pytest.mark.parametrize("after", [dt.timedelta(0), duties.DAY])
    def test_what_was_not_met_before_its_target_is_dated_at_it(self, after: dt.timedelta) -> None:
        row = duties.obligation()
        assert row.target_due is not None
        assert _record_miss(make.by(duties.desk()), row, at=row.target_due + after)
        assert row.missed_at == row.target_due
        assert AuditEvent.objects.get(subject_id=row.id).occurred_at == row.target_due

    def test_once(self) -> None:
        row = missed()
        assert not _record_miss(make.by(duties.desk()), row, at=make.MORNING + 9 * duties.DAY)
        assert events(row) == []

    def test_a_moment_before_the_target_is_in_time(self) -> None:
        row = duties.obligation()
        assert row.target_due is not None
        just = row.target_due - dt.timedelta(microseconds=1)
        assert not _record_miss(make.by(duties.desk()), row, at=just)
        assert unchanged(row)

    def test_what_has_no_number_is_never_late(self) -> None:
        row = duties.obligation(target_due=None, latest_due=None)
        assert not _record_miss(make.by(duties.desk()), row, at=make.MORNING + 99 * duties.DAY)


def filing(row: Obligation, **more: Any) -> Filing:
    """A notification that was sent."""
    moment = make.MORNING + dt.timedelta(hours=1)
    said: dict[str, Any] = {
        "obligation": row,
        "status": "dispatched",
        "prepared_by": "user:one",
        "prepared_at": moment,
        "reviewed_by": "user:two",
        "reviewed_at": moment,
        "document": {},
        "pdf_sha256": "0" * 64,
        "signed_by": "user:three",
        "signed_at": moment,
        "sha256": "0" * 64,
        "channel": "portal",
        "dispatched_by": "user:one",
        "dispatched_at": moment,
        "dispatch_proof": "Receipt 17",
        "changed_at": moment,
    } | more
    return Filing.objects.create(**said)
