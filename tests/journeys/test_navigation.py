"""The way about: what a page offers to whoever looks can be opened by them, and what cannot says why."""

import html
import re

import pytest
from django.test import Client

from registry.choices import Role
from tests import make

pytestmark = pytest.mark.django_db
_LINK = re.compile(r'href="(/admin/[^"#]*)"')
_ELSEWHERE = re.compile(r"logout|password")


def sign_in(*roles: Role) -> Client:
    person = make.user()
    for role in roles:
        person.role_holdings.create(role=role, given_by="system", given_at=make.MORNING)
    client = Client()
    client.force_login(person)
    return client


def list_links(client: Client) -> list[str]:
    page = html.unescape(client.get("/admin/").content.decode())
    return sorted({link for link in _LINK.findall(page) if not _ELSEWHERE.search(link)})


class TestNavigation:
    @pytest.mark.parametrize(
        "role", [Role.INTAKE, Role.DECIDER, Role.AUTHORITY_DESK, Role.ADMINISTRATOR]
    )
    def test_everything_offered_can_be_opened(self, role: Role) -> None:
        client = sign_in(role)
        answers = {link: client.get(link).status_code for link in list_links(client)}
        assert len(answers) > 20
        assert {link: status for link, status in answers.items() if status != 200} == {}

    def test_what_a_role_may_not_see_is_not_offered(self) -> None:
        links = list_links(sign_in(Role.DECIDER))
        assert "/admin/registry/user/" not in links
        assert "/admin/registry/client/" not in links
        assert "/admin/registry/user/" in list_links(sign_in(Role.ADMINISTRATOR))


class TestRefusal:
    def test_a_page_for_others_says_so_in_words(self) -> None:
        answer = sign_in(Role.DECIDER).get("/admin/registry/user/")
        assert answer.status_code == 403
        assert "It needs a role that you do not hold" in answer.content.decode()

    def test_an_address_that_leads_nowhere_says_so_in_words(self) -> None:
        answer = sign_in(Role.DECIDER).get("/nowhere/")
        assert answer.status_code == 404
        assert "There is nothing at this address" in answer.content.decode()
