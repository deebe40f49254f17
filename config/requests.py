"""Every request has a name, which its log lines, its acts and its answer carry."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_PLAIN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_ANY = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,198}[\x21-\x7e])?")
_DECISIONS = "/access/v1/"


def name_request(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: keep the caller's `X-Request-ID` where it is plain, else make one; send it back.

    AuthZEN asks that the decision point give back whatever it was given.
    """

    def named(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        known = _ANY if request.path.startswith(_DECISIONS) else _PLAIN
        request.request_id = (  # type: ignore[attr-defined]  # read through registry.api.commands
            given if known.fullmatch(given) else uuid.uuid4().hex
        )
        response = answer(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response

    return named
