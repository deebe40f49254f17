"""The real story, day by day, as the registry tells it once it is loaded."""

import datetime as dt

import pytest

from access.choices import (
    Attribution,
    CountQualifier,
    Ground,
    HoldingManner,
    Holds,
    LegalForce,
    Origin,
    Stance,
)
from access.models import (
    PositionVersion,
    ReportedHolding,
    RestrictionVersion,
)
from access.queries.holdings import Holding, Holdings, list_holdings
from registry.choices import SourceGrade
from registry.models import (
    AIModel,
    ReportedEvent,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("before_loading")]

PREVIEW, MYTHOS, FABLE = "claude-mythos-preview", "claude-mythos-5", "claude-fable-5"
LAUNCH = {
    "anthropic", "apple", "aws", "broadcom", "cisco", "crowdstrike", "google", "jpmorganchase",
    "linux-foundation", "microsoft", "nvidia", "palo-alto-networks",
}  # fmt: skip
NAMED_2_JUNE = {"korea-msit", "kisa", "nato", "okta", "samsung", "sk-hynix", "sk-telecom"}
OUTSIDE_US = {"enisa", "eu-ai-office", "european-commission", "kisa", "korea-msit"}


def noon(month: int, day: int) -> dt.datetime:
    return dt.datetime(2026, month, day, 12, tzinfo=dt.UTC)


def ask(model: str, as_of: dt.datetime) -> Holdings:
    return list_holdings(AIModel.objects.get(slug=model), as_of=as_of)


def lines(holdings: Holdings) -> dict[str, Holding]:
    return {line.organization.slug: line for line in holdings.rows}


def holders(holdings: Holdings, holds: Holds = Holds.YES) -> set[str]:
    return {line.organization.slug for line in holdings.rows if line.holds == holds}


def counts(holdings: Holdings) -> set[tuple[str, int, bool]]:
    return {(row.qualifier, row.number, row.proposed) for row in holdings.counts}


class TestEighthOfApril:
    def test_the_twelve_launch_partners_hold_the_preview_and_nobody_else_is_known_to(self) -> None:
        answer = ask(PREVIEW, noon(4, 8))
        assert holders(answer) == LAUNCH
        assert holders(answer, Holds.NO) == set()

    @pytest.mark.parametrize("slug", sorted(LAUNCH))
    def test_each_is_announced_and_reported_with_its_sources(self, slug: str) -> None:
        line = lines(ask(PREVIEW, noon(4, 8)))[slug]
        assert (line.manner, line.origin) == (HoldingManner.ANNOUNCED, Origin.REPORTED)
        assert line.since == dt.datetime(2026, 4, 7, tzinfo=dt.UTC)
        assert line.until is None
        assert {source.slug for fact in line.facts for source in fact.sources.all()} >= {"dhiria"}

    def test_the_further_organizations_are_counts_as_stated(self) -> None:
        assert counts(ask(PREVIEW, noon(4, 8))) == {
            (CountQualifier.OVER, 40, False),
            (CountQualifier.ABOUT, 50, False),
        }

    def test_the_day_before_nothing_is_known(self) -> None:
        answer = ask(PREVIEW, noon(4, 6))
        assert holders(answer, Holds.NOT_KNOWN) == set(lines(answer))
        assert answer.counts == ()


