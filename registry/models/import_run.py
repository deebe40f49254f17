from django.db import models

from .governed import Governed


class ImportRun(Governed):
    """One file that was taken in whole: what it held, by whom, and what it changed."""

    kind = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    created = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    imported_by = models.CharField(max_length=60)
    imported_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name} ({self.id})"
