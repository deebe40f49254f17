"""Clients of the API, as programs outside use it: a token first, then JSON over HTTP."""

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

from registry.choices import ClientKind, Role
from registry.models import Organization
from registry.operations import clients
from tests import make


@dataclass(frozen=True)
class Answer:
    """What came back. `body` is JSON where there was any."""

    status: int
    headers: dict[str, str]
    body: Any


@dataclass
class Program:
    """A client program with its token."""

    base: str
    token: str = ""

    def call(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str
    ) -> Answer:
        """One call. `raw` is sent as it stands."""
        url = path if path.startswith("http") else f"{self.base}{path}"
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(url, data=data, method=method, headers=sent)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        if data is not None:
            request.add_header("Content-Type", sent.get("Content-Type", "application/json"))
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return _read(response.status, response.headers, response.read())
        except urllib.error.HTTPError as refused:
            return _read(refused.code, refused.headers, refused.read())

    def get(self, path: str, **headers: Any) -> Answer:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: Any) -> Answer:
        return self.call("POST", path, {} if body is None else body, **headers)


def sign_in(
    base: str,
    organization: Organization,
    *scopes: str,
    kind: ClientKind = ClientKind.PARTNER,
    roles: tuple[Role, ...] = (),
) -> Program:
    """Register a client of the organization and get its token as any program would."""
    secret = clients.make_secret()
    client = clients.register(
        make.by(make.staff(Role.ADMINISTRATOR)),
        organization=organization.id,
        name="Test",
        kind=kind,
        scopes=scopes,
        secret=secret,
        roles=roles,
    ).value
    program = Program(base)
    program.token = ask_token(base, client.client_id, secret).body["access_token"]
    return program


def ask_token(base: str, client_id: str, secret: str) -> Answer:
    """Ask for a token with client credentials."""
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return Program(base).call(
        "POST",
        "/oauth/token",
        raw=urllib.parse.urlencode(form).encode(),
        Content_Type="application/x-www-form-urlencoded",
    )


def _read(status: int, headers: Any, content: bytes) -> Answer:
    is_json = "json" in headers.get("Content-Type", "")
    return Answer(status, dict(headers), json.loads(content) if is_json and content else content)
