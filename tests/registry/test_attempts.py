"""Guessing at secrets is slow, costs no hashing, and keeps out nobody who guesses elsewhere."""

import datetime as dt
import secrets
from base64 import b64encode
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client as Browser
from redis.exceptions import ConnectionError as Away

from config import sign_in
from registry import attempts
from registry.api import tokens
from registry.attempts import CLIENTS, STAFF, Outcome, TooManyAttempts, attempt, find_address
from registry.choices import ClientKind, Role
from registry.operations import clients
from tests import make
from tests.journeys.conftest import person

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 24, 12, 0, 1, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _none_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    for alias in (attempts.SHARED, attempts.OWN):
        caches[alias].clear()
    for interface in (tokens, sign_in):  # no window ends while a test counts
        monkeypatch.setattr(interface, "now", lambda: NOON)


@pytest.fixture
def secret() -> str:
    return clients.make_secret()


@pytest.fixture
def client_id(secret: str) -> str:
    registered = clients.register(
        make.by(make.staff(Role.ADMINISTRATOR)),
        organization=make.organization().id,
        name="Test",
        kind=ClientKind.PARTNER,
        scopes=("registry:read",),
        secret=secret,
    ).value
    return str(registered.client_id)


def ask(client_id: str, secret: str, address: str = "192.0.2.1", **more: str) -> Any:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return Browser().post("/oauth/token", form | more, REMOTE_ADDR=address)


def guess(account: str, address: str, times: int, *, at: dt.datetime = NOON) -> None:
    for _ in range(times):
        with attempt(STAFF, account, address, at=at) as made:
            made.outcome = Outcome.FAILED


class TestTokens:
    def test_a_guesser_waits_unhashed_and_the_client_goes_on_elsewhere(
        self, client_id: str, secret: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(CLIENTS.pair.most):
            assert ask(client_id, "guessed").status_code == 401
        hashed: list[str] = []
        with monkeypatch.context() as patch:
            patch.setattr(
                "oauth2_provider.oauth2_validators.check_password",
                lambda *_said, **_more: hashed.append(""),
            )
            limited = ask(client_id, "guessed")
            assert (limited.status_code, hashed) == (429, [])
            assert ask(client_id, "guessed", "192.0.2.9").status_code == 401
            assert hashed
        assert limited.json()["error"] == "slow_down"
        assert limited.json()["code"] == "too_many_attempts"
        assert 0 < int(limited["Retry-After"]) <= CLIENTS.pair.seconds
        assert ask(client_id, secret, "192.0.2.2").status_code == 200

    def test_what_succeeds_or_is_not_judged_counts_for_nothing(
        self, client_id: str, secret: str
    ) -> None:
        for _ in range(CLIENTS.pair.most + 1):
            assert ask(client_id, secret).status_code == 200
            assert ask(client_id, secret, grant_type="nonsense").status_code == 400
        assert ask(client_id, "guessed").status_code == 401

    def test_the_client_in_the_header_is_counted_and_two_are_refused(self, client_id: str) -> None:
        basic = b64encode(f"{client_id}:guessed".encode()).decode()
        form = {"grant_type": "client_credentials"}
        for _ in range(CLIENTS.pair.most):
            said = Browser().post("/oauth/token", form, HTTP_AUTHORIZATION=f"Basic {basic}")
            assert said.status_code == 401
        said = Browser().post("/oauth/token", form, HTTP_AUTHORIZATION=f"Basic {basic}")
        assert said.status_code == 429
        two = form | {"client_id": secrets.token_hex(8), "client_secret": "guessed"}
        said = Browser().post("/oauth/token", two, HTTP_AUTHORIZATION=f"Basic {basic}")
        assert (said.status_code, said.json()["error"]) == (400, "invalid_request")


class TestSignIn:
    def test_a_guesser_waits_and_the_person_signs_in_from_elsewhere(self) -> None:
        user = person(Role.AUDITOR)
        form = {"username": user.username, "password": "guessed"}
        for _ in range(STAFF.pair.most):
            assert Browser().post("/admin/login/", form).status_code == 200
        form["password"] = make.PASSWORD
        limited = Browser().post("/admin/login/", form)
        assert limited.status_code == 429
        assert "Too many failed attempts: try again in" in limited.content.decode()
        assert 0 < int(limited["Retry-After"]) <= STAFF.pair.seconds
        elsewhere = Browser().post("/admin/login/", form, REMOTE_ADDR="192.0.2.2")
        assert elsewhere.status_code == 302

    def test_an_account_that_nobody_has_is_limited_alike(self) -> None:
        form = {"username": "Nobody", "password": "guessed"}
        for _ in range(STAFF.pair.most):
            assert Browser().post("/admin/login/", form).status_code == 200
        assert Browser().post("/admin/login/", form).status_code == 429


class TestLimits:
    def test_an_address_is_limited_whatever_it_tries_and_for_no_longer_than_said(self) -> None:
        for number in range(STAFF.address.most):
            guess(f"account {number}", "192.0.2.1", 1)
        with pytest.raises(TooManyAttempts) as refused:
            guess("another", "192.0.2.1", 1)
        later = NOON + dt.timedelta(seconds=refused.value.values["seconds"])
        guess("another", "192.0.2.1", 1, at=later)

    def test_guesses_from_everywhere_keep_out_no_address_that_is_known(self) -> None:
        with attempt(STAFF, "ada", "192.0.2.1", at=NOON) as made:
            made.outcome = Outcome.PASSED
        for number in range(STAFF.account.most):
            guess("ada", f"198.51.100.{number}", 1)
        with pytest.raises(TooManyAttempts):
            guess("ada", "198.51.100.99", 1)
        guess("ada", "192.0.2.1", 1)

    def test_what_is_refused_does_not_lengthen_the_wait_and_many_at_once_are_counted(self) -> None:
        with pytest.raises(TooManyAttempts):
            self.hold(STAFF.pair.most + 1)
        guess("ada", "192.0.2.1", STAFF.pair.most)

    def hold(self, depth: int) -> None:
        with attempt(STAFF, "ada", "192.0.2.1", at=NOON):
            if depth > 1:
                self.hold(depth - 1)

    def test_without_the_shared_cache_each_process_counts_for_itself(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []

        def fail(*_a: object, **_m: object) -> None:
            asked.append("")
            raise Away

        for name in ("get", "set", "add", "incr", "decr", "delete"):
            monkeypatch.setattr(caches[attempts.SHARED], name, fail)
        monkeypatch.setattr(attempts, "_asked_again_at", 0.0)
        guess("ada", "192.0.2.1", STAFF.pair.most)
        with pytest.raises(TooManyAttempts):
            guess("ada", "192.0.2.1", 1)
        assert len(asked) == 1


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "found"),
    [
        ("192.0.2.1", "203.0.113.9", [], "192.0.2.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7", ["10.0.0.0/8"], "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2", ["10.0.0.0/8"], "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7:4711", ["proxy"], "198.51.100.7"),
        ("10.0.0.1", "", ["10.0.0.1"], "10.0.0.1"),
        ("10.0.0.1", "10.0.0.2", ["10.0.0.0/8"], "10.0.0.2"),
        ("::1", "[2001:db8:1:2:3::4]:4711", ["::1"], "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "", [], "192.0.2.1"),
    ],
)
def test_from_where_a_request_comes(
    remote: str, forwarded: str, proxies: list[str], found: str
) -> None:
    said = {"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}
    assert find_address(said, proxies) == found
