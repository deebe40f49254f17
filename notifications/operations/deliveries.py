"""From recorded events to sent mails: fanned out, claimed, settled. The sending between is the task's.

Nothing is sent inside a transaction. A claim is committed before the mail leaves, and it lapses: what a
dying worker leaves behind is taken up again. So every mail is sent at least once, and one that is sent
twice carries the same identifier.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import F

from notifications.choices import DeliveryStatus
from notifications.models import Cursor, Delivery
from notifications.operations import consultations_mail, filings_mail
from notifications.queries.audiences import AUDIENCES, find_recipients
from notifications.queries.letters import write_letter
from registry.actors import Actor
from registry.choices import Role
from registry.models import AuditEvent, Leaf
from registry.policies import check_role

CURSOR = "mail"
BATCH = 200
CLAIMED = 20
LEASE = dt.timedelta(minutes=3)
PAUSES = tuple(dt.timedelta(minutes=pause) for pause in (1, 5, 15, 60, 240, 720, 1440))
MAY_RETRY = (Role.ADMINISTRATOR, Role.INTAKE)
_LONGEST_PROBLEM = 300


def fan_out(*, at: dt.datetime, limit: int = BATCH) -> int:
    """Write the deliveries of the next events in the ledger; how many events were read.

    One consumer at a time: a second one finds the cursor locked and leaves. A repeat writes nothing
    twice, because cursor and deliveries move in one transaction.
    """
    Cursor.objects.get_or_create(name=CURSOR)
    with transaction.atomic(durable=True):
        cursor = Cursor.objects.select_for_update(skip_locked=True).filter(name=CURSOR).first()
        if cursor is None:
            return 0
        leaves = list(
            Leaf.objects.filter(position__gte=cursor.position).order_by("position")[:limit]
        )
        if not leaves:
            return 0
        told = AuditEvent.objects.filter(
            id__in=[leaf.event_row for leaf in leaves], name__in=list(AUDIENCES)
        ).order_by("id")
        deliveries = [delivery for event in told for delivery in _write(event, at)]
        Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
        cursor.position = leaves[-1].position + 1
        cursor.save(update_fields=["position"])
        return len(leaves)


def claim(*, at: dt.datetime, limit: int = CLAIMED) -> list[Delivery]:
    """Take what is due, committed before anything is sent. What another worker holds is passed over."""
    with transaction.atomic(durable=True):
        waiting = Delivery.objects.filter(
            status__in=[DeliveryStatus.WAITING, DeliveryStatus.CLAIMED], due_at__lte=at
        ).order_by("due_at", "id")
        claimed = list(waiting.select_for_update(skip_locked=True)[:limit])
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in claimed]).update(
            status=DeliveryStatus.CLAIMED, attempts=F("attempts") + 1, due_at=at + LEASE
        )
        return claimed


def settle_sent(delivery: UUID, *, at: dt.datetime) -> None:
    """The server has taken it. A notification that it tells an authority of is sent by this, too."""
    with transaction.atomic(durable=True):
        Delivery.objects.filter(pk=delivery).update(
            status=DeliveryStatus.SENT, sent_at=at, last_problem=""
        )
        filings_mail._note_sent(delivery, at=at)  # noqa: SLF001 - for the caller's transaction
        row = Delivery.objects.get(pk=delivery)
        consultations_mail._note_sent(row, at=at)  # noqa: SLF001 - for the caller's transaction


def settle_failed(delivery: UUID, *, problem: str, at: dt.datetime, final: bool = False) -> None:
    """The server has not taken it: try again after a growing pause, or give up and say so."""
    with transaction.atomic(durable=True):
        row = Delivery.objects.select_for_update().get(pk=delivery)
        row.last_problem = problem[:_LONGEST_PROBLEM]
        if final or row.attempts > len(PAUSES):
            row.status = DeliveryStatus.FAILED
        else:
            row.status = DeliveryStatus.WAITING
            row.due_at = at + PAUSES[row.attempts - 1]
        row.save(update_fields=["status", "due_at", "last_problem"])
        if row.status == DeliveryStatus.FAILED:
            filings_mail._note_failed(row, at=at)  # noqa: SLF001 - for the caller's transaction
            consultations_mail._note_failed(row, at=at)  # noqa: SLF001 - for the caller's transaction


def retry(delivery: UUID, *, by: Actor, at: dt.datetime) -> bool:
    """Try once more what was given up; whether there was such a one. Raises RoleMissing."""
    check_role(by, *MAY_RETRY)
    tried = Delivery.objects.filter(pk=delivery, status=DeliveryStatus.FAILED).update(
        status=DeliveryStatus.WAITING, attempts=0, due_at=at
    )
    return tried == 1


def _write(event: AuditEvent, at: dt.datetime) -> list[Delivery]:
    deliveries = []
    for recipient in find_recipients(event):
        letter = write_letter(event, to=recipient.organization)
        deliveries.append(
            Delivery(
                event_row=event.id,
                event_name=event.name,
                subject_type=event.subject_type,
                subject_id=event.subject_id,
                organization_id=recipient.organization,
                address=recipient.address,
                title=letter.title,
                text=letter.text,
                html=letter.html,
                due_at=at,
                created_at=at,
            )
        )
    return deliveries
