import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from registry.choices import ModelStage

from .governed import Governed
from .organization import Organization
from .version_row import VersionQuerySet, VersionRow


class AIModel(Governed):
    """The thing access is to. `name` is a projection of the current version."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    developer = models.ForeignKey(Organization, models.PROTECT, related_name="ai_models")
    synthetic = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.developer_id]


class AIModelVersion(VersionRow):
    """What a model is called and how far it is open. A withdrawn model refuses every question."""

    ai_model = models.ForeignKey(AIModel, models.PROTECT, related_name="versions")
    name = models.CharField(max_length=200)
    stage = models.CharField(max_length=12, choices=ModelStage)

    objects = VersionQuerySet["AIModelVersion"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="ai_model_says_one_thing_at_a_time",
                expressions=[
                    ("ai_model", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]
        indexes = [
            models.Index(
                name="ai_model_version_current",
                fields=["ai_model"],
                condition=Q(recorded__upper_inf=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.ai_model_id} ({self.pk})"


class ModelRelease(Governed):
    """A released version of a model: `model_version` in URLs and JSON. Here, "version" means a dated row."""

    ai_model = models.ForeignKey(AIModel, models.PROTECT, related_name="releases")
    slug = models.SlugField(max_length=120, unique=True)
    label = models.CharField(max_length=120)
    released_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.slug
