"""The projections that decisions read follow what they are made of, and a scheduled change is not missed."""

from typing import Any

import pytest
from django.db import connection
from django.utils.timezone import now

from access.choices import Reason
from access.models import Grant, GrantFacts, ProgramFacts
from access.operations import projections
from access.operations.conditions import Requirement
from access.queries import decisions
from access.queries.decisions import Asked, evaluate
from registry.models import AIModelFacts, OrganizationFacts
from registry.operations import projections as registry_projections
from tests import make, waits
from tests.lifecycle import DAY
from tests.tampering import tamper


def ask(grant: Grant) -> decisions.Evaluation:
    return evaluate(Asked(grant.organization.slug, grant.tier.ai_models.get().slug, "invoke"))


@pytest.mark.django_db
class TestFollow:
    def test_one_row_for_each_item_organization_model_and_program(self) -> None:
        grant = make.grant()
        (row,) = GrantFacts.objects.filter(grant=grant)
        assert row.item == grant.items.get()
        assert ProgramFacts.objects.get(program=grant.program).status == "open"
        assert OrganizationFacts.objects.get(organization=grant.organization).standing == "active"
        assert AIModelFacts.objects.filter(ai_model=row.ai_model).exists()

    def test_grants_that_say_the_same_have_the_same_text(self) -> None:
        first = make.grant()
        second = make.recorded_grant(make.organization(), first.tier)
        third = make.recorded_grant(make.organization(), first.tier)
        texts = set(
            GrantFacts.objects.filter(grant__in=[second, third]).values_list("terms", flat=True)
        )
        assert len(texts) == 1

    def test_a_condition_is_data_and_no_change_to_wait_for(self) -> None:
        grant = make.grant(conditions=(Requirement("later", "Then.", due_at=now() + 9 * DAY),))
        assert GrantFacts.objects.get(grant=grant).quiet_until is None

    def test_the_end_of_a_wait_is_a_change_to_wait_for(self) -> None:
        grant = waits.grant(waits.rule())
        assert GrantFacts.objects.get(grant=grant).quiet_until == waits.end_of(grant)


@pytest.mark.django_db
class TestWhatIsNoLongerQuiet:
    def test_is_answered_from_the_versions(self, monkeypatch: pytest.MonkeyPatch) -> None:
        grant = make.grant()
        tamper(
            "UPDATE access_grantfacts SET quiet_until = now() - interval '1 second', terms = '{}'"
        )
        asked: list[int] = []
        in_full = decisions.evaluate_in_full

        def ask_in_full(*said: Any, **more: Any) -> Any:
            asked.append(1)
            return in_full(*said, **more)

        monkeypatch.setattr(decisions, "evaluate_in_full", ask_in_full)
        assert ask(grant).answer.reason is Reason.GRANT_IN_FORCE
        assert asked == [1]


@pytest.mark.django_db(transaction=True)
class TestWriteStale:
    def test_writes_what_has_come_and_nothing_else(self) -> None:
        grant = make.grant()
        assert (projections.write_stale(), registry_projections.write_stale()) == (0, 0)
        tamper("UPDATE access_grantfacts SET quiet_until = now(), terms = '{}'")
        tamper("UPDATE access_programfacts SET quiet_until = now(), status = 'ended'")
        tamper(
            "UPDATE registry_organizationfacts SET quiet_until = now(), standing = 'suspended'"
            " WHERE organization_id = %s",
            grant.organization_id,
        )
        assert (projections.write_stale(), registry_projections.write_stale()) == (2, 1)
        assert ask(grant).answer.reason is Reason.GRANT_IN_FORCE
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM access_grantfacts WHERE quiet_until IS NOT NULL")
            assert cursor.fetchone() == (0,)
