"""What a load balancer and a monitor ask. `healthz` touches nothing; `readyz` asks what a request needs."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 with the part that fails, unless the database and the broker answer."""
    parts = {"database": _database(), "broker": _broker()}
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
