import datetime as dt
from typing import Any

import pytest

from registry.choices import DutyHolderKind, Role
from registry.models import DutyHolderStatus, Organization
from registry.operations import duty_holders
from registry.operations.duty_holders import EvidenceMissing, StatusSaidOtherwise, StatusToCome
from registry.policies import RoleMissing
from tests import make
from tests.duties import DAY, desk

pytestmark = pytest.mark.django_db

SIGNED = dt.datetime(2025, 7, 21, tzinfo=dt.UTC)


def state(row: Organization, *, holds: bool = True, **more: Any) -> None:
    said = {"kind": DutyHolderKind.CODE_SIGNATORY, "evidence": "The list."} | more
    duty_holders.state(
        make.by(said.pop("by", None) or desk()), organization=row.id, holds=holds, **said
    )


def held(row: Organization, at: dt.datetime) -> list[bool]:
    return [said.holds for said in DutyHolderStatus.objects.as_of(at).filter(organization=row)]


class TestState:
    def test_it_holds_from_the_day_on(self) -> None:
        row = make.organization()
        state(row, since=SIGNED)
        assert held(row, SIGNED - DAY) == []
        assert held(row, SIGNED) == [True]

    def test_a_later_statement_leaves_the_earlier_time_as_it_was(self) -> None:
        row = make.organization()
        state(row, since=SIGNED)
        state(row, holds=False, since=SIGNED + 100 * DAY)
        assert held(row, SIGNED + DAY) == [True]
        assert held(row, SIGNED + 101 * DAY) == [False]

    def test_an_earlier_statement_replaces_a_later_one(self) -> None:
        row = make.organization()
        state(row, since=SIGNED)
        state(row, holds=False)
        assert held(row, SIGNED) == [False]
        assert held(row, SIGNED - DAY) == [False]
        assert DutyHolderStatus.objects.count() == 2

    def test_a_closed_time_is_not_written_over(self) -> None:
        row = make.organization()
        state(row, since=SIGNED)
        state(row, holds=False, since=SIGNED + 100 * DAY)
        with pytest.raises(StatusSaidOtherwise):
            state(row, since=SIGNED + DAY)

    def test_it_rests_on_something(self) -> None:
        with pytest.raises(EvidenceMissing):
            state(make.organization(), evidence=" ")

    def test_nobody_states_the_future(self) -> None:
        with pytest.raises(StatusToCome):
            state(make.organization(), since=dt.datetime.now(dt.UTC) + DAY)

    def test_it_belongs_to_the_authority_desk(self) -> None:
        with pytest.raises(RoleMissing):
            state(make.organization(), by=make.staff(Role.INTAKE))
