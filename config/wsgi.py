import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_application = get_wsgi_application()

from access.wsgi import Door  # noqa: E402 - Django's applications are loaded by now
from config.requests import choose_name  # noqa: E402

application = Door(_application, name_request=choose_name)
