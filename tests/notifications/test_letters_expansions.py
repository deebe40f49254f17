"""Mails about many lines: one to each member of staff, one to each organization, whatever came of its lines."""

from collections import Counter

import pytest

from access.models import AccessRequest
from access.operations.positions import About
from notifications.models import Delivery
from registry.choices import Role
from tests import lines, make
from tests.access.test_line_batches import object_to
from tests.notifications.test_deliveries import person, tell, told_organization

pytestmark = pytest.mark.django_db


def told(name: str) -> list[Delivery]:
    return [delivery for delivery in tell() if delivery.event_name == name]


def test_a_batch_is_told_once_to_each() -> None:
    intake, decider, signer = (
        person(role) for role in (Role.INTAKE, Role.DECIDER, Role.COUNTERSIGNER)
    )
    row = lines.envelope()
    holders = [told_organization() for _ in range(3)]
    rows: list[AccessRequest] = [make.assessed(one, row.tier) for one in holders]
    rows.append(make.assessed(holders[0], row.tier, purpose="evaluation"))
    lines.add(row, *rows)
    object_to(About(request=rows[2].id))
    tell()
    Delivery.objects.all().delete()
    lines.run(lines.commit(lines.prepare(row, requests=[line.id for line in rows])))
    letters = tell()
    counted = Counter(letter.address for letter in letters)
    assert set(counted.values()) == {1}
    assert {letter.event_name for letter in letters} == {"line_batch.done"}
    addresses = set(counted)
    assert {intake.email, decider.email} <= addresses
    assert signer.email not in addresses
    (first,) = [letter for letter in letters if letter.organization_id == holders[0].id]
    assert "Use: approved" in first.text
    assert "Evaluation: approved" in first.text
    assert "Welcome." in first.text
    assert not [letter for letter in letters if letter.organization_id == holders[2].id]
