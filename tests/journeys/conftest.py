from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize
from pytest_django.live_server_helper import LiveServer

from access.models import Tier
from registry.choices import Role
from registry.models import Organization, User
from registry.operations import users
from tests import make
from tests.browser import open_browser, sign_in_staff
from tests.http import Program, sign_in
from tests.journeys.calls import OWN

SignIn = Callable[..., Page]
DESK, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)


@pytest.fixture
def tier() -> Tier:
    tier = make.tier()
    make.terms(tier.program)
    return tier


@pytest.fixture
def organization() -> Organization:
    return make.organization()


@pytest.fixture
def partner(live_server: LiveServer, organization: Organization) -> Program:
    return sign_in(live_server.url, organization, *OWN)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread; the tests' own queries are none of its business.
    with pytest.MonkeyPatch.context() as environment, open_browser() as found:
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield found


@pytest.fixture
def sign(browser: Browser, live_server: LiveServer) -> Iterator[SignIn]:
    """Sign in as a new person who holds the roles; their own window, in light or dark, at desk or phone."""
    contexts = []

    def open_window(*roles: Role, dark: bool = False, phone: bool = False) -> Page:
        context = browser.new_context(
            viewport=PHONE if phone else DESK,
            color_scheme="dark" if dark else "light",
            base_url=live_server.url,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        user = person(*roles)
        sign_in_staff(page, live_server.url, user.username, make.PASSWORD)
        return page

    yield open_window
    for context in contexts:
        context.close()


def person(*roles: Role) -> User:
    """A member of staff who can sign in."""
    administrator = make.staff(Role.ADMINISTRATOR)
    number = User.objects.count()
    user = users.register(
        make.by(administrator),
        username=f"staff{number}",
        display_name=f"Staff {number}",
        email=f"staff{number}@concordat.invalid",
        password=make.PASSWORD,
    ).value
    for role in roles:
        users.give_role(make.by(administrator), user=user.username, role=role)
    return user
