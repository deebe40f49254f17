from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from registry.actors import Actor, ActorKind
from registry.choices import Role

from .governed import Governed


class UserManager(BaseUserManager["User"]):
    """Only looks up: users are registered by an operation."""


class User(Governed, AbstractBaseUser):
    """A person on the operator's staff. Erasable: the ledger knows the opaque `id` only."""

    username = models.CharField(max_length=80, unique=True)
    display_name = models.CharField(max_length=200)
    email = models.EmailField()
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="user_username_is_lower_case", condition=Q(username=Lower("username"))
            )
        ]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    @property
    def is_staff(self) -> bool:
        """Every user is the operator's own; partners come as clients."""
        return self.is_active

    @property
    def is_superuser(self) -> bool:
        """Nobody: what a person may do follows from dated roles."""
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's permissions are not used; the admin asks the roles."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active

    def as_actor(self) -> Actor:
        """The person with the roles held now; reads the database."""
        held = self.role_holdings.filter(taken_at__isnull=True).values_list("role", flat=True)
        return Actor(ActorKind.USER, self.id, roles=frozenset(Role(role) for role in held))


class RoleHolding(models.Model):
    """A role somebody held from a moment until another, and who gave and took it."""

    user = models.ForeignKey(User, models.PROTECT, related_name="role_holdings")
    role = models.CharField(max_length=20, choices=Role)
    given_by = models.CharField(max_length=60)
    given_at = models.DateTimeField()
    taken_by = models.CharField(max_length=60, blank=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="role_held_once", fields=["user", "role"], condition=Q(taken_at__isnull=True)
            ),
            models.CheckConstraint(
                name="role_taking_has_who_and_when",
                condition=Q(taken_by="", taken_at__isnull=True)
                | ~Q(taken_by="") & Q(taken_at__gte=models.F("given_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} ({self.pk})"
