"""Dealings with authorities, as the real story and the demonstration tell them."""

import pytest

from notifications.choices import DemandBasis, DemandStep
from notifications.models import (
    AccessDemand,
    Delivery,
    DemandRecord,
    Dialogue,
    DialogueRecord,
    ModelNotice,
    Obligation,
)
from notifications.queries.demands import derive_state, list_demands
from notifications.queries.notices import Wanted, list_notified
from notifications.queries.timelines import find_linked
from registry.choices import Role, SourceGrade, SubjectOrigin
from registry.models import ReportedEvent
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("before_loading")]


class TestTheStory:
    def test_the_union_talks_with_the_developer_and_with_the_us_administration(self) -> None:
        bodies = {
            frozenset({row.one.slug, row.other.slug}): row.records.count()
            for row in Dialogue.objects.select_related("one", "other")
        }
        assert bodies[frozenset({"european-commission", "anthropic"})] == 3
        assert bodies[frozenset({"european-commission", "white-house"})] == 1
        assert bodies[frozenset({"enisa", "anthropic"})] == 2
        labs = {"anthropic", "openai", "google-deepmind", "microsoft", "xai"}
        assert {frozenset({"caisi", lab}) for lab in labs} <= set(bodies)

    def test_what_was_said_of_standards_links_the_position_of_the_commission(self) -> None:
        record = DialogueRecord.objects.get(dialogue__title__startswith="Standards")
        assert len(record.positions) == 1

    def test_the_demand_waits_on_another_government_since_it_was_reported(self) -> None:
        row = list_demands(make.staff(Role.AUDITOR)).get()
        state = derive_state(list(row.records.all()))
        assert (row.authority.organization.slug, row.basis) == (
            "european-commission",
            DemandBasis.NOT_STATED,
        )
        assert (state.step, state.waits_on) == (DemandStep.WAITING, "the US government")
        assert state.asked_at is None
        assert state.since is not None
        assert f"{state.since:%Y-%m-%d}" == "2026-05-29"

    def test_who_notified_the_ai_office_is_uncertain_and_the_rule_not_stated(self) -> None:
        rows = list_notified(make.staff(Role.AUDITOR), Wanted(), limit=9)
        assert {row.notifier_words or row.notifier.slug for row in rows if row.authority} == {  # type: ignore[union-attr]
            "anthropic",
            "other developers, not named",
        }
        assert {(row.rule, row.told_at, row.replies) for row in rows} == {("", None, ())}
        named = next(row for row in rows if row.notifier is not None)
        assert named.fact is not None
        assert {cited.grade for cited in named.fact.citations.all()} == {SourceGrade.UNCERTAIN}

    def test_everything_is_reported_stands_on_the_timeline_and_tells_nobody(self) -> None:
        for model in (DialogueRecord, DemandRecord, ModelNotice):
            for row in model._default_manager.all():
                assert row.origin == SubjectOrigin.REPORTED
                assert ReportedEvent.objects.filter(fact=row.fact).exists()
        assert not Obligation.objects.exists()
        assert not Delivery.objects.exists()

    def test_the_timeline_leads_to_them(self) -> None:
        event = ReportedEvent.objects.get(title="ENISA and Anthropic meet")
        linked = find_linked(make.staff(Role.AUDITOR), [event.fact_id])
        assert [row.title for row in linked[event.fact_id]] == ["ENISA and Project Glasswing"]
        outside = make.client(make.organization())
        assert not find_linked(outside, [event.fact_id])

    def test_no_demand_is_an_access_request(self) -> None:
        assert {field.name for field in AccessDemand._meta.get_fields()}.isdisjoint(
            {"request", "review_policy", "status"}
        )
