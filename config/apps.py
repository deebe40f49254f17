from django.apps import AppConfig
from django.contrib import admin

from registry import followers, wake


class ConcordatConfig(AppConfig):
    """The composition root: joins what the layers below may not know of each other."""

    name = "config"
    label = "concordat"

    def ready(self) -> None:
        from access.operations.eligibility import rewrite_needs  # noqa: PLC0415 - models
        from config.celery import knock  # noqa: PLC0415 - Celery reads the settings

        wake.set_hook(knock)
        followers.set_follower(rewrite_needs)
        admin.site.index_title = "Home"
