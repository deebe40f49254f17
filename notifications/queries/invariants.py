"""What must be true of duties to notify and of mails and no constraint can say."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, Max, OuterRef, Q

from notifications.choices import AlertKind, ObligationStatus
from notifications.models import (
    Cursor,
    Delivery,
    Filing,
    Obligation,
    ObligationAlert,
    ObligationQuestion,
)
from registry.calendars import Holidays
from registry.choices import SubjectOrigin, Timing
from registry.errors import DomainError
from registry.models import AuditEvent, HolidayTable, Leaf
from registry.periods import Flag
from registry.queries.invariants import CHUNK, Breach, Invariant, breaches, find_unrecorded
from registry.queries.rules import holidays_in_force
from registry.rules import RuleDocument, compute_due, read_rule


def everything_governed_is_on_record() -> Iterator[Breach]:
    """Every duty, question and notification came about by an operation, which wrote an event about it."""
    return find_unrecorded("notifications", told_with_another=frozenset())


def dues_follow_from_anchor_and_edition() -> Iterator[Breach]:
    """By when a duty is due is what its edition says of its anchor, with the tables of some moment since it was opened.

    A table that comes later sets no clock that runs: so the tables of every moment since are tried. What
    is due as somebody's request says is not derived.
    """
    tables = _Tables()
    rows = Obligation.objects.select_related("rule").order_by("pk")
    for row in rows.iterator(chunk_size=CHUNK):
        try:
            document = read_rule(row.rule.document)
            wrong = document.timing is not Timing.AS_REQUESTED and not any(
                _is_derived(row, document, holidays) for holidays in tables.since(row.opened_at)
            )
        except DomainError as unreadable:
            yield Breach(f"obligation:{row.pk}", str(unreadable))
            continue
        if wrong:
            yield Breach(
                f"obligation:{row.pk}", "its dues are not what its rule makes of its anchor"
            )


def _is_derived(row: Obligation, document: RuleDocument, holidays: Holidays) -> bool:
    anchor: dt.datetime | dt.date = row.anchor_at
    if Flag.HOUR_NOT_KNOWN in row.flags:
        anchor = row.anchor_at.astimezone(ZoneInfo(row.zone)).date()
    due = compute_due(document, anchor, holidays)
    return (due.target, due.latest) == (row.target_due, row.latest_due)


class _Tables:
    """The holiday tables as they were in force at each moment at which that changed."""

    def __init__(self) -> None:
        enacted = HolidayTable.objects.filter(enacted_at__isnull=False)
        moments = enacted.order_by("enacted_at").values_list("enacted_at", flat=True).distinct()
        self._states = [(moment, holidays_in_force(moment)) for moment in moments if moment]

    def since(self, opened_at: dt.datetime) -> list[Holidays]:
        """Those in force then, and whatever replaced them; the newest first."""
        before = [state for moment, state in self._states if moment <= opened_at]
        after = [state for moment, state in self._states if moment > opened_at]
        return [*reversed(after), before[-1] if before else Holidays()]


def duties_are_those_of_whom_they_concern() -> Iterator[Breach]:
    """A duty binds the duty-holder of what happened, and its authority is of the same world."""
    for subject in ("incident", "occurrence"):
        of = Q(**{f"{subject}__isnull": False})
        rows = Obligation.objects.filter(of).exclude(duty_holder=F(f"{subject}__duty_holder"))
        yield from breaches(rows, "it binds another than what happened does")
    apart = Obligation.objects.filter(authority__isnull=False).exclude(
        authority__organization__synthetic=F("duty_holder__synthetic")
    )
    yield from breaches(apart, "duty-holder and authority are of two worlds")


def what_is_only_reported_opens_no_duty() -> Iterator[Breach]:
    """What a source told of opens questions; a clock runs only on what the duty-holder knows at first hand."""
    rows = Obligation.objects.filter(
        Q(incident__origin=SubjectOrigin.REPORTED) | Q(occurrence__origin=SubjectOrigin.REPORTED)
    )
    yield from breaches(rows, "a source only reported what it is about")


def duties_pin_a_rule_in_force() -> Iterator[Breach]:
    """A duty or a question rests on an edition that two people put in force."""
    for model in (Obligation, ObligationQuestion):
        rows = model._default_manager.filter(rule__enacted_at__isnull=True)
        yield from breaches(rows, "its rule was never put in force")


def duties_were_met_by_something_sent() -> Iterator[Breach]:
    """A duty that is discharged has a notification that was sent; one that no longer applies has none."""
    sent = Filing.objects.filter(obligation=OuterRef("pk"), dispatched_at__isnull=False)
    unsent = Obligation.objects.filter(~Exists(sent), status=ObligationStatus.DISCHARGED)
    yield from breaches(unsent, "it is discharged, and nothing was sent")
    void = Obligation.objects.filter(Exists(sent), status=ObligationStatus.VOID)
    yield from breaches(void, "it no longer applies, and something was sent")


def what_was_late_is_on_the_list_of_misses() -> Iterator[Breach]:
    """What was discharged after its target, or announced as past it and never sent, is dated as missed.

    What was sent in time and put on record later loses its miss; so only what was never sent must keep it.
    """
    late = Obligation.objects.filter(
        missed_at__isnull=True, status=ObligationStatus.DISCHARGED, closed_at__gte=F("target_due")
    )
    yield from breaches(late, "it was met after its target, and is not dated as missed")
    passed = ObligationAlert.objects.filter(
        obligation=OuterRef("pk"),
        kind=AlertKind.TARGET_PASSED,
        crossed_at=OuterRef("target_due"),
    )
    sent = Filing.objects.filter(obligation=OuterRef("pk"), dispatched_at__isnull=False)
    told = Obligation.objects.filter(Exists(passed), ~Exists(sent), missed_at__isnull=True)
    yield from breaches(told, "its target was announced as passed, and it is not dated as missed")


def alerts_are_written_after_what_they_tell_of() -> Iterator[Breach]:
    """Nothing is announced before it was crossed."""
    rows = ObligationAlert.objects.filter(announced_at__lt=F("crossed_at"))
    yield from breaches(rows, "it was announced before it was crossed")


def notifications_go_to_the_authority_of_their_duty() -> Iterator[Breach]:
    """What was sent went to the authority that the duty names."""
    sent = Filing.objects.filter(dispatched_at__isnull=False, authority__isnull=False)
    rows = sent.filter(
        Q(obligation__authority__isnull=True) | ~Q(authority=F("obligation__authority"))
    )
    yield from breaches(rows, "it was sent to another authority than its duty names")


def follow_ups_stay_with_their_subject() -> Iterator[Breach]:
    """A duty that follows another is about the same incident or occurrence."""
    rows = Obligation.objects.filter(follows__isnull=False).exclude(
        Q(incident=F("follows__incident")) | Q(occurrence=F("follows__occurrence"))
    )
    yield from breaches(rows, "it follows a duty about something else")


def mails_tell_of_what_is_on_record() -> Iterator[Breach]:
    """Every mail tells of an event that the record holds, under its name."""
    events = AuditEvent.objects.filter(id=OuterRef("event_row"), name=OuterRef("event_name"))
    yield from breaches(Delivery.objects.filter(~Exists(events)), "the record holds no such event")


def readers_are_not_ahead_of_the_ledger() -> Iterator[Breach]:
    """No consumer has read further than the ledger goes, as it would after an older backup was restored."""
    last = Leaf.objects.aggregate(last=Max("position"))["last"]
    size = 0 if last is None else last + 1
    yield from breaches(
        Cursor.objects.filter(position__gt=size), f"it has read beyond the {size} events there are"
    )


INVARIANTS: tuple[Invariant, ...] = (
    everything_governed_is_on_record,
    dues_follow_from_anchor_and_edition,
    duties_are_those_of_whom_they_concern,
    what_is_only_reported_opens_no_duty,
    duties_pin_a_rule_in_force,
    duties_were_met_by_something_sent,
    what_was_late_is_on_the_list_of_misses,
    alerts_are_written_after_what_they_tell_of,
    notifications_go_to_the_authority_of_their_duty,
    follow_ups_stay_with_their_subject,
    mails_tell_of_what_is_on_record,
    readers_are_not_ahead_of_the_ledger,
)
