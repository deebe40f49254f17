"""The tree of RFC 6962, section 2.1, kept as its frontier: what is needed to add the next leaf.

A tree of n leaves has one complete subtree for each one bit of n, the largest on the left.
"""

from collections.abc import Iterable
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def hash_leaf(content: bytes) -> bytes:
    """The hash of one leaf."""
    return sha256(b"\x00" + content).digest()


def add_leaf(frontier: list[bytes], size: int, leaf: bytes) -> list[bytes]:
    """The frontier after `leaf` is added to a tree of `size` leaves. The given list is left alone."""
    grown = [*frontier, leaf]
    while size & 1:
        right, left = grown.pop(), grown.pop()
        grown.append(_hash_node(left, right))
        size >>= 1
    return grown


def compute_root(frontier: list[bytes]) -> bytes:
    """The root of the tree that the frontier stands for."""
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-1]
    for left in reversed(frontier[:-1]):
        root = _hash_node(left, root)
    return root


def compute_root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in order."""
    frontier: list[bytes] = []
    for size, leaf in enumerate(leaves):
        frontier = add_leaf(frontier, size, leaf)
    return compute_root(frontier)


def pack_frontier(frontier: list[bytes]) -> bytes:
    """As stored: hashes one after another."""
    return b"".join(frontier)


def unpack_frontier(stored: bytes) -> list[bytes]:
    """As computed with."""
    return [stored[start : start + HASH_BYTES] for start in range(0, len(stored), HASH_BYTES)]


def _hash_node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
