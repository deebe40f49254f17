"""Off means off: points say what they applied, a silent one is an alarm, and what is on is no answer."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.utils.timezone import now

from access.choices import SurfaceStanding, Switch
from access.models import (
    NOBODY,
    AnswerCount,
    EnforcementPoint,
    Grant,
    Restriction,
    SilenceAlarm,
    SurfaceState,
)
from access.operations import applications, enforcement
from access.operations.applications import (
    AlarmNotDue,
    AlarmOfTheClock,
    Applied,
    MomentImplausible,
    TooManySurfaces,
)
from access.operations.enforcement import (
    ClientCannotReport,
    ClientTaken,
    PointKnown,
    PointProfile,
    PointRetired,
    PointServesNothing,
)
from access.operations.surfaces import SurfaceSaid
from access.queries.effects import measure_effect
from access.queries.scopes import Scope
from access.queries.surfaces import list_drift, list_grant_surfaces
from access.tasks import raise_alarms
from notifications.models import Delivery
from notifications.operations import deliveries
from registry.actors import SYSTEM, Actor
from registry.choices import ClientKind, Role
from registry.errors import NotFound
from registry.models import AuditEvent
from registry.operations import identifiers, ledger
from registry.operations.identifiers import IdentifierUnreadable
from registry.operations.users import EmailUnreadable
from registry.policies import RoleMissing
from tests import make, stops
from tests.asking import ask

pytestmark = pytest.mark.django_db
ON, OFF = SurfaceStanding.ACTIVE, SurfaceStanding.OFF


def profile(**more: object) -> PointProfile:
    said = {
        "name": "The cloud",
        "owner": make.organization().id,
        "alarm_name": "Night desk",
        "alarm_email": "night@cloud.invalid",
        "surfaces": ("aws",),
    } | more
    return PointProfile(**said)  # type: ignore[arg-type]


def register(slug: str = "cloud", **more: object) -> EnforcementPoint:
    administrator = make.by(make.staff(Role.ADMINISTRATOR))
    return enforcement.register(administrator, slug=slug, profile=profile(**more)).value


class TestRegister:
    def test_a_point_has_an_owner_and_somebody_to_call(self) -> None:
        row = register()
        assert (row.surfaces, row.alarm_name) == (["aws"], "Night desk")
        event = AuditEvent.objects.get(name="enforcement_point.registered")
        assert "night@cloud.invalid" not in str(event.details)

    @pytest.mark.parametrize(
        ("wrong", "refusal"),
        [
            ({"surfaces": ()}, PointServesNothing),
            ({"surfaces": ("AWS!",)}, IdentifierUnreadable),
            ({"alarm_email": "nobody"}, EmailUnreadable),
        ],
    )
    def test_what_cannot_be_meant_is_refused(
        self, wrong: dict[str, Any], refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            register(**wrong)

    def test_only_a_gateway_of_its_owner_reports_for_it_and_for_one_point(self) -> None:
        owner = make.organization()
        gateway = make.client(owner, "enforcement:report", kind=ClientKind.GATEWAY)
        with pytest.raises(ClientCannotReport):
            register(client=gateway.id)
        register(owner=owner.id, client=gateway.id)
        with pytest.raises(PointKnown):
            register()
        with pytest.raises(ClientTaken):
            register("other", owner=owner.id, client=gateway.id)

    def test_needs_an_administrator(self) -> None:
        with pytest.raises(RoleMissing):
            enforcement.register(
                make.by(make.staff(Role.RESTRICTOR)), slug="cloud", profile=profile()
            )

    def test_is_changed_and_retired(self) -> None:
        row = register()
        administrator = make.staff(Role.ADMINISTRATOR)
        enforcement.change(
            make.by(administrator), point=row.id, profile=profile(surfaces=("gcp", "aws:1"))
        )
        row.refresh_from_db()
        assert row.surfaces == ["aws:1", "gcp"]
        enforcement.retire(make.by(administrator), point=row.id, reason="Shut down.")
        with pytest.raises(PointRetired):
            enforcement.retire(make.by(administrator), point=row.id, reason="Again.")


class TestInForceAlready:
    def test_a_new_point_is_asked_for_what_concerns_it(self) -> None:
        row = stops.stop(Scope(ai_models=(make.ai_model().id,)))
        assert measure_effect(row.id, at=now())[0].complete
        point, client = stops.reporting_point()
        off, _on = measure_effect(row.id, at=now())
        assert [effect.application.point for effect in off.points] == [point]
        assert not off.complete
        stops.report(point, row, by=client)
        assert measure_effect(row.id, at=now())[0].complete

    def test_one_that_comes_to_serve_a_stopped_surface_is_asked_once(self) -> None:
        holder = make.recorded_grant(surfaces=("aws:1",)).organization
        row = stops.stop(Scope(organizations=(holder.id,)))
        point = register(surfaces=("gcp",))
        lifted = stops.lift(stops.stop(Scope(organizations=(holder.id,))))
        assert not row.applications.exists()
        for _ in range(2):
            enforcement.change(
                make.by(make.staff(Role.ADMINISTRATOR)), point=point.id, profile=profile()
            )
        assert row.applications.get().point == point
        assert not lifted.applications.exists()


class TestReportApplied:
    @pytest.fixture
    def grant(self) -> Grant:
        return make.grant()

    @staticmethod
    def scope(grant: Grant) -> Scope:
        return Scope(programs=(grant.program_id,))

    def test_time_to_effect_is_measured_per_point_and_the_last_completes(
        self, grant: Grant
    ) -> None:
        (first, one), (second, other) = stops.reporting_point(), stops.reporting_point("api")
        row = stops.stop(self.scope(grant))
        stops.report(first, row, by=one)
        off, on = measure_effect(row.id, at=now())
        assert (off.applied, off.concerned, off.complete, on) == (1, 2, False, None)
        assert off.took is None
        last_yes = row.imposed_at + dt.timedelta(seconds=40)
        stops.report(second, row, by=other, last_yes_at=last_yes)
        off, _on = measure_effect(row.id, at=now())
        took = {point.application.point: point.took for point in off.points}
        assert took[first] == dt.timedelta(seconds=5)
        assert took[second] == off.took == dt.timedelta(seconds=40)
        assert off.complete
        assert AuditEvent.objects.filter(name="restriction.applied").count() == 1

    def test_shows_the_last_yes_here_and_adds_for_how_long_a_yes_may_be_used(
        self, grant: Grant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settings, "DECISION_CACHE_SECONDS", 30)
        point, client = stops.reporting_point()
        model = grant.items.get().ai_model_id
        row = stops.stop(Scope(ai_models=(model,)))
        minute = now().replace(second=0, microsecond=0) - dt.timedelta(minutes=1)
        said = {"client": client.id, "decision": True, "reason": "grant_in_force", "count": 1}
        for ai_model, earlier in ((model, 0), (model, 1), (make.ai_model().id, -1)):
            AnswerCount.objects.create(
                minute=minute - dt.timedelta(minutes=earlier),
                organization=grant.organization_id,
                member=NOBODY,
                ai_model=ai_model,
                **said,
            )
        stops.report(point, row, by=client)
        off, _on = measure_effect(row.id, at=now())
        assert off.points[0].answered_yes_at == minute
        assert (off.seconds_to_effect, off.cache_seconds) == (35, 30)

    def test_the_same_report_again_changes_nothing(self, grant: Grant) -> None:
        point, client = stops.reporting_point()
        row = stops.stop(self.scope(grant))
        stops.report(point, row, by=client)
        version = EnforcementPoint.objects.get(pk=point.pk).version
        events = AuditEvent.objects.count()
        stops.report(point, row, by=client)
        assert EnforcementPoint.objects.get(pk=point.pk).version == version
        assert AuditEvent.objects.count() == events

    def test_the_first_moment_stands_and_a_later_yes_is_still_told(self, grant: Grant) -> None:
        point, client = stops.reporting_point()
        row = stops.stop(self.scope(grant))
        stops.report(point, row, by=client)
        leak = row.imposed_at + dt.timedelta(seconds=90)
        stops.report(point, row, by=client, applied_at=row.imposed_at, last_yes_at=leak)
        kept = row.applications.get()
        assert kept.applied_at == kept.committed_at + dt.timedelta(seconds=5)
        assert measure_effect(row.id, at=now())[0].took == leak - kept.committed_at
        assert AuditEvent.objects.filter(name="restriction.applied").count() == 1

    def test_read_and_not_yet_applied_is_awaited(self, grant: Grant) -> None:
        point, client = stops.reporting_point()
        row = stops.stop(self.scope(grant))
        stops.report(point, row, by=client, applied_at=None)
        off, _on = measure_effect(row.id, at=now())
        assert off.points[0].application.read_at is not None
        assert (off.complete, off.points[0].overdue) == (False, False)
        assert off.points[0].silent_for is not None

    @pytest.mark.parametrize("off_by", [dt.timedelta(hours=-1), dt.timedelta(hours=1)])
    def test_a_moment_that_cannot_be_is_refused(self, grant: Grant, off_by: dt.timedelta) -> None:
        point, client = stops.reporting_point()
        row = stops.stop(self.scope(grant))
        with pytest.raises(MomentImplausible):
            stops.report(point, row, by=client, applied_at=row.imposed_at + off_by)

    def test_a_clock_somewhat_behind_ours_takes_no_time_and_never_less(self, grant: Grant) -> None:
        point, client = stops.reporting_point()
        row = stops.stop(self.scope(grant))
        behind = row.imposed_at - dt.timedelta(seconds=30)
        stops.report(point, row, by=client, read_at=behind, applied_at=behind)
        assert measure_effect(row.id, at=now())[0].took == dt.timedelta(0)

    def test_nobody_reports_for_the_point_of_another(self, grant: Grant) -> None:
        (point, _own), (_other, client) = stops.reporting_point(), stops.reporting_point()
        row = stops.stop(self.scope(grant))
        with pytest.raises(NotFound):
            stops.report(point, row, by=client)
        with pytest.raises(RoleMissing):
            stops.report(point, row, by=make.staff(Role.DECIDER))

    def test_a_restrictor_records_what_was_said_on_the_telephone(self, grant: Grant) -> None:
        point = stops.point()
        row = stops.stop(self.scope(grant))
        restrictor = make.staff(Role.RESTRICTOR)
        stops.report(point, row, by=restrictor)
        assert row.applications.get().reported_by == restrictor.key

    def test_a_restriction_that_does_not_concern_it_is_not_found(self, grant: Grant) -> None:
        point, client = stops.reporting_point()
        said = Applied(make.organization().id, Switch.OFF, now())
        with pytest.raises(NotFound):
            applications.report_applied(make.by(client), point=point.id, applied=(said,))
        assert grant.organization_id is not None

    def test_its_end_is_applied_too(self, grant: Grant) -> None:
        point, client = stops.reporting_point()
        row = stops.stop(self.scope(grant))
        stops.lift(row)
        off, on = measure_effect(row.id, at=now())
        assert off.complete  # moot: nobody waits for the switching off of what is lifted
        assert on is not None
        assert not on.complete
        stops.report(point, row, by=client, switch=Switch.ON)
        _off, on = measure_effect(row.id, at=now())
        assert on is not None
        assert on.complete

    def test_a_retired_point_is_awaited_no_more(self, grant: Grant) -> None:
        point = stops.point()
        row = stops.stop(self.scope(grant))
        enforcement.retire(
            make.by(make.staff(Role.ADMINISTRATOR)), point=point.id, reason="Shut down."
        )
        off, _on = measure_effect(row.id, at=now())
        assert (off.concerned, off.complete) == (0, True)


class TestSilence:
    @pytest.fixture
    def row(self) -> Restriction:
        self.point = stops.point()
        return stops.stop(Scope(programs=(make.grant().program_id,)))

    @staticmethod
    def alarm(row: Restriction, after: dt.timedelta) -> None:
        at = row.imposed_at + after
        for application in applications.find_silent(at=at):
            applications.raise_alarm(make.by(SYSTEM, at), application=application)

    def test_is_an_alarm_once_for_each_threshold(self, row: Restriction) -> None:
        first, second, *_more = settings.STOP_SILENCE_AFTER
        self.alarm(row, first - dt.timedelta(seconds=1))
        assert not SilenceAlarm.objects.exists()
        for _ in range(3):
            self.alarm(row, first + dt.timedelta(seconds=1))
        assert SilenceAlarm.objects.count() == 1
        self.alarm(row, second + dt.timedelta(seconds=1))
        assert SilenceAlarm.objects.count() == 2
        assert measure_effect(row.id, at=now())[0].overdue == 1

    def test_after_a_pause_of_the_worker_only_the_latest_is_raised(self, row: Restriction) -> None:
        self.alarm(row, dt.timedelta(days=3))
        self.alarm(row, dt.timedelta(days=4))
        alarm = SilenceAlarm.objects.get()
        assert alarm.after_seconds == settings.STOP_SILENCE_AFTER[-1].total_seconds()

    def test_names_the_owner_to_staff_and_tells_the_owner_in_public_words(
        self, row: Restriction
    ) -> None:
        restrictor = make.user()
        restrictor.role_holdings.create(
            role=Role.RESTRICTOR, given_by="system", given_at=make.MORNING
        )
        self.alarm(row, settings.STOP_SILENCE_AFTER[0])
        ledger.sequence_all()
        while deliveries.fan_out(at=make.MORNING):
            pass
        found = Delivery.objects.filter(event_name="restriction.point_silent")
        mails = {mail.address: mail for mail in found}
        assert set(mails) == {restrictor.email, self.point.alarm_email}
        assert self.point.alarm_name in mails[restrictor.email].text
        assert self.point.owner.name in mails[restrictor.email].text
        assert "/effect/" in mails[restrictor.email].text
        assert "/admin/" not in mails[self.point.alarm_email].text

    def test_who_has_reported_or_need_not_is_no_alarm(self, row: Restriction) -> None:
        application = row.applications.get()
        late = row.imposed_at + dt.timedelta(days=1)
        with pytest.raises(AlarmOfTheClock):
            applications.raise_alarm(make.by(make.staff(*Role)), application=application.id)
        stops.report(self.point, row, by=make.staff(Role.RESTRICTOR))
        assert applications.find_silent(at=late) == []
        with pytest.raises(AlarmNotDue):
            applications.raise_alarm(make.by(SYSTEM, late), application=application.id)

    def test_a_lifted_stop_is_not_waited_for_but_its_end_is(self, row: Restriction) -> None:
        stops.lift(row)
        late = now() + dt.timedelta(days=1)
        on = row.applications.get(switch=Switch.ON)
        assert applications.find_silent(at=late) == [on.id]

    def test_the_task_raises_what_is_due(
        self, row: Restriction, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        late = row.imposed_at + dt.timedelta(days=1)
        monkeypatch.setattr("access.tasks.now", lambda: late)
        raise_alarms()
        raise_alarms()
        assert SilenceAlarm.objects.count() == 1


class TestSurfaces:
    @pytest.fixture
    def grant(self) -> Grant:
        grant = make.grant()
        identifiers.register(
            make.by(make.staff(Role.INTAKE)),
            organization=grant.organization_id,
            identifier="aws:1",
        )
        return grant

    @staticmethod
    def say(by: tuple[EnforcementPoint, Actor], *said: SurfaceSaid, **more: object) -> None:
        point, client = by
        applications.report_applied(
            make.by(client),
            point=point.id,
            surfaces=said,
            **more,  # type: ignore[arg-type]
        )

    @staticmethod
    def model(grant: Grant) -> str:
        return grant.tier.ai_models.get().slug

    def test_move_a_grant_from_approved_to_active_and_change_no_answer(self, grant: Grant) -> None:
        assert [one.standing for one in list_grant_surfaces(grant)] == ["approved"]
        before = ask(grant)
        by = stops.reporting_point()
        for standing in (SurfaceStanding.PROVISIONED, ON, OFF):
            self.say(by, SurfaceSaid("aws:1", self.model(grant), standing))
            assert [one.standing for one in list_grant_surfaces(grant)] == [standing]
            assert ask(grant) == before
        names = AuditEvent.objects.filter(subject_id=grant.id, name__startswith="grant.")
        assert list(names.order_by("id").values_list("name", flat=True))[-3:] == [
            "grant.provisioned",
            "grant.activated",
            "grant.switched_off",
        ]

    def test_the_past_of_a_surface_stays_readable(self, grant: Grant) -> None:
        by = stops.reporting_point()
        self.say(by, SurfaceSaid("aws:1", self.model(grant), ON))
        during = now()
        self.say(by, SurfaceSaid("aws:1", self.model(grant), OFF))
        assert SurfaceState.objects.as_of(during).get().standing == ON
        assert SurfaceState.objects.as_of(now()).get().standing == OFF

    def test_the_same_again_changes_nothing(self, grant: Grant) -> None:
        by = stops.reporting_point()
        for _ in range(2):
            self.say(by, SurfaceSaid("aws:1", self.model(grant), ON))
        assert SurfaceState.objects.count() == 1
        assert AuditEvent.objects.filter(name="grant.activated").count() == 1

    def test_what_a_complete_report_leaves_out_is_off(self, grant: Grant) -> None:
        by, model = stops.reporting_point(), self.model(grant)
        self.say(by, SurfaceSaid("aws:1", model, ON), SurfaceSaid("aws:2", model, ON))
        self.say(by, SurfaceSaid("aws:1", model, ON), complete_for=(model,))
        states = SurfaceState.objects.as_of(now())
        assert dict(states.values_list("surface", "standing")) == {"aws:1": ON, "aws:2": OFF}

    def test_drift_shows_what_nobody_may_use_and_what_is_missing(self, grant: Grant) -> None:
        by, model = stops.reporting_point("aws"), self.model(grant)
        point = by[0]
        (missing,) = list_drift(point, at=now())
        assert (missing.surface, missing.difference) == ("aws:1", "granted, and not on")
        self.say(
            by,
            SurfaceSaid("aws:1", model, ON),
            SurfaceSaid("aws:404", model, ON),
            SurfaceSaid("aws:1", "nobody-knows-it", ON),
        )
        stray = {(one.surface, one.model): one.difference for one in list_drift(point, at=now())}
        assert set(stray) == {("aws:404", model), ("aws:1", "nobody-knows-it")}
        self.say(by, SurfaceSaid("aws:404", model, OFF))
        assert {one.surface for one in list_drift(point, at=now())} == {"aws:1"}

    def test_on_without_a_grant_is_drift(self, grant: Grant) -> None:
        other = make.ai_model()
        by = stops.reporting_point("gcp")
        self.say(by, SurfaceSaid("aws:1", other.slug, ON))
        (drift,) = list_drift(by[0], at=now())
        assert drift.difference == "on, and no grant in force covers it"
        assert grant.organization_id is not None

    def test_a_report_has_a_size(self) -> None:
        by = stops.reporting_point()
        many = tuple(SurfaceSaid(f"aws:{number}", "m", ON) for number in range(2_001))
        with pytest.raises(TooManySurfaces):
            self.say(by, *many)
