from django.apps import AppConfig

from registry import wake


class ConcordatConfig(AppConfig):
    """The composition root: joins what the layers below may not know of each other."""

    name = "config"
    label = "concordat"

    def ready(self) -> None:
        from config.celery import knock  # noqa: PLC0415 - Celery reads the settings

        wake.set_hook(knock)
