import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from oauth2_provider.models import AbstractApplication

from registry.actors import Actor, ClientColumns
from registry.choices import ClientKind, Role

from .governed import Governed
from .organization import Organization


class Client(Governed, AbstractApplication):  # type: ignore[misc]  # ships no types
    """A program that speaks for an organization. Its secret is kept as a hash and shown once."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="clients")
    kind = models.CharField(max_length=12, choices=ClientKind)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    surfaces = ArrayField(models.CharField(max_length=240), default=list, blank=True)
    """What a gateway serves: external identifiers, or `scheme:*` for all of a scheme. None serves none."""
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(AbstractApplication.Meta):  # type: ignore[misc]  # ships no types
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"
        constraints = [
            models.CheckConstraint(
                name="client_roles_are_for_staff_clients",
                condition=models.Q(roles=[]) | models.Q(kind=ClientKind.STAFF),
            ),
            models.CheckConstraint(
                name="client_surfaces_are_for_gateways",
                condition=models.Q(surfaces=[]) | models.Q(kind=ClientKind.GATEWAY),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.client_id})"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.organization_id]

    def is_usable(self, request: object) -> bool:
        """Whether a token may be asked for at all: a withdrawn client is refused."""
        return self.withdrawn_at is None

    def as_actor(self, scopes: frozenset[str]) -> Actor:
        """The client with the scopes of one token."""
        said = ClientColumns(
            self.id, self.organization_id, self.kind, self.scopes, self.roles, self.surfaces
        )
        return said.as_actor(scopes)
