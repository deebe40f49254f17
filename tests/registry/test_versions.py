"""What held, and when the registry knew: the rules of version rows, and the database's own guards."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from registry.actors import SYSTEM
from registry.choices import OrganizationKind
from registry.commands import read_clock
from registry.models import Organization, OrganizationVersion, VersionQuerySet, VersionRow
from registry.versions import change_from, correct, end_at, open_version, span
from tests import make

SPRING = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
SUMMER = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
AUTUMN = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)


def now() -> dt.datetime:
    return read_clock(make.by(SYSTEM)).recorded


def versions(of: Organization) -> VersionQuerySet[OrganizationVersion]:
    return OrganizationVersion.objects.filter(organization=of)


def known_since(row: OrganizationVersion) -> dt.datetime:
    assert row.recorded.lower is not None
    return row.recorded.lower


def close(of: Organization, recorded: str) -> None:
    """Write this SQL expression into what an organization's versions say of `recorded`."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE registry_organizationversion SET recorded = {recorded}"
            " WHERE organization_id = %s",
            [of.id],
        )


def said(of: Organization) -> list[tuple[str, dt.datetime | None, dt.datetime | None]]:
    rows = versions(of).current().order_by("valid")
    return [(row.name, row.valid.lower, row.valid.upper) for row in rows]


@pytest.fixture
def acme() -> Organization:
    """An organization that was, as far as is known, always called Acme."""
    return make.organization("acme", name="Acme")


@pytest.fixture
def row(acme: Organization) -> OrganizationVersion:
    return versions(acme).get()


@pytest.mark.django_db
class TestChangeFrom:
    def test_before_the_moment_it_still_says_what_it_said(
        self, acme: Organization, row: OrganizationVersion
    ) -> None:
        change_from(row, at=SUMMER, recorded=now(), name="Bond")
        assert said(acme) == [("Acme", None, SUMMER), ("Bond", SUMMER, None)]

    def test_from_the_beginning_on_nothing_is_left_of_it(
        self, acme: Organization, row: OrganizationVersion
    ) -> None:
        later = change_from(row, at=SUMMER, recorded=now(), name="Bond")
        change_from(later, at=SUMMER, recorded=now(), name="Cove")
        assert said(acme) == [("Acme", None, SUMMER), ("Cove", SUMMER, None)]

    def test_a_change_dated_before_the_beginning_does_not_stretch_it(
        self, acme: Organization, row: OrganizationVersion
    ) -> None:
        later = change_from(row, at=SUMMER, recorded=now(), name="Bond")
        change_from(later, at=SPRING, recorded=now(), name="Cove")
        assert said(acme) == [("Acme", None, SUMMER), ("Cove", SUMMER, None)]

    def test_an_end_already_set_stays(self, acme: Organization, row: OrganizationVersion) -> None:
        ended = end_at(row, at=AUTUMN, recorded=now())
        assert ended is not None
        change_from(ended, at=SUMMER, recorded=now(), name="Bond")
        assert said(acme) == [("Acme", None, SUMMER), ("Bond", SUMMER, AUTUMN)]


@pytest.mark.django_db
class TestEndAt:
    def test_nothing_holds_from_the_moment_on(
        self, acme: Organization, row: OrganizationVersion
    ) -> None:
        end_at(row, at=SUMMER, recorded=now())
        assert said(acme) == [("Acme", None, SUMMER)]
        assert not versions(acme).as_of(SUMMER).exists()

    def test_what_had_not_begun_is_only_in_the_past_record(
        self, acme: Organization, row: OrganizationVersion
    ) -> None:
        later = change_from(row, at=SUMMER, recorded=now(), name="Bond")
        assert end_at(later, at=SUMMER, recorded=now()) is None
        assert said(acme) == [("Acme", None, SUMMER)]
        assert versions(acme).filter(name="Bond").count() == 1

    def test_does_not_put_off_an_earlier_end(
        self, acme: Organization, row: OrganizationVersion
    ) -> None:
        ended = end_at(row, at=SUMMER, recorded=now())
        assert ended is not None
        end_at(ended, at=AUTUMN, recorded=now())
        assert said(acme) == [("Acme", None, SUMMER)]


@pytest.mark.django_db
class TestCorrect:
    def test_replaces_it_for_its_whole_period_and_keeps_the_error_readable(
        self, acme: Organization, row: OrganizationVersion
    ) -> None:
        before = known_since(row)
        correct(row, recorded=now(), name="Bond")
        assert said(acme) == [("Bond", None, None)]
        assert versions(acme).as_of(SPRING).get().name == "Bond"
        assert versions(acme).as_of(SPRING, before).get().name == "Acme"


@pytest.mark.django_db
class TestAsOf:
    def test_nothing_was_known_before_it_was_recorded(
        self, acme: Organization, row: OrganizationVersion
    ) -> None:
        earlier = known_since(row) - dt.timedelta(microseconds=1)
        assert versions(acme).as_of(SPRING).exists()
        assert not versions(acme).as_of(SPRING, earlier).exists()

    def test_every_state_of_knowledge_says_one_thing(
        self, acme: Organization, row: OrganizationVersion
    ) -> None:
        changed = known_since(change_from(row, at=SUMMER, recorded=now(), name="Bond"))
        assert versions(acme).as_of(AUTUMN, known_since(row)).get().name == "Acme"
        assert versions(acme).as_of(AUTUMN, changed).get().name == "Bond"
        assert versions(acme).as_of(SPRING, changed).get().name == "Acme"


