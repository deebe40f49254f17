"""Organizations proposed from a file: looked at, then taken in whole or not at all."""

import time
import tracemalloc
from collections.abc import Callable

import pytest

from access.choices import ImportStatus, RequestStatus, UnknownRule
from access.models import AccessRequest, LineImport, LinePlace
from access.operations import expansions, line_imports
from access.queries.line_jobs import count_rows, find_imports_at_work
from registry.actors import SYSTEM
from registry.choices import Role
from registry.commands import Done
from registry.models import Organization
from tests import lines, make

pytestmark = pytest.mark.django_db
MIB = 1024 * 1024


def newcomer(number: int, **more: object) -> dict[str, object]:
    return {
        "organization": f"newcomer-{number}",
        "name": f"Newcomer {number}",
        "kind": "company",
        **more,
    }


def problems(row: LineImport) -> list[tuple[int, str, str]]:
    """Line, field and code of each thing that is wrong with a row."""
    found = row.rows.exclude(problems=[]).order_by("line").values_list("line", "problems")
    return [(line, one["field"], one["code"]) for line, said in found for one in said]


class TestUpload:
    @pytest.mark.parametrize("write", [lines.write_csv, lines.write_workbook])
    def test_says_what_each_row_would_do_and_does_nothing(self, write: object) -> None:
        row = lines.envelope()
        known = make.organization("known")
        asked = make.in_review(None, row.tier)
        content = write(  # type: ignore[operator]
            newcomer(1, priority=3),
            {"organization": known.slug, "purpose": "evaluation"},
            {"organization": asked.organization.slug},
        )
        found = lines.upload(row, content)
        assert found.status == ImportStatus.READY, (found.problems, problems(found))
        counted = count_rows(found)
        assert (counted["submitted"], counted["adopted"], counted["registers"]) == (2, 1, 1)
        assert not Organization.objects.filter(slug="newcomer-1").exists()
        assert not row.access_requests.exists()

    def test_names_every_problem_with_its_row_and_field(self) -> None:
        row = lines.envelope()
        elsewhere = make.in_review(None, row.tier)
        lines.add(lines.envelope(row.tier), elsewhere)
        content = lines.write_csv(
            {"organization": "nobody"},
            {"organization": elsewhere.organization.slug, "priority": "first"},
            {"organization": elsewhere.organization.slug, "purpose": "fun"},
            {"organization": elsewhere.organization.slug, "purpose": "use"},
            newcomer(1),
        )
        found = lines.upload(row, content, unknown=UnknownRule.REFUSE)
        assert found.status == ImportStatus.WRONG
        assert problems(found) == [
            (2, "organization", "not_found"),
            (3, "priority", "value_unknown"),
            (4, "purpose", "value_unknown"),
            (5, "organization", "line_elsewhere"),
            (6, "organization", "not_found"),
        ]
        with pytest.raises(line_imports.ImportNotReady):
            lines.take_in(found)

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"organization,surprise\nx,y\n", "column_unknown"),
            (b"PK\x03\x04 no workbook", "workbook_unreadable"),
            (b"\xff\xfe", "file_not_text"),
        ],
    )
    def test_a_file_that_cannot_be_read_is_wrong_as_a_whole(
        self, content: bytes, code: str
    ) -> None:
        found = lines.upload(lines.envelope(), content)
        assert found.status == ImportStatus.WRONG
        assert code in {one["code"] for one in found.problems}


