"""The processes that `make up` runs side by side: started, their lines prefixed, ended together."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

END_SECONDS = 10
_WIDTH = 7


@dataclass
class Children:
    """Named processes, each in a session of its own, so that Ctrl-C reaches only the parent.

    `record` keeps numbers and start times: a parent that was killed outright leaves processes running,
    and the next one ends them before it begins. Others start and end what is only `watched`.
    """

    record: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    watched: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    noted: set[str] = field(default_factory=set)

    def end_left_overs(self) -> int:
        """End what an earlier parent left running; how many there were."""
        try:
            noted = json.loads(self.record.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return 0
        leaders = {pid for pid, started in noted if _is_same(pid, started)}
        old = [process for process in psutil.process_iter() if _session(process) in leaders]
        for process in old:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(old, timeout=END_SECONDS)
        self.forget()
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
        self.noted.add(name)
        self._write_record()
        threading.Thread(target=_print_lines, args=(name, process), daemon=True).start()

    def watch(self, name: str, process: subprocess.Popen[bytes], *, note: bool) -> None:
        """Watch a process that others end; `note` it where nobody else would find it left over."""
        self.watched[name] = process
        if note:
            self.noted.add(name)
            self._write_record()

    def ended(self) -> str | None:
        """The name of a process that has ended by itself, if any has."""
        known = self.running | self.watched
        return next((name for name, child in known.items() if child.poll() is not None), None)

    def end(self) -> None:
        """Ask all to end, and end those that do not, with whatever they have started."""
        for child in self.running.values():
            if child.poll() is None:
                child.terminate()
        give_up = time.monotonic() + END_SECONDS
        for child in self.running.values():
            try:
                child.wait(max(0.1, give_up - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
            _kill_group(child.pid)
            child.wait()
        self.running.clear()
        self._write_record()

    def forget(self) -> None:
        """Nothing noted runs any more."""
        self.record.unlink(missing_ok=True)

    def _write_record(self) -> None:
        noted = [
            (child.pid, psutil.Process(child.pid).create_time())
            for name, child in (self.running | self.watched).items()
            if name in self.noted and child.poll() is None
        ]
        self.record.write_text(json.dumps(noted))


def say(name: str, line: str) -> None:
    """Print one line under a name. A terminal that is gone stops nothing."""
    with suppress(OSError):
        sys.stdout.write(f"{name:<{_WIDTH}}| {line}\n")
        sys.stdout.flush()


def _print_lines(name: str, process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    with process.stdout as lines:
        for line in lines:
            say(name, line.decode(errors="replace").rstrip())


def _is_same(pid: int, started: float) -> bool:
    """Whether the number still belongs to the process that was noted."""
    try:
        return psutil.Process(pid).create_time() == started
    except psutil.NoSuchProcess:
        return False


def _session(process: psutil.Process) -> int:
    try:
        return os.getsid(process.pid)
    except (ProcessLookupError, PermissionError):
        return 0


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
