"""Races on positions: an override is of what the authority says, an approval of what nothing holds."""

import pytest

from access.choices import LegalForce
from access.models import Grant, PositionOverride
from access.operations import position_overrides, positions, reviews
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

    @pytest.mark.parametrize("position_first", [True, False])
    def test_a_position_that_blocks_and_an_approval(self, *, position_first: bool) -> None:
        row, body = making.request(), making.authority()
        desk, decider = make.staff(Role.AUTHORITY_DESK), make.staff(Role.DECIDER)
        acts = [
            lambda: making.take(row, force=LegalForce.ORDER, authority=body, by=desk),
            lambda: reviews.approve(make.by(decider), request=row.id, ruling=make.ruling()),
        ]
        results = race(*(acts if position_first else acts[::-1]))
        grant = Grant.objects.first()
        if grant is None:
            assert refusals(results) == {"position_blocks"}
        else:
            assert refusals(results) == set()
            said = body.positions.get().versions.get()
            assert grant.issued_at <= make.start_of(said)
