"""Duties follow the ledger: whatever changes a fact, its subject is assessed."""

import datetime as dt
from typing import Any

import pytest

from notifications.models import Cursor, Obligation, ObligationQuestion
from notifications.operations import duty_watch
from notifications.operations.duty_watch import CURSOR, follow
from registry.choices import (
    Anchor,
    DutyHolderKind,
    JurisdictionKind,
    JurisdictionRole,
    Role,
    Trigger,
)
from registry.models import Occurrence, Organization
from registry.operations import (
    duty_holders,
    incidents,
    jurisdictions,
    ledger,
    mandates,
    moments,
    occurrences,
)
from registry.operations.incidents import Classification
from registry.operations.moments import MomentSaid
from tests import make
from tests.duties import authority, desk, rule
from tests.notifications.test_duties import AWARE, DEADLY, DEATH, classify, incident

pytestmark = pytest.mark.django_db

PLACED: dict[str, Any] = {"trigger": "market_placement", "anchors": ["placed_on_market"]}


def catch_up() -> None:
    """Everything that is recorded gets its position and is followed."""
    while ledger.sequence_all() + follow(at=make.MORNING, limit=50):
        pass


@pytest.fixture
def european() -> Organization:
    """A partner seated in a member of the Union."""
    intake = make.by(make.staff(Role.INTAKE))
    for slug, kind, member_of in (
        ("eu", JurisdictionKind.UNION, {}),
        ("fr", JurisdictionKind.STATE, {"eu": dt.datetime(1958, 1, 1, tzinfo=dt.UTC)}),
    ):
        jurisdictions.register(intake, slug=slug, name=slug, kind=kind, member_of=member_of)
    return make.organization(jurisdictions=(("fr", JurisdictionRole.SEAT),))


class TestFollow:
    def test_a_reported_incident_opens_its_duties(self) -> None:
        rule(**DEADLY)
        incident(**DEATH)
        catch_up()
        assert Obligation.objects.get().opened_by == "system"

    def test_a_partner_that_reports_makes_the_desk_be_asked(self) -> None:
        rule(**DEADLY)
        client = make.client(make.organization())
        said = Classification("It happened.", ai_models=(make.ai_model().id,), **DEATH)
        incidents.report_by_partner(make.by(client), title="Escape", said=said)
        catch_up()
        assert not Obligation.objects.exists()
        assert ObligationQuestion.objects.get().cause == "anchor_missing"

    def test_a_reclassification_is_followed(self) -> None:
        rule(**DEADLY)
        row = incident()
        catch_up()
        classify(row, **DEATH)
        catch_up()
        assert Obligation.objects.count() == 1

    def test_a_status_of_the_duty_holder_is_followed(self) -> None:
        rule(binds={"who": "signatories", "operator": True, "condition": "holder.code_signatory"})
        row = incident()
        catch_up()
        assert ObligationQuestion.objects.get().cause == "holder_not_known"
        duty_holders.state(
            make.by(desk()),
            organization=row.duty_holder_id,
            kind=DutyHolderKind.CODE_SIGNATORY,
            holds=True,
            evidence="The list.",
        )
        catch_up()
        assert Obligation.objects.count() == 1

    def test_somebody_who_receives_is_followed(self) -> None:
        rule()
        incident()
        catch_up()
        office = authority(None)
        mandates.register(
            make.by(desk()), key="test-office", authority=office.id, basis="The tests"
        )
        catch_up()
        assert Obligation.objects.get().authority == office

    def test_what_is_known_of_a_model_is_followed(self) -> None:
        rule(condition="model.training_flop > 1e26")
        model = make.ai_model()
        incident(holder=model.developer, ai_models=(model.id,))
        catch_up()
        assert ObligationQuestion.objects.get().missing == ["model.training_flop"]
        occurrences.report(
            make.by(desk()),
            kind=Trigger.TRAINING_COMPUTE,
            title="A run",
            duty_holder=model.developer_id,
            ai_model=model.id,
            details={"flop": "2.3e26", "method": "Hardware hours.", "foreseen": False},
        )
        catch_up()
        assert Obligation.objects.count() == 1

    def test_a_second_run_finds_nothing(self) -> None:
        rule()
        incident()
        catch_up()
        assert follow(at=make.MORNING) == 0
        assert Obligation.objects.count() == 1

    def test_a_worker_that_died_before_its_cursor_moved_opens_nothing_twice(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rule()
        incident()
        ledger.sequence_all()

        def die(*_positions: int) -> None:
            raise ConnectionError

        with monkeypatch.context() as patch:
            patch.setattr(duty_watch, "_advance", die)
            with pytest.raises(ConnectionError):
                follow(at=make.MORNING)
        assert Obligation.objects.count() == 1
        catch_up()
        assert Obligation.objects.count() == 1
        assert Cursor.objects.get(name=CURSOR).position > 0


class TestTheFirstGrantInTheUnion:
    def test_it_asks_once_a_model_with_the_guideline_and_the_grant(
        self, european: Organization
    ) -> None:
        rule(**PLACED)
        grant = make.grant(european)
        catch_up()
        raised = Occurrence.objects.get()
        assert raised.raised
        assert "para 53" in raised.details["note"]
        question = ObligationQuestion.objects.get()
        assert (question.grant, question.cause) == (grant, "anchor_missing")
        make.grant(make.organization(jurisdictions=(("eu", JurisdictionRole.SEAT),)), grant.tier)
        catch_up()
        assert Occurrence.objects.count() == 1

    def test_a_grant_elsewhere_asks_nothing(self, european: Organization) -> None:
        rule(**PLACED)
        grant = make.grant()
        catch_up()
        assert not Occurrence.objects.exists()
        make.grant(european, grant.tier)
        catch_up()
        assert Occurrence.objects.get().ai_model == grant.tier.ai_models.get()

    def test_decided_and_not_told_is_what_the_grant_leads_to(self, european: Organization) -> None:
        rule(**PLACED)
        grant = make.grant(european)
        catch_up()
        raised = Occurrence.objects.get()
        moments.state_of_occurrence(
            make.by(desk()),
            occurrence=raised.id,
            said=MomentSaid(Anchor.PLACED, AWARE.happened_at),
        )
        catch_up()
        assert [row.grant for row in Obligation.objects.open().filter(grant__isnull=False)] == [
            grant
        ]

    def test_that_it_was_none_ends_the_question(self, european: Organization) -> None:
        rule(**PLACED)
        make.grant(european)
        catch_up()
        occurrences.end(
            make.by(desk()), occurrence=Occurrence.objects.get().id, reason="For research only."
        )
        catch_up()
        assert ObligationQuestion.objects.get().answer == "lapsed"
