import pgtrigger
from django.db import models
from django.db.models import Q

from .authority import Authority
from .scheme import Scheme


class AcceptedScheme(models.Model):
    """An authority says that it accepts attestations under this edition, at the level or above, and where it says so.

    It carries no period of its own: what is on record speaks for every moment, until it is taken back.
    """

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="accepted_schemes")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="accepted_by")
    level = models.CharField(max_length=40, blank=True)
    basis = models.CharField(max_length=300)
    stated_by = models.CharField(max_length=60)
    stated_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="accepted_scheme_once",
                fields=["authority", "scheme"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="accepted_scheme_says_where_it_is_said", condition=~Q(basis="")
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="accepted_scheme_is_kept",
                operation=pgtrigger.Delete
                | pgtrigger.UpdateOf("authority_id", "scheme_id", "level", "basis", "stated_at"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.authority_id} accepts {self.scheme_id}"
