from typing import Any
from uuid import uuid4

import pytest

from registry.actors import SYSTEM
from registry.choices import Role, Trigger
from registry.errors import WorldsApart
from registry.models import AuditEvent, Occurrence
from registry.operations import occurrences
from registry.operations.occurrence_details import DetailsUnreadable, ask_of
from registry.operations.occurrences import OccurrenceEnded, PlacementRaised
from registry.policies import RoleMissing
from tests import make
from tests.duties import desk

pytestmark = pytest.mark.django_db

COMPUTE: dict[str, Any] = {"flop": "2.3e25", "method": "Hardware hours.", "foreseen": True}


def report(kind: Trigger = Trigger.TRAINING_COMPUTE, **more: Any) -> Occurrence:
    said = {"title": "A run", "details": COMPUTE} | more
    holder = said.pop("duty_holder", None) or make.organization()
    return occurrences.report(
        make.by(said.pop("by", None) or desk()), kind=kind, duty_holder=holder.id, **said
    ).value


class TestReport:
    def test_training_compute_has_two_figures_and_a_method(self) -> None:
        row = report()
        assert row.details == COMPUTE | {"note": ""}
        assert ask_of(row.kind, row.details) == {
            "kind": "training_compute",
            "flop": 2.3e25,
            "foreseen": True,
        }

    @pytest.mark.parametrize(
        "wrong",
        [
            {"flop": "2.34e25"},
            {"flop": "23e24"},
            {"flop": 2.3e25},
            {"method": ""},
            {"foreseen": None},
            {"colour": "red"},
        ],
    )
    def test_what_the_kind_does_not_know_is_refused(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(DetailsUnreadable):
            report(details=COMPUTE | wrong)
        assert not Occurrence.objects.exists()

    def test_an_incident_is_reported_as_one(self) -> None:
        with pytest.raises(DetailsUnreadable):
            report(Trigger.INCIDENT, details={})

    def test_no_words_go_into_the_record(self) -> None:
        report()
        event = AuditEvent.objects.get(name="occurrence.reported")
        assert event.details["said"] == {"flop": "2.3e25", "foreseen": True}
        assert "Hardware" not in str(event.details)

    def test_what_is_synthetic_never_meets_what_is_real(self) -> None:
        with pytest.raises(WorldsApart):
            report(ai_model=make.ai_model().id, duty_holder=make.organization(synthetic=True))

    def test_a_reviewer_reports_nothing(self) -> None:
        with pytest.raises(RoleMissing):
            report(by=make.staff(Role.REVIEWER))


class TestRaisePlacement:
    def test_once_a_model(self) -> None:
        model = make.ai_model()
        said: dict[str, Any] = {
            "ai_model": model.id,
            "grant": uuid4(),
            "title": "First grant",
            "note": "?",
        }
        row = occurrences.raise_placement(make.by(SYSTEM), **said).value
        assert row.details["eu"] is True
        assert row.duty_holder == model.developer
        with pytest.raises(PlacementRaised):
            occurrences.raise_placement(make.by(SYSTEM), **said)

    def test_not_where_a_person_reported_one(self) -> None:
        model = make.ai_model()
        report(
            Trigger.MARKET_PLACEMENT,
            details={"eu": True},
            ai_model=model.id,
            duty_holder=model.developer,
        )
        with pytest.raises(PlacementRaised):
            occurrences.raise_placement(
                make.by(SYSTEM), ai_model=model.id, grant=uuid4(), title="?", note="?"
            )


class TestChange:
    def test_the_event_keeps_both(self) -> None:
        row = report()
        occurrences.change(
            make.by(desk()), occurrence=row.id, details=COMPUTE | {"flop": "2.6e25"}
        )
        details = AuditEvent.objects.get(name="occurrence.changed").details
        assert details["before"]["flop"] == "2.3e25"
        assert details["after"]["flop"] == "2.6e25"


class TestEnd:
    def test_it_stays_ended(self) -> None:
        row = report()
        occurrences.end(make.by(desk()), occurrence=row.id, reason="No such run.")
        row.refresh_from_db()
        assert row.ended_at is not None
        with pytest.raises(OccurrenceEnded):
            occurrences.end(make.by(desk()), occurrence=row.id, reason="?")
        with pytest.raises(OccurrenceEnded):
            occurrences.change(make.by(desk()), occurrence=row.id, details=COMPUTE)
