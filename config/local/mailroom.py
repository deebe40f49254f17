"""Local mode's mail server: takes every mail and keeps it in a folder. Nothing leaves the machine.

Run as `python -m config.local.mailroom PORT FOLDER`.
"""

import sys
import threading
import time
import uuid
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailroom:
    """Keeps each mail as one file, named so that names sort by arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content or b""
        if isinstance(content, str):
            content = content.encode()
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
        half = self.folder / f"{name}.part"
        half.write_bytes(content)
        half.rename(self.folder / f"{name}.eml")
        return "250 kept"


def main() -> None:
    """Serve until ended."""
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    Controller(Mailroom(folder), hostname="127.0.0.1", port=port).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
