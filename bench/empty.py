"""The reference: a Django application with one view that does nothing, behind no middleware."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def answer(_request: HttpRequest) -> HttpResponse:
    """The shortest answer that the load tool takes for one."""
    return HttpResponse(b'{"decision":true}', content_type="application/json")


urlpatterns = [path("access/v1/evaluation", answer)]
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = "bench.empty"
application = get_wsgi_application()
