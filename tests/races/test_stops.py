"""Races on a stop: of two acts that exclude each other one wins, and of two reports the last one completes."""

import datetime as dt

import pytest
from django.utils.timezone import now

from access.choices import DenyEffect, SurfaceStanding, Switch
from access.models import EnforcementPoint, Restoration, Restriction, SilenceAlarm, SurfaceState
from access.operations import (
    applications,
    deny_list,
    enforcement,
    renewals,
    restorations,
    restrictions,
    wordings,
)
from access.operations.applications import Applied
from access.operations.enforcement import PointProfile
from access.operations.restrictions import Wording
from access.operations.surfaces import SurfaceSaid
from access.queries.effects import measure_effect
from access.queries.scopes import Scope
from registry.actors import SYSTEM
from registry.choices import Role
from registry.models import AuditEvent
from tests import make, stops
from tests.access.test_deny_list import propose
from tests.access.test_renewals import lapsed_grant, stop
from tests.races.racing import race, refusals, winners

pytestmark = pytest.mark.django_db(transaction=True)


def a_stop(**more: object) -> Restriction:
    return stops.stop(Scope(programs=(make.grant().program_id,)), **more)  # type: ignore[arg-type]


@pytest.mark.usefixtures("attempt")
class TestReports:
    def test_two_points_that_report_at_once_complete_the_stop_once(self) -> None:
        points = [stops.reporting_point() for _ in range(2)]
        row = a_stop()
        said = Applied(row.id, Switch.OFF, now(), now())
        results = race(
            *(
                lambda point=point, client=client: applications.report_applied(
                    make.by(client), point=point.id, applied=(said,)
                )
                for point, client in points
            )
        )
        assert winners(results) == 2
        assert measure_effect(row.id, at=now())[0].complete
        assert AuditEvent.objects.filter(name="restriction.applied").count() == 1

    def test_one_report_sent_twice_is_kept_once(self) -> None:
        point, client = stops.reporting_point()
        a_stop()
        said = SurfaceSaid("aws:1", "lantern", SurfaceStanding.ACTIVE)
        results = race(
            *(
                lambda: applications.report_applied(
                    make.by(client), point=point.id, surfaces=(said,)
                )
                for _ in range(2)
            )
        )
        assert winners(results) == 2
        assert SurfaceState.objects.count() == 1

    def test_an_alarm_is_raised_once(self) -> None:
        stops.point()
        row = a_stop()
        (application,) = row.applications.all()
        late = row.imposed_at + dt.timedelta(days=1)
        results = race(
            *(
                lambda: applications.raise_alarm(make.by(SYSTEM, late), application=application.id)
                for _ in range(2)
            )
        )
        assert (winners(results), refusals(results)) == (1, {"alarm_not_due"})
        assert SilenceAlarm.objects.count() == 1


@pytest.mark.usefixtures("attempt")
class TestTheRestriction:
    def test_lifting_and_withdrawing_the_request_do_not_both_happen(self) -> None:
        row = a_stop()
        first, second = make.staff(Role.RESTRICTOR), make.staff(Role.RESTRICTOR)
        restrictions.lift(make.by(first), restriction=row.id)
        race(
            lambda: restrictions.withdraw_lift(make.by(first), restriction=row.id),
            lambda: restrictions.lift(make.by(second), restriction=row.id),
        )
        row.refresh_from_db()
        # Either it is lifted by both, or the second person has become the one who asks.
        assert (row.lifted_at is not None) == (row.lift_asked_by == first.key)

    def test_words_are_written_once_and_the_neutral_text_goes_once(self) -> None:
        row = a_stop(wording=Wording("Order"))
        late = row.imposed_at + dt.timedelta(days=1)
        words = {"restriction": row.id, "title": "A pause", "public": "Access pauses."}
        results = race(
            lambda: wordings.word(make.by(make.staff(Role.RESTRICTOR)), **words),  # type: ignore[arg-type]
            lambda: wordings.word(make.by(make.staff(Role.RESTRICTOR)), **words),  # type: ignore[arg-type]
            lambda: wordings.word_neutrally(make.by(SYSTEM, late), restriction=row.id),
        )
        assert refusals(results) <= {"worded_already", "neutral_text_not_due"}
        events = AuditEvent.objects.filter(name__startswith="restriction.worded")
        named = list(events.values_list("name", flat=True))
        assert named.count("restriction.worded") == 1
        assert named.count("restriction.worded_neutrally") <= 1

    def test_a_list_taken_in_twice_at_once_excepts_once(self) -> None:
        grant = make.grant()
        row = stops.stop(Scope(programs=(grant.program_id,)))
        content = f"identifier\n{grant.organization.slug}\n".encode()
        results = race(
            *(
                lambda: restorations.restore(
                    make.by(make.staff(Role.RESTRICTOR)),
                    restriction=row.id,
                    file_name="annex.csv",
                    content=content,
                    basis="Annex A",
                )
                for _ in range(2)
            )
        )
        assert winners(results) == 2
        assert (row.exceptions.count(), Restoration.objects.count()) == (1, 1)

    def test_what_lapsed_is_renewed_once(self) -> None:
        lapsed = lapsed_grant(make.tier(grant_days=30))
        row = stop(lapsed.tier)
        stops.lift(row)
        results = race(
            *(
                lambda: renewals.renew_lapsed(
                    make.by(make.staff(Role.DECIDER)), restriction=row.id, reason="Lapsed."
                )
                for _ in range(2)
            )
        )
        assert (winners(results), refusals(results)) == (1, {"nothing_to_renew"})


@pytest.mark.usefixtures("attempt")
class TestRegistering:
    def test_a_point_is_registered_once(self) -> None:
        owner = make.organization()
        profile = PointProfile("Cloud", owner.id, "Desk", "desk@cloud.invalid", ("aws",))
        results = race(
            *(
                lambda: enforcement.register(
                    make.by(make.staff(Role.ADMINISTRATOR)), slug="cloud", profile=profile
                )
                for _ in range(2)
            )
        )
        assert (winners(results), refusals(results)) == (1, {"enforcement_point_known"})
        assert EnforcementPoint.objects.count() == 1

    def test_an_entry_of_the_deny_list_is_put_in_force_once(self) -> None:
        entry = propose(make.organization(), DenyEffect.WARN)
        results = race(
            *(
                lambda: deny_list.enact(make.by(make.staff(Role.RESTRICTOR)), entry=entry.id)
                for _ in range(2)
            )
        )
        assert (winners(results), refusals(results)) == (1, {"deny_entry_in_force"})


@pytest.mark.usefixtures("attempt")
class TestPoints:
    def test_a_point_and_a_stop_that_begin_at_once_do_not_miss_each_other(self) -> None:
        program = make.grant().program_id
        owner, administrator = make.organization(), make.staff(Role.ADMINISTRATOR)
        profile = PointProfile("Cloud", owner.id, "Desk", "desk@concordat.invalid", ("aws",))
        results = race(
            lambda: stops.stop(Scope(programs=(program,))),
            lambda: enforcement.register(make.by(administrator), slug="cloud", profile=profile),
        )
        assert winners(results) == 2
        assert Restriction.objects.get().applications.get().point.slug == "cloud"
