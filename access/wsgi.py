"""The thin door: evaluations are answered before Django's handler is reached.

It does what gateways ask all day: a readable question, or a batch of them, from a client that may put it.
It reads, decides, writes and counts with the functions that the views use, and leaves out only what lies
between. Whatever is not answered with `200` here (no token, a missing scope, a body that cannot be read, a
database that is away) is handed over untouched: the views refuse it, so that refusing has one place.
"""

import io
import json
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import connection
from django.http.request import split_domain_port, validate_host

from access.api.authzen import refuse_all, refuse_one
from access.api.authzen_bodies import MOST_BYTES, read_json
from access.api.authzen_doors import DecisionView
from access.api.authzen_text import Told, dump, tell_all, tell_one
from access.choices import Reason
from access.queries.decision_guard import bounded
from registry.actors import Actor
from registry.errors import DomainError

logger = logging.getLogger("access.decisions")

ADDRESSES = {
    "/access/v1/evaluation": (tell_one, refuse_one),
    "/access/v1/evaluations": (tell_all, refuse_all),
}
_SCOPES = frozenset(DecisionView.scopes["POST"])
_BEARER = "bearer "


@dataclass(slots=True)
class _Visit:
    """One request at the door, and what is told."""

    path: str
    name: str
    told: Told | None = None
    begun: float = field(default_factory=time.perf_counter)


class Door:
    """Stands before the whole application. `name_request` chooses a request's name from what was sent."""

    def __init__(self, inner: WSGIApplication, *, name_request: Callable[[str, str], str]) -> None:
        self._inner, self._name = inner, name_request
        self._hosts: set[str] = set()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path not in ADDRESSES or environ["REQUEST_METHOD"] != "POST":
            return self._inner(environ, start_response)
        visit = _Visit(path, self._name(environ.get("HTTP_X_REQUEST_ID", ""), path))
        environ["HTTP_X_REQUEST_ID"] = visit.name
        if self._is_welcome(environ):
            _receive(visit, environ)
        if visit.told is None:
            return self._hand_over(visit, environ, start_response)
        content = visit.told.text.encode()
        start_response("200 OK", _list_headers(visit, content))
        _log(visit, 200)
        return [content]

    def _hand_over(
        self, visit: _Visit, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        def start(status: str, *more: Any) -> Callable[[bytes], object]:
            _log(visit, int(status[:3]))
            return start_response(status, *more)

        return self._inner(environ, start)

    def _is_welcome(self, environ: WSGIEnvironment) -> bool:
        """What Django's middleware would let through: a host of ours, over TLS where that is asked for."""
        host = environ.get("HTTP_HOST", "")
        if host not in self._hosts:
            if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
                return False
            self._hosts.add(host)
        return not settings.SECURE_SSL_REDIRECT or _is_secure(environ)


def _receive(visit: _Visit, environ: WSGIEnvironment) -> None:
    """Answer into `told`, or leave it empty and the request as it came."""
    content = _read(environ)
    scheme, token = _split(environ.get("HTTP_AUTHORIZATION", ""))
    if content is None or scheme != _BEARER:
        return
    tell, refuse = ADDRESSES[visit.path]
    try:
        body = read_json(environ.get("CONTENT_TYPE", ""), content)
    except DomainError:
        return
    with bounded() as watch:
        try:
            _retire_connection()
            visit.told = tell(token, body, _SCOPES)
        except DatabaseFailure:
            if not connection.in_atomic_block:
                connection.close()  # handed over, it is asked once more, over a new one
        except DomainError:
            return
    if watch.late and visit.told is None:
        visit.told = _refuse_late(body, refuse)


def _refuse_late(
    body: Any, refuse: Callable[[Actor | None, Any, Reason], dict[str, Any]]
) -> Told | None:
    """Its time is used up: whoever waits is not made to wait once more."""
    try:
        return dump(None, refuse(None, body, Reason.REGISTRY_SLOW))
    except DomainError:
        return None


def _read(environ: WSGIEnvironment) -> bytes | None:
    """The body, which can be read again behind the door; None where it is not read at all."""
    length = environ.get("CONTENT_LENGTH", "")
    if not length.isascii() or not length.isdigit() or int(length) > MOST_BYTES:
        return None
    content: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(content)
    return content


def _split(header: str) -> tuple[str, str]:
    return header[: len(_BEARER)].lower(), header[len(_BEARER) :].strip()


def _is_secure(environ: WSGIEnvironment) -> bool:
    if settings.SECURE_PROXY_SSL_HEADER is not None:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        said: str = environ.get(name, "")
        return said.split(",", maxsplit=1)[0].strip() == value
    return bool(environ["wsgi.url_scheme"] == "https")


def _retire_connection() -> None:
    """End a connection that has served its time, as Django does between its own requests."""
    ends = connection.close_at
    if ends is not None and time.monotonic() >= ends and not connection.in_atomic_block:
        connection.close()


def _list_headers(visit: _Visit, content: bytes) -> list[tuple[str, str]]:
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(content))),
        ("X-Request-ID", visit.name),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    ]
    if settings.SECURE_HSTS_SECONDS:
        seconds = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
        headers.append(("Strict-Transport-Security", seconds))
    return headers


def _log(visit: _Visit, status: int) -> None:
    """One line of JSON for each request: who asked, what it came to, how long it took; nothing that was asked."""
    if not logger.isEnabledFor(logging.INFO):
        return
    told, actor = visit.told, None if visit.told is None else visit.told.actor
    line = {
        "request_id": visit.name,
        "path": visit.path,
        "status": status,
        "client": None if actor is None else str(actor.id),
        "yes": 0 if told is None else told.yes,
        "no": 0 if told is None else told.no,
        "ms": round((time.perf_counter() - visit.begun) * 1000, 3),
    }
    logger.info(json.dumps(line))
