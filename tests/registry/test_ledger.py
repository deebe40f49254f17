"""The ledger: what the sequencer promises, and what the proof finds."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from pytest_django import Settings

from registry import audit
from registry.choices import Role
from registry.events import Event
from registry.models import AuditEvent, FeedEntry, Leaf, OutboxEntry, PrivateValue, User
from registry.operations import ledger, privacy
from registry.policies import RoleMissing
from registry.queries.ledger import verify
from tests import make

AT = "(SELECT event_row FROM registry_leaf WHERE position = {})"
CHANGE_AN_EVENT = f"UPDATE registry_auditevent SET name = 'x' WHERE id = {AT.format(4)}"
DELETE_AN_EVENT = f"DELETE FROM registry_auditevent WHERE id = {AT.format(7)}"
CHANGE_THE_TREE = (
    "UPDATE registry_leaf SET frontier = decode(repeat('00', 32), 'hex') WHERE position = 2"
)
_COLUMNS = "name, subject_type, subject_id, actor, organizations, visibility, occurred_at, request_id, details"
SLIP_AN_EVENT_IN = f"""
    INSERT INTO registry_auditevent (event_id, {_COLUMNS})
    SELECT gen_random_uuid(), {_COLUMNS} FROM registry_auditevent LIMIT 1
"""


def record_roles(number: int) -> User:
    """A member of staff and `number` events about them."""
    user = make.user()
    command = make.by(make.staff(Role.ADMINISTRATOR))
    with transaction.atomic():
        for _ in range(number):
            audit.record(Event.ROLE_GIVEN, user, command, occurred_at=command.at, role="decider")
    return user


def tamper(statement: str) -> None:
    """What only a superuser can do: change a table behind its own guards."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.fixture
def checkpoints(settings: Settings, tmp_path: Path) -> Path:
    settings.CHECKPOINT_FILE = tmp_path / "outside" / "checkpoints.txt"
    path: Path = settings.CHECKPOINT_FILE
    return path


