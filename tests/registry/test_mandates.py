import pytest

from registry.choices import Role
from registry.models import Mandate
from registry.operations import mandates
from registry.operations.mandates import MandateEnded, MandateHeld
from registry.policies import RoleMissing
from tests import make
from tests.duties import authority, desk

pytestmark = pytest.mark.django_db


def register(*, synthetic: bool = False) -> Mandate:
    return mandates.register(
        make.by(desk()),
        key="ca-office",
        authority=authority(None, synthetic=synthetic).id,
        basis="A law",
    ).value


class TestRegister:
    def test_one_authority_receives_in_each_world(self) -> None:
        real, synthetic = register(), register(synthetic=True)
        assert not real.synthetic
        assert synthetic.synthetic
        with pytest.raises(MandateHeld):
            register()

    def test_it_belongs_to_the_authority_desk(self) -> None:
        body = authority(None)
        with pytest.raises(RoleMissing):
            mandates.register(
                make.by(make.staff(Role.INTAKE)), key="k", authority=body.id, basis="?"
            )


class TestEnd:
    def test_another_may_follow(self) -> None:
        first = register()
        mandates.end(make.by(desk()), mandate=first.id)
        assert register().ended_at is None
        with pytest.raises(MandateEnded):
            mandates.end(make.by(desk()), mandate=first.id)
