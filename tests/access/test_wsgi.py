"""The thin door: what it answers itself, as the views would have, and what it hands over as it came."""

import datetime as dt
import hashlib
import io
import json
import logging
import secrets
from collections.abc import Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, close_old_connections
from oauth2_provider.models import get_access_token_model
from pytest_django import Settings

from access import wsgi
from access.api import authzen_text
from access.queries import decision_guard
from config.requests import choose_name
from registry.actors import Actor
from registry.choices import ClientKind, Role
from registry.models import Client
from registry.operations import clients
from tests import authzen, make
from tests.authzen import question

pytestmark = pytest.mark.django_db
ONE, MANY = "/access/v1/evaluation", "/access/v1/evaluations"


class Visitor:
    """A client that comes to the door with a token, before the whole of Django."""

    def __init__(self, actor: Actor) -> None:
        assert actor.id is not None
        self.actor = actor
        self.token = secrets.token_urlsafe(32)
        self.handed: list[bytes] = []
        self._views = get_wsgi_application()
        self.door = wsgi.Door(self._inner, name_request=choose_name)
        get_access_token_model().objects.create(
            token="",
            token_checksum=hashlib.sha256(self.token.encode()).hexdigest(),
            application=Client.objects.get(pk=actor.id),
            scope=" ".join(actor.scopes),
            expires=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1),
        )

    def post(self, path: str, body: Any, **more: str) -> tuple[int, dict[str, str], Any]:
        """Status, headers and body of the answer, whoever gave it."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(content)),
            "HTTP_HOST": "testserver",
            "HTTP_AUTHORIZATION": f"Bearer {self.token}",
            "wsgi.input": io.BytesIO(content),
        } | more
        setup_testing_defaults(environ)
        seen: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *_more: object) -> Any:
            seen.extend((int(status[:3]), dict(headers)))
            return seen.append

        written = b"".join(self.door(environ, start))
        return seen[0], seen[1], json.loads(written)

    def _inner(self, environ: WSGIEnvironment, start: StartResponse) -> Any:
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = io.BytesIO(body)
        self.handed.append(body)
        return self._views(environ, start)


@pytest.fixture(autouse=True)
def _keep_the_tests_connection() -> Iterator[None]:
    """What Django does around each request would end the transaction that the test lives in."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def visitor() -> Visitor:
    """The developer's own gateway."""
    return Visitor(make.client(make.developer(), *authzen.ANYONE, kind=ClientKind.GATEWAY))


