"""Demands of authorities for access, and where they stand."""

import datetime as dt

import pytest
from django.utils.timezone import now

from access.choices import Marking
from access.models import AccessRequest
from notifications.choices import AccessForm, DemandBasis, DemandStep
from notifications.models import AccessDemand
from notifications.operations import demands
from notifications.operations.demands import Waits, WaitsOnNobody
from notifications.queries.demands import DemandState, derive_state, list_demands
from registry.choices import Role
from registry.errors import NotFound, WorldsApart
from registry.models import AuditEvent
from registry.policies import RoleMissing
from tests import make, talks
from tests.access.test_disclosures import disclose
from tests.duties import authority, desk

pytestmark = pytest.mark.django_db
MORNING, DAY = make.MORNING, talks.DAY


def record(row: AccessDemand, step: DemandStep, days: int, **more: object) -> None:
    demands.record(
        make.by(desk()),
        demand=row.id,
        step=step,
        told=talks.told(happened_at=MORNING + days * DAY, words=f"{step}, day {days}"),
        **more,  # type: ignore[arg-type]
    )


def state_of(row: AccessDemand, **moments: dt.datetime) -> DemandState:
    shown = list_demands(make.staff(Role.AUDITOR), **moments).get(pk=row.pk)
    return derive_state(list(shown.records.all()))


class TestOpen:
    def test_is_no_access_request(self) -> None:
        row = talks.demand(
            basis=DemandBasis.LEGAL_POWER,
            citation="Article 92",
            forms=(AccessForm.API, AccessForm.UNLOGGED),
            ai_model=make.ai_model().id,
        )
        assert not AccessRequest.objects.exists()
        assert row.forms == ["api", "unlogged"]
        assert state_of(row).step is DemandStep.ASKED
        assert list(
            AuditEvent.objects.filter(subject_id=row.id).values_list("name", flat=True)
        ) == [
            "access_demand.opened",
            "access_demand.recorded",
        ]

    def test_a_legal_power_is_cited(self) -> None:
        with pytest.raises(demands.PowerUncited):
            talks.demand(basis=DemandBasis.LEGAL_POWER)

    def test_its_period_runs_forward(self) -> None:
        with pytest.raises(demands.DemandPeriodBackward):
            talks.demand(period_from=MORNING, period_until=MORNING)

    def test_says_on_whom_it_waits_exactly_where_it_waits(self) -> None:
        body = make.organization().id
        for step, waits in (
            (DemandStep.WAITING, None),
            (DemandStep.WAITING, Waits(body, "both")),
            (DemandStep.ASKED, Waits(words="somebody")),
        ):
            with pytest.raises(WaitsOnNobody):
                talks.demand(step, waits=waits)
        assert not AccessDemand.objects.exists()

    def test_the_real_and_the_synthetic_stay_apart(self) -> None:
        with pytest.raises(WorldsApart):
            talks.demand(addressee=make.organization(synthetic=True).id)
        with pytest.raises(WorldsApart):
            talks.demand(DemandStep.WAITING, None, Waits(make.organization(synthetic=True).id))

    def test_belongs_to_the_desk_or_for_what_is_reported_to_intake(self) -> None:
        row = talks.demand()
        with pytest.raises(RoleMissing):
            demands.record(
                make.by(make.staff(Role.DECIDER)),
                demand=row.id,
                step=DemandStep.REFUSED,
                told=talks.told(),
            )


class TestState:
    def test_follows_from_the_latest_step_and_notes_change_nothing(self) -> None:
        row = talks.demand()
        record(row, DemandStep.WAITING, 2, waits=Waits(words="another government"))
        record(row, DemandStep.NOTE, 3)
        record(row, DemandStep.WAITING, 5, waits=Waits(words="another government"))
        found = state_of(row)
        assert (found.step, found.waits_on) == (DemandStep.WAITING, "another government")
        assert found.since == MORNING + 2 * DAY
        assert found.waiting(MORNING + 10 * DAY) == 8 * DAY
        assert found.age(MORNING + 10 * DAY) == 10 * DAY

    def test_waiting_on_somebody_else_begins_anew(self) -> None:
        row = talks.demand(DemandStep.WAITING, waits=Waits(words="the one"))
        body = make.organization()
        record(row, DemandStep.WAITING, 4, waits=Waits(body.id))
        found = state_of(row)
        assert (found.waits_on, found.since) == (body.name, MORNING + 4 * DAY)
        assert found.asked_at is None

    def test_an_answer_ends_its_age_and_says_how(self) -> None:
        row = talks.demand()
        record(row, DemandStep.PARTLY_GRANTED, 6)
        found = state_of(row)
        assert not found.is_open
        assert (found.asked_at, found.answered_at) == (MORNING, MORNING + 6 * DAY)
        assert found.answer == "partly_granted, day 6"
        assert found.age(MORNING + 100 * DAY) == 6 * DAY

    def test_what_is_written_later_may_have_happened_earlier(self) -> None:
        row = talks.demand()
        record(row, DemandStep.GRANTED, 9)
        record(row, DemandStep.WAITING, 3, waits=Waits(words="somebody"))
        assert state_of(row).step is DemandStep.GRANTED

    def test_as_it_stood_and_as_it_was_known(self) -> None:
        row = talks.demand()
        record(row, DemandStep.REFUSED, 7)
        between = now()
        record(row, DemandStep.RESUMED, 8)
        assert state_of(row).step is DemandStep.RESUMED
        assert state_of(row, known_at=between).step is DemandStep.REFUSED
        assert state_of(row, as_of=MORNING + DAY).step is DemandStep.ASKED
        assert not list_demands(make.staff(Role.AUDITOR), as_of=MORNING - DAY).exists()

    def test_a_confidential_step_moves_nothing_for_who_may_not_read_it(self) -> None:
        row = talks.demand()
        demands.record(
            make.by(desk()),
            demand=row.id,
            step=DemandStep.REFUSED,
            told=talks.told(happened_at=MORNING + DAY, marking=Marking.CONFIDENTIAL),
        )
        assert state_of(row).step is DemandStep.ASKED
        cleared = list_demands(make.staff(Role.CLEARED)).get()
        assert derive_state(list(cleared.records.all())).step is DemandStep.REFUSED


class TestVisibleTo:
    def test_a_confidential_demand_is_for_cleared_roles_and_a_partner_sees_none(self) -> None:
        row = talks.demand(marking=Marking.CONFIDENTIAL)
        talks.demand()
        assert list_demands(make.staff(Role.DECIDER)).count() == 1
        assert list_demands(make.staff(Role.CLEARED)).count() == 2
        assert not list_demands(make.client(row.addressee)).exists()


class TestWhatWasGiven:
    def test_a_step_leads_to_what_was_given_to_the_authority_with_it(self) -> None:
        row = talks.demand()
        given = disclose(row.authority, make.organization())
        record(row, DemandStep.PARTLY_GRANTED, 1, disclosure=given.id)
        assert row.records.get(step=DemandStep.PARTLY_GRANTED).disclosure == given

    def test_what_went_to_another_authority_is_not_it(self) -> None:
        row = talks.demand()
        other = disclose(authority(None), make.organization())
        with pytest.raises(NotFound):
            record(row, DemandStep.PARTLY_GRANTED, 1, disclosure=other.id)
