from django.db import models


class Cursor(models.Model):
    """How far along the ledger a consumer has come: the next position it has not read."""

    name = models.CharField(max_length=40, primary_key=True)
    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"
