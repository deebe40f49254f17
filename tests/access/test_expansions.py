"""Expansions: envelopes over requests."""

import pytest

from access.choices import ExpansionStatus, RequestStatus
from access.models import Expansion, Tier
from access.operations import expansions, requests
from registry.choices import Role
from tests import make

pytestmark = pytest.mark.django_db


def propose(tier: Tier) -> Expansion:
    return expansions.propose(
        make.by(make.staff(Role.INTAKE)),
        slug=f"wave-{tier.slug}",
        name="Second wave",
        program=tier.program_id,
        tier=tier.id,
        rationale="More defenders.",
        capacity=70,
    ).value


class TestAddLine:
    def test_adopts_an_open_request_as_it_stands(self) -> None:
        row = make.in_review()
        expansion = propose(row.tier)
        for _ in range(2):
            expansions.add_line(
                make.by(make.staff(Role.INTAKE)), expansion=expansion.id, request=row.id
            )
        row.refresh_from_db()
        assert (row.expansion, row.status) == (expansion, RequestStatus.IN_REVIEW)

    def test_refuses_a_request_for_another_tier(self) -> None:
        expansion = propose(make.tier())
        with pytest.raises(expansions.LineElsewhere):
            expansions.add_line(
                make.by(make.staff(Role.INTAKE)),
                expansion=expansion.id,
                request=make.submitted().id,
            )


class TestClose:
    def test_waits_for_the_last_open_line(self) -> None:
        row = make.in_review()
        expansion = propose(row.tier)
        intake = make.staff(Role.INTAKE)
        expansions.add_line(make.by(intake), expansion=expansion.id, request=row.id)
        with pytest.raises(expansions.ExpansionHasOpenLines, match="1 requests"):
            expansions.close(make.by(intake), expansion=expansion.id)
        requests.withdraw(make.by(intake), request=row.id)
        closed = expansions.close(make.by(intake), expansion=expansion.id).value
        assert closed.status == ExpansionStatus.CLOSED
        with pytest.raises(expansions.ExpansionClosed):
            expansions.close(make.by(intake), expansion=expansion.id)

    def test_a_second_expansion_of_the_same_name_is_refused(self) -> None:
        tier = make.tier()
        propose(tier)
        with pytest.raises(expansions.ExpansionKnown):
            propose(tier)
