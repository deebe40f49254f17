"""What a browser may load and run on our pages (Content Security Policy, level 3)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_BASE = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# The admin's theme ships Alpine's standard build, which evaluates expressions; the API's documentation
# starts itself inline. Nothing else may do either.
_SCRIPTS = (
    ("/admin/", "script-src 'self' 'unsafe-inline' 'unsafe-eval'"),
    ("/api/docs/", "script-src 'self' 'unsafe-inline'"),
)


def limit_content(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: say with every answer what its page may load and run."""

    def limited(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        scripts = [rule for prefix, rule in _SCRIPTS if request.path.startswith(prefix)]
        response["Content-Security-Policy"] = "; ".join([_BASE, *scripts])
        return response

    return limited
