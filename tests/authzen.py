"""The decision point as its callers see it, without a socket: the whole of Django, an actor, JSON."""

import json
from dataclasses import dataclass
from typing import Any

from rest_framework.test import APIClient

from access.models import Grant
from registry.actors import Actor
from registry.api.authentication import Caller
from registry.choices import ClientKind
from registry.models import Organization
from tests import make

ANYONE = ("access:evaluate", "access:evaluate_any", "access:history", "access:explain")


@dataclass(frozen=True)
class Told:
    """What came back."""

    status: int
    body: Any
    headers: Any


class Door:
    """Somebody's way to the decision point."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._client = APIClient()
        self._client.force_authenticate(user=Caller(actor))  # type: ignore[arg-type]  # our caller is no user

    def post(self, path: str, body: Any, **headers: str) -> Told:
        return self.send(path, json.dumps(body).encode(), **headers)

    def get(self, path: str) -> Told:
        return _read(self._client.get(path))

    def send(
        self, path: str, content: bytes, content_type: str = "application/json", **headers: str
    ) -> Told:
        url = f"/access/v1/{path}"
        return _read(self._client.generic("POST", url, content, content_type, headers=headers))

    def ask(self, body: Any) -> Any:
        """The answer to one evaluation."""
        told = self.post("evaluation", body)
        assert told.status == 200, told.body
        return told.body

    def reason(self, body: Any) -> str:
        """The code of the reason of one evaluation."""
        code = self.ask(body)["context"]["reason"]["code"]
        assert isinstance(code, str)
        return code

    def search(self, what: str, body: Any) -> list[Any]:
        """All results of a search, page by page."""
        found, page = [], dict(body.get("page", {}))
        while True:
            told = self.post(f"search/{what}", body | {"page": page})
            assert told.status == 200, told.body
            found += told.body["results"]
            if not told.body["page"]["next_token"]:
                return found
            page["token"] = told.body["page"]["next_token"]


def anyone() -> Door:
    """The developer's own gateway."""
    return Door(make.client(make.developer(), *ANYONE, kind=ClientKind.GATEWAY))


def partner(of: Organization, *scopes: str) -> Door:
    return Door(make.client(of, "access:evaluate", *scopes))


def gateway(*surfaces: str, scopes: tuple[str, ...] = ()) -> Door:
    """A cloud's gateway that serves these surfaces."""
    return Door(
        make.client(
            make.organization(),
            *("access:evaluate", *scopes),
            kind=ClientKind.GATEWAY,
            surfaces=surfaces,
        )
    )


def question(grant: Grant, **context: Any) -> dict[str, Any]:
    """Whether the grant's organization may invoke its (first) model."""
    return {
        "subject": {"type": "organization", "id": grant.organization.slug},
        "action": {"name": "invoke"},
        "resource": {"type": "model", "id": grant.tier.ai_models.order_by("slug")[0].slug},
        "context": context,
    }


def _read(answer: Any) -> Told:
    is_json = "json" in answer.headers.get("Content-Type", "")
    return Told(answer.status_code, answer.json() if is_json else answer.content, answer.headers)
