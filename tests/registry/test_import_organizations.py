"""Organizations from a CSV file: what a dry run says, and what an import writes.

Both in one module: the same files are held against both.
"""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.actors import Actor
from registry.choices import JurisdictionKind, JurisdictionRole, Role
from registry.models import (
    AuditEvent,
    Contact,
    ExternalIdentifier,
    ImportRun,
    Organization,
    OrganizationJurisdiction,
    OrganizationVersion,
)
from registry.operations import csv_rows, import_organizations, jurisdictions
from registry.operations.csv_rows import RowError
from registry.operations.import_runs import ImportPreview, ImportRefused
from registry.policies import RoleMissing
from tests import make

pytestmark = pytest.mark.django_db

HEADER = (
    "slug,name,legal_name,kind,seat,subsidiaries,processing_sites,identifiers,"
    "contact_name,contact_email"
)
ACME = "acme,Acme,Acme Inc.,company,us,fr;de,de,lei:5493001;aws:123,Ada,ada@acme.invalid"
BOND = "bond,Bond Lab,,research,fr,,,,,"


def write(*lines: str) -> bytes:
    return "\n".join((HEADER, *lines)).encode()


def look(content: bytes) -> ImportPreview:
    return import_organizations.preview(actor=make.staff(Role.INTAKE), content=content)


def take_in(content: bytes, actor: Actor | None = None) -> ImportRun:
    return import_organizations.import_(
        make.by(actor or make.staff(Role.INTAKE)), file_name="partners.csv", content=content
    ).value


def counts(run: ImportRun) -> tuple[int, int, int]:
    return run.created, run.changed, run.unchanged


def named(errors: tuple[RowError, ...]) -> list[tuple[int, str, str]]:
    return [(error.line, error.field, error.code) for error in errors]


def stored() -> tuple[int, ...]:
    return (
        Organization.objects.count(),
        OrganizationVersion.objects.count(),
        OrganizationJurisdiction.objects.count(),
        ExternalIdentifier.objects.count(),
        Contact.objects.count(),
    )


@pytest.fixture(autouse=True)
def _places() -> None:
    for slug in ("us", "fr", "de"):
        jurisdictions.register(
            make.by(make.staff(Role.INTAKE)), slug=slug, name=slug, kind=JurisdictionKind.STATE
        )


