from django.db import models
from django.db.models import Q

from notifications.choices import NoticeReply
from registry.models import AIModel, Authority, Organization

from .marked import Entry, EntryQuerySet
from .obligation import Obligation


class ModelNotice(Entry):
    """Somebody notified an authority of a model, outside of the filings that this registry sent itself.

    A source may name the developer or the model, or only tell of them in words. `told_at` null means that
    it does not say when; then `happened_at` is the moment that it speaks of. An empty `rule` is "not stated".
    """

    notifier = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="model_notices"
    )
    notifier_words = models.CharField(max_length=200, blank=True)
    ai_model = models.ForeignKey(AIModel, models.PROTECT, null=True, related_name="model_notices")
    model_words = models.CharField(max_length=200, blank=True)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="model_notices")
    rule = models.CharField(max_length=120, blank=True)
    obligation = models.ForeignKey(
        Obligation, models.PROTECT, null=True, related_name="model_notices"
    )
    told_at = models.DateTimeField(null=True)

    objects = EntryQuerySet["ModelNotice"].as_manager()

    class Meta(Entry.Meta):
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(
                name="model_notice_by_somebody",
                condition=Q(notifier__isnull=False, notifier_words="")
                | Q(notifier__isnull=True) & ~Q(notifier_words=""),
            ),
            models.CheckConstraint(
                name="model_notice_of_something",
                condition=Q(ai_model__isnull=False, model_words="")
                | Q(ai_model__isnull=True) & ~Q(model_words=""),
            ),
            models.CheckConstraint(
                name="model_notice_duty_is_our_own",
                condition=Q(obligation__isnull=True) | Q(origin="observed"),
            ),
        ]
        indexes = [models.Index(name="model_notice_latest_first", fields=["-happened_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.title} ({self.id})"

    @property
    def synthetic(self) -> bool:
        """Whether it was made for demonstration."""
        return self.authority.organization.synthetic


class NoticeAnswer(Entry):
    """What the authority replied to a notice, as far as is known."""

    notice = models.ForeignKey(ModelNotice, models.PROTECT, related_name="answers")
    reply = models.CharField(max_length=12, choices=NoticeReply)

    objects = EntryQuerySet["NoticeAnswer"].as_manager()

    class Meta(Entry.Meta):
        indexes = [
            models.Index(name="notice_answer_in_order", fields=["notice", "happened_at", "id"])
        ]

    def __str__(self) -> str:
        return f"{self.reply} {self.notice_id} ({self.id})"
