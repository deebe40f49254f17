"""Holdings from a CSV file: grants that rest on the operator's own records.

Dry run and import in one module: the same files are held against both.
"""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.choices import Origin, PrimaryPurpose
from access.models import Grant, GrantItem, TermsAcceptance, Tier
from access.operations import grants, import_holdings
from access.queries.decisions import Asked, evaluate
from access.queries.holdings import list_holdings
from registry.actors import Actor
from registry.choices import Role
from registry.models import AuditEvent, ImportRun, Organization, PrivateValue
from registry.operations.import_runs import ImportPreview, ImportRefused
from registry.policies import RoleMissing
from tests import make

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 4, 7, tzinfo=dt.UTC)
COLUMNS = {
    "external_reference": "CRM-1",
    "organization": "acme",
    "program": "preview",
    "tier": "standard",
    "model": "",
    "purpose": "use",
    "starts_at": "2026-04-07",
    "ends_at": "",
    "surfaces": "",
    "terms_edition": "",
    "evidence": "contract 17",
}


def write(*rows: dict[str, str]) -> bytes:
    lines = [",".join(COLUMNS), *(",".join((COLUMNS | row).values()) for row in rows or ({},))]
    return "\n".join(lines).encode()


def look(content: bytes) -> ImportPreview:
    return import_holdings.preview(actor=make.staff(Role.INTAKE), content=content)


def take_in(content: bytes, actor: Actor | None = None) -> ImportRun:
    return import_holdings.import_(
        make.by(actor or make.staff(Role.INTAKE)), file_name="holdings.csv", content=content
    ).value


def counts(run: ImportRun) -> tuple[int, int, int]:
    return run.created, run.changed, run.unchanged


def wrong(seen: ImportPreview) -> list[tuple[int, str, str]]:
    return [(error.line, error.field, error.code) for error in seen.errors]


def says(action: str = "invoke", organization: str = "acme", **more: object) -> str:
    """The decision point's reason, led by yes or no."""
    answer = evaluate(Asked(organization, "large", action, **more)).answer  # type: ignore[arg-type]
    return f"{'yes' if answer.decision else 'no'}: {answer.reason}"


@pytest.fixture(autouse=True)
def acme() -> Organization:
    return make.organization("acme", identifiers=("lei:5493001", "aws:123"))


@pytest.fixture(autouse=True)
def standard() -> Tier:
    return make.tier(
        make.program(slug="preview"),
        make.ai_model("large"),
        make.ai_model("small"),
        slug="standard",
    )


