"""Lines from one envelope into another: everything said about them goes with them."""

import pytest

from access.models import AccessRequest, Assessment
from access.operations import line_moves, line_places, reviews
from access.operations.line_moves import Part
from access.operations.position_weighing import PositionBlocks
from access.operations.positions import About
from registry.choices import Role
from tests import lines, make
from tests.access.test_line_batches import object_to

pytestmark = pytest.mark.django_db
PART = Part(slug="part", name="Part", rationale="These are further.")


class TestSplit:
    def test_keeps_assessments_and_leaves_the_waiting_list(self) -> None:
        row, (first, second) = lines.filled(2, capacity=5)
        line_places.wait(make.by(make.staff(Role.DECIDER)), expansion=row.id, request=second.id)
        part = line_moves.split(
            make.by(make.staff(Role.INTAKE)), expansion=row.id, part=PART, requests=[second.id]
        ).value
        assert (part.split_from, part.tier) == (row, row.tier)
        assert list(part.access_requests.all()) == [second]
        assert list(row.access_requests.all()) == [first]
        assert Assessment.objects.filter(request=second).count() == 1
        assert second.line_place.waits_since is None
        reviews.approve(make.by(make.staff(Role.DECIDER)), request=second.id, ruling=make.ruling())

    def test_is_no_way_round_a_position_on_the_envelope(self) -> None:
        row, (line,) = lines.filled(1)
        object_to(About(expansion=row.id))
        line_moves.split(
            make.by(make.staff(Role.INTAKE)), expansion=row.id, part=PART, requests=[line.id]
        )
        with pytest.raises(PositionBlocks):
            reviews.approve(
                make.by(make.staff(Role.DECIDER)), request=line.id, ruling=make.ruling()
            )


class TestMove:
    def test_moves_all_of_them_or_none(self) -> None:
        row, (first, second) = lines.filled(2)
        target = lines.envelope(row.tier)
        reviews.approve(make.by(make.staff(Role.DECIDER)), request=second.id, ruling=make.ruling())
        intake = make.by(make.staff(Role.INTAKE))
        with pytest.raises(line_places.LineClosed):
            line_moves.move(
                intake,
                expansion=row.id,
                to=target.id,
                requests=[first.id, second.id],
                reason="Later.",
            )
        assert AccessRequest.objects.filter(expansion=target).count() == 0
        line_moves.move(
            intake, expansion=row.id, to=target.id, requests=[first.id], reason="Later."
        )
        assert list(target.access_requests.all()) == [first]

    def test_refuses_another_tier(self) -> None:
        row, (line,) = lines.filled(1)
        with pytest.raises(line_moves.OtherTier):
            line_moves.move(
                make.by(make.staff(Role.INTAKE)),
                expansion=row.id,
                to=lines.envelope().id,
                requests=[line.id],
                reason="Later.",
            )