class TestPreview:
    def test_says_for_each_line_what_it_would_do(self) -> None:
        take_in(write(ACME, BOND))
        seen = look(write(ACME, BOND.replace("Lab", "Institute"), "new,New,,company,,,,,,"))
        assert [(row.line, row.key, row.effect) for row in seen.rows] == [
            (2, "acme", "unchanged"),
            (3, "bond", "changed"),
            (4, "new", "created"),
        ]
        assert seen.errors == ()

    def test_writes_nothing(self) -> None:
        events = AuditEvent.objects.count()
        look(write(ACME, BOND))
        assert stored() == (0, 0, 0, 0, 0)
        assert AuditEvent.objects.count() == events

    def test_needs_intake(self) -> None:
        with pytest.raises(RoleMissing):
            import_organizations.preview(actor=make.staff(Role.DECIDER), content=write(ACME))

    def test_asks_as_many_questions_for_many_lines_as_for_one(self) -> None:
        take_in(
            write(
                *(
                    f"old{number},Old,,company,us,,,lei:{number},A,a@b.invalid"
                    for number in range(20)
                )
            )
        )
        actor = make.staff(Role.INTAKE)

        def count(number: int) -> int:
            lines = (
                f"old{each},Changed,,company,fr,,,lei:9{each},A,c@b.invalid"
                for each in range(number)
            )
            with CaptureQueriesContext(
                connection,
            ) as asked:
                import_organizations.preview(actor=actor, content=write(*lines))
            return len(asked)

        assert count(20) == count(1)

    @pytest.mark.parametrize(
        ("line", "wrong"),
        [
            (",Name,,company,,,,,,", [("slug", "value_missing")]),
            ("one,,,company,,,,,,", [("name", "value_missing")]),
            ("one,One,,,,,,,,", [("kind", "value_missing")]),
            ("One,One,,company,,,,,,", [("slug", "slug_unreadable")]),
            ("o ne,One,,company,,,,,,", [("slug", "slug_unreadable")]),
            ("one,One,,firm,,,,,,", [("kind", "value_unknown")]),
            ("one,One,,company,xx,,,,,", [("seat", "jurisdiction_unknown")]),
            ("one,One,,company,us,fr;yy,,,,", [("subsidiaries", "jurisdiction_unknown")]),
            ("one,One,,company,us,,zz,,,", [("processing_sites", "jurisdiction_unknown")]),
            ("one,One,,company,us,,,lei,,", [("identifiers", "identifier_unreadable")]),
            ("one,One,,company,us,,,,Ada,nowhere", [("contact_email", "email_unreadable")]),
            ("one,One,,company,us,,,,Ada,", [("contact_email", "value_missing")]),
            ("one,One,,company,us,,,,,a@b.invalid", [("contact_name", "value_missing")]),
            (f"one,{'x' * 201},,company,us,,,,,", [("name", "value_too_long")]),
            (f"{'x' * 81},One,,company,us,,,,,", [("slug", "value_too_long")]),
            ("one,One,,company", [("file", "cells_miscounted")]),
            (
                "One,,,firm,xx,,,lei;aws,Ada,nowhere",
                [
                    ("name", "value_missing"),
                    ("slug", "slug_unreadable"),
                    ("kind", "value_unknown"),
                    ("seat", "jurisdiction_unknown"),
                    ("identifiers", "identifier_unreadable"),
                    ("identifiers", "identifier_unreadable"),
                    ("contact_email", "email_unreadable"),
                ],
            ),
        ],
    )
    def test_finds_all_that_is_wrong_with_a_line(
        self, line: str, wrong: list[tuple[str, str]]
    ) -> None:
        seen = look(write(line))
        assert named(seen.errors) == [(2, field, code) for field, code in wrong]
        assert seen.rows[0].effect is None
        assert all(error.sentence for error in seen.errors)

    def test_finds_a_slug_that_is_there_twice(self) -> None:
        seen = look(write(ACME, BOND, ACME))
        assert named(seen.errors) == [(4, "slug", "value_twice")]
        assert "line 2" in seen.errors[0].sentence

    @pytest.mark.parametrize(
        ("content", "wrong"),
        [
            (b"", ["column_missing"] * 3),
            (b"slug,name\none,One\n", ["column_missing"]),
            (b"slug,name,kind,color\none,One,company,red\n", ["column_unknown"]),
            (b"slug,name,kind,name\none,One,company,Two\n", ["column_twice"]),
            (b"slug,name,kind\none,Caf\xe9,company\n", ["file_not_text"]),
            (b"slug,name,kind\none,O\x00ne,company\n", ["file_not_text"]),
            (b'slug,name,kind\none,"One,company\n', ["row_unreadable"]),
        ],
        ids=["empty", "missing", "unknown", "twice", "latin", "nul", "open quote"],
    )
    def test_finds_what_is_wrong_with_the_file(self, content: bytes, wrong: list[str]) -> None:
        assert [error.code for error in look(content).errors] == wrong

    def test_refuses_a_file_that_is_too_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(csv_rows, "MOST_BYTES", len(write(ACME)))
        assert look(write(ACME)).errors == ()
        assert named(look(write(ACME, BOND)).errors) == [(1, "file", "file_too_large")]

    def test_refuses_too_many_rows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(csv_rows, "MOST_ROWS", 1)
        assert look(write(ACME)).errors == ()
        assert named(look(write(ACME, BOND)).errors) == [(3, "file", "too_many_rows")]

    @pytest.mark.parametrize(
        "spell",
        [
            lambda text: b"\xef\xbb\xbf" + text.encode(),
            lambda text: text.replace(",", ";").encode(),
            lambda text: text.replace("\n", "\r\n").encode(),
            lambda text: ("\n" + text.replace("\n", "\n\n")).encode().lstrip(b"\n"),
            lambda text: text.replace("slug,name", " Slug , NAME ").encode(),
        ],
        ids=["byte order mark", "semicolons", "windows", "blank lines", "header's case"],
    )
    def test_reads_the_spellings_that_spreadsheets_write(
        self, spell: Callable[[str], bytes]
    ) -> None:
        seen = look(spell("slug,name,kind\nacme,Acmé,company\nbond,Bond,research\n"))
        assert seen.errors == ()
        assert [row.key for row in seen.rows] == ["acme", "bond"]

    def test_numbers_lines_as_the_file_does(self) -> None:
        seen = look(b'slug,name,kind\none,"One\nand more",company\n\ntwo,Two,firm\n')
        assert [row.line for row in seen.rows] == [2, 5]
        assert named(seen.errors) == [(5, "kind", "value_unknown")]


