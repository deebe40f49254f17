"""`/oauth/token`: client credentials (RFC 6749), with failed attempts limited."""

import base64
import binascii
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now
from oauth2_provider import views

from registry.attempts import CLIENTS, Outcome, TooManyAttempts, attempt, find_address

_REFUSED, _GIVEN = 401, 200


class TokenView(views.TokenView):  # type: ignore[misc]  # ships no types
    """A failed authentication counts against the client, from where it came; nothing else does."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        named = _list_clients(request)
        if len(named) > 1:
            return _refuse(400, "invalid_request", "Name one client, in one way.")
        address = find_address(request.META, settings.TRUSTED_PROXIES)
        try:
            with attempt(CLIENTS, "".join(named), address, at=now()) as made:
                response: HttpResponse = super().post(request, *args, **kwargs)
                if response.status_code == _REFUSED:
                    made.outcome = Outcome.FAILED
                elif response.status_code == _GIVEN:
                    made.outcome = Outcome.PASSED
                return response
        except TooManyAttempts as refusal:
            # RFC 8628 registers the code for this endpoint: whoever asks shall ask less often.
            limited = _refuse(429, "slow_down", str(refusal), code=refusal.code)
            limited["Retry-After"] = str(refusal.values["seconds"])
            return limited


def _list_clients(request: HttpRequest) -> set[str]:
    """Every client that the request names, in its header and in its body (RFC 6749, 2.3.1)."""
    said = {request.POST.get("client_id", "")}
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(credentials).decode()
        except (binascii.Error, UnicodeDecodeError):
            pair = ""
        said.add(unquote_plus(pair.partition(":")[0]))
    return said - {""}


def _refuse(status: int, error: str, text: str, **more: str) -> JsonResponse:
    response = JsonResponse({"error": error, "error_description": text, **more}, status=status)
    response["Cache-Control"] = "no-store"
    return response