class TestTwentyNinthOfMay:
    def test_one_government_body_outside_the_us_holds_the_preview(self) -> None:
        assert holders(ask(PREVIEW, noon(5, 29))) == LAUNCH | {"uk-aisi"}

    def test_every_other_one_does_not(self) -> None:
        answer = ask(PREVIEW, noon(5, 29))
        assert holders(answer, Holds.NO) == OUTSIDE_US
        assert {lines(answer)[slug].origin for slug in OUTSIDE_US} == {Origin.REPORTED}

    def test_the_report_says_nothing_of_the_first_of_june(self) -> None:
        assert holders(ask(PREVIEW, noon(6, 1)), Holds.NO) == set()

    def test_the_proposed_seventy_are_a_number_and_not_names(self) -> None:
        answer = ask(PREVIEW, noon(5, 29))
        assert counts(answer) == {
            (CountQualifier.OVER, 40, False),
            (CountQualifier.ABOUT, 50, False),
            (CountQualifier.ABOUT, 70, True),
            (CountQualifier.ABOUT, 120, True),
        }
        assert not any(line.organization.undisclosed for line in answer.rows)

    @pytest.mark.parametrize("at", [noon(4, 29), noon(5, 29)])
    def test_the_white_house_objects_on_two_grounds(self, at: dt.datetime) -> None:
        held = position("white-house", at)
        assert held.stance == Stance.OBJECTS
        assert set(held.grounds) == {Ground.SECURITY, Ground.COMPUTE}
        assert held.attribution == Attribution.ANONYMOUS_OFFICIALS
        assert held.legal_force == LegalForce.POLITICAL

    def test_the_commission_speaks_by_name_and_takes_no_position_on_access(self) -> None:
        held = position("european-commission", noon(5, 29))
        assert held.attribution == Attribution.NAMED_SPEAKER
        assert "Regnier" in held.speaker
        assert held.stance == Stance.AWAITING
        assert held.position.ai_model is not None
        assert held.position.ai_model.slug == PREVIEW

    def test_its_statement_gives_access_to_nobody(self) -> None:
        answer = ask(PREVIEW, noon(5, 29))
        behind = {fact.id for line in answer.rows for fact in line.facts}
        assert position("european-commission", noon(5, 29)).position.fact_id not in behind
        assert lines(answer)["european-commission"].holds == Holds.NO


class TestFifthOfJune:
    def test_those_named_on_2_june_hold_the_preview_as_announced(self) -> None:
        answer = ask(PREVIEW, noon(6, 5))
        assert holders(answer) == LAUNCH | NAMED_2_JUNE | {"uk-aisi"}
        manners = {lines(answer)[slug].manner for slug in NAMED_2_JUNE}
        assert manners == {HoldingManner.ANNOUNCED}

    def test_enisa_is_invited_and_not_known_to_hold_it(self) -> None:
        line = lines(ask(PREVIEW, noon(6, 5)))["enisa"]
        assert (line.holds, line.manner) == (Holds.NOT_KNOWN, HoldingManner.INVITED)
        assert line.since == dt.datetime(2026, 6, 1, tzinfo=dt.UTC)

    def test_the_new_numbers_stand_beside(self) -> None:
        answer = ask(PREVIEW, noon(6, 5))
        assert counts(answer) == {
            (CountQualifier.ABOUT, 150, False),
            (CountQualifier.ABOUT, 200, False),
        }
        assert any("15 countries" in row.of_what for row in answer.counts)


class TestTwelfthOfJune:
    at = dt.datetime(2026, 6, 12, 23, tzinfo=dt.UTC)

    def test_two_restrictions_cover_both_models(self) -> None:
        for model in (MYTHOS, FABLE):
            found = {(row.kind, row.basis) for row in ask(model, self.at).restrictions}
            assert found == {("order", "order"), ("stop", "developer_act")}

    def test_the_order_is_about_foreign_nationals_to_the_minute(self) -> None:
        order = restriction("order")
        assert order.valid.lower == dt.datetime(2026, 6, 12, 21, 21, tzinfo=dt.UTC)
        assert order.person_class is not None
        assert order.person_class.slug == "foreign-national"
        assert order.person_class.outside_by == "us_person"
        assert "772.1" in order.person_class.instrument
        assert precision(order) == "instant"

    def test_the_stop_is_for_everyone_about_an_hour_and_a_half_later(self) -> None:
        stop = restriction("stop")
        assert stop.valid.lower == dt.datetime(2026, 6, 12, 22, 51, tzinfo=dt.UTC)
        assert stop.person_class is None
        assert precision(stop) == "hour"
        assert grades(stop) == {SourceGrade.SINGLE}

    def test_between_the_two_only_the_order_is_in_force(self) -> None:
        answer = ask(MYTHOS, dt.datetime(2026, 6, 12, 22, tzinfo=dt.UTC))
        assert [row.kind for row in answer.restrictions] == ["order"]

    def test_before_the_letter_there_is_none(self) -> None:
        assert ask(MYTHOS, noon(6, 12)).restrictions == ()


