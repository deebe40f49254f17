"""The one place where a refusal becomes an HTTP answer (RFC 9457)."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.encoding import force_str
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response

from registry.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    Limited,
    NotFound,
    Stale,
    Unavailable,
)

STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (Invalid, 400),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Stale, 412),
    (Limited, 429),
    (Unavailable, 503),
)
_CODES = {
    exceptions.ParseError: "malformed_json",
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.AuthenticationFailed: "not_authenticated",
    exceptions.PermissionDenied: "scope_missing",
    exceptions.NotFound: "not_found",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.Throttled: "too_many_requests",
}
_API = ("/api/", "/access/", "/oauth/")


def answer_problem(failure: Exception, _context: Mapping[str, Any]) -> Response | None:
    """REST framework's exception handler. None for what is a bug: it is logged and answered with 500."""
    if isinstance(failure, DomainError):
        return _answer(_status(failure), failure.code, str(failure), values=_plain(failure.values))
    if isinstance(failure, exceptions.ValidationError):
        errors = list(_list_errors(failure.get_full_details()))
        return _answer(400, "invalid", "What was sent cannot be used.", errors=errors)
    if isinstance(failure, Http404):
        failure = exceptions.NotFound()
    elif isinstance(failure, PermissionDenied):
        failure = exceptions.PermissionDenied()
    if isinstance(failure, exceptions.APIException):
        code = _CODES.get(type(failure), force_str(failure.default_code))
        response = _answer(failure.status_code, code, force_str(failure.detail))
        if (challenge := getattr(failure, "auth_header", None)) is not None:
            response["WWW-Authenticate"] = challenge
        if (wait := getattr(failure, "wait", None)) is not None:
            response["Retry-After"] = str(int(wait))
        return response
    return None


def answer_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that leads nowhere."""
    if request.path.startswith(_API):
        return _answer_plainly(404, "not_found", "There is nothing at this address.")
    return defaults.page_not_found(request, exception)


def answer_failure(request: HttpRequest) -> HttpResponse:
    """A failure of ours: the caller can do nothing about it."""
    if request.path.startswith(_API):
        return _answer_plainly(500, "failed", "Concordat failed to answer. It has been logged.")
    return defaults.server_error(request)


def _answer(status: int, code: str, detail: str, **more: Any) -> Response:
    return Response(
        _body(status, code, detail) | {key: value for key, value in more.items() if value},
        status=status,
        content_type="application/problem+json",
    )


def _answer_plainly(status: int, code: str, detail: str) -> JsonResponse:
    return JsonResponse(
        _body(status, code, detail), status=status, content_type="application/problem+json"
    )


def _body(status: int, code: str, detail: str) -> dict[str, Any]:
    return {
        "type": f"{settings.PUBLIC_URL}/problems/{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }


def _status(refusal: DomainError) -> int:
    return next((status for kind, status in STATUS if isinstance(refusal, kind)), 400)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value if isinstance(value, (int, float, bool, list, dict)) else force_str(value)
        for key, value in values.items()
    }


def _list_errors(details: Any, field: str = "") -> Iterator[dict[str, str]]:
    """REST framework's nested errors, flat: the field's path, the code and the sentence."""
    if isinstance(details, list):
        for detail in details:
            yield from _list_errors(detail, field)
    elif "message" in details and "code" in details and not isinstance(details["message"], dict):
        yield {"field": field, "code": details["code"], "detail": force_str(details["message"])}
    else:
        for name, inner in details.items():
            path = field if name == "non_field_errors" else f"{field}.{name}".strip(".")
            yield from _list_errors(inner, path)
