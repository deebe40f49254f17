from django.apps import AppConfig


class ConcordatConfig(AppConfig):
    """The composition root: joins what the layers below may not know of each other."""

    name = "config"
    label = "concordat"
