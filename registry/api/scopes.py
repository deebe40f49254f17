from typing import Any

from oauth2_provider.scopes import SettingsScopes

from registry.models import Client


class ClientScopes(SettingsScopes):  # type: ignore[misc]  # ships no types
    """A token carries at most the scopes its client was registered with; all of them if none are asked for."""

    def get_available_scopes(
        self, application: Client | None = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return [] if application is None else list(application.scopes)

    def get_default_scopes(
        self, application: Client | None = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return self.get_available_scopes(application)