class TestFifteenthOfJune:
    @pytest.mark.parametrize("model", [MYTHOS, FABLE])
    def test_nobody_holds_what_was_disabled(self, model: str) -> None:
        answer = ask(model, noon(6, 15))
        assert holders(answer, Holds.NO) == set(lines(answer))
        assert "anthropic" in lines(answer)

    def test_of_the_preview_it_is_not_known(self) -> None:
        answer = ask(PREVIEW, noon(6, 15))
        assert holders(answer, Holds.NOT_KNOWN) == set(lines(answer))
        assert answer.restrictions == ()

    def test_the_report_of_the_launch_stays_open(self) -> None:
        launched = ReportedHolding.objects.current().filter(
            organization__slug__in=LAUNCH, ai_model__slug=PREVIEW
        )
        assert {row.valid.upper for row in launched} == {None}
        assert launched.count() == len(LAUNCH)


class TestTwentySeventhOfJune:
    def test_only_the_developer_is_known_to_hold_mythos_5(self) -> None:
        answer = ask(MYTHOS, noon(6, 27))
        assert holders(answer) == {"anthropic"}
        assert holders(answer, Holds.NOT_KNOWN) == set(lines(answer)) - {"anthropic"}

    def test_the_annex_is_a_number_from_one_source(self) -> None:
        answer = ask(MYTHOS, noon(6, 27))
        assert counts(answer) == {(CountQualifier.ABOUT, 100, False)}
        (count,) = answer.counts
        assert {row.grade for row in count.fact.citations.all()} == {SourceGrade.SINGLE}

    @pytest.mark.parametrize("kind", ["order", "stop"])
    def test_both_restrictions_have_exceptions_that_are_not_all_known(self, kind: str) -> None:
        version = restriction(kind, noon(6, 27))
        assert not version.exceptions_complete
        excepted = version.restriction.exceptions.as_of(noon(6, 27))
        assert [row.organization.slug for row in excepted] == ["anthropic"]

    def test_fable_5_stays_disabled(self) -> None:
        answer = ask(FABLE, noon(6, 27))
        assert holders(answer, Holds.NO) == set(lines(answer))


class TestRescission:
    def test_two_days_are_told_and_both_are_kept(self) -> None:
        told = ReportedEvent.objects.current().filter(title__startswith="The export order is resc")
        assert {row.valid.lower.date() for row in told if row.valid.lower} == {
            dt.date(2026, 6, 30),
            dt.date(2026, 7, 1),
        }
        assert len({row.fact_id for row in told}) == 2

    @pytest.mark.parametrize("kind", ["order", "stop"])
    def test_the_period_ends_with_june_and_says_why(self, kind: str) -> None:
        version = restriction(kind, noon(6, 30))
        assert version.valid.upper == dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
        assert version.restriction.fact is not None
        assert "30 June or on 1 July" in version.restriction.fact.statement
        assert ask(MYTHOS, noon(7, 1)).restrictions == ()


def position(slug: str, at: dt.datetime) -> PositionVersion:
    return PositionVersion.objects.as_of(at).get(position__authority__organization__slug=slug)


def restriction(kind: str, at: dt.datetime = TestTwelfthOfJune.at) -> RestrictionVersion:
    return RestrictionVersion.objects.as_of(at).get(restriction__kind=kind)


def precision(version: RestrictionVersion) -> str:
    assert version.restriction.fact is not None
    return version.restriction.fact.precision


def grades(version: RestrictionVersion) -> set[str]:
    assert version.restriction.fact is not None
    return {row.grade for row in version.restriction.fact.citations.all()}
