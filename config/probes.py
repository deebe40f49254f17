"""What a load balancer and a monitor ask. `healthz` touches nothing; `readyz` asks what a request needs."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from registry.operations.ledger import measure_lag

LONGEST_LAG_SECONDS = 300


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 with the part that fails, unless the database and the broker answer and the record keeps up."""
    parts = {"database": _database(), "broker": _broker(), "lag": "not known"}
    if parts["database"] == "ok":
        waiting, seconds = measure_lag(at=now())
        kept_up = seconds < LONGEST_LAG_SECONDS
        parts["lag"] = "ok" if kept_up else f"{waiting} events for {seconds:.0f} s"
    status = 200 if all(part == "ok" for part in parts.values()) else 503
    return JsonResponse(parts, status=status)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "no answer"
    return "ok"


def _broker() -> str:
    try:
        with redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=2) as broker:
            broker.ping()
    except redis.RedisError:
        return "no answer"
    return "ok"