class TestCommit:
    def test_takes_all_of_it_in_and_again_changes_nothing(self) -> None:
        row = lines.envelope()
        asked = make.in_review(None, row.tier)
        content = lines.write_csv(
            newcomer(1, priority=3, sector="energy", sector_source="A register"),
            {"organization": asked.organization.slug},
        )
        done = lines.take_in(lines.upload(row, content))
        assert done.status == ImportStatus.DONE
        asked.refresh_from_db()
        assert (asked.expansion, asked.status) == (row, RequestStatus.IN_REVIEW)
        new = AccessRequest.objects.get(organization__slug="newcomer-1")
        assert (new.status, new.justification) == ("submitted", "Defence.")
        assert LinePlace.objects.get(request=new).priority == 3
        (sector,) = new.organization.sectors.all()
        assert (sector.sector, sector.source) == ("energy", "A register")
        versions = set(row.access_requests.values_list("id", "version"))
        again = lines.take_in(lines.upload(row, content))
        assert count_rows(again)["unchanged"] == 2
        assert set(row.access_requests.values_list("id", "version")) == versions

    def test_waits_as_a_draft_where_terms_are_not_accepted(self) -> None:
        program = make.program()
        make.terms(program)
        row = lines.envelope(make.tier(program))
        content = lines.write_csv(newcomer(1), newcomer(2, accepts_terms=1))
        lines.take_in(lines.upload(row, content))
        found = row.access_requests.order_by("organization__slug")
        assert [line.status for line in found] == ["draft", "submitted"]

    def test_takes_in_nothing_where_one_row_is_refused_after_all(self) -> None:
        row = lines.envelope()
        known = make.organization()
        content = lines.write_csv(newcomer(1), {"organization": known.slug})
        ready = lines.upload(row, content)
        lines.add(lines.envelope(row.tier), make.in_review(known, row.tier))
        refused = lines.take_in(ready)
        assert refused.status == ImportStatus.WRONG
        assert problems(refused) == [(3, "organization", "line_elsewhere")]
        assert not Organization.objects.filter(slug="newcomer-1").exists()
        assert not row.access_requests.exists()

    def test_is_given_up_where_the_envelope_was_closed_meanwhile(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = lines.envelope()
        monkeypatch.setattr(line_imports, "CHUNK", 1)
        ready = lines.upload(row, lines.write_csv(newcomer(1), newcomer(2)))
        intake = make.by(make.same(ready.uploaded_by, Role.INTAKE))
        line_imports.commit(intake, line_import=ready.id)
        expansions.close(make.by(make.staff(Role.INTAKE)), expansion=row.id)
        done = line_imports.go_on(make.by(SYSTEM), line_import=ready.id).value
        assert (done.status, done.problems[0]["code"]) == ("wrong", "expansion_closed")


def bring_in(number: int) -> tuple[LineImport, list[int], list[float]]:
    """A workbook with so many newcomers, taken in whole: how far each act had looked, and its peak in MiB.

    The last peak is that of the one act that takes all of it in.
    """
    row = lines.envelope()
    content = lines.write_workbook(*(newcomer(number * 10_000 + one) for one in range(number)))
    intake = lines.staff(Role.INTAKE)
    seen, peaks = [], []

    def measure(act: Callable[[], Done[LineImport]]) -> LineImport:
        tracemalloc.start()
        try:
            found = act().value
            peaks.append(tracemalloc.get_traced_memory()[1] / MIB)
        finally:
            tracemalloc.stop()
        seen.append(count_rows(found)["looked_at"])
        return found

    found = measure(
        lambda: line_imports.upload(
            make.by(intake),
            expansion=row.id,
            file_name="lines.xlsx",
            content=content,
            unknown=UnknownRule.REGISTER,
            justification="Defence.",
        )
    )

    def go_on() -> Done[LineImport]:
        return line_imports.go_on(make.by(SYSTEM), line_import=found.id, limit=line_imports.CHUNK)

    while find_imports_at_work():
        measure(go_on)
    line_imports.commit(make.by(intake), line_import=found.id)
    found = measure(go_on)
    assert (found.status, row.access_requests.count()) == (ImportStatus.DONE, number)
    return found, seen, peaks


def test_a_long_file_comes_in_with_progress_and_no_more_memory_than_a_chunk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(line_imports, "CHUNK", 40)
    _found, seen, peaks = bring_in(200)
    assert seen == [40, 80, 120, 160, 200, 200]
    a_chunk = max(peaks[1:3])
    assert max(peaks[3:]) < a_chunk * 1.5 + 1


@pytest.mark.soak
def test_two_thousand_rows_take_four_times_as_long_as_five_hundred_and_no_more_memory() -> None:
    spent, peaks = [], []
    for number in (500, 2_000):
        began = time.process_time()
        _found, seen, found = bring_in(number)
        spent.append(time.process_time() - began)
        peaks.append(found)
        assert seen == [*range(200, number, 200), number, number]
    print(f"2,000 rows to 500: {spent[1] / spent[0]:.2f} times the CPU, {spent[1]:.0f} s;")  # noqa: T201
    print(f"peak {max(peaks[1][1:]) / max(peaks[0][1:]):.2f} times, {max(peaks[1]):.1f} MiB")  # noqa: T201
    assert spent[1] / spent[0] < 6
    assert max(peaks[1][1:]) < max(peaks[0][1:]) * 1.5
    assert max(peaks[1]) < 48
