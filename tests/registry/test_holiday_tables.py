"""Holiday tables in force by two people's act, and what a missing year leaves unsaid."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from registry.actors import Actor
from registry.calendars import Calendar, HolidaysNotKnown
from registry.choices import Role
from registry.models import AuditEvent, HolidayTable
from registry.operations import holiday_tables
from registry.operations.editions import (
    EditionInForce,
    EditionOvertaken,
    EditionUnchanged,
    OwnEdition,
)
from registry.operations.holiday_tables import HolidaysUnreadable
from registry.policies import RoleMissing
from registry.queries.rules import holidays_in_force, tables_in_force
from tests import make

pytestmark = pytest.mark.django_db

NEW_YEAR = dt.date(2027, 1, 1)
EVENING = make.MORNING + dt.timedelta(hours=9)


@pytest.fixture
def ada() -> Actor:
    return make.staff(Role.ADMINISTRATOR)


@pytest.fixture
def abel() -> Actor:
    return make.staff(Role.ADMINISTRATOR)


def propose(by: Actor, **more: Any) -> HolidayTable:
    said: dict[str, Any] = {
        "calendar": Calendar.EU_COMMISSION,
        "year": 2027,
        "days": [dt.date(2027, 12, 24), NEW_YEAR, NEW_YEAR],
        "citation": "OJ C of the tests",
    }
    return holiday_tables.propose(make.by(by), **(said | more)).value


def enact(by: Actor, row: HolidayTable, at: dt.datetime = make.MORNING) -> HolidayTable:
    return holiday_tables.enact(make.by(by, at), table=row.id).value


class TestPropose:
    def test_an_edition_is_kept_in_order_and_not_yet_counted_with(self, ada: Actor) -> None:
        row = propose(ada)
        assert (row.number, row.days) == (1, [NEW_YEAR, dt.date(2027, 12, 24)])
        assert tables_in_force() == []
        with pytest.raises(HolidaysNotKnown):
            holidays_in_force().find("eu-commission", 2027)

    def test_is_recorded(self, ada: Actor) -> None:
        row = propose(ada)
        event = AuditEvent.objects.get(name="holiday_table.proposed")
        assert event.details == {
            "calendar": "eu-commission",
            "year": 2027,
            "number": 1,
            "sha256": row.sha256,
        }

    def test_one_that_says_the_same_is_refused(self, ada: Actor) -> None:
        propose(ada)
        with pytest.raises(EditionUnchanged):
            propose(ada, days=[NEW_YEAR, dt.date(2027, 12, 24)])
        assert propose(ada, days=[NEW_YEAR]).number == 2
        assert propose(ada, year=2028, days=[dt.date(2028, 1, 1)]).number == 1

    @pytest.mark.parametrize(
        ("more", "problem"),
        [
            ({"days": []}, "no day is named"),
            ({"days": [NEW_YEAR, dt.date(2026, 12, 31)]}, "2026-12-31 is not in 2027"),
            ({"citation": " "}, "where they were published"),
        ],
    )
    def test_a_table_that_is_not_whole_is_refused(
        self, ada: Actor, more: dict[str, Any], problem: str
    ) -> None:
        with pytest.raises(HolidaysUnreadable, match=problem):
            propose(ada, **more)

    def test_needs_an_administrator(self) -> None:
        with pytest.raises(RoleMissing):
            propose(make.staff(Role.AUTHORITY_DESK))


class TestEnact:
    def test_from_then_on_it_is_counted_with(self, ada: Actor, abel: Actor) -> None:
        enact(abel, propose(ada))
        table = holidays_in_force().find("eu-commission", 2027)
        assert NEW_YEAR in table.days
        assert str(table) == "eu-commission 2027, edition 1: OJ C of the tests"
        assert AuditEvent.objects.filter(name="holiday_table.enacted").count() == 1

    def test_another_person_and_once(self, ada: Actor, abel: Actor) -> None:
        row = propose(ada)
        with pytest.raises(OwnEdition):
            enact(ada, row)
        with pytest.raises(RoleMissing):
            enact(make.staff(Role.DECIDER), row)
        enact(abel, row)
        with pytest.raises(EditionInForce):
            enact(abel, row)

    def test_not_an_older_one_over_a_newer(self, ada: Actor, abel: Actor) -> None:
        old, new = propose(ada), propose(ada, days=[NEW_YEAR])
        enact(abel, new)
        with pytest.raises(EditionOvertaken):
            enact(abel, old)

    def test_several_at_once_each_on_its_own(self, ada: Actor, abel: Actor) -> None:
        rows = [propose(ada), propose(abel, year=2028, days=[dt.date(2028, 1, 1)])]
        outcomes = holiday_tables.enact_each(make.by(abel), tables=rows)
        assert [type(outcome.refusal) for outcome in outcomes] == [type(None), OwnEdition]

    def test_the_database_too_wants_another_person(self, ada: Actor) -> None:
        row = propose(ada)
        with pytest.raises(IntegrityError, match="enacted_by_another"), transaction.atomic():
            HolidayTable.objects.filter(pk=row.pk).update(
                enacted_by=ada.key, enacted_at=make.MORNING
            )


class TestInForce:
    def test_the_newest_of_a_calendar_and_year_that_was_in_force_then(
        self, ada: Actor, abel: Actor
    ) -> None:
        enact(abel, propose(ada))
        enact(abel, propose(ada, days=[NEW_YEAR]), at=EVENING)
        enact(abel, propose(ada, calendar=Calendar.US, days=[NEW_YEAR]), at=EVENING)
        assert [table.edition for table in tables_in_force(make.MORNING)] == [1]
        now = {(table.calendar, table.edition) for table in tables_in_force()}
        assert now == {("eu-commission", 2), ("us", 1)}
