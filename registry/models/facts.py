"""What decisions ask of organizations and models all day, ready to be read by one key.

Projections: the database rewrites them in the transaction that changes an input (see the migration
`0012_facts`), so the next decision after its commit sees it; `check_invariants` compares. A row says what
holds from its writing until `quiet_until`, the next change that is scheduled. From then on whoever reads it
asks the versions themselves, until the row is written anew.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from registry.choices import ModelStage, Standing

from .ai_model import AIModel
from .organization import Organization


class OrganizationFacts(models.Model):
    """`standing` is None where nothing is recorded yet. `places` are its jurisdictions and what those belong
    to, `vendors` all that it rests on (see `Reliance`)."""

    organization = models.OneToOneField(
        Organization,
        models.DO_NOTHING,
        primary_key=True,
        db_constraint=False,
        related_name="facts",
    )
    standing = models.CharField(max_length=12, choices=Standing, null=True)  # noqa: DJ001 - not known is no text
    places = ArrayField(models.UUIDField())
    vendors = ArrayField(models.UUIDField())
    quiet_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                name="organization_facts_stale",
                fields=["quiet_until"],
                condition=models.Q(quiet_until__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.standing}"


class AIModelFacts(models.Model):
    """`stage` is None where nothing is recorded yet."""

    ai_model = models.OneToOneField(
        AIModel, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="facts"
    )
    stage = models.CharField(max_length=12, choices=ModelStage, null=True)  # noqa: DJ001 - not known is no text
    quiet_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.ai_model_id} {self.stage}"