@pytest.mark.django_db
class TestGuards:
    def test_every_version_row_has_both_guards_in_the_database(self) -> None:
        tables = {
            model._meta.db_table for model in apps.get_models() if issubclass(model, VersionRow)
        }
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgrelid::regclass::text, regexp_replace(tgname, '^pgtrigger_|_[0-9a-f]{5}$', '', 'g')"
                " FROM pg_trigger WHERE tgenabled = 'O' AND tgname LIKE 'pgtrigger_%'"
            )
            found = set(cursor.fetchall())
        wanted = {
            (table, guard)
            for table in tables
            for guard in ("recorded_is_the_clock", "versions_only_close")
        }
        assert len(tables) >= 10
        assert wanted <= found

    @pytest.mark.parametrize(
        "recorded",
        [
            DateTimeTZRange(SPRING, None),
            DateTimeTZRange(dt.datetime(2199, 1, 1, tzinfo=dt.UTC), None),
            DateTimeTZRange(None, None),
            DateTimeTZRange(SPRING, SUMMER),
        ],
        ids=["past", "future", "always", "closed"],
    )
    def test_recorded_cannot_be_forged(
        self, acme: Organization, recorded: DateTimeTZRange
    ) -> None:
        end_at(versions(acme).get(), at=SPRING, recorded=now())
        forged = OrganizationVersion(
            organization=acme,
            name="Forged",
            kind=OrganizationKind.COMPANY,
            valid=span(SPRING),
            recorded=recorded,
        )
        with pytest.raises(ProgrammingError, match="recorded must begin now"):
            forged.save(force_insert=True)

    def test_a_version_is_never_deleted(self, acme: Organization) -> None:
        with pytest.raises(ProgrammingError, match="a version is never deleted"):
            versions(acme).delete()

    @pytest.mark.parametrize(
        "column",
        ["name = 'Forged'", "valid = '[2026-01-01,)'", "standing = 'withdrawn'"],
    )
    @pytest.mark.parametrize("closing", [False, True], ids=["alone", "while closing"])
    def test_nothing_else_on_a_version_is_ever_updated(
        self, acme: Organization, column: str, *, closing: bool
    ) -> None:
        close = ", recorded = tstzrange(lower(recorded), clock_timestamp())" if closing else ""
        with (
            pytest.raises(ProgrammingError, match="can only be closed"),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                f"UPDATE registry_organizationversion SET {column}{close} WHERE organization_id = %s",
                [acme.id],
            )

    @pytest.mark.parametrize(
        "recorded",
        [
            "tstzrange(lower(recorded), clock_timestamp() + interval '1 hour')",
            "tstzrange(lower(recorded) - interval '1 day', clock_timestamp())",
            "'empty'",
            "tstzrange(NULL, clock_timestamp())",
            "tstzrange(lower(recorded), clock_timestamp(), '[]')",
            "tstzrange(lower(recorded), clock_timestamp(), '(]')",
        ],
        ids=[
            "ahead of the clock",
            "with another beginning",
            "empty",
            "known forever",
            "with its end",
            "without its beginning",
        ],
    )
    def test_a_version_closes_only_by_the_clock(self, acme: Organization, recorded: str) -> None:
        with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
            close(acme, recorded)
        assert versions(acme).get().recorded.upper is None

    def test_a_version_closes_once(self, acme: Organization) -> None:
        close(acme, "tstzrange(lower(recorded), clock_timestamp())")
        with (
            pytest.raises(ProgrammingError, match="can only be closed, once"),
            transaction.atomic(),
        ):
            close(acme, "tstzrange(lower(recorded), clock_timestamp())")
        with (
            pytest.raises(ProgrammingError, match="can only be closed, once"),
            transaction.atomic(),
        ):
            close(acme, "tstzrange(lower(recorded), NULL)")

    def test_two_versions_cannot_speak_of_the_same_time(self, acme: Organization) -> None:
        second = OrganizationVersion(
            organization=acme, name="Second", kind=OrganizationKind.COMPANY, valid=span(SUMMER)
        )
        with pytest.raises(IntegrityError, match="organization_says_one_thing_at_a_time"):
            open_version(second, recorded=now())

    def test_a_version_holds_for_some_time(self, acme: Organization) -> None:
        end_at(versions(acme).get(), at=SPRING, recorded=now())
        empty = OrganizationVersion(
            organization=acme,
            name="Never",
            kind=OrganizationKind.COMPANY,
            valid=span(SUMMER, SUMMER),
        )
        with pytest.raises(IntegrityError, match="valid_runs_forward"):
            open_version(empty, recorded=now())


@pytest.mark.django_db(transaction=True)
def test_a_version_is_not_closed_as_of_an_earlier_transaction() -> None:
    acme = make.organization()
    with pytest.raises(ProgrammingError, match="can only be closed"):
        close(acme, "tstzrange(lower(recorded), transaction_timestamp() - interval '1 us')")
    assert versions(acme).get().recorded.upper is None
