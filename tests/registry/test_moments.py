import dataclasses
import datetime as dt

import pytest
from django.db import ProgrammingError, transaction

from registry.choices import Anchor, Role, Trigger
from registry.errors import NotFound
from registry.models import AnchorMoment, Incident
from registry.operations import incidents, moments, occurrences
from registry.operations.moments import (
    MomentOfAnother,
    MomentSaid,
    MomentSuperseded,
    MomentToCome,
    NotResolvedYet,
    ZoneUnknown,
)
from registry.policies import RoleMissing
from tests import make
from tests.duties import DAY, desk
from tests.registry.test_incidents import AWARE, RESOLVED, report

pytestmark = pytest.mark.django_db


def state(row: Incident, said: MomentSaid = AWARE, **more: object) -> AnchorMoment:
    moments.state_of_incident(make.by(desk()), incident=row.id, said=said, **more)  # type: ignore[arg-type]
    return row.moments.order_by("stated_at", "id").filter(superseded_by=None).last()  # type: ignore[return-value]


class TestStateOfIncident:
    def test_a_mistaken_one_is_superseded_and_both_stay(self) -> None:
        row = report()
        mistaken = state(row)
        later = dataclasses.replace(AWARE, happened_at=AWARE.happened_at - DAY)
        right = state(row, later, supersedes=mistaken.id)
        assert right.supersedes == mistaken
        assert row.moments.count() == 2

    def test_nothing_is_superseded_twice(self) -> None:
        row = report()
        mistaken = state(row)
        state(row, supersedes=mistaken.id)
        with pytest.raises(MomentSuperseded):
            state(row, supersedes=mistaken.id)

    def test_a_moment_takes_the_place_of_one_of_its_kind(self) -> None:
        row = report()
        mistaken = state(row)
        with pytest.raises(MomentOfAnother):
            state(row, MomentSaid(Anchor.DISCOVERED, make.MORNING), supersedes=mistaken.id)

    def test_not_of_another_incident(self) -> None:
        mistaken = state(report())
        with pytest.raises(NotFound):
            state(report(), supersedes=mistaken.id)

    def test_a_zone_has_a_name(self) -> None:
        with pytest.raises(ZoneUnknown):
            state(report(), dataclasses.replace(AWARE, zone="Brussels"))

    def test_what_has_not_come_is_refused(self) -> None:
        tomorrow = dt.datetime.now(dt.UTC) + DAY
        with pytest.raises(MomentToCome):
            state(report(), dataclasses.replace(AWARE, happened_at=tomorrow))

    def test_that_it_is_resolved_is_an_act_of_its_own(self) -> None:
        with pytest.raises(NotResolvedYet):
            state(report(), RESOLVED)

    def test_a_mistaken_resolution_is_put_right(self) -> None:
        row = report()
        incidents.resolve(make.by(desk()), incident=row.id, resolution="Done.", resolved=RESOLVED)
        earlier = dataclasses.replace(RESOLVED, happened_at=RESOLVED.happened_at - DAY)
        state(row, earlier, supersedes=row.moments.get().id)
        row.refresh_from_db()
        assert row.resolved_at == earlier.happened_at

    def test_it_belongs_to_those_who_work_on_incidents(self) -> None:
        with pytest.raises(RoleMissing):
            moments.state_of_incident(
                make.by(make.staff(Role.RESTRICTOR)), incident=report().id, said=AWARE
            )

    def test_the_database_keeps_them_as_they_are(self) -> None:
        moment = state(report())
        with pytest.raises(ProgrammingError), transaction.atomic():
            AnchorMoment.objects.filter(pk=moment.pk).update(happened_at=make.MORNING)


class TestStateOfOccurrence:
    def test_a_placing_on_the_market_may_be_planned(self) -> None:
        row = occurrences.report(
            make.by(desk()),
            kind=Trigger.MARKET_PLACEMENT,
            title="Launch",
            duty_holder=make.organization().id,
            details={"eu": True},
        ).value
        planned = MomentSaid(Anchor.PLACED, dt.datetime.now(dt.UTC) + 30 * DAY)
        moments.state_of_occurrence(make.by(desk()), occurrence=row.id, said=planned)
        assert row.moments.get().happened_at == planned.happened_at