def without_clock(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer but for what no two answers share."""
    kept = {"evaluated_at", "revision"}
    context = {key: value for key, value in answer["context"].items() if key not in kept}
    return {"decision": answer["decision"], "context": context}


class TestAnswers:
    def test_a_question_as_the_view_does(self, visitor: Visitor) -> None:
        asked = question(make.grant())
        status, headers, answer = visitor.post(ONE, asked)
        assert (status, visitor.handed) == (200, [])
        assert headers["Content-Type"] == "application/json"
        assert without_clock(answer) == without_clock(authzen.anyone().ask(asked))
        assert answer["decision"] is True

    def test_a_no_with_its_reason(self, visitor: Visitor) -> None:
        asked = question(make.grant()) | {"action": {"name": "fine_tune"}}
        _status, _headers, answer = visitor.post(ONE, asked)
        assert answer["context"]["reason"]["code"] == "action_not_covered"
        assert without_clock(answer) == without_clock(authzen.anyone().ask(asked))

    def test_a_batch_with_the_unreadable_one_in_its_place(self, visitor: Visitor) -> None:
        asked = {"evaluations": [question(make.grant()), {"subject": 5}, question(make.grant())]}
        status, _headers, answer = visitor.post(MANY, asked)
        assert (status, visitor.handed) == (200, [])
        assert [one["decision"] for one in answer["evaluations"]] == [True, False, True]
        assert answer["evaluations"][1]["context"]["error"]["status"] == 400

    def test_questions_of_other_kinds_by_the_full_statement(self, visitor: Visitor) -> None:
        grant = make.grant()
        asked = question(grant, as_of=grant.issued_at.isoformat())
        _status, _headers, answer = visitor.post(ONE, asked)
        assert visitor.handed == []
        assert without_clock(answer) == without_clock(authzen.anyone().ask(asked))

    def test_gives_back_the_name_of_the_request(self, visitor: Visitor) -> None:
        _status, headers, _answer = visitor.post(
            ONE, question(make.grant()), HTTP_X_REQUEST_ID="gateway 7, call 12"
        )
        assert headers["X-Request-ID"] == "gateway 7, call 12"

    def test_says_in_one_line_who_asked_and_never_what(
        self, visitor: Visitor, caplog: pytest.LogCaptureFixture
    ) -> None:
        grant = make.grant()
        with caplog.at_level(logging.INFO, logger="access.decisions"):
            visitor.post(ONE, question(grant))
        (record,) = [one for one in caplog.records if one.name == "access.decisions"]
        line = json.loads(record.message)
        assert line["client"] == str(visitor.actor.id)
        assert (line["status"], line["yes"], line["no"]) == (200, 1, 0)
        assert grant.organization.slug not in record.message
        assert visitor.token not in record.message


class TestHandsOver:
    @pytest.mark.parametrize(
        ("body", "more", "status"),
        [
            (b"{", {}, 400),
            (b"[]", {}, 400),
            (b"{}", {}, 400),
            (b"{}", {"CONTENT_TYPE": "text/plain"}, 415),
            (b"{}", {"HTTP_AUTHORIZATION": "Bearer unknown"}, 401),
            (b"{}", {"HTTP_AUTHORIZATION": "Basic Zm9vOmJhcg=="}, 401),
            (b"{}", {"HTTP_AUTHORIZATION": ""}, 401),
        ],
        ids=["broken", "list", "empty", "text", "unknown token", "basic", "no token"],
    )
    def test_what_it_cannot_answer_and_the_views_refuse_it(
        self, visitor: Visitor, body: bytes, more: dict[str, str], status: int
    ) -> None:
        told, _headers, problem = visitor.post(ONE, body, **more)
        assert told == problem["status"] == status
        assert visitor.handed == [body]

    def test_a_host_that_is_not_ours(self, visitor: Visitor) -> None:
        asked = question(make.grant())
        with pytest.raises(json.JSONDecodeError):  # Django's own page for a bad request
            visitor.post(ONE, asked, HTTP_HOST="elsewhere.invalid")
        assert len(visitor.handed) == 1

    def test_what_comes_without_tls_where_that_is_asked_for(self, settings: Settings) -> None:
        settings.SECURE_SSL_REDIRECT = True
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        gateway = make.client(make.developer(), *authzen.ANYONE, kind=ClientKind.GATEWAY)
        visitor = Visitor(gateway)
        asked = question(make.grant())
        visitor.post(ONE, asked, HTTP_X_FORWARDED_PROTO="https")
        assert visitor.handed == []
        with pytest.raises(
            json.JSONDecodeError
        ):  # the way to the address with TLS, without a body
            visitor.post(ONE, asked, HTTP_X_FORWARDED_PROTO="http")
        assert len(visitor.handed) == 1

    def test_a_client_without_the_scope(self) -> None:
        stranger = Visitor(make.client(make.organization(), "registry:read"))
        status, _headers, problem = stranger.post(ONE, question(make.grant()))
        assert (status, problem["code"]) == (403, "scope_missing")

    def test_a_question_about_somebody_else(self) -> None:
        partner = Visitor(make.client(make.organization(), "access:evaluate"))
        status, _headers, problem = partner.post(ONE, question(make.grant()))
        assert (status, problem["code"]) == (403, "not_yours")

    def test_a_token_that_has_run_out(self, visitor: Visitor) -> None:
        get_access_token_model().objects.update(expires=dt.datetime.now(dt.UTC))
        assert visitor.post(ONE, question(make.grant()))[0] == 401

    def test_a_client_that_was_withdrawn(self, visitor: Visitor) -> None:
        assert visitor.actor.id is not None
        clients.withdraw(make.by(make.staff(Role.ADMINISTRATOR)), client=visitor.actor.id)
        assert visitor.post(ONE, question(make.grant()))[0] == 401

    def test_a_database_that_failed_is_asked_once_more_by_the_view(
        self, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_asked: object, **_forms: object) -> None:
            raise OperationalError("the server closed the connection")

        monkeypatch.setattr(authzen_text, "find_plain_for", fail)
        status, _headers, answer = visitor.post(ONE, question(make.grant()))
        assert (status, answer["decision"]) == (200, True)
        assert len(visitor.handed) == 1


class TestADatabaseThatIsLate:
    def test_is_a_no_at_once_and_nobody_waits_again(
        self, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def hang(*_asked: object, **_forms: object) -> None:
            (watch,) = decision_guard._watchman._under_way
            watch.late = True
            raise OperationalError("canceled")

        monkeypatch.setattr(authzen_text, "find_plain_for", hang)
        status, _headers, answer = visitor.post(ONE, question(make.grant()))
        assert (status, answer["decision"]) == (200, False)
        assert answer["context"]["reason"]["code"] == "registry_slow"
        assert visitor.handed == []