class TestPreview:
    def test_says_for_each_line_what_it_would_do(self, standard: Tier) -> None:
        take_in(write({"model": "large"}))
        make.terms(standard.program)
        seen = look(write({"model": "large"}, {"external_reference": "CRM-2", "model": "small"}))
        assert [(row.line, row.key, row.effect) for row in seen.rows] == [
            (2, "CRM-1", "unchanged"),
            (3, "CRM-2", "created"),
        ]
        assert look(write({"model": "large", "terms_edition": "1"})).rows[0].effect == "changed"

    def test_writes_nothing(self) -> None:
        events = AuditEvent.objects.count()
        assert look(write()).errors == ()
        assert not Grant.objects.exists()
        assert not ImportRun.objects.exists()
        assert AuditEvent.objects.count() == events

    def test_needs_intake(self) -> None:
        with pytest.raises(RoleMissing):
            import_holdings.preview(actor=make.staff(Role.DECIDER), content=write())

    def test_asks_as_many_questions_for_many_lines_as_for_one(self) -> None:
        names = [make.organization().slug for _ in range(5)]
        rows = [
            {"external_reference": f"CRM-{name}", "organization": name, "surfaces": "aws:1"}
            for name in names
        ]
        take_in(write(*rows))
        actor = make.staff(Role.INTAKE)

        def count(number: int) -> int:
            with CaptureQueriesContext(connection) as asked:
                import_holdings.preview(actor=actor, content=write(*rows[:number]))
            return len(asked)

        assert count(5) == count(1)

    @pytest.mark.parametrize(
        ("row", "field", "code"),
        [
            ({"external_reference": ""}, "external_reference", "value_missing"),
            ({"external_reference": "x" * 121}, "external_reference", "value_too_long"),
            ({"organization": "nobody"}, "organization", "name_unknown"),
            ({"organization": "lei:999"}, "organization", "name_unknown"),
            ({"program": "none"}, "program", "name_unknown"),
            ({"tier": "none"}, "tier", "name_unknown"),
            ({"model": "huge"}, "model", "model_not_in_tier"),
            ({"purpose": "play"}, "purpose", "value_unknown"),
            ({"starts_at": ""}, "starts_at", "value_missing"),
            ({"starts_at": "7 April"}, "starts_at", "time_unreadable"),
            ({"starts_at": "2026-04-07T09:00:00"}, "starts_at", "time_unreadable"),
            ({"starts_at": "2026-02-30"}, "starts_at", "time_unreadable"),
            ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at", "time_unreadable"),
            ({"ends_at": "soon"}, "ends_at", "time_unreadable"),
            ({"ends_at": "2026-04-07T00:00:00Z"}, "ends_at", "end_before_start"),
            ({"surfaces": "aws:1;bedrock"}, "surfaces", "identifier_unreadable"),
            ({"surfaces": f"{'a' * 40}:{'1' * 200}"}, "surfaces", "value_too_long"),
            ({"terms_edition": "1"}, "terms_edition", "name_unknown"),
            ({"terms_edition": "first"}, "terms_edition", "name_unknown"),
            ({"evidence": "x" * 301}, "evidence", "value_too_long"),
        ],
    )
    def test_finds_what_is_wrong_with_a_line(
        self, row: dict[str, str], field: str, code: str
    ) -> None:
        seen = look(write(row))
        assert wrong(seen) == [(2, field, code)]
        assert seen.rows[0].effect is None

    def test_finds_all_that_is_wrong_with_a_line(self) -> None:
        seen = look(write({"organization": "nobody", "purpose": "play", "starts_at": "soon"}))
        assert [field for _line, field, _code in wrong(seen)] == [
            "organization",
            "purpose",
            "starts_at",
        ]

    def test_finds_an_identifier_that_names_two_organizations(self) -> None:
        make.organization("double", identifiers=("lei:5493001",))
        seen = look(write({"organization": "lei:5493001"}))
        assert wrong(seen) == [(2, "organization", "ambiguous_identifier")]

    def test_keeps_synthetic_and_real_apart(self) -> None:
        make.organization("puppet", synthetic=True)
        seen = look(write({"organization": "puppet"}))
        assert wrong(seen) == [(2, "organization", "worlds_apart")]

    def test_finds_a_reference_that_is_there_twice(self) -> None:
        seen = look(write({"model": "large"}, {"model": "small"}))
        assert wrong(seen) == [(3, "external_reference", "value_twice")]

    def test_finds_two_lines_that_overlap(self) -> None:
        seen = look(
            write(
                {"ends_at": "2026-06-01"},
                {"external_reference": "CRM-2", "starts_at": "2026-05-31", "model": "small"},
                {"external_reference": "CRM-3", "starts_at": "2026-06-01"},
                {"external_reference": "CRM-4", "purpose": "research"},
            )
        )
        assert wrong(seen) == [(3, "starts_at", "grant_overlaps")]

    def test_finds_a_line_that_overlaps_what_was_decided_here(
        self, acme: Organization, standard: Tier
    ) -> None:
        make.grant(acme, standard)
        assert wrong(look(write())) == [(2, "starts_at", "grant_overlaps")]

    @pytest.mark.parametrize(
        "row",
        [
            {"purpose": "research"},
            {"starts_at": "2026-04-08"},
            {"ends_at": "2199-01-01"},
            {"model": "large"},
            {"surfaces": "aws:123"},
        ],
    )
    def test_finds_another_holding_under_a_known_reference(self, row: dict[str, str]) -> None:
        take_in(write())
        assert wrong(look(write(row))) == [(2, "external_reference", "reference_differs")]


