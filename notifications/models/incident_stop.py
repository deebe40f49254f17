import pgtrigger
from django.db import models

from access.models import Restriction
from registry.models import Incident


class IncidentStop(models.Model):
    """A restriction that was imposed because of an incident, in one act with the opening of its duties."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="stops")
    restriction = models.OneToOneField(Restriction, models.PROTECT, related_name="incident_stop")
    stopped_by = models.CharField(max_length=60)
    stopped_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="incident_stop_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.restriction_id} for {self.incident_id}"
