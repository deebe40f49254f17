from io import StringIO

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from registry.management.commands.grant_application_role import grant
from registry.models import AuditEvent, FeedEntry, Leaf, Organization
from registry.operations import ledger
from tests import make

pytestmark = pytest.mark.django_db
ROLE = "test_application"
LEDGER = ("registry_auditevent", "registry_leaf", "registry_feedentry")


@pytest.fixture(autouse=True)
def _application_role() -> None:
    """A role with no more than the command gives; gone with the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} NOLOGIN")
        grant(ROLE, cursor)


def run(statement: str) -> None:
    """Run it as the application's role."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        cursor.execute(statement)
        cursor.execute("RESET ROLE")


class TestOnTheLedger:
    def test_the_application_works_as_ever(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {ROLE}")
            organization = make.organization()
            ledger.sequence_all()
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == (ROLE,)
        assert AuditEvent.objects.filter(subject_id=organization.id).exists()
        assert Leaf.objects.exists()
        assert FeedEntry.objects.filter(organization_id=organization.id).exists()

    @pytest.mark.parametrize("table", LEDGER)
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE {} SET event_row = 0",
            "DELETE FROM {}",
            "TRUNCATE {} CASCADE",
            "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
            "CREATE TRIGGER mine BEFORE INSERT ON {} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        ],
    )
    def test_nothing_written_is_touched(self, statement: str, table: str) -> None:
        if table == "registry_auditevent":
            statement = statement.replace("event_row", "subject_type")
        with pytest.raises(ProgrammingError, match="permission denied"):
            run(statement.format(table))

    @pytest.mark.parametrize("table", LEDGER)
    @pytest.mark.parametrize(
        "statement",
        [
            "DROP TABLE {} CASCADE",
            "ALTER TABLE {} DISABLE TRIGGER ALL",
            "ALTER TABLE {} ADD COLUMN more integer",
            "ALTER TABLE {} OWNER TO " + ROLE,
        ],
    )
    def test_its_tables_and_guards_stay_as_they_are(self, statement: str, table: str) -> None:
        with pytest.raises(ProgrammingError, match="must be owner of table"):
            run(statement.format(table))

    def test_its_guards_cannot_be_passed_by(self) -> None:
        with pytest.raises(ProgrammingError, match="permission denied to set parameter"):
            run("SET LOCAL session_replication_role = replica")


class TestElsewhere:
    def test_rows_are_written_changed_and_removed(self) -> None:
        organization = make.organization()
        run(f"UPDATE registry_organization SET version = 9 WHERE id = '{organization.id}'")
        run("DELETE FROM registry_outboxentry")
        assert Organization.objects.get(pk=organization.pk).version == 9

    @pytest.mark.parametrize(
        "statement", ["TRUNCATE registry_outboxentry", "CREATE TABLE mine (id integer)"]
    )
    def test_nothing_is_emptied_and_nothing_made(self, statement: str) -> None:
        with pytest.raises(ProgrammingError, match="permission denied"):
            run(statement)


class TestTheCommand:
    def test_a_repeat_changes_nothing(self) -> None:
        with connection.cursor() as cursor:
            grant(ROLE, cursor)
        with pytest.raises(ProgrammingError, match="permission denied"):
            run("DELETE FROM registry_leaf")

    def test_has_nothing_to_give_where_the_application_is_the_owner(self) -> None:
        said = StringIO()
        call_command("grant_application_role", stdout=said)
        assert "nothing to give" in said.getvalue()
