"""Races on the authority gate: a grant that waits for a body, and what that body itself holds."""

import pytest

from access.choices import NeedKind, RevocationReason
from access.models import Grant
from access.operations import grants, reviews
from access.queries.invariants import binding_gates_are_written_as_they_stand
from registry.choices import Role
from tests import make
from tests import positions as making
from tests.races.racing import race, winners

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("attempt")
@pytest.mark.parametrize("body_first", [True, False])
def test_an_approval_and_the_end_of_what_its_body_holds(*, body_first: bool) -> None:
    body = making.authority()
    bodies = [{"authority": body.organization.slug, "tie": "access"}]
    row = making.request(gates={"authority": {"bodies": bodies, "binding": True}})
    own = make.grant(body.organization, make.tier(None, *row.tier.ai_models.all()))
    decider, restrictor = make.staff(Role.DECIDER), make.staff(Role.RESTRICTOR)
    acts = [
        lambda: grants.revoke(make.by(restrictor), grant=own.id, reason=RevocationReason.MISUSE),
        lambda: reviews.approve(make.by(decider), request=row.id, ruling=make.ruling()),
    ]
    assert winners(race(*(acts if body_first else acts[::-1]))) == 2
    need = Grant.objects.get(request=row).needs.current().filter(kind=NeedKind.GATE)
    assert need.get(valid__upper_inf=True).standing == "not_met"
    assert list(binding_gates_are_written_as_they_stand()) == []
