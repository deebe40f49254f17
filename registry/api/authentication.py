"""Who calls: a client with a token. There is no other way into the API."""

from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from registry.actors import Actor
from registry.models import Client


class Caller:
    """What REST framework calls the user: the actor behind a token."""

    is_authenticated = True

    def __init__(self, actor: Actor) -> None:
        self.actor = actor


class ClientAuthentication(OAuth2Authentication):  # type: ignore[misc]  # ships no types
    """A bearer token of a client that has not been withdrawn."""

    def authenticate(self, request: Request) -> tuple[Caller, object] | None:
        found = super().authenticate(request)
        if found is None:
            if request.headers.get("Authorization"):
                raise AuthenticationFailed("The token is unknown or has run out.")
            return None
        token = found[1]
        client: Client = token.application
        if client.withdrawn_at is not None:
            raise AuthenticationFailed("The client has been withdrawn.")
        return Caller(client.as_actor(frozenset(token.scope.split()))), token