@pytest.mark.django_db
class TestRecord:
    def test_writes_an_event_and_its_outbox_entry(self) -> None:
        record_roles(1)
        event = AuditEvent.objects.get()
        assert OutboxEntry.objects.get().event == event
        assert (event.subject_type, event.visibility) == ("user", "staff")

    def test_keeps_free_text_out_of_the_event(self) -> None:
        user, command = make.user(), make.by(make.staff())
        with transaction.atomic():
            event = audit.record(
                Event.ROLE_GIVEN, user, command, occurred_at=command.at, private={"note": "secret"}
            )
        kept = PrivateValue.objects.get()
        assert kept.value == "secret"
        assert event.details["note"] == {
            "private": str(kept.id),
            "hmac": audit.digest_private(kept),
        }
        assert b"secret" not in audit.write_leaf_body(event)

    def test_erasing_the_text_leaves_the_ledger_provable(self) -> None:
        user, command = make.user(), make.by(make.staff())
        with transaction.atomic():
            audit.record(
                Event.ROLE_GIVEN, user, command, occurred_at=command.at, private={"note": "secret"}
            )
        ledger.sequence_all()
        kept = PrivateValue.objects.get()
        administrator = make.staff(Role.ADMINISTRATOR)
        erased = privacy.erase(make.by(administrator), value=kept.id, reason="Asked to.").value
        assert (erased.salt, erased.value) == (None, None)
        ledger.sequence_all()
        assert verify([]).breach is None
        assert AuditEvent.objects.latest("id").name == "private_value.erased"
        with pytest.raises(privacy.AlreadyErased):
            privacy.erase(make.by(administrator), value=kept.id, reason="Again.")

    def test_only_an_administrator_erases(self) -> None:
        kept = PrivateValue.objects.create(salt=bytes(32), value="secret")
        with pytest.raises(RoleMissing):
            privacy.erase(make.by(make.staff(Role.INTAKE)), value=kept.id, reason="?")

    def test_a_private_value_cannot_be_rewritten(self) -> None:
        PrivateValue.objects.create(salt=bytes(32), value="one")
        with pytest.raises(ProgrammingError, match="only be erased"):
            PrivateValue.objects.update(value="another")

    def test_the_leaf_body_is_canonical_and_complete(self) -> None:
        user = record_roles(1)
        event = AuditEvent.objects.get()
        body = audit.write_leaf_body(event)
        assert (
            body
            == json.dumps(
                json.loads(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False
            ).encode()
        )
        read = json.loads(body)
        assert set(read) == {
            *("version", "id", "name", "subject", "actor", "organizations", "visibility"),
            *("occurred_at", "recorded_at", "request_id", "details"),
        }
        assert read["subject"] == f"user:{user.id}"
        assert read["occurred_at"] == "2026-07-01T09:00:00.000000Z"

    @pytest.mark.parametrize("change", ["update", "delete"])
    def test_an_event_can_be_neither_changed_nor_deleted(self, change: str) -> None:
        record_roles(1)
        acts: dict[str, Callable[[], object]] = {
            "update": lambda: AuditEvent.objects.update(name="x"),
            "delete": lambda: AuditEvent.objects.all().delete(),
        }
        OutboxEntry.objects.all().delete()
        with pytest.raises(ProgrammingError, match="Cannot"):
            acts[change]()


@pytest.mark.django_db(transaction=True)
def test_an_event_is_refused_outside_a_transaction() -> None:
    command = make.by(make.staff())
    with pytest.raises(RuntimeError, match="transaction"):
        audit.record(Event.ROLE_GIVEN, make.user(), command, occurred_at=command.at)


@pytest.mark.django_db
class TestSequence:
    def test_positions_are_gapless_and_follow_the_order_of_recording(self) -> None:
        record_roles(5)
        assert ledger.sequence(limit=2) == 2
        record_roles(1)
        assert ledger.sequence_all() == 4
        leaves = list(Leaf.objects.order_by("position"))
        assert [leaf.position for leaf in leaves] == list(range(6))
        assert [leaf.event_row for leaf in leaves] == sorted(leaf.event_row for leaf in leaves)
        assert not OutboxEntry.objects.exists()

    def test_nothing_waiting_is_nothing_done(self) -> None:
        assert ledger.sequence() == 0

    def test_an_organization_counts_its_own_events_without_gaps(self) -> None:
        first, second = make.organization(), make.organization()
        ledger.sequence_all()
        numbers = FeedEntry.objects.filter(organization_id=second.id).values_list(
            "number", flat=True
        )
        assert list(numbers) == [1]
        assert FeedEntry.objects.filter(organization_id=first.id).get().number == 1


@pytest.mark.django_db
class TestWriteCheckpoint:
    def test_signs_only_what_has_grown(self, checkpoints: Path) -> None:
        assert ledger.write_checkpoint() is None
        record_roles(3)
        ledger.sequence_all()
        first = ledger.write_checkpoint()
        assert first is not None
        assert first.size == 3
        assert ledger.write_checkpoint() is None
        record_roles(1)
        ledger.sequence_all()
        ledger.write_checkpoint()
        assert len(checkpoints.read_text().splitlines()) == 10


def run_verify(*arguments: str) -> tuple[int, str]:
    """Exit status and what was said."""
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_ledger", *arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        return int(str(ended.code)), err.getvalue()
    return 0, out.getvalue()


@pytest.mark.django_db
class TestVerifyLedger:
    @pytest.fixture(autouse=True)
    def _ten_events(self, checkpoints: Path) -> None:
        record_roles(10)
        ledger.sequence_all()
        ledger.write_checkpoint()
        assert checkpoints.exists()

    def test_an_untouched_ledger_holds(self) -> None:
        status, said = run_verify()
        assert status == 0
        assert "10 events" in said

    @pytest.mark.parametrize(
        ("statement", "position", "problem"),
        [
            (CHANGE_AN_EVENT, 4, "not the one that was sequenced"),
            (DELETE_AN_EVENT, 7, "its event is gone"),
            ("DELETE FROM registry_leaf WHERE position = 3", 3, "there is no leaf"),
            (CHANGE_THE_TREE, 2, "the tree up to it was changed"),
            (SLIP_AN_EVENT_IN, 10, "has no place"),
        ],
        ids=["event changed", "event deleted", "leaf deleted", "tree changed", "event slipped in"],
    )
    def test_tampering_by_a_superuser_is_found_at_its_position(
        self, statement: str, position: int, problem: str
    ) -> None:
        tamper(statement)
        status, said = run_verify()
        assert status == 1
        assert f"position {position}: " in said
        assert problem in said

    def test_a_tree_computed_again_from_changed_events_is_found_against_the_checkpoint(
        self, checkpoints: Path
    ) -> None:
        tamper(
            "UPDATE registry_auditevent SET actor = 'user:nobody' WHERE id ="
            " (SELECT event_row FROM registry_leaf WHERE position = 0)"
        )
        tamper("DELETE FROM registry_leaf")
        tamper("INSERT INTO registry_outboxentry (event_id) SELECT id FROM registry_auditevent")
        ledger.sequence_all()
        assert verify([]).breach is None
        status, said = run_verify("--checkpoint", str(checkpoints))
        assert status == 1
        assert "position 9: the tree is not the one that was signed" in said

    @pytest.mark.parametrize("kept", [0, 6], ids=["emptied", "cut"])
    def test_an_emptied_or_shortened_ledger_is_found_against_the_checkpoint(
        self, kept: int, checkpoints: Path
    ) -> None:
        tamper(
            "DELETE FROM registry_auditevent WHERE id IN"
            f" (SELECT event_row FROM registry_leaf WHERE position >= {kept})"
        )
        tamper(f"DELETE FROM registry_leaf WHERE position >= {kept}")
        assert verify([]).breach is None
        status, said = run_verify("--checkpoint", str(checkpoints))
        assert status == 1
        assert f"position {kept}: the ledger ends here, and 10 leaves were signed" in said
