"""Proof of the ledger: the tree computed again from the events, and held against what was signed."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from registry.audit import write_leaf_body
from registry.checkpoints import Checkpoint
from registry.merkle import add_leaf, compute_root, hash_leaf, pack_frontier
from registry.models import AuditEvent, Leaf, OutboxEntry

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Breach:
    """Where the ledger does not hold, and how. `position` is the first bad one."""

    position: int
    problem: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What was recomputed: the tree's size and root, how many events wait, and the first breach if any."""

    size: int
    root: bytes
    waiting: int
    breach: Breach | None


def verify(checkpoints: list[Checkpoint]) -> Proof:
    """Recompute the whole tree, in one snapshot, in bounded memory, and compare it with each checkpoint."""
    with transaction.atomic():
        signed = {note.size: note for note in checkpoints}
        size, frontier = 0, list[bytes]()
        breach: Breach | None = None
        for leaf, event in _walk():
            breach = _compare(leaf, event, size)
            if breach is None and event is not None:
                frontier = add_leaf(frontier, size, hash_leaf(write_leaf_body(event)))
                breach = _compare_tree(leaf, frontier, signed.get(size + 1))
            if breach is not None:
                break
            size += 1
        if breach is None:
            breach = _find_missing(size, checkpoints) or _find_unsequenced(size)
        return Proof(size, compute_root(frontier), OutboxEntry.objects.count(), breach)


def _walk() -> Iterator[tuple[Leaf, AuditEvent | None]]:
    """Leaves in order, each with its event, by chunks."""
    after = -1
    while leaves := list(Leaf.objects.filter(position__gt=after).order_by("position")[:CHUNK]):
        events = AuditEvent.objects.in_bulk([leaf.event_row for leaf in leaves])
        for leaf in leaves:
            yield leaf, events.get(leaf.event_row)
        after = leaves[-1].position


def _compare(leaf: Leaf, event: AuditEvent | None, size: int) -> Breach | None:
    if leaf.position != size:
        return Breach(size, f"there is no leaf; the next one is {leaf.position}")
    if event is None:
        return Breach(size, "its event is gone")
    if hash_leaf(write_leaf_body(event)) != bytes(leaf.leaf_hash):
        return Breach(size, "its event is not the one that was sequenced")
    return None


def _compare_tree(leaf: Leaf, frontier: list[bytes], note: Checkpoint | None) -> Breach | None:
    if pack_frontier(frontier) != bytes(leaf.frontier):
        return Breach(leaf.position, "the tree up to it was changed")
    if note is not None and note.root != compute_root(frontier):
        return Breach(leaf.position, "the tree is not the one that was signed at this size")
    return None


def _find_missing(size: int, checkpoints: list[Checkpoint]) -> Breach | None:
    largest = max((note.size for note in checkpoints), default=0)
    if largest > size:
        return Breach(size, f"the ledger ends here, and {largest} leaves were signed")
    return None


def _find_unsequenced(size: int) -> Breach | None:
    """An event that neither has a leaf nor waits for one was put in, or its entry was taken away."""
    lost = (
        AuditEvent.objects.exclude(id__in=Leaf.objects.values("event_row"))
        .exclude(id__in=OutboxEntry.objects.values("event_id"))
        .order_by("id")
        .first()
    )
    return (
        None
        if lost is None
        else Breach(size, f"event {lost.event_id} has no place and waits for none")
    )
