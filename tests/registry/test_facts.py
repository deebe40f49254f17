import datetime as dt

import pytest

from registry.choices import Precision, Role, SourceGrade
from registry.errors import NotFound, Stale
from registry.models import (
    AuditEvent,
    CapabilityStatement,
    FactDispute,
    PrivateValue,
    ReportedEvent,
    ReportedFact,
    Source,
)
from registry.operations import facts, sources
from registry.operations.facts import CitationSaid, FactSaid, Period
from registry.policies import RoleMissing
from tests import make

pytestmark = pytest.mark.django_db

SPRING = dt.datetime(2026, 4, 7, tzinfo=dt.UTC)
SUMMER = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def paper() -> Source:
    return sources.register(
        make.by(make.staff(Role.INTAKE)),
        slug="paper",
        publisher="The Paper",
        title="What happened",
        grade=SourceGrade.SECONDARY,
    ).value


def said(*cited: str, statement: str = "It was announced.") -> FactSaid:
    return FactSaid(
        statement,
        Precision.DAY,
        tuple(CitationSaid(source, SourceGrade.SINGLE) for source in cited or ("paper",)),
    )


def report(
    fact: FactSaid | None = None, role: Role = Role.INTAKE, period: Period | None = None
) -> ReportedFact:
    return facts.report_event(
        make.by(make.staff(role)),
        fact=fact or said(),
        title="An announcement",
        period=period or Period(SPRING),
    ).value


def dispute(fact: ReportedFact, role: Role = Role.INTAKE, **more: str) -> ReportedFact:
    words = {"reason": "The paper took it back."} | more
    return facts.dispute(make.by(make.staff(role)), fact=fact.id, **words).value


def supersede(
    earlier: ReportedFact, later: ReportedFact, reason: str = "Better known now."
) -> ReportedFact:
    return facts.supersede(
        make.by(make.staff(Role.INTAKE)), fact=earlier.id, by=later.id, reason=reason
    ).value


class TestRegisterSource:
    def test_a_slug_is_used_once(self, paper: Source) -> None:
        assert (paper.grade, paper.published_on) == ("S", None)
        with pytest.raises(sources.SourceKnown):
            sources.register(
                make.by(make.staff(Role.INTAKE)),
                slug="paper",
                publisher="Another",
                title="Again",
                grade=SourceGrade.PRIMARY,
            )

    def test_needs_intake(self) -> None:
        with pytest.raises(RoleMissing):
            sources.register(
                make.by(make.staff(Role.AUDITOR)),
                slug="another",
                publisher="Another",
                title="Again",
                grade=SourceGrade.PRIMARY,
            )


class TestReportEvent:
    def test_keeps_when_it_was_who_says_so_and_how_sure_it_is(self, paper: Source) -> None:
        fact = report()
        event = ReportedEvent.objects.get()
        assert (event.fact, event.valid.lower, event.valid.upper) == (fact, SPRING, None)
        citation = fact.citations.get()
        assert (citation.source, citation.grade) == (paper, "S1")
        assert fact.precision == "day"

    def test_may_lie_in_the_past_and_is_known_from_now_on(self) -> None:
        fact = report()
        assert fact.recorded_at > SPRING
        assert ReportedEvent.objects.get().recorded.lower == fact.recorded_at

    def test_is_for_staff_and_its_words_are_kept_outside_the_ledger(self) -> None:
        report()
        event = AuditEvent.objects.latest("id")
        assert (event.name, event.visibility) == ("fact.reported", "staff")
        assert event.details["sources"] == ["paper"]
        assert PrivateValue.objects.filter(value="It was announced.").exists()

    def test_needs_a_source(self) -> None:
        with pytest.raises(facts.SourceMissing):
            report(FactSaid("Somebody said so.", Precision.DAY, ()))
        assert not ReportedFact.objects.exists()

    def test_refuses_a_source_that_is_not_there(self) -> None:
        with pytest.raises(NotFound):
            report(said("paper", "nowhere"))
        assert not ReportedFact.objects.exists()

    def test_needs_intake(self) -> None:
        with pytest.raises(RoleMissing):
            report(role=Role.AUTHORITY_DESK)


