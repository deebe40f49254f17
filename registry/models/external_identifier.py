from django.db import models
from django.db.models import Q

from .ai_model import AIModel, ModelRelease
from .organization import Organization
from .version_row import VersionQuerySet, VersionRow


class ExternalIdentifier(VersionRow):
    """How others call it: `aws:123456789012`, `lei:5493…`, `anthropic-api-org:…`, `bedrock:…`.

    Names an organization, a model or a released version of one: exactly one of the three. The same
    identifier may be claimed twice; the decision point then refuses it as ambiguous.
    """

    scheme = models.CharField(max_length=40)
    value = models.CharField(max_length=200)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="identifiers"
    )
    ai_model = models.ForeignKey(AIModel, models.PROTECT, null=True, related_name="identifiers")
    release = models.ForeignKey(
        ModelRelease, models.PROTECT, null=True, related_name="identifiers"
    )

    objects = VersionQuerySet["ExternalIdentifier"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            models.CheckConstraint(
                name="external_identifier_names_one_thing",
                condition=Q(
                    organization__isnull=False, ai_model__isnull=True, release__isnull=True
                )
                | Q(organization__isnull=True, ai_model__isnull=False, release__isnull=True)
                | Q(organization__isnull=True, ai_model__isnull=True, release__isnull=False),
            ),
            models.UniqueConstraint(
                name="external_identifier_once_per_organization",
                fields=["scheme", "value", "organization"],
                condition=Q(recorded__upper_inf=True, valid__upper_inf=True),
            ),
        ]
        indexes = [
            models.Index(
                name="external_identifier_current",
                fields=["scheme", "value"],
                condition=Q(recorded__upper_inf=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value} ({self.pk})"
