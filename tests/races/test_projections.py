"""Two inputs of one projection change at once: what is read afterwards says both, whichever came first."""

import pytest
from django.db import transaction
from django.utils.timezone import now

from access.choices import ConditionStanding, ItemStanding
from access.models import ConditionVersion, GrantFacts, GrantItem
from access.operations.conditions import Requirement
from access.queries.invariants import projections_say_what_their_sources_say
from registry.actors import SYSTEM
from registry.commands import read_clock
from registry.versions import correct
from tests import make
from tests.lifecycle import DAY
from tests.races.racing import race, winners

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("attempt"),
]


def test_the_standing_of_a_grant_and_of_its_condition() -> None:
    grant = make.grant(conditions=(Requirement("later", "Then.", due_at=now() + 9 * DAY),))

    def suspend() -> None:
        with transaction.atomic():
            row = GrantItem.objects.current().get(grant=grant)
            recorded = read_clock(make.by(SYSTEM)).recorded
            correct(row, recorded=recorded, standing=ItemStanding.SUSPENDED)

    def waive() -> None:
        with transaction.atomic():
            row = ConditionVersion.objects.current().get(grant=grant)
            recorded = read_clock(make.by(SYSTEM)).recorded
            correct(row, recorded=recorded, standing=ConditionStanding.WAIVED)

    assert winners(race(suspend, waive)) == 2
    assert list(projections_say_what_their_sources_say()) == []
    (facts,) = GrantFacts.objects.filter(grant=grant)
    assert '"standing": "suspended"' in facts.terms
    assert '"conditions": []' in facts.terms
