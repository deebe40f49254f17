from django.db import models


class IdempotencyKey(models.Model):
    """One command already done, so that a repeat answers as the first did, however much later it comes."""

    actor = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    subject = models.CharField(max_length=100, blank=True)
    subject_id = models.UUIDField(null=True)
    revision = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="idempotency_key_once_per_actor", fields=["actor", "key"])
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.key}"
