"""The sequencer: events get gapless positions in the ledger, one sequencer at a time."""

import datetime as dt
import os
from collections import Counter

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from registry.audit import write_leaf_body
from registry.checkpoints import Checkpoint, read_key, sign
from registry.events import Visibility
from registry.merkle import add_leaf, compute_root, hash_leaf, pack_frontier, unpack_frontier
from registry.models import AuditEvent, FeedEntry, Leaf, OutboxEntry

BATCH = 500
LOCK = 0x636F6E63  # "conc": one number for the whole installation
_SHOWN_IN_FEEDS = {Visibility.PUBLIC, Visibility.ORGANIZATION}


def sequence(*, limit: int = BATCH) -> int:
    """Give up to `limit` recorded events their positions; how many got one. None while another is at it.

    One transaction: leaves and feed entries appear and outbox entries vanish together. Promised:
    positions are gapless, nothing later gets a lower one, and a cause comes before its effect: its
    event has the lower row number, and is visible wherever the effect is.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            (alone,) = cursor.fetchone()
        if not alone:
            return 0
        waiting = list(
            OutboxEntry.objects.order_by("event_id").values_list("event_id", flat=True)[:limit]
        )
        if not waiting:
            return 0
        events = list(AuditEvent.objects.filter(id__in=waiting).order_by("id"))
        leaves = _grow(events)
        Leaf.objects.bulk_create(leaves)
        FeedEntry.objects.bulk_create(_number_feeds(events, leaves))
        OutboxEntry.objects.filter(event_id__in=waiting).delete()
        return len(events)


def sequence_all() -> int:
    """Sequence until nothing waits; how many events got their positions."""
    total = 0
    while done := sequence():
        total += done
    return total


def write_checkpoint() -> Checkpoint | None:
    """Sign the tree as it stands and append the note to the checkpoint file, if the tree has grown.

    The file lies outside the database: a ledger rewritten, cut or emptied by the database's owner no
    longer fits it. None where there is nothing new to sign.
    """
    last = Leaf.objects.order_by("-position").first()
    if last is None:
        return None
    note = Checkpoint(
        origin=name_origin(),
        size=last.position + 1,
        root=compute_root(unpack_frontier(bytes(last.frontier))),
    )
    path = settings.CHECKPOINT_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    written = sign(note, read_key(settings.SIGNING_KEY))
    with path.open("a+", encoding="utf-8") as file:
        file.seek(0)
        if file.read().endswith(written):
            return None
        file.write(written)
        file.flush()
        os.fsync(file.fileno())
    return note


def name_origin() -> str:
    """The ledger's name in its checkpoints: this installation's public address, without a scheme."""
    address: str = settings.PUBLIC_URL
    return f"{address.split('://', 1)[-1]}/ledger"


def measure_lag(*, at: dt.datetime) -> tuple[int, float]:
    """How many events wait for a position, and for how many seconds the oldest has waited."""
    oldest = (
        OutboxEntry.objects.order_by("event_id")
        .values_list("event__recorded_at", flat=True)
        .first()
    )
    waited = 0.0 if oldest is None else max(0.0, (at - oldest).total_seconds())
    return OutboxEntry.objects.count(), waited


def _grow(events: list[AuditEvent]) -> list[Leaf]:
    last = Leaf.objects.order_by("-position").first()
    size = 0 if last is None else last.position + 1
    frontier = [] if last is None else unpack_frontier(bytes(last.frontier))
    leaves = []
    for event in events:
        leaf_hash = hash_leaf(write_leaf_body(event))
        frontier = add_leaf(frontier, size, leaf_hash)
        leaves.append(
            Leaf(
                position=size,
                event_row=event.id,
                leaf_hash=leaf_hash,
                frontier=pack_frontier(frontier),
            )
        )
        size += 1
    return leaves


def _number_feeds(events: list[AuditEvent], leaves: list[Leaf]) -> list[FeedEntry]:
    shown = [
        (event, leaf)
        for event, leaf in zip(events, leaves, strict=True)
        if event.visibility in _SHOWN_IN_FEEDS
    ]
    concerned = {organization for event, _ in shown for organization in event.organizations}
    latest = Counter(
        dict(
            FeedEntry.objects.filter(organization_id__in=concerned)
            .values_list("organization_id")
            .annotate(Max("number"))
        )
    )
    entries = []
    for event, leaf in shown:
        for organization in event.organizations:
            latest[organization] += 1
            entries.append(
                FeedEntry(
                    organization_id=organization,
                    number=latest[organization],
                    position=leaf.position,
                    event_row=event.id,
                )
            )
    return entries
