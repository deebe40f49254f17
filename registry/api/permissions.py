"""Deny by default: a view that names no scope for a method lets nobody in."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from registry.actors import Actor
from registry.api.authentication import Caller

if TYPE_CHECKING:  # REST framework loads this module while it loads its views
    from rest_framework.views import APIView


class DenyUnlessScoped(BasePermission):
    """The token carries one of the scopes that the view names for this method."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        scopes: Mapping[str, tuple[str, ...]] = getattr(view, "scopes", {})
        method = "GET" if request.method == "HEAD" else request.method or ""
        caller: object = request.user
        if not isinstance(caller, Caller):
            return False
        return any(scope in caller.actor.scopes for scope in scopes.get(method, ()))


def actor_of(request: Any) -> Actor:
    """The actor behind an authenticated API request."""
    caller: Caller = request.user
    return caller.actor
