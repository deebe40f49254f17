from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from access.choices import Marking
from notifications.choices import DialogueKind
from registry.models import Governed, Organization

from .marked import Entry, EntryQuerySet, MarkedQuerySet


class Dialogue(Governed):
    """Talks between any two bodies, authorities included. It changes nothing by itself.

    The two are written in the order of their identifiers: neither is the one who asks.
    """

    title = models.CharField(max_length=200)
    one = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    other = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    marking = models.CharField(max_length=14, choices=Marking)
    opened_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()

    objects = MarkedQuerySet["Dialogue"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="dialogue_between_two_in_order", condition=Q(one__lt=F("other"))
            ),
            models.UniqueConstraint(
                name="dialogue_title_once_between_two", fields=["one", "other", "title"]
            ),
        ]
        indexes = [models.Index(name="dialogue_latest_first", fields=["-changed_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.title} ({self.id})"

    @property
    def synthetic(self) -> bool:
        """Whether it was made for demonstration."""
        return self.one.synthetic


class DialogueRecord(Entry):
    """One dated record of a dialogue. `ai_models` and `positions` are identifiers of what it touched on.

    In arrays, so that the links are written once with the record. Nothing governed is deleted, so none
    can dangle.
    """

    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="records")
    kind = models.CharField(max_length=10, choices=DialogueKind)
    ai_models = ArrayField(models.UUIDField(), default=list)
    positions = ArrayField(models.UUIDField(), default=list)

    objects = EntryQuerySet["DialogueRecord"].as_manager()

    class Meta(Entry.Meta):
        indexes = [
            models.Index(name="dialogue_record_in_order", fields=["dialogue", "happened_at", "id"])
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.id})"
