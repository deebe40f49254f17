"""Checkpoints of the ledger: signed notes (C2SP signed-note and tlog-checkpoint) under Ed25519.

The key stays outside the database, so who owns the database cannot rewrite the ledger unseen.
"""

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.utils.translation import gettext_lazy as _

from registry.errors import Invalid

LINES = 5
_ED25519 = b"\x01"


class CheckpointUnreadable(Invalid):
    """A checkpoint is not a signed note, or its signature is not ours."""

    code = "checkpoint_unreadable"
    text = _("A checkpoint cannot be trusted: %(problem)s.")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The ledger had `size` leaves, and this was their root."""

    origin: str
    size: int
    root: bytes


def read_key(text: str) -> Ed25519PrivateKey:
    """The signing key from base64 of its 32 bytes. Raises ValueError."""
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text, validate=True))


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The signed note: five lines, the last of them the signature."""
    body = _write_body(checkpoint)
    signature = _key_id(checkpoint.origin, key.public_key()) + key.sign(body.encode())
    return f"{body}\n— {checkpoint.origin} {base64.b64encode(signature).decode()}\n"


def read(note: str, key: Ed25519PublicKey) -> Checkpoint:
    """Read one signed note. Raises CheckpointUnreadable where it is not one, or not signed by the key."""
    lines = note.splitlines()
    if len(lines) != LINES or lines[3] or not lines[4].startswith("— "):
        raise CheckpointUnreadable(problem="it is not a signed note")
    origin, size, root = lines[:3]
    try:
        checkpoint = Checkpoint(origin, int(size), base64.b64decode(root, validate=True))
        name, encoded = lines[4][2:].rsplit(" ", 1)
        signature = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error) as broken:
        raise CheckpointUnreadable(problem=str(broken)) from broken
    if name != origin or signature[:4] != _key_id(origin, key):
        raise CheckpointUnreadable(problem="another key has signed it")
    try:
        key.verify(signature[4:], _write_body(checkpoint).encode())
    except InvalidSignature as forged:
        raise CheckpointUnreadable(problem="the signature does not fit") from forged
    return checkpoint


def read_all(text: str, key: Ed25519PublicKey) -> list[Checkpoint]:
    """Read a file of notes, one after another. Raises CheckpointUnreadable."""
    lines = text.splitlines(keepends=True)
    return [
        read("".join(lines[start : start + LINES]), key) for start in range(0, len(lines), LINES)
    ]


def _write_body(checkpoint: Checkpoint) -> str:
    root = base64.b64encode(checkpoint.root).decode()
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"


def _key_id(name: str, key: Ed25519PublicKey) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + key.public_bytes_raw()).digest()[:4]