class TestImport:
    def test_an_imported_holding_opens_the_door(self) -> None:
        assert says() == "no: no_grant"
        take_in(write())
        assert says() == "yes: grant_in_force"
        assert says(as_of=START) == "yes: grant_in_force"
        assert says(as_of=START - dt.timedelta(seconds=1)) == "no: grant_not_started"

    def test_it_is_shown_as_imported(self, standard: Tier) -> None:
        take_in(write({"ends_at": "2199-01-01T00:00:00+00:00"}))
        held = list_holdings(standard.ai_models.get(slug="large"), as_of=dt.datetime.now(dt.UTC))
        (line,) = [row for row in held.rows if row.organization.slug == "acme"]
        assert (line.holds, line.origin, line.since) == ("yes", Origin.IMPORTED, START)
        assert line.until == dt.datetime(2199, 1, 1, tzinfo=dt.UTC)

    def test_the_grant_rests_on_the_record_that_the_line_names(self, acme: Organization) -> None:
        actor = make.staff(Role.INTAKE)
        take_in(write(), actor)
        grant = Grant.objects.get()
        assert (grant.organization, grant.origin, grant.request) == (acme, "imported", None)
        assert (grant.external_reference, grant.evidence) == ("CRM-1", "contract 17")
        assert (grant.purpose, grant.issued_by) == (PrimaryPurpose.USE, actor.key)

    def test_it_covers_all_models_of_the_tier_or_the_one_named(self) -> None:
        take_in(
            write(
                {},
                {"external_reference": "CRM-2", "model": "small", "purpose": "research"},
            )
        )
        covered = GrantItem.objects.values_list("grant__external_reference", "ai_model__slug")
        assert set(covered) == {("CRM-1", "large"), ("CRM-1", "small"), ("CRM-2", "small")}

    def test_it_is_bound_to_the_surfaces_named(self) -> None:
        take_in(write({"surfaces": "aws:123; aws:456"}))
        assert says(surface="aws:456") == "yes: grant_in_force"
        assert says(surface="aws:789") == "no: surface_not_covered"

    def test_a_holding_that_is_over_says_no(self) -> None:
        take_in(write({"ends_at": "2026-05-01"}))
        assert says() == "no: grant_expired"
        assert says(as_of=START) == "yes: grant_in_force"

    def test_a_time_keeps_its_zone(self) -> None:
        take_in(write({"starts_at": "2026-04-07t09:30:00.5+02:00"}))
        assert GrantItem.objects.all()[0].valid.lower == dt.datetime(
            2026, 4, 7, 7, 30, 0, 500000, tzinfo=dt.UTC
        )

    def test_finds_the_organization_by_an_identifier(self, acme: Organization) -> None:
        take_in(write({"organization": "lei:5493001"}))
        assert Grant.objects.get().organization == acme

    def test_without_an_acceptance_the_terms_stand_in_the_way(self, standard: Tier) -> None:
        make.terms(standard.program)
        take_in(write())
        assert says() == "no: terms_not_accepted"

    def test_an_acceptance_counts_from_the_start_with_its_evidence(
        self, acme: Organization, standard: Tier
    ) -> None:
        make.terms(standard.program)
        take_in(write({"terms_edition": "1"}))
        accepted = TermsAcceptance.objects.get()
        assert (accepted.organization, accepted.evidence) == (acme, "contract 17")
        assert accepted.valid.lower == START
        assert says() == "yes: grant_in_force"

    def test_an_acceptance_counts_from_the_earliest_of_its_lines(self, standard: Tier) -> None:
        make.terms(standard.program)
        take_in(
            write(
                {"terms_edition": "1", "starts_at": "2026-05-01"},
                {"external_reference": "CRM-2", "terms_edition": "1", "purpose": "research"},
            )
        )
        assert TermsAcceptance.objects.get().valid.lower == START

    def test_an_acceptance_can_be_added_later(self, standard: Tier) -> None:
        make.terms(standard.program)
        take_in(write())
        assert counts(take_in(write({"terms_edition": "1"}))) == (0, 1, 0)
        assert counts(take_in(write({"terms_edition": "1"}))) == (0, 0, 1)
        assert says() == "yes: grant_in_force"

    def test_records_each_grant_and_the_run(self, standard: Tier) -> None:
        run = take_in(write({"ends_at": "2199-01-01"}))
        grant, done = AuditEvent.objects.order_by("-id")[1], AuditEvent.objects.latest("id")
        assert (grant.name, done.name) == ("grant.imported", "import.committed")
        kept = PrivateValue.objects.get(value="contract 17")
        assert grant.details.pop("evidence")["private"] == str(kept.id)
        assert grant.details == {
            "program": str(standard.program_id),
            "tier": str(standard.id),
            "external_reference": "CRM-1",
            "starts_at": "2026-04-07T00:00:00.000000Z",
            "ends_at": "2199-01-01T00:00:00.000000Z",
        }
        assert done.details == {
            "kind": "holdings",
            "sha256": run.sha256,
            "created": 1,
            "changed": 0,
            "unchanged": 0,
        }

    def test_the_same_file_again_changes_nothing(self) -> None:
        content = write({"surfaces": "aws:2;aws:1", "ends_at": "2199-01-01"})
        take_in(content)
        events = AuditEvent.objects.count()
        assert counts(take_in(content)) == (0, 0, 1)
        assert (Grant.objects.count(), GrantItem.objects.count()) == (1, 2)
        assert AuditEvent.objects.count() == events + 1

    def test_the_same_file_again_does_not_undo_what_came_after(self) -> None:
        take_in(write())
        restrictor = make.staff(Role.RESTRICTOR)
        grants.suspend(make.by(restrictor), grant=Grant.objects.get().id, reason="Look.")
        assert counts(take_in(write())) == (0, 0, 1)
        assert says() == "no: grant_suspended"

    def test_one_bad_line_keeps_the_whole_file_out(self) -> None:
        events = AuditEvent.objects.count()
        bad = {"external_reference": "CRM-2", "organization": "nobody", "tier": "none"}
        with pytest.raises(ImportRefused) as refused:
            take_in(write({}, bad))
        errors = refused.value.values["errors"]
        assert [(error["line"], error["field"]) for error in errors] == [
            (3, "organization"),
            (3, "tier"),
        ]
        assert not Grant.objects.exists()
        assert not ImportRun.objects.exists()
        assert AuditEvent.objects.count() == events

    def test_what_the_database_refuses_keeps_the_whole_file_out(
        self, monkeypatch: pytest.MonkeyPatch, acme: Organization, standard: Tier
    ) -> None:
        make.grant(acme, standard)
        count = Grant.objects.count()
        monkeypatch.setattr(import_holdings, "_check_overlap", lambda *_: None)
        with pytest.raises(ImportRefused) as refused:
            take_in(write({}, {"external_reference": "CRM-2", "purpose": "research"}))
        (error,) = refused.value.values["errors"]
        assert (error["line"], error["code"]) == (2, "grant_overlaps")
        assert Grant.objects.count() == count

    def test_needs_intake(self) -> None:
        with pytest.raises(RoleMissing):
            take_in(write(), make.staff(Role.ADMINISTRATOR))
        assert not Grant.objects.exists()
