import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from registry.models import Governed

_NONE: list[uuid.UUID] = []


class Scoped(Governed):
    """Something that concerns the live grants of a scope, in one of the two worlds.

    Dimensions are ANDed, values within one ORed; an empty dimension means any, and one at least says
    something. A jurisdiction matches any that touches the organization, and the unions it belongs to.
    """

    programs = ArrayField(models.UUIDField(), default=list)
    tiers = ArrayField(models.UUIDField(), default=list)
    ai_models = ArrayField(models.UUIDField(), default=list)
    jurisdictions = ArrayField(models.UUIDField(), default=list)
    organizations = ArrayField(models.UUIDField(), default=list)
    synthetic = models.BooleanField(default=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_covers_something",
                condition=~Q(
                    programs=_NONE,
                    tiers=_NONE,
                    ai_models=_NONE,
                    jurisdictions=_NONE,
                    organizations=_NONE,
                ),
            ),
        ]
