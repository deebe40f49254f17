"""How OpenAPI names the way in. Imported where addresses are composed, so that the schema finds it."""

from drf_spectacular.contrib.django_oauth_toolkit import DjangoOAuthToolkitScheme


class ClientScheme(DjangoOAuthToolkitScheme):  # type: ignore[no-untyped-call]  # registers itself
    target_class = "registry.api.authentication.ClientAuthentication"
    name = "client_credentials"
