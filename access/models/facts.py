"""What decisions ask of programs and grants all day, ready to be read by one key.

Projections, as `registry.models.facts` says; the database rewrites them (see the migration `0021_facts`).
"""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models

from access.choices import ProgramStatus
from registry.models import AIModel, Organization

from .grant import Grant, GrantItem
from .program import Program, TermsEdition


class ProgramFacts(models.Model):
    """How a program stands, which edition of its terms binds, and from when another does."""

    program = models.OneToOneField(
        Program, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="facts"
    )
    status = models.CharField(max_length=12, choices=ProgramStatus, null=True)  # noqa: DJ001 - not known is no text
    terms = models.ForeignKey(
        TermsEdition,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    terms_number = models.PositiveIntegerField(null=True)
    terms_change_at = models.DateTimeField(null=True)
    quiet_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.program_id} {self.status}"


class GrantFacts(models.Model):
    """One item of a grant, and what the grant says of it. Who may use it now is for the rule to say.

    `terms` is JSON, the same text for grants that say the same: whatever belongs to one grant alone and is
    no condition or need of it stands in a column.
    """

    item = models.OneToOneField(
        GrantItem, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="facts"
    )
    grant = models.ForeignKey(Grant, models.DO_NOTHING, related_name="+", db_constraint=False)
    program = models.ForeignKey(
        Program, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    organization = models.ForeignKey(
        Organization, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    ai_model = models.ForeignKey(
        AIModel, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    valid = DateTimeRangeField()
    terms = models.TextField()
    quiet_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(name="grant_facts_by_holder", fields=["organization", "ai_model"]),
            models.Index(
                name="grant_facts_stale",
                fields=["quiet_until"],
                condition=models.Q(quiet_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.ai_model_id} ({self.pk})"
