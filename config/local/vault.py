"""The local installation's own secrets: made once, kept in a file that only its owner reads."""

import base64
import json
import os
import secrets
from pathlib import Path

_NAMES = ("secret_key", "superuser", "owner_role", "application_role", "valkey", "staff")


def open_vault(path: Path) -> dict[str, str]:
    """The secrets kept at `path`, made on first use."""
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text())
        return kept
    made = {name: secrets.token_urlsafe(24) for name in _NAMES}
    made["secret_key"] = secrets.token_urlsafe(64)
    made["signing_key"] = base64.b64encode(secrets.token_bytes(32)).decode()
    write_private(path, json.dumps(made, indent=1))
    return made


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    half = path.with_name(f"{path.name}.part")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    half.replace(path)
