"""Rules in force by two people's act, and the editions of them."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.actors import Actor
from registry.choices import Role
from registry.errors import NotFound, Stale
from registry.models import AuditEvent, ObligationRule
from registry.operations import obligation_rules
from registry.operations.editions import (
    EditionInForce,
    EditionOvertaken,
    EditionUnchanged,
    OwnEdition,
)
from registry.policies import RoleMissing
from registry.queries.rules import Change, compare, find_predecessor, find_rule, rules_in_force
from registry.rules import RuleUnreadable
from tests import make
from tests.registry.test_rules import document

pytestmark = pytest.mark.django_db

EVENING = make.MORNING + dt.timedelta(hours=9)


@pytest.fixture
def ada() -> Actor:
    return make.staff(Role.ADMINISTRATOR)


@pytest.fixture
def abel() -> Actor:
    return make.staff(Role.ADMINISTRATOR)


def propose(by: Actor, **more: Any) -> ObligationRule:
    return obligation_rules.propose(make.by(by), document=document(**more)).value


def enact(by: Actor, row: ObligationRule, at: dt.datetime = make.MORNING) -> ObligationRule:
    return obligation_rules.enact(make.by(by, at), rule=row.id).value


class TestPropose:
    def test_an_edition_is_kept_as_it_was_written_and_not_yet_in_force(self, ada: Actor) -> None:
        row = propose(ada, applies_from=dt.date(2027, 1, 1))
        assert (row.slug, row.number, row.enacted_at) == ("test-1.1", 1, None)
        assert row.document["applies_from"] == "2027-01-01"
        assert "timing" not in row.document
        assert rules_in_force(make.MORNING) == []

    def test_is_recorded(self, ada: Actor) -> None:
        row = propose(ada)
        event = AuditEvent.objects.get(name="obligation_rule.proposed")
        assert event.details == {"slug": "test-1.1", "number": 1, "sha256": row.sha256}
        assert event.visibility == "staff"

    def test_the_next_edition_is_numbered_on(self, ada: Actor) -> None:
        propose(ada)
        assert propose(ada, title="Another").number == 2
        assert propose(ada, slug="other").number == 1

    def test_one_that_says_the_same_is_refused_however_it_is_written(self, ada: Actor) -> None:
        propose(ada, applies_from=dt.date(2027, 1, 1))
        same = dict(reversed(document(applies_from="2027-01-01").items()))
        with pytest.raises(EditionUnchanged, match="Edition 1 says the same"):
            obligation_rules.propose(make.by(ada), document=same)

    def test_to_go_back_is_an_edition_of_its_own(self, ada: Actor) -> None:
        propose(ada)
        propose(ada, title="Another")
        assert propose(ada).number == 3

    def test_what_the_engine_cannot_read_is_refused(self, ada: Actor) -> None:
        with pytest.raises(RuleUnreadable):
            propose(ada, condition="incident.guess")
        assert not ObligationRule.objects.exists()

    def test_needs_an_administrator(self) -> None:
        with pytest.raises(RoleMissing):
            propose(make.staff(*(role for role in Role if role is not Role.ADMINISTRATOR)))


class TestEnact:
    def test_another_administrator_puts_it_in_force(self, ada: Actor, abel: Actor) -> None:
        row = enact(abel, propose(ada))
        assert (row.enacted_by, row.version) == (abel.key, 2)
        (found,) = rules_in_force(make.MORNING)
        assert (found.edition, found.document.slug) == (row, "test-1.1")
        event = AuditEvent.objects.get(name="obligation_rule.enacted")
        assert event.details == {"slug": "test-1.1", "number": 1, "sha256": row.sha256}

    def test_not_the_one_who_proposed_it(self, ada: Actor) -> None:
        with pytest.raises(OwnEdition):
            enact(ada, propose(ada))

    def test_not_twice(self, ada: Actor, abel: Actor) -> None:
        row = enact(abel, propose(ada))
        with pytest.raises(EditionInForce):
            enact(abel, row)

    def test_not_an_older_one_over_a_newer(self, ada: Actor, abel: Actor) -> None:
        old, new = propose(ada), propose(ada, title="Another")
        enact(abel, new)
        with pytest.raises(EditionOvertaken, match="Edition 2"):
            enact(abel, old)

    def test_not_what_the_engine_cannot_read_any_more(self, ada: Actor, abel: Actor) -> None:
        row = propose(ada)
        row.document = row.document | {"trigger": "omens"}
        row.save(update_fields=["document"])
        with pytest.raises(RuleUnreadable, match="trigger"):
            enact(abel, row)

    def test_needs_an_administrator_and_the_version_they_saw(
        self, ada: Actor, abel: Actor
    ) -> None:
        row = propose(ada)
        with pytest.raises(RoleMissing):
            enact(make.staff(Role.DECIDER), row)
        with pytest.raises(Stale):
            obligation_rules.enact(make.by(abel, expected_version=2), rule=row.id)

    def test_there_must_be_such_an_edition(self, abel: Actor) -> None:
        with pytest.raises(NotFound):
            obligation_rules.enact(make.by(abel), rule=make.organization().id)


class TestEnactEach:
    def test_one_that_is_refused_holds_up_no_other(self, ada: Actor, abel: Actor) -> None:
        rows = [propose(ada), propose(abel, slug="own"), propose(ada, slug="last")]
        outcomes = obligation_rules.enact_each(make.by(abel), rules=rows)
        assert [type(outcome.refusal) for outcome in outcomes] == [
            type(None),
            OwnEdition,
            type(None),
        ]
        assert [found.edition.slug for found in rules_in_force(make.MORNING)] == [
            "last",
            "test-1.1",
        ]

    def test_with_a_key_it_may_be_repeated(self, ada: Actor, abel: Actor) -> None:
        rows = [propose(ada), propose(ada, slug="other")]
        for _ in range(2):
            outcomes = obligation_rules.enact_each(make.by(abel, idempotency="all"), rules=rows)
            assert [outcome.refusal for outcome in outcomes] == [None, None]


class TestInForce:
    def test_the_newest_edition_that_was_in_force_then(self, ada: Actor, abel: Actor) -> None:
        first = enact(abel, propose(ada))
        second = enact(abel, propose(ada, title="Another"), at=EVENING)
        propose(ada, title="A third")
        assert find_rule("test-1.1", make.MORNING).edition == first
        assert find_rule("test-1.1", EVENING).edition == second
        with pytest.raises(NotFound):
            find_rule("test-1.1", make.MORNING - dt.timedelta(seconds=1))

    def test_costs_one_query_however_many_there_are(self, ada: Actor, abel: Actor) -> None:
        for number in range(3):
            enact(abel, propose(ada, slug=f"rule-{number}"))
        with CaptureQueriesContext(connection) as queries:
            assert len(rules_in_force(make.MORNING)) == 3
        assert len(queries) == 1


class TestCompare:
    def test_says_place_by_place_what_changed(self) -> None:
        before = document(fields=[{"name": "when", "label": "When"}])
        after = document(
            period={"quantity": 3, "unit": "days"},
            recipients=["eu-ai-office", "public"],
            fields=[{"name": "when", "label": "When it began"}, {"name": "who", "label": "Who"}],
        )
        del after["source"]
        assert compare(before, after) == [
            Change("period.quantity", "2", "3"),
            Change("recipients", "eu-ai-office", "eu-ai-office, public"),
            Change("fields.when.label", "When", "When it began"),
            Change("fields.who.name", None, "who"),
            Change("fields.who.label", None, "Who"),
            Change("source", "The tests", None),
        ]

    def test_compares_with_what_was_in_force_before_it(self, ada: Actor, abel: Actor) -> None:
        first = enact(abel, propose(ada))
        second = propose(ada, title="Never in force")
        third = propose(ada, title="A third")
        assert find_predecessor(first) is None
        assert find_predecessor(second) == first
        assert find_predecessor(third) == first
