"""The number of queries does not grow with the notifications, nor with the stages of one."""

from dataclasses import replace

import pytest
from django.test import Client
from rest_framework.test import APIClient

from notifications.operations import filings
from registry.api.authentication import Caller
from registry.choices import ClientKind, Role
from registry.models import User
from registry.operations import users
from tests import filings as making
from tests import make
from tests.journeys.test_query_counts import FEW, MORE, count

pytestmark = pytest.mark.django_db


def fill(number: int) -> None:
    for _ in range(number):
        making.dispatched(making.duty())
        making.draft(making.duty())


@pytest.fixture
def api() -> APIClient:
    actor = make.client(make.organization(), "filings:read", kind=ClientKind.STAFF)
    client = APIClient()
    desk = replace(actor, roles=frozenset({Role.AUTHORITY_DESK}))
    client.force_authenticate(user=Caller(desk))  # type: ignore[arg-type]  # our caller is no user
    return client


@pytest.fixture
def desk(client: Client) -> Client:
    user = make.user()
    for role in Role:
        users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=user.username, role=role)
    client.force_login(User.objects.get(pk=user.pk))
    return client


class TestLists:
    def test_over_http(self, api: APIClient) -> None:
        url = "/api/v1/filings/?page_size=200"
        fill(FEW)
        few = count(lambda: api.get(url))
        fill(MORE)
        assert len(api.get(url).json()["results"]) == 2 * (FEW + MORE)
        assert count(lambda: api.get(url)) == few

    @pytest.mark.parametrize("path", ["notifications/filing/", ""])
    def test_on_the_pages(self, desk: Client, path: str) -> None:
        making.bounced(making.duty())
        fill(FEW)
        desk.get(f"/admin/{path}")
        few = count(lambda: desk.get(f"/admin/{path}"))
        fill(MORE)
        assert count(lambda: desk.get(f"/admin/{path}")) == few


class TestOne:
    def test_with_more_stages(self, api: APIClient, desk: Client) -> None:
        row = making.draft()
        ways = (
            lambda: api.get(f"/api/v1/filings/{row.id}/"),
            lambda: desk.get(f"/admin/notifications/filing/{row.id}/change/"),
        )
        before = [(way().status_code, count(way)) for way in ways]
        for _ in range(MORE):
            filings.change(make.by(making.desk()), filing=row.id, fields=making.SAID)
        assert [(way().status_code, count(way)) for way in ways] == before
        assert before[0][0] == before[1][0] == 200
