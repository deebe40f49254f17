"""Two links of one chain of vendors, at once: neither transaction can miss the other's."""

import pytest

from registry.models import Reliance
from registry.queries.invariants import who_rests_on_whom_follows_from_the_relations
from tests import make
from tests.races.racing import race, winners
from tests.registry.test_reliances import end, relate

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("attempt"),
]


def test_two_links_are_registered_or_one_ends_meanwhile() -> None:
    holder, host, cloud, power = (make.organization() for _ in range(4))
    results = race(lambda: relate(cloud, host), lambda: relate(host, holder))
    assert winners(results) == 2
    found = Reliance.objects.current().filter(organization=holder)
    assert set(found.values_list("vendor", flat=True)) == {host.id, cloud.id}
    results = race(lambda: relate(power, cloud), lambda: end(host, holder))
    assert winners(results) == 2
    assert (
        not Reliance.objects.current().filter(organization=holder, valid__upper_inf=True).exists()
    )
    assert list(who_rests_on_whom_follows_from_the_relations()) == []
