"""Files kept under the digest of what they hold: written before a transaction names them, and never changed.

A transaction that then fails leaves an orphan, which is swept after a day. Whoever names a file has kept it
just before, and keeping makes an old one young again, so none is swept between its keeping and its naming.
"""

import datetime as dt
import fcntl
import hashlib
import os
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

from django.conf import settings

_LOCK = ".lock"
_STARTS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_LONGEST_NAME = 200


class FileDamaged(Exception):
    """What is stored is not what was kept: somebody must look at the disk."""


def keep(content: bytes) -> str:
    """Store the content; its SHA-256 in hexadecimal, under which it is read. A repeat stores nothing twice."""
    digest = hashlib.sha256(content).hexdigest()
    place = _place(digest)
    place.parent.mkdir(parents=True, exist_ok=True)
    with (
        _locked(exclusive=False),
        tempfile.NamedTemporaryFile(dir=place.parent, prefix=".", delete=False) as half,
    ):
        half.write(content)
        half.flush()
        os.fsync(half.fileno())
        Path(half.name).replace(place)
    return digest


def read(digest: str) -> bytes:
    """What was kept. Raises FileNotFoundError, FileDamaged."""
    content = _place(digest).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise FileDamaged(digest)
    return content


def list_kept(*, before: dt.datetime) -> Iterator[str]:
    """The digests of all that was last kept before a moment."""
    for place in _folder().glob("??/*"):
        if not place.name.startswith(".") and place.stat().st_mtime < before.timestamp():
            yield place.name


def discard(digest: str, *, before: dt.datetime) -> bool:
    """Remove an orphan; whether it is gone. What has been kept again since is left alone."""
    place = _place(digest)
    with _locked(exclusive=True):
        if not place.exists() or place.stat().st_mtime >= before.timestamp():
            return False
        place.unlink()
        return True


def tell_type(content: bytes) -> str | None:
    """What it is by its first bytes, whatever it is called; None for what is none of the kinds that are taken."""
    for start, kind in _STARTS.items():
        if content.startswith(start):
            return kind
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else "text/plain; charset=utf-8"


def plain_name(name: str) -> str:
    """Its last part, without what no file name should hold; nothing where nothing is left."""
    last = PurePath(name.replace("\\", "/")).name
    shown = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    return shown.replace('"', "")[-_LONGEST_NAME:]


def _folder() -> Path:
    return Path(settings.STORAGE) / "files"


def _place(digest: str) -> Path:
    return _folder() / digest[:2] / digest


@contextmanager
def _locked(*, exclusive: bool) -> Iterator[None]:
    """Many may keep at once; nobody keeps while something is removed, or it would lose what it just kept."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
