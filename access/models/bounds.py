from django.db import models


class Bounded(models.Model):
    """What access is given for and to whom, in words that bind the holder: use, limits, personnel."""

    use_scope = models.TextField(blank=True)
    limits = models.TextField(blank=True)
    personnel_scope = models.TextField(blank=True)

    class Meta:
        abstract = True

    def bounds(self) -> dict[str, str]:
        """The words as the columns of another row."""
        return {
            "use_scope": self.use_scope,
            "limits": self.limits,
            "personnel_scope": self.personnel_scope,
        }
