"""Races on what is in force by two people's act: one edition a number, one enactment, the newest governs."""

import datetime as dt

import pytest

from registry.calendars import Calendar
from registry.choices import Role
from registry.models import AuditEvent, HolidayTable, ObligationRule
from registry.operations import holiday_tables, obligation_rules
from registry.queries.rules import find_rule, tables_in_force
from tests import make
from tests.races.racing import race, refusals, winners
from tests.registry.test_rules import document

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("attempt"),
]


def propose_rule(title: str = "A duty") -> ObligationRule:
    administrator = make.staff(Role.ADMINISTRATOR)
    return obligation_rules.propose(make.by(administrator), document=document(title=title)).value


def propose_table(day: int = 1) -> HolidayTable:
    return holiday_tables.propose(
        make.by(make.staff(Role.ADMINISTRATOR)),
        calendar=Calendar.EU_COMMISSION,
        year=2027,
        days=[dt.date(2027, 1, day)],
        citation="The tests",
    ).value


class TestRules:
    def test_propose_and_propose(self) -> None:
        results = race(lambda: propose_rule("One"), lambda: propose_rule("Another"))
        assert refusals(results) <= {"edition_proposed_meanwhile"}
        numbers = sorted(ObligationRule.objects.values_list("number", flat=True))
        assert numbers == list(range(1, winners(results) + 1))

    def test_propose_the_same_twice(self) -> None:
        results = race(propose_rule, propose_rule)
        assert winners(results) == 1
        assert refusals(results) <= {"edition_proposed_meanwhile", "edition_unchanged"}

    def test_enact_and_enact(self) -> None:
        row = propose_rule()
        first, second = make.staff(Role.ADMINISTRATOR), make.staff(Role.ADMINISTRATOR)
        results = race(
            lambda: obligation_rules.enact(make.by(first), rule=row.id),
            lambda: obligation_rules.enact(make.by(second), rule=row.id),
        )
        assert winners(results) == 1
        assert refusals(results) == {"edition_in_force"}
        assert AuditEvent.objects.filter(name="obligation_rule.enacted").count() == 1

    def test_enact_two_editions_the_newest_governs(self) -> None:
        old, new = propose_rule("Old"), propose_rule("New")
        by = make.staff(Role.ADMINISTRATOR)
        results = race(
            lambda: obligation_rules.enact(make.by(by), rule=new.id),
            lambda: obligation_rules.enact(make.by(by), rule=old.id),
        )
        assert refusals(results) <= {"edition_overtaken"}
        assert find_rule("test-1.1", make.MORNING).edition == new


class TestTables:
    def test_propose_and_propose(self) -> None:
        results = race(lambda: propose_table(1), lambda: propose_table(4))
        assert refusals(results) <= {"edition_proposed_meanwhile"}
        assert HolidayTable.objects.count() == winners(results) >= 1

    def test_enact_and_enact(self) -> None:
        row = propose_table()
        first, second = make.staff(Role.ADMINISTRATOR), make.staff(Role.ADMINISTRATOR)
        results = race(
            lambda: holiday_tables.enact(make.by(first), table=row.id),
            lambda: holiday_tables.enact(make.by(second), table=row.id),
        )
        assert winners(results) == 1
        assert refusals(results) == {"edition_in_force"}

    def test_enact_two_editions_the_newest_governs(self) -> None:
        old, new = propose_table(1), propose_table(4)
        by = make.staff(Role.ADMINISTRATOR)
        results = race(
            lambda: holiday_tables.enact(make.by(by), table=old.id),
            lambda: holiday_tables.enact(make.by(by), table=new.id),
        )
        assert refusals(results) <= {"edition_overtaken"}
        assert [table.edition for table in tables_in_force()] == [2]
