from django.db import models

from .ai_model import AIModel
from .source import ReportedFact
from .version_row import VersionQuerySet, VersionRow


class CapabilityStatement(VersionRow):
    """What was said of a model's capability, under which framework, by which source. Never a bare level."""

    ai_model = models.ForeignKey(AIModel, models.PROTECT, related_name="capability_statements")
    framework = models.CharField(max_length=200)
    framework_version = models.CharField(max_length=40, blank=True)
    statement = models.TextField()
    fact = models.ForeignKey(ReportedFact, models.PROTECT, related_name="capability_statements")

    objects = VersionQuerySet["CapabilityStatement"].as_manager()

    def __str__(self) -> str:
        return f"{self.ai_model_id} {self.framework} ({self.pk})"
