"""Coverage of Claude Mythos Preview as the real story tells it, body by body, each cell with its evidence."""

import datetime as dt

import pytest
from django.utils.timezone import now

from access.models import Disclosure
from access.queries.disclosures import Wanted, list_disclosures
from notifications.choices import CoverageNeed, Covered
from notifications.queries.coverage import Asked, Coverage, Line, read_coverage
from notifications.queries.coverage_cells import Cell
from registry.choices import Role
from registry.models import AIModel
from seeds import shipped
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("before_loading")]
DAY = dt.datetime(2026, 5, 29, 18, 0, tzinfo=dt.UTC)
CNBC = {"cnbc-2026-05-29", "gokawiil", "bwenews", "cashwinner"}
WSJ = {"monacojournal", "nextwebworlds", "theagenttimes"}
NEEDS = ("authority", "position", "access", "attestation", "rule", "contact")
EXPECTED = {
    ("eu", "enisa"): "not_known not_known no not_known not_known not_known",
    ("eu", "eu-ai-office"): "yes not_known no not_known yes no",
    ("eu", "european-commission"): "yes no no not_known not_known not_known",
    ("gb", "uk-aisi"): "yes not_known yes not_known not_known not_known",
    ("kr", "kisa"): "not_known not_known no not_known not_known not_known",
    ("kr", "korea-msit"): "not_known not_known no not_known not_known not_known",
    ("us", "caisi"): "yes not_known not_known not_known not_known not_known",
    ("us", "us-commerce"): "yes not_known not_known not_known not_known not_known",
    ("us", "white-house"): "yes yes not_known not_known not_known not_known",
    ("us-ca", "cal-oes"): "yes not_known not_known not_known yes not_known",
    ("us-il", "il-attorney-general"): "yes not_known not_known not_known no not_known",
    ("us-il", "il-iema-ohs"): "yes not_known not_known not_known no not_known",
    ("us-ny", "ny-dfs"): "yes not_known not_known not_known no not_known",
}
REPORTED = {
    ("eu", "enisa", "access"): CNBC,
    ("eu", "eu-ai-office", "access"): CNBC,
    ("eu", "european-commission", "position"): CNBC,
    ("eu", "european-commission", "access"): CNBC,
    ("gb", "uk-aisi", "access"): CNBC,
    ("kr", "kisa", "access"): CNBC,
    ("kr", "korea-msit", "access"): CNBC,
    ("us", "white-house", "position"): WSJ,
}
"""The cells that rest on sources, and on which."""


def ask(at: dt.datetime = DAY, known_at: dt.datetime | None = None) -> Coverage:
    model = AIModel.objects.get(slug="claude-mythos-preview")
    return read_coverage(
        Asked(make.staff(Role.AUDITOR), at, now(), known_at=known_at, ai_model=model)
    )


def key(line: Line) -> tuple[str, str]:
    assert line.body is not None
    return line.jurisdiction.slug, line.body.slug


def cell(found: Coverage, body: str, need: CoverageNeed) -> Cell:
    line = next(line for line in found.lines if line.body and line.body.slug == body)
    return next(one for one in line.cells if one.need is need)


@pytest.fixture
def _rules() -> None:
    shipped.propose_shipped(make.by(make.staff(Role.ADMINISTRATOR)))
    shipped.enact_shipped(make.by(make.staff(Role.ADMINISTRATOR)))


class TestTwentyNinthOfMay:
    @pytest.mark.usefixtures("_rules")
    def test_every_cell_says_what_is_known_and_by_which_sources(self) -> None:
        found = ask()
        said = {key(line): " ".join(one.covered for one in line.cells) for line in found.lines}
        assert said == EXPECTED
        sources = {
            (*key(line), one.need.value): {
                cited.source.slug
                for shown in one.evidence
                for fact in shown.facts
                for cited in fact.citations.all()
            }
            for line in found.lines
            for one in line.cells
        }
        assert {place: cited for place, cited in sources.items() if cited} == REPORTED
        assert all(one.evidence for line in found.lines for one in line.cells)

    @pytest.mark.usefixtures("_rules")
    def test_the_rules_of_the_ai_office_are_named_and_those_of_illinois_not_yet_applied(
        self,
    ) -> None:
        found = ask()
        office = cell(found, "eu-ai-office", CoverageNeed.RULE)
        assert "Art. 55(1)(c)" in " ".join(shown.text for shown in office.evidence)
        for body in ("il-iema-ohs", "ny-dfs"):
            later = cell(found, body, CoverageNeed.RULE)
            assert all("does not apply" in shown.text for shown in later.evidence)

    def test_without_a_rule_in_force_nobody_is_said_to_have_none(self) -> None:
        assert {line.cells[NEEDS.index("rule")].covered for line in ask().lines} == {
            Covered.NOT_KNOWN
        }

    def test_the_channel_of_the_office_is_known_of_and_nobody_has_answered_there(self) -> None:
        contact = cell(ask(), "eu-ai-office", CoverageNeed.CONTACT)
        assert "EU SEND" in contact.evidence[0].text

    def test_only_jurisdictions_of_who_holds_are_concerned(self) -> None:
        found = ask()
        assert {line.jurisdiction.slug for line in found.lines if line.concerned} == {"us", "gb"}


class TestFirstOfJune:
    def test_enisa_invited_leaves_the_ai_office_without(self) -> None:
        found = ask(dt.datetime(2026, 6, 1, 18, 0, tzinfo=dt.UTC))
        invited = cell(found, "enisa", CoverageNeed.ACCESS)
        office = cell(found, "eu-ai-office", CoverageNeed.ACCESS)
        assert invited.covered is Covered.NOT_KNOWN
        assert "invited" in invited.evidence[0].text
        assert (office.covered, office.evidence[0].facts) == (Covered.NOT_KNOWN, ())


class TestBeforeLoading:
    def test_nothing_was_known_before_it_was_loaded(self, before_loading: dt.datetime) -> None:
        assert ask(known_at=before_loading).lines == []


class TestDisclosure:
    def test_names_were_given_to_the_government_by_the_developer_of_another_model(self) -> None:
        row = list_disclosures(make.staff(Role.AUDITOR), Wanted()).get()
        assert row.given_by is not None
        assert (row.authority.organization.slug, row.given_by.slug, row.origin) == (
            *("white-house", "openai"),
            "reported",
        )
        assert not row.names.exists()
        assert row.fact is not None
        assert {cited.grade for cited in row.fact.citations.all()} == {"S"}
        assert Disclosure.objects.count() == 1
