"""Races on gaps of coverage: two who look at once tell of a gap once; who explains meets who closes."""

import pytest
from django.utils.timezone import now

from notifications.choices import CoverageNeed, Covered
from notifications.models import CoverageGap, CoverageNotice
from notifications.operations import coverage_gaps
from notifications.operations.coverage_gaps import GapSeen
from registry.actors import SYSTEM
from registry.choices import JurisdictionKind, Role
from registry.operations import jurisdictions
from tests import duties, make
from tests.races.racing import race, refusals, winners

pytestmark = pytest.mark.django_db(transaction=True)


def seen() -> GapSeen:
    place = jurisdictions.register(
        make.by(make.staff(Role.INTAKE)), slug="nz", name="NZ", kind=JurisdictionKind.STATE
    ).value
    return GapSeen(place.id, None, CoverageNeed.AUTHORITY, Covered.NO)


@pytest.mark.usefixtures("attempt")
class TestOneGap:
    def test_look_and_look(self) -> None:
        program, gap = make.program(), seen()
        results = race(
            *[lambda: coverage_gaps.note(make.by(SYSTEM, now()), program=program.id, seen=(gap,))]
            * 2
        )
        assert winners(results) >= 1
        assert refusals(results) <= {"program_in_other_hands"}
        assert (CoverageGap.objects.count(), CoverageNotice.objects.count()) == (1, 1)

    def test_explain_and_close(self) -> None:
        program, gap, desk = make.program(), seen(), duties.desk()
        coverage_gaps.note(make.by(SYSTEM, now()), program=program.id, seen=(gap,))
        row = CoverageGap.objects.get()
        results = race(
            lambda: coverage_gaps.explain(make.by(desk, now()), gap=row.id, reason="So."),
            lambda: coverage_gaps.note(make.by(SYSTEM, now()), program=program.id, seen=()),
        )
        row.refresh_from_db()
        assert row.closed_at is not None
        assert refusals(results) <= {"coverage_gap_closed"}
        assert row.explanations.count() == winners(results) - 1
