"""Each invariant of the registry holds of what operations made, and finds what was changed behind their back."""

import pytest

from registry.calendars import Calendar
from registry.choices import Anchor, Precision, Role
from registry.models import AIModel, AnchorMoment, HolidayTable
from registry.operations import holiday_tables
from registry.queries import invariants
from tests import duties, make
from tests.tampering import subjects, tamper

pytestmark = pytest.mark.django_db


class TestEverythingGovernedIsOnRecord:
    def test_finds_what_came_in_without_an_event(self) -> None:
        organization = make.organization()
        tamper(
            "UPDATE registry_auditevent SET subject_id = gen_random_uuid() WHERE subject_id = %s",
            organization.id,
        )
        found = subjects(invariants.everything_governed_is_on_record)
        assert f"organization:{organization.id}" in found

    def test_holds_of_what_operations_made(self) -> None:
        model = make.ai_model()
        found = subjects(invariants.everything_governed_is_on_record)
        assert f"aimodel:{model.id}" not in found


class TestEverythingIsKnownToBeSomethingNow:
    def test_finds_a_model_without_a_current_version(self) -> None:
        model = make.ai_model()
        assert subjects(invariants.everything_is_known_to_be_something_now) == []
        tamper("DELETE FROM registry_aimodelversion WHERE ai_model_id = %s", model.id)
        assert subjects(invariants.everything_is_known_to_be_something_now) == [
            f"aimodel:{model.id}"
        ]

    def test_finds_an_incident_of_which_nothing_is_known(self) -> None:
        about = duties.incident()
        tamper("DELETE FROM registry_incidentversion WHERE incident_id = %s", about.id)
        assert subjects(invariants.everything_is_known_to_be_something_now) == [
            f"incident:{about.id}"
        ]


class TestPublicNames:
    def test_finds_a_name_that_is_not_the_current_one(self) -> None:
        organization = make.organization()
        hidden = make.organization(undisclosed=True)
        assert subjects(invariants.public_names_are_those_of_the_current_version) == []
        for row in (organization, hidden):
            tamper("UPDATE registry_organization SET name = 'Another' WHERE id = %s", row.id)
        assert subjects(invariants.public_names_are_those_of_the_current_version) == [
            f"organization:{organization.id}"
        ]


class TestWorlds:
    def test_finds_what_has_changed_its_world(self) -> None:
        model = make.ai_model()
        about = duties.incident()
        duties.authority()
        assert subjects(invariants.worlds_do_not_meet) == []
        tamper("UPDATE registry_aimodel SET synthetic = true WHERE id = %s", model.id)
        tamper("UPDATE registry_incident SET synthetic = true WHERE id = %s", about.id)
        tamper("UPDATE registry_mandate SET synthetic = true")
        found = subjects(invariants.worlds_do_not_meet)
        assert {f"aimodel:{model.id}", f"incident:{about.id}"} < set(found)
        assert len(found) == 3
        assert AIModel.objects.count() == 1


class TestSomebodyAdministers:
    def test_finds_that_nobody_does(self) -> None:
        assert subjects(invariants.somebody_administers) == []
        administrator = make.administrator()
        assert subjects(invariants.somebody_administers) == []
        tamper("UPDATE registry_user SET is_active = false WHERE id = %s", administrator.id)
        assert subjects(invariants.somebody_administers) == ["user:"]


class TestMoments:
    def test_finds_one_that_replaces_another_kind(self) -> None:
        about = duties.incident()
        first = moment(incident=about)
        second = moment(incident=about, supersedes=first)
        assert subjects(invariants.a_moment_replaces_one_of_its_own_kind) == []
        tamper(
            "UPDATE registry_anchormoment SET anchor = %s WHERE id = %s",
            Anchor.RESOLVED,
            second.id,
        )
        assert subjects(invariants.a_moment_replaces_one_of_its_own_kind) == [
            f"anchormoment:{second.id}"
        ]

    def test_finds_one_that_replaces_anothers(self) -> None:
        first = moment(incident=duties.incident())
        second = moment(incident=duties.incident(), supersedes=first)
        assert subjects(invariants.a_moment_replaces_one_of_its_own_kind) == [
            f"anchormoment:{second.id}"
        ]


def moment(**more: object) -> AnchorMoment:
    said = {
        "anchor": Anchor.AWARE,
        "happened_at": make.MORNING,
        "zone": "UTC",
        "precision": Precision.INSTANT,
        "stated_by": "user:one",
        "stated_at": make.MORNING,
    } | more
    return AnchorMoment.objects.create(**said)


class TestEditions:
    def test_finds_a_holiday_that_was_added_later(self) -> None:
        administrator = make.staff(Role.ADMINISTRATOR)
        table = holiday_tables.propose(
            make.by(administrator),
            calendar=Calendar.EU_COMMISSION,
            year=2026,
            days=(make.MORNING.date(),),
            citation="OJ",
        ).value
        assert subjects(invariants.editions_say_what_was_put_in_force) == []
        tamper("UPDATE registry_holidaytable SET days = days || date '2026-07-02'")
        assert subjects(invariants.editions_say_what_was_put_in_force) == [
            f"holidaytable:{table.id}"
        ]
        assert HolidayTable.objects.get().number == 1

    def test_finds_a_rule_that_says_something_else(self) -> None:
        rule = duties.rule()  # whose checksum the tests made up
        assert subjects(invariants.editions_say_what_was_put_in_force) == [
            f"obligationrule:{rule.id}"
        ]


def test_every_invariant_has_a_promise() -> None:
    assert all(invariant.__doc__ for invariant in invariants.INVARIANTS)
    assert len(set(invariants.INVARIANTS)) == len(invariants.INVARIANTS)
