"""An answer within a bounded time, or none: what keeps a database that hangs from hanging who asks.

A server that is paused, or a network that swallows packets, fires no timeout of its own. So one thread a
process watches over the decisions under way: past the deadline it asks the server to give the statement
up, and soon after cuts the connection, which wakes whoever waits on it.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

DEADLINE_SECONDS = 2.0
GRACE_SECONDS = 0.5
_TICK_SECONDS = 0.1


@dataclass(eq=False, slots=True)
class Watch:
    """One decision under way. `late` once its deadline has passed."""

    wrapper: BaseDatabaseWrapper
    deadline: float
    late: bool = False
    asked_to_stop: bool = False


class _Watchman:
    """The thread and what it watches. Started by the first decision of a process, and anew after a fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: set[Watch] = set()
        self._wake = threading.Event()
        self._process = 0

    def add(self, watch: Watch) -> None:
        with self._lock:
            if self._process != os.getpid():
                self._process = os.getpid()
                self._under_way = set()
                threading.Thread(target=self._run, name="decision-guard", daemon=True).start()
            self._under_way.add(watch)
        self._wake.set()

    def drop(self, watch: Watch) -> None:
        with self._lock:
            self._under_way.discard(watch)

    def _run(self) -> None:
        while True:
            with self._lock:
                waiting = list(self._under_way)
                if not waiting:
                    self._wake.clear()
            if not waiting:
                self._wake.wait()
            for watch in waiting:
                with self._lock:
                    if watch in self._under_way:  # else its connection serves somebody else by now
                        self._look(watch)
            time.sleep(_TICK_SECONDS)

    def _look(self, watch: Watch) -> None:
        over = time.monotonic() - watch.deadline
        if over < 0:
            return
        watch.late = True
        held: psycopg.Connection[object] | None = watch.wrapper.connection
        if held is None or held.closed:
            return  # connecting, which has a bound of its own
        if over >= GRACE_SECONDS:
            _cut(held)
        elif not watch.asked_to_stop:
            watch.asked_to_stop = True
            threading.Thread(target=_cancel, args=(held,), daemon=True).start()


def _cancel(held: psycopg.Connection[object]) -> None:
    with suppress(psycopg.Error):
        held.cancel_safe(timeout=GRACE_SECONDS)


def _cut(held: psycopg.Connection[object]) -> None:
    """Shut the connection's socket: its own thread sees the end of the stream and goes on."""
    with suppress(OSError, psycopg.Error):
        copy = socket.socket(fileno=os.dup(held.pgconn.socket))
        try:
            copy.shutdown(socket.SHUT_RDWR)
        finally:
            copy.close()


_watchman = _Watchman()


@contextmanager
def bounded(seconds: float = DEADLINE_SECONDS) -> Iterator[Watch]:
    """Whatever this thread asks the database inside comes back within `seconds` and some grace, if only
    with an error; `late` on what is given then says why."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    watch = Watch(wrapper, time.monotonic() + seconds)
    _watchman.add(watch)
    try:
        yield watch
    finally:
        _watchman.drop(watch)
        if watch.asked_to_stop:  # what was asked of the server may yet reach the next statement
            wrapper.close()