class TestPeriod:
    @pytest.mark.parametrize("end", [SPRING, SPRING - dt.timedelta(days=1)])
    def test_does_not_run_backward(self, end: dt.datetime) -> None:
        with pytest.raises(facts.PeriodBackward):
            Period(SPRING, end)

    def test_may_be_open_at_either_side(self) -> None:
        assert (Period(None, SPRING).start, Period(SPRING).end) == (None, None)


class TestReportCapability:
    def test_says_it_of_a_model_under_a_named_framework(self) -> None:
        model = make.ai_model()
        fact = facts.report_capability(
            make.by(make.staff(Role.INTAKE)),
            fact=said(statement="It finds flaws without help."),
            ai_model=model.id,
            framework="A framework",
            framework_version="3",
            period=Period(SPRING, SUMMER),
        ).value
        statement = CapabilityStatement.objects.get()
        assert (statement.ai_model, statement.fact) == (model, fact)
        assert (statement.framework, statement.framework_version) == ("A framework", "3")
        assert (statement.valid.lower, statement.valid.upper) == (SPRING, SUMMER)
        event = AuditEvent.objects.latest("id")
        assert (event.name, event.details["fact"]) == ("capability.stated", str(fact.id))

    def test_refuses_a_model_that_is_not_there(self) -> None:
        with pytest.raises(NotFound):
            facts.report_capability(
                make.by(make.staff(Role.INTAKE)),
                fact=said(),
                ai_model=make.user().id,
                framework="A framework",
                framework_version="3",
                period=Period(SPRING),
            )


class TestDispute:
    def test_stands_beside_the_fact_which_stays(self, paper: Source) -> None:
        fact = report()
        dispute(fact, source="paper")
        found = FactDispute.objects.get()
        assert (found.fact, found.source) == (fact, paper)
        assert found.raised_at > fact.recorded_at
        fact.refresh_from_db()
        assert (fact.statement, fact.version) == ("It was announced.", 2)

    def test_a_fact_may_be_disputed_more_than_once(self) -> None:
        fact = report()
        dispute(fact)
        dispute(fact, reason="And another says so.")
        assert fact.disputes.count() == 2

    def test_needs_a_reason(self) -> None:
        fact = report()
        with pytest.raises(facts.ReasonMissing):
            dispute(fact, reason="  ")

    def test_refuses_a_source_that_is_not_there(self) -> None:
        fact = report()
        with pytest.raises(NotFound):
            dispute(fact, source="nowhere")

    def test_needs_intake(self) -> None:
        fact = report()
        with pytest.raises(RoleMissing):
            dispute(fact, Role.REVIEWER)


class TestSupersede:
    def test_both_stay_readable_with_the_reason(self) -> None:
        earlier, later = report(), report()
        supersede(earlier, later)
        later.refresh_from_db()
        assert (later.supersedes, later.superseding_reason) == (earlier, "Better known now.")
        assert ReportedFact.objects.count() == 2

    def test_a_fact_is_superseded_once(self) -> None:
        earlier, later, third = report(), report(), report()
        supersede(earlier, later)
        with pytest.raises(facts.FactSuperseded):
            supersede(earlier, third)

    def test_a_fact_supersedes_one_other_and_never_itself(self) -> None:
        earlier, later, third = report(), report(), report()
        supersede(earlier, later)
        with pytest.raises(facts.FactSuperseded):
            supersede(third, later)
        with pytest.raises(facts.FactSuperseded):
            supersede(third, third)

    def test_the_version_worked_from_is_that_of_the_fact_replaced(self) -> None:
        earlier, later = report(), report()
        dispute(later)
        facts.supersede(
            make.by(make.staff(Role.INTAKE), expected_version=1),
            fact=earlier.id,
            by=later.id,
            reason="Better known now.",
        )
        with pytest.raises(Stale):
            facts.supersede(
                make.by(make.staff(Role.INTAKE), expected_version=1),
                fact=later.id,
                by=report().id,
                reason="Better known now.",
            )

    def test_facts_never_supersede_each_other_in_a_circle(self) -> None:
        first, second, third = report(), report(), report()
        supersede(first, second)
        supersede(second, third)
        with pytest.raises(facts.FactSuperseded):
            supersede(third, first)

    def test_needs_a_reason(self) -> None:
        earlier, later = report(), report()
        with pytest.raises(facts.ReasonMissing):
            supersede(earlier, later, reason="")
