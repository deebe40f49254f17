"""Proposing what is shipped: once, by one administrator; in force by another."""

import io

import pytest
from django.core.management import CommandError, call_command

from access.operations import request_forms
from registry.actors import Actor
from registry.choices import Role
from registry.models import HolidayTable, ObligationRule, User
from registry.operations import obligation_rules, users
from registry.operations.editions import OwnEdition
from registry.policies import RoleMissing
from registry.queries.rules import find_rule, rules_in_force, tables_in_force
from seeds import shipped_forms
from seeds.shipped import enact_shipped, propose_shipped, read_rules
from tests import make
from tests.registry.test_rules import document

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Actor:
    return make.staff(Role.ADMINISTRATOR)


@pytest.fixture
def abel() -> Actor:
    return make.staff(Role.ADMINISTRATOR)


class TestPropose:
    def test_all_of_it_and_a_second_time_nothing(self, ada: Actor, abel: Actor) -> None:
        first = propose_shipped(make.by(ada))
        assert (len(first.rules), len(first.tables), first.unchanged) == (70, 2, 0)
        second = propose_shipped(make.by(abel))
        assert (second.rules, second.tables, second.unchanged) == ((), (), 72)

    def test_what_an_operator_changed_is_not_proposed_back(self, ada: Actor, abel: Actor) -> None:
        propose_shipped(make.by(ada))
        own = next(said for said in read_rules() if said["slug"] == "ca-imm")
        mine = obligation_rules.propose(
            make.by(ada), document=own | {"recipients": ["ca-highway-patrol"]}
        ).value
        obligation_rules.enact(make.by(abel), rule=mine.id)
        assert propose_shipped(make.by(ada)).rules == ()
        assert find_rule("ca-imm", make.MORNING).document.recipients == ("ca-highway-patrol",)

    def test_needs_an_administrator(self) -> None:
        with pytest.raises(RoleMissing):
            propose_shipped(make.by(make.staff(Role.AUTHORITY_DESK)))


class TestForms:
    def test_for_each_tier_of_its_name_once(self, ada: Actor, abel: Actor) -> None:
        tier = make.tier(slug="research")
        make.tier(slug="another")
        first = shipped_forms.propose_shipped(make.by(ada))
        assert [(form.tier, form.number, form.enacted_at) for form in first.forms] == [
            (tier, 1, None)
        ]
        request_forms.enact(make.by(abel), form=first.forms[0].id)
        second = shipped_forms.propose_shipped(make.by(abel))
        assert (second.forms, second.refused, second.unchanged) == ((), (), 1)


class TestEnact:
    def test_another_administrator_puts_all_of_it_in_force(self, ada: Actor, abel: Actor) -> None:
        propose_shipped(make.by(ada))
        assert {outcome.refusal for outcome in enact_shipped(make.by(abel))} == {None}
        assert len(rules_in_force(make.MORNING)) == 70
        assert [table.year for table in tables_in_force()] == [2025, 2026]
        assert enact_shipped(make.by(abel)) == []

    def test_what_one_proposed_oneself_stays_proposed(self, ada: Actor) -> None:
        propose_shipped(make.by(ada))
        outcomes = enact_shipped(make.by(ada))
        assert {type(outcome.refusal) for outcome in outcomes} == {OwnEdition}
        assert not ObligationRule.objects.filter(enacted_at__isnull=False).exists()

    def test_nobodys_own_edition_is_touched(self, ada: Actor, abel: Actor) -> None:
        obligation_rules.propose(make.by(ada), document=document())
        shipped = next(said for said in read_rules() if said["slug"] == "ca-imm")
        mine = obligation_rules.propose(
            make.by(ada), document=shipped | {"recipients": ["ca-highway-patrol"]}
        ).value
        obligation_rules.enact(make.by(abel), rule=mine.id)
        propose_shipped(make.by(ada))
        enact_shipped(make.by(abel))
        assert find_rule("ca-imm", make.MORNING).edition == mine
        assert not ObligationRule.objects.get(slug="test-1.1").enacted_at


class TestCommand:
    def test_says_what_it_proposed(self) -> None:
        user = self._administrator()
        said = self._call(user.username)
        assert "proposed: ca-inc, edition 1" in said
        assert "proposed: eu-commission 2026, edition 1" in said
        assert said.endswith("70 rules, 2 holiday tables and 0 forms proposed, 0 unchanged.\n")
        assert ObligationRule.objects.filter(proposed_by=user.as_actor().key).count() == 70
        assert self._call(user.username) == (
            "0 rules, 0 holiday tables and 0 forms proposed, 72 unchanged.\n"
        )

    def test_needs_somebody_who_may(self) -> None:
        with pytest.raises(CommandError, match="nobody active"):
            self._call("nobody")
        with pytest.raises(CommandError, match="role_missing"):
            self._call(make.user().username)
        assert not HolidayTable.objects.exists()

    def _administrator(self) -> User:
        user = make.user()
        users.give_role(
            make.by(make.staff(Role.ADMINISTRATOR)), user=user.username, role=Role.ADMINISTRATOR
        )
        return user

    def _call(self, username: str) -> str:
        out = io.StringIO()
        call_command("propose_rules", f"--by={username}", stdout=out)
        return out.getvalue()
