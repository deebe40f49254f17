"""Screening lists: how names are compared, files read, and snapshots looked at before they are used."""

import datetime as dt
import io

import openpyxl
import pytest

from registry.choices import Role, SnapshotStatus
from registry.models import ScreeningEntry
from registry.operations import screening_lists, screening_snapshots
from registry.operations.screening_readers import Listed, ListFile, ReaderUnknown, read_plain_sheet
from registry.policies import RoleMissing
from registry.queries.invariants import snapshots_hold_what_they_say
from registry.queries.screening import compare_with_used
from registry.queries.screening_names import normalize
from tests import make, screening
from tests.screening import DAY, HEAD

pytestmark = pytest.mark.django_db


def read_oddly(content: bytes, /) -> ListFile:
    """A reader of an installation's own: a name a line."""
    names = content.decode().split("\n")
    return ListFile("ab" * 32, tuple(Listed(n, str(n), name) for n, name in enumerate(names, 1)))


class TestNames:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Ácme  Robótics, Ltd.", "ACME ROBOTICS LTD"),
            ("Straße & Söhne", "strasse sohne"),
            ("Łódź-Øre", "lodz ore"),
            ("ＡＣＭＥ", "acme"),
        ],
    )
    def test_are_compared_without_what_lists_write_differently(self, one: str, other: str) -> None:
        assert normalize(one) == normalize(other)

    def test_what_has_no_letter_is_no_name(self) -> None:
        assert normalize("--- !") == ""


class TestReading:
    def test_a_workbook_is_read_like_a_sheet(self) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(HEAD.split(","))
        sheet.append(["7", "Acme", "Acme Corp; ACME", "LEI:ABC", "Ruritania"])
        kept = io.BytesIO()
        book.save(kept)
        found = read_plain_sheet(kept.getvalue())
        assert found.problems == ()
        expected = Listed(2, "7", "Acme", ("Acme Corp", "ACME"), ("lei:abc",), "Ruritania")
        assert found.listed == (expected,)

    @pytest.mark.parametrize(
        ("line", "field", "code"),
        [
            (",Acme,,,", "reference", "value_missing"),
            ("1,Acme,,,\n1,Other,,,", "reference", "value_twice"),
            ("1,!!!,,,", "name", "name_blank"),
            ("1,Acme,??,,", "aliases", "name_blank"),
            ("1,Acme,,number 7,", "identifiers", "identifier_unreadable"),
            ("", "file", "list_empty"),
        ],
    )
    def test_says_what_is_wrong_and_where(self, line: str, field: str, code: str) -> None:
        found = read_plain_sheet(f"{HEAD}\n{line}".encode())
        assert [(one.field, one.code) for one in found.problems] == [(field, code)]


class TestSnapshots:
    def test_a_file_with_problems_is_never_used(self) -> None:
        row = screening.uploaded(screening.screening_list(), "1,Acme,,,", ",Other,,,")
        assert (row.status, row.entry_count, row.lines.count()) == (SnapshotStatus.WRONG, 0, 0)
        with pytest.raises(screening_snapshots.SnapshotNotPrepared):
            screening_snapshots.commit(make.by(make.staff(Role.INTAKE)), snapshot=row.id)

    def test_is_compared_before_it_is_used_and_entries_are_kept_once(self) -> None:
        of = screening.screening_list()
        screening.used(of, "1,Acme,,,", "2,Bolt,,,", "3,Cog,,,")
        new = screening.uploaded(of, "2,Bolt,,,", "3,Cogs,,,", "4,Dome,,,")
        assert compare_with_used(new) == {"added": 2, "removed": 2, "unchanged": 1}
        assert ScreeningEntry.objects.count() == 5
        assert list(snapshots_hold_what_they_say()) == []
        assert [n.status for n in of.snapshots.order_by("number")] == ["in_use", "prepared"]
        screening_snapshots.commit(make.by(make.staff(Role.INTAKE)), snapshot=new.id)
        assert [n.status for n in of.snapshots.order_by("number")] == ["replaced", "in_use"]

    def test_an_older_day_replaces_nothing_and_no_list_is_of_tomorrow(self) -> None:
        of = screening.screening_list()
        screening.used(of, "1,Acme,,,")
        older = screening.uploaded(of, "1,Acme,,,", as_of=DAY - dt.timedelta(days=1))
        with pytest.raises(screening_snapshots.SnapshotOlder):
            screening_snapshots.commit(make.by(make.staff(Role.INTAKE)), snapshot=older.id)
        with pytest.raises(screening_snapshots.SnapshotOfTheFuture):
            screening.uploaded(
                of, "1,A,,,", as_of=dt.datetime.now(dt.UTC).date() + dt.timedelta(days=3)
            )

    def test_an_installation_brings_its_own_reader(self, settings: object) -> None:
        settings.SCREENING_READERS = {"odd": f"{__name__}.read_oddly"}  # type: ignore[attr-defined]
        with pytest.raises(ReaderUnknown):
            screening.screening_list("plain", reader="sheet")
        of = screening.screening_list("own", reader="odd")
        row = screening_snapshots.upload(
            make.by(make.staff(Role.INTAKE)),
            screening_list=of.id,
            as_of=DAY,
            file_name="names",
            content=b"Acme\nBolt",
        ).value
        assert (row.status, row.entry_count) == (SnapshotStatus.PREPARED, 2)

    def test_roles(self) -> None:
        reviewer = make.by(make.staff(Role.REVIEWER))
        of = screening.screening_list()
        with pytest.raises(RoleMissing):
            screening_snapshots.upload(
                reviewer, screening_list=of.id, as_of=DAY, file_name="x", content=b""
            )
        with pytest.raises(RoleMissing):
            screening_lists.retire(reviewer, screening_list=of.id, reason="Old.")
