"""Screening: what is loaded, what fits, what a person finds of it, and when it is done again."""

from decimal import Decimal

import pytest

from registry.choices import RelationKind, Role, SnapshotStatus
from registry.models import Organization
from registry.operations import relations
from tests import make, screening

pytestmark = pytest.mark.django_db


def owns(owner: Organization, owned: Organization, share: str | None = None) -> None:
    relations.register(
        make.by(make.staff(Role.INTAKE)),
        subject=owner.id,
        kind=RelationKind.OWNS,
        to=owned.id,
        share=None if share is None else Decimal(share),
    )


class TestSmoke:
    def test_hit(self) -> None:
        of = make.organization(name="Ácme Robotics", identifiers=("lei:XYZ",))
        assert screening.standing(of) == "no_list"
        row = screening.screening_list()
        snap = screening.used(row, "1,ACME robotics,,,", "2,Other,,lei:xyz,", "3,Acme Robotic,,,")
        assert snap.status == SnapshotStatus.IN_USE
        assert screening.standing(of) == "never"
        assert screening.screened(of) == "open"
