from typing import Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from access.models import Grant
from notifications.choices import AlertKind, ObligationStatus, QuestionAnswer, QuestionCause
from registry.actors import Actor
from registry.choices import Anchor
from registry.models import (
    Authority,
    Governed,
    Incident,
    ObligationRule,
    Occurrence,
    Organization,
)
from registry.models.incident import INCIDENT_READERS

_ONE_SUBJECT = Q(incident__isnull=False, occurrence__isnull=True) | Q(
    incident__isnull=True, occurrence__isnull=False
)


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff in a role that deals with authorities; nobody outside sees what is yet to be told."""
        return self if actor.is_staff and actor.has(*INCIDENT_READERS) else self.none()

    def open(self) -> Self:
        """What still has to be told."""
        return self.filter(status=ObligationStatus.OPEN)


class Obligation(Governed):
    """A duty to tell one authority something by a time, opened by one edition of a rule.

    `target_due` is the strict count and drives every alert; `latest_due` is what the law of periods, or a
    reading of it (`latest_is_interpretation`), would still allow. Both are the exclusive end: the duty is
    met before it. Null means that the rule gives no number (`target_due`) or that it cannot be said
    (`latest_due`, with the reason in `basis`). They are derived from anchor and edition, kept for the
    board's order and held to the derivation by `check_invariants`.
    """

    rule = models.ForeignKey(ObligationRule, models.PROTECT, related_name="obligations")
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="obligations")
    occurrence = models.ForeignKey(
        Occurrence, models.PROTECT, null=True, related_name="obligations"
    )
    grant = models.ForeignKey(Grant, models.PROTECT, null=True, related_name="obligations")
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="followed_by")
    round = models.PositiveIntegerField(default=1)
    duty_holder = models.ForeignKey(Organization, models.PROTECT, related_name="obligations")
    recipient = models.SlugField(max_length=60)
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, related_name="obligations")
    anchor = models.CharField(max_length=20, choices=Anchor)
    anchor_at = models.DateTimeField()
    zone = models.CharField(max_length=60)
    target_due = models.DateTimeField(null=True)
    latest_due = models.DateTimeField(null=True)
    latest_is_interpretation = models.BooleanField(default=False)
    basis = models.TextField(blank=True)
    flags = ArrayField(models.CharField(max_length=40), default=list)
    status = models.CharField(
        max_length=10, choices=ObligationStatus, default=ObligationStatus.OPEN
    )
    owner = models.CharField(max_length=60, blank=True)
    opened_by = models.CharField(max_length=60)
    opened_at = models.DateTimeField()
    closed_by = models.CharField(max_length=60, blank=True)
    closed_at = models.DateTimeField(null=True)
    void_reason = models.TextField(blank=True)
    missed_at = models.DateTimeField(null=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="obligation_has_one_subject", condition=_ONE_SUBJECT),
            models.UniqueConstraint(
                name="obligation_once_per_rule_subject_and_recipient",
                fields=["rule", "incident", "occurrence", "recipient", "round", "follows"],
                condition=~Q(status=ObligationStatus.VOID),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="obligation_closed_means_dated",
                condition=Q(status=ObligationStatus.OPEN, closed_at__isnull=True, closed_by="")
                | ~Q(status=ObligationStatus.OPEN) & Q(closed_at__isnull=False) & ~Q(closed_by=""),
            ),
            models.CheckConstraint(
                name="obligation_void_has_its_reason",
                condition=~Q(status=ObligationStatus.VOID) | ~Q(void_reason=""),
            ),
            models.CheckConstraint(
                name="obligation_latest_never_before_target",
                condition=Q(latest_due__isnull=True)
                | Q(target_due__isnull=True)
                | Q(latest_due__gte=F("target_due")),
            ),
            models.CheckConstraint(
                name="obligation_missed_after_its_target",
                condition=Q(missed_at__isnull=True) | Q(missed_at__gte=F("target_due")),
            ),
        ]
        indexes = [
            models.Index(
                name="obligation_board",
                fields=["target_due", "id"],
                condition=Q(status=ObligationStatus.OPEN),
            ),
            models.Index(
                name="obligation_open", fields=["id"], condition=Q(status=ObligationStatus.OPEN)
            ),
            models.Index(
                name="obligation_missed",
                fields=["-missed_at", "-id"],
                condition=Q(missed_at__isnull=False),
            ),
            models.Index(name="obligation_newest_first", fields=["-opened_at", "-id"]),
            models.Index(name="obligation_of_incident", fields=["incident"]),
            models.Index(name="obligation_of_occurrence", fields=["occurrence"]),
            models.Index(
                name="obligation_decided_untold",
                fields=["grant"],
                condition=Q(status=ObligationStatus.OPEN, grant__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"obligation {self.id}"


class ObligationQuestion(Governed):
    """Whether a rule applies to what happened: the data cannot say, or may not, so a person does."""

    rule = models.ForeignKey(ObligationRule, models.PROTECT, related_name="questions")
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, related_name="obligation_questions"
    )
    occurrence = models.ForeignKey(
        Occurrence, models.PROTECT, null=True, related_name="obligation_questions"
    )
    grant = models.ForeignKey(Grant, models.PROTECT, null=True, related_name="+")
    duty_holder = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    cause = models.CharField(max_length=20, choices=QuestionCause)
    missing = ArrayField(models.CharField(max_length=60), default=list)
    asked_at = models.DateTimeField()
    would_be_due = models.DateTimeField(null=True)
    answer = models.CharField(max_length=16, choices=QuestionAnswer, blank=True)
    answered_by = models.CharField(max_length=60, blank=True)
    answered_at = models.DateTimeField(null=True)
    answer_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="obligation_question_has_one_subject", condition=_ONE_SUBJECT
            ),
            models.UniqueConstraint(
                name="obligation_question_open_once",
                fields=["rule", "incident", "occurrence"],
                condition=Q(answer=""),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="obligation_question_answered_whole",
                condition=Q(answer="", answered_by="", answered_at__isnull=True)
                | ~Q(answer="") & ~Q(answered_by="") & Q(answered_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="obligation_question_open",
                fields=["would_be_due", "id"],
                condition=Q(answer=""),
            ),
            models.Index(
                name="obligation_question_untold",
                fields=["grant"],
                condition=Q(answer="", grant__isnull=False),
            ),
            models.Index(name="obligation_question_newest", fields=["-asked_at", "-id"]),
        ]

    def __str__(self) -> str:
        return f"question {self.id}"


class ObligationAlert(models.Model):
    """One crossing of one clock, announced at most once. `crossed_at` is when it was crossed, not when told."""

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=16, choices=AlertKind)
    crossed_at = models.DateTimeField()
    announced_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="obligation_alert_once", fields=["obligation", "kind", "crossed_at"]
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="obligation_alert_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.obligation_id}"
