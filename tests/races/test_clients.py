"""Races on a client: what it serves is replaced as a whole, one act after the other, and never after its end."""

import pytest

from registry.choices import ClientKind, Role
from registry.models import AuditEvent, Client
from registry.operations import clients
from tests import make
from tests.races.racing import race, refusals, winners

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("attempt"),
]


@pytest.fixture
def gateway() -> Client:
    actor = make.client(make.developer(), "access:evaluate", kind=ClientKind.GATEWAY)
    assert actor.id is not None
    return Client.objects.get(pk=actor.id)


def serve(gateway: Client, surface: str) -> Client:
    by = make.by(make.staff(Role.ADMINISTRATOR))
    return clients.serve(by, client=gateway.id, surfaces=(surface,)).value


class TestServe:
    def test_of_two_the_second_replaces_what_the_first_wrote(self, gateway: Client) -> None:
        results = race(lambda: serve(gateway, "aws:1"), lambda: serve(gateway, "gcp:1"))
        assert winners(results) == 2
        first, second = AuditEvent.objects.filter(name="client.surfaces_changed").order_by("id")
        assert first.details["previous"] == []
        assert second.details["previous"] == first.details["surfaces"]
        gateway.refresh_from_db()
        assert gateway.surfaces == second.details["surfaces"]

    def test_a_withdrawn_client_serves_nothing_more(self, gateway: Client) -> None:
        by = make.by(make.staff(Role.ADMINISTRATOR))
        results = race(
            lambda: serve(gateway, "aws:1"), lambda: clients.withdraw(by, client=gateway.id)
        )
        assert refusals(results) <= {"not_found"}
        last = AuditEvent.objects.filter(name__startswith="client.").order_by("id").last()
        assert last is not None
        assert last.name == "client.withdrawn"