class TestImport:
    def test_registers_an_organization_with_all_that_the_line_says(self) -> None:
        assert counts(take_in(write(ACME))) == (1, 0, 0)
        row = Organization.objects.get(slug="acme")
        version = row.versions.get()
        assert (version.name, version.legal_name, version.kind) == ("Acme", "Acme Inc.", "company")
        places = row.jurisdictions.values_list("role", "jurisdiction__slug")
        assert set(places) == {
            ("seat", "us"),
            ("subsidiary", "fr"),
            ("subsidiary", "de"),
            ("processing_site", "de"),
        }
        assert set(row.identifiers.values_list("scheme", "value")) == {
            ("lei", "5493001"),
            ("aws", "123"),
        }
        assert row.contacts.get().email == "ada@acme.invalid"

    def test_records_the_run_with_its_counts_and_the_files_digest(self) -> None:
        run = take_in(write(ACME, BOND))
        event = AuditEvent.objects.latest("id")
        assert (event.name, event.subject_type, event.subject_id) == (
            "import.committed",
            "import_run",
            run.id,
        )
        assert event.details == {
            "kind": "organizations",
            "sha256": run.sha256,
            "created": 2,
            "changed": 0,
            "unchanged": 0,
        }
        assert (run.file_name, len(run.sha256)) == ("partners.csv", 64)

    def test_the_same_file_again_changes_nothing(self) -> None:
        take_in(write(ACME, BOND))
        before, events = stored(), AuditEvent.objects.count()
        assert counts(take_in(write(ACME, BOND))) == (0, 0, 2)
        assert stored() == before
        assert AuditEvent.objects.count() == events + 1

    def test_a_changed_line_changes_its_organization_from_now_on(self) -> None:
        take_in(write(ACME))
        assert counts(take_in(write(ACME.replace("Acme,", "Acme Two,")))) == (0, 1, 0)
        row = Organization.objects.get()
        said = row.versions.current().order_by("valid").values_list("name", flat=True)
        assert (row.name, list(said)) == ("Acme Two", ["Acme", "Acme Two"])

    def test_an_empty_cell_ends_what_an_absent_column_leaves(self) -> None:
        take_in(write(ACME))
        assert counts(take_in(b"slug,name,kind\nacme,Acme,company\n")) == (0, 0, 1)
        assert counts(take_in(b"slug,name,kind,subsidiaries\nacme,Acme,company,\n")) == (0, 1, 0)
        row = Organization.objects.get()
        held = row.jurisdictions.current().filter(valid__upper_inf=True)
        assert set(held.values_list("role", flat=True)) == {
            JurisdictionRole.SEAT,
            JurisdictionRole.PROCESSING_SITE,
        }
        assert row.versions.current().get(valid__upper_inf=True).legal_name == "Acme Inc."

    def test_adds_identifiers_and_contacts_and_takes_none_away(self) -> None:
        take_in(write(ACME))
        other = ACME.replace("lei:5493001;aws:123", "aws:456").replace("Ada,ada@", "Bea,bea@")
        assert counts(take_in(write(other))) == (0, 1, 0)
        row = Organization.objects.get()
        assert set(row.identifiers.values_list("value", flat=True)) == {"5493001", "123", "456"}
        assert row.contacts.count() == 2

    def test_a_known_address_is_known_in_any_case(self) -> None:
        take_in(write(ACME))
        assert counts(take_in(write(ACME.replace("ada@acme", "ADA@acme")))) == (0, 0, 1)

    def test_a_new_contact_alone_is_a_change(self) -> None:
        take_in(write(BOND))
        assert counts(take_in(write(BOND[:-1] + "Bea,bea@bond.invalid"))) == (0, 1, 0)
        assert Contact.objects.get().organization.slug == "bond"

    def test_one_bad_line_keeps_the_whole_file_out(self) -> None:
        events = AuditEvent.objects.count()
        with pytest.raises(ImportRefused) as refused:
            take_in(write(ACME, "bad,Bad,,firm,xx,,,,,"))
        assert stored() == (0, 0, 0, 0, 0)
        assert AuditEvent.objects.count() == events
        assert not ImportRun.objects.exists()
        errors = refused.value.values["errors"]
        assert [(error["line"], error["field"], error["code"]) for error in errors] == [
            (3, "kind", "value_unknown"),
            (3, "seat", "jurisdiction_unknown"),
        ]
        assert refused.value.values["count"] == 2

    def test_needs_intake(self) -> None:
        with pytest.raises(RoleMissing):
            take_in(write(ACME), make.staff(Role.ADMINISTRATOR))
        assert stored() == (0, 0, 0, 0, 0)

    def test_keeps_what_looks_like_a_formula_as_text(self) -> None:
        take_in(write('acme,"=HYPERLINK(""x"")",@legal,company,,,,,,'))
        version = OrganizationVersion.objects.get()
        assert (version.name, version.legal_name) == ('=HYPERLINK("x")', "@legal")
