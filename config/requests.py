"""Every request has a name, which its log lines, its acts and its answer carry."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_PLAIN = re.compile(r"[A-Za-z0-9._-]{8,64}")


def name_request(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: keep the caller's `X-Request-ID` where it is plain, else make one; send it back."""

    def named(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = (  # type: ignore[attr-defined]  # read through registry.api.commands
            given if _PLAIN.fullmatch(given) else uuid.uuid4().hex
        )
        response = answer(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response

    return named
