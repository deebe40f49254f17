"""Races on positions: an override is of what the authority says, or it is refused."""

import pytest

from access.choices import LegalForce
from access.models import PositionOverride
from access.operations import position_overrides, positions
from registry.choices import Role
from tests import make
from tests import positions as making
from tests.races.racing import race, refusals

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("attempt")
class TestOnePosition:
    @pytest.mark.parametrize("override_first", [True, False])
    def test_override_and_supersede(self, *, override_first: bool) -> None:
        row = making.request()
        held = making.take(row)
        desk, person = make.staff(Role.AUTHORITY_DESK), make.staff(Role.DECIDER)
        acts = [
            lambda: position_overrides.override(
                make.by(person), request=row.id, position=held.id, reasons="Weighed."
            ),
            lambda: positions.supersede(
                make.by(desk), position=held.id, stated=making.stated(force=LegalForce.ORDER)
            ),
        ]
        results = race(*(acts if override_first else acts[::-1]))
        made = PositionOverride.objects.first()
        if made is None:
            assert refusals(results) == {"nothing_to_override"}
        else:
            assert refusals(results) == set()
            assert made.statement.legal_force == LegalForce.POLITICAL
            assert made.overridden_at <= make.start_of(
                held.versions.current().get(valid__upper_inf=True)
            )
