"""The processes that `make up` runs side by side: started, their lines prefixed, ended together."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

END_SECONDS = 10
_WIDTH = 7


@dataclass
class Children:
    """Named processes, each in a session of its own, so that Ctrl-C reaches only the parent.

    `record` keeps their numbers and start times: a parent that was killed outright leaves them running,
    and the next one ends them before it begins.
    """

    record: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def end_left_overs(self) -> int:
        """End what an earlier parent left running; how many there were."""
        try:
            noted = json.loads(self.record.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return 0
        old = [found for pid, started in noted if (found := _same(pid, started)) is not None]
        for process in old:
            _signal_group(process.pid, signal.SIGKILL)
        psutil.wait_procs(old, timeout=END_SECONDS)
        self.record.unlink()
        return len(old)

    def start(self, name: str, command: list[str], *, cwd: Path) -> None:
        """Start one process; its lines come out with its name before them."""
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            start_new_session=True,
        )
        self.running[name] = process
        self._write_record()
        threading.Thread(target=_print_lines, args=(name, process), daemon=True).start()

    def ended(self) -> str | None:
        """The name of a process that has ended by itself, if any has."""
        return next(
            (name for name, child in self.running.items() if child.poll() is not None), None
        )

    def end(self) -> None:
        """Ask all to end, and end those that do not."""
        for child in self.running.values():
            if child.poll() is None:
                child.terminate()
        give_up = time.monotonic() + END_SECONDS
        for child in self.running.values():
            try:
                child.wait(max(0.1, give_up - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(child.pid, signal.SIGKILL)
                child.wait()
        self.running.clear()
        self.record.unlink(missing_ok=True)

    def _write_record(self) -> None:
        noted = [
            (child.pid, psutil.Process(child.pid).create_time())
            for child in self.running.values()
            if child.poll() is None
        ]
        self.record.write_text(json.dumps(noted))


def say(name: str, line: str) -> None:
    """Print one line under a name."""
    sys.stdout.write(f"{name:<{_WIDTH}}| {line}\n")
    sys.stdout.flush()


def _print_lines(name: str, process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        say(name, line.decode(errors="replace").rstrip())


def _same(pid: int, started: float) -> psutil.Process | None:
    """The process, if the number still belongs to the one that was noted."""
    try:
        found = psutil.Process(pid)
        return found if found.create_time() == started else None
    except psutil.NoSuchProcess:
        return None


def _signal_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return
