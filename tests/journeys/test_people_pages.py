"""Who takes part in review, on the staff's pages and over the API."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from access.operations import recusals
from registry.api.authentication import Caller
from registry.choices import ClientKind, Role
from registry.models import User
from registry.operations import users
from tests import make
from tests.people import declare

pytestmark = pytest.mark.django_db
REQUESTS = "/admin/access/accessrequest/"


def somebody(*roles: Role) -> tuple[User, Client]:
    """A member of staff who holds these roles, and their browser."""
    person = make.user()
    for role in roles:
        users.give_role(make.by(make.staff(Role.ADMINISTRATOR)), user=person.username, role=role)
    browser = Client()
    browser.force_login(person)
    return person, browser


class TestThePages:
    def test_whoever_may_take_no_part_sees_why_and_no_buttons(self) -> None:
        person, browser = somebody(Role.REVIEWER, Role.DECIDER)
        row = make.assessed()
        page = f"{REQUESTS}{row.id}/change/"
        assert "steps/approve/" in browser.get(page).content.decode()
        declare(person.as_actor(), row.organization)
        shown = browser.get(page).content.decode()
        assert "You take no part" in shown
        assert row.organization.name in shown
        assert "steps/approve/" not in shown
        assert "steps/comment/" not in shown

    def test_the_list_tells_what_is_mine_and_what_is_nobodys(self) -> None:
        _person, browser = somebody(Role.REVIEWER)
        row, other = make.submitted(), make.in_review()
        browser.post(f"{REQUESTS}{row.id}/steps/claim/", {"version": row.version})
        mine = browser.get(f"{REQUESTS}?held_by=mine").content.decode()
        assert f"{row.id}/change/" in mine
        assert f"{other.id}/change/" not in mine
        assert (
            f"{row.id}/change/" not in browser.get(f"{REQUESTS}?held_by=nobody").content.decode()
        )

    def test_everybody_declares_an_interest_and_reads_only_their_own(self) -> None:
        person, browser = somebody(Role.REVIEWER)
        about, page = make.organization(), "/admin/registry/interest/"
        said = {"organization": str(about.id), "kind": "family", "note": "A sister."}
        browser.post(f"{page}steps/declare/", said)
        interest = person.interests.get()
        assert browser.get(f"{page}{interest.id}/change/").status_code == 200
        _other, elsewhere = somebody(Role.DECIDER)
        assert elsewhere.get(f"{page}{interest.id}/change/").status_code != 200


class TestTheApi:
    def test_staff_tooling_assigns_and_a_partner_learns_nothing_of_it(self) -> None:
        person, _browser = somebody(Role.REVIEWER)
        row = make.in_review()
        recusals.recuse(make.by(make.staff(Role.INTAKE)), request=row.id, reason="A friend.")
        tool = make.client(make.organization(), "review:write", kind=ClientKind.STAFF)
        partner = make.client(row.organization, "requests:read")
        url = f"/api/v1/access-requests/{row.id}/"
        client = APIClient()
        client.force_authenticate(user=Caller(tool))  # type: ignore[arg-type]  # our caller is no user
        assert client.post(f"{url}assign/", {"to": person.username}).status_code == 403
        client.force_authenticate(user=Caller(partner))  # type: ignore[arg-type]
        assert client.get(f"{url}claims/").status_code == 403
        assert "friend" not in client.get(url).content.decode()
        listed = client.get("/api/v1/access-requests/?held_by=nobody")
        assert listed.json()["results"] == []
