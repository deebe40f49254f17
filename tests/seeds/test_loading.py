"""What loading a world leaves behind, and what it never makes."""

import dataclasses
import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from access.choices import Origin, Reason
from access.models import (
    AccessRequest,
    Assessment,
    Grant,
    PositionVersion,
    RequestDecision,
    Restriction,
    RestrictionVersion,
    StatedCount,
    TermsAcceptance,
)
from access.queries.decisions import Asked, evaluate
from access.queries.holdings import list_holdings
from registry.choices import Role, SourceGrade
from registry.models import (
    AIModel,
    AuditEvent,
    Authority,
    CapabilityStatement,
    Jurisdiction,
    JurisdictionMembership,
    ReportedEvent,
    ReportedFact,
    Source,
    User,
)
from registry.operations.facts import FactSaid
from seeds.worlds.loader import LOADER
from seeds.worlds.reading import Row, read_fact

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("before_loading")]

PREVIEW = "claude-mythos-preview"
JUNE = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def seed() -> str:
    said = StringIO()
    call_command("seed", "glasswing", stdout=said)
    return said.getvalue()


def tally() -> list[int]:
    models = (ReportedFact, AuditEvent, ReportedEvent, StatedCount, RestrictionVersion, Source)
    return [model._default_manager.count() for model in models]


class TestRecord:
    def test_before_the_loading_nothing_was_recorded(self, before_loading: dt.datetime) -> None:
        model = AIModel.objects.get(slug=PREVIEW)
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            (now,) = cursor.fetchone()
        assert list_holdings(model, as_of=JUNE, known_at=before_loading).not_recorded
        assert not list_holdings(model, as_of=JUNE, known_at=now).not_recorded

    def test_every_fact_has_a_source_and_every_citation_a_grade(self) -> None:
        assert ReportedFact.objects.exists()
        assert not ReportedFact.objects.filter(citations__isnull=True).exists()
        assert not ReportedFact.objects.exclude(citations__grade__in=SourceGrade.values).exists()

    def test_every_source_is_cited(self) -> None:
        assert not Source.objects.filter(citations__isnull=True).exists()

    def test_nothing_is_requested_decided_granted_or_accepted(self) -> None:
        for model in (AccessRequest, Assessment, RequestDecision, Grant, TermsAcceptance):
            assert not model._default_manager.exists(), model

    def test_everything_about_access_is_reported(self) -> None:
        assert {row.origin for row in Restriction.objects.all()} == {Origin.REPORTED}
        assert {row.position.origin for row in PositionVersion.objects.all()} == {Origin.REPORTED}

    def test_a_reported_holding_opens_no_door(self) -> None:
        answer = evaluate(Asked("aws", PREVIEW, "invoke", as_of=JUNE)).answer
        assert (answer.decision, answer.reason) == (False, Reason.NO_GRANT)

    def test_capability_is_a_statement_under_a_framework(self) -> None:
        said = CapabilityStatement.objects.get(framework_version="3.0")
        assert said.ai_model.slug == PREVIEW
        assert "CB-1" in said.statement
        assert not CapabilityStatement.objects.filter(statement__contains="ASL").exists()

    def test_the_union_has_its_27_members(self) -> None:
        members = JurisdictionMembership.objects.as_of(JUNE).filter(whole__slug="eu")
        assert members.count() == 27
        assert Jurisdiction.objects.filter(slug="gb").exists()

    def test_authorities_say_what_they_answer_for(self) -> None:
        slugs = {row.organization.slug for row in Authority.objects.all()}
        assert slugs == {
            "white-house", "us-commerce", "european-commission", "eu-ai-office", "uk-aisi", "caisi",
            "cal-oes", "ny-dfs", "il-iema-ohs", "il-attorney-general",
        }  # fmt: skip
        assert not Authority.objects.filter(competences__isnull=True).exists()


class TestLoading:
    def test_a_second_run_changes_nothing(self) -> None:
        before = tally()
        assert all(line.endswith("new: 0") for line in seed().splitlines())
        assert tally() == before

    def test_the_loader_takes_in_reports_and_no_more(self) -> None:
        loader = User.objects.get(username=LOADER)
        assert loader.as_actor().roles == {Role.INTAKE, Role.AUTHORITY_DESK}

    def test_a_role_taken_from_the_loader_stays_away(self) -> None:
        held = User.objects.get(username=LOADER).role_holdings.get(role=Role.AUTHORITY_DESK)
        held.taken_by, held.taken_at = "somebody", JUNE
        held.given_at = JUNE
        held.save()
        seed()
        assert User.objects.get(username=LOADER).as_actor().roles == {Role.INTAKE}

    def test_what_changed_under_the_same_key_is_refused_with_a_sentence(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def reword(row: Row) -> FactSaid:
            return dataclasses.replace(read_fact(row), statement="Something else")

        monkeypatch.setattr("seeds.worlds.registry_rows.read_fact", reword)
        with pytest.raises(CommandError, match="idempotency_key_reused"):
            seed()

    def test_a_world_must_be_named(self) -> None:
        with pytest.raises(CommandError):
            call_command("seed")
