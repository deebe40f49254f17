"""Counting the answers given, off the way of whoever waits for one.

A count is a number in a dictionary of this process. A thread of its own writes them every few seconds; so
a process that dies loses those of the last few, and what it had covered until then stands in the database.
"""

import atexit
import datetime as dt
import logging
import os
import socket
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.util import Finalize
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import connection
from django.utils.timezone import now

from access.choices import Reason, SearchKind
from access.models import NOBODY
from access.operations.answers import Counted, Covered, Key, SearchKey, write_counts
from access.queries.decision_plain import Plain
from access.queries.decisions import Evaluation
from registry.actors import Actor

logger = logging.getLogger(__name__)

MOST_KEYS = 50_000
"""Beyond it a process that cannot write begins anew: what it drops then shows as a gap."""


class PlainYes(NamedTuple):
    """What a yes to a plain question is counted by, its identifiers as the database wrote them."""

    minute: dt.datetime
    client: UUID
    organization: str
    ai_model: str

    @property
    def key(self) -> Key:
        organization, ai_model = UUID(self.organization), UUID(self.ai_model)
        reason = Reason.GRANT_IN_FORCE.value
        return Key(self.minute, self.client, organization, NOBODY, ai_model, True, reason)  # noqa: FBT003


@dataclass
class _Run:
    """What one process has counted and not yet written. `pending` is on its way under `number`."""

    started_at: dt.datetime
    id: UUID = field(default_factory=uuid.uuid4)
    counts: Counted = field(default_factory=Counted)
    plain: Counter[PlainYes] = field(default_factory=Counter)
    pending: Counted = field(default_factory=Counted)
    covered_until: dt.datetime | None = None
    number: int = 0

    def take(self, at: dt.datetime) -> Covered:
        """Put what was counted on its way, unless an earlier write is still to be made."""
        if not self.pending:
            self.pending, self.counts = self.counts, Counted()
            for yes, number in self.plain.items():
                self.pending.answers[yes.key] += number
            self.plain = Counter()
            self.covered_until = at
            self.number += 1
        assert self.covered_until is not None
        host = socket.gethostname()[:80]
        return Covered(self.id, host, self.started_at, self.covered_until, self.number)


class Tally:
    """The counts of this process since they were last written."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._wake = threading.Event()
        self._process = 0
        self._run: _Run | None = None

    def add(self, key: Key) -> None:
        """One more answer."""
        with self._lock:
            self._open(key.minute).counts.answers[key.rounded] += 1

    def add_yes(self, yes: PlainYes) -> None:
        """The same, for what is counted all day."""
        with self._lock:
            self._open(yes.minute).plain[yes] += 1

    def add_search(self, key: SearchKey, results: int) -> None:
        """One more search or page of a snapshot, and how many lines it told."""
        with self._lock:
            counts = self._open(key.minute).counts
            counts.searches[key.rounded] += 1
            counts.results[key.rounded] += results

    def _open(self, at: dt.datetime) -> _Run:
        """Where to count. The first of a process starts its thread, anew after a fork."""
        if self._process != os.getpid():
            self._process, self._run = os.getpid(), None
            self._start()
        run = self._run
        if run is None or len(run.counts) + len(run.plain) >= MOST_KEYS:
            run = self._run = _Run(started_at=at)
        return run

    def flush(self, *, closing: bool = False) -> None:
        """Write what has been counted. Raises what the database raises, and keeps the counts then."""
        with self._writing:
            with self._lock:
                run = self._run if self._process == os.getpid() else None
                if run is None:
                    return
                covered = run.take(now())
            write_counts(run.pending, covered, closed=closing)
            run.pending = Counted()
            if closing:
                self._run = None

    def _start(self) -> None:
        self._writing, self._wake = threading.Lock(), threading.Event()
        if settings.ANSWERS_FLUSH_SECONDS:
            threading.Thread(target=self._keep_writing, name="answers", daemon=True).start()
            atexit.register(self._close)
            Finalize(None, self._close, exitpriority=1)  # a worker process ends without `atexit`

    def _keep_writing(self) -> None:
        while not self._wake.wait(self._try_flush()):
            pass

    def _close(self) -> None:
        if not self._wake.is_set():
            self._wake.set()
            self._try_flush(closing=True)

    def _try_flush(self, *, closing: bool = False) -> float:
        """Write what there is, or keep it for the next time; how many seconds to wait for that."""
        try:
            self.flush(closing=closing)
        except DatabaseFailure:
            logger.warning("the counts of answers could not be written; they are kept")
        finally:
            connection.close()
        return float(settings.ANSWERS_FLUSH_SECONDS)


tally = Tally()


def note_evaluation(actor: Actor | None, evaluation: Evaluation) -> None:
    """Count an answer that rests on facts."""
    facts = evaluation.facts
    tally.add(
        Key(
            minute=evaluation.evaluated_at,
            client=_client(actor),
            organization=facts.organizations[0].id if len(facts.organizations) == 1 else NOBODY,
            member=facts.persons[0].id if facts.persons else NOBODY,
            ai_model=facts.models[0].id if len(facts.models) == 1 else NOBODY,
            decision=evaluation.answer.decision,
            reason=evaluation.answer.reason.value,
        )
    )


def note_yes(actor: Actor, found: Plain) -> None:
    """Count a yes to a plain question: that a grant is in force."""
    row = found.rows[0]
    assert row.organization is not None
    assert row.model is not None
    minute = found.moment.now.replace(second=0, microsecond=0)
    tally.add_yes(PlainYes(minute, _client(actor), row.organization, row.model))


def note_refusal(actor: Actor | None, code: str) -> None:
    """Count a no that rests on no facts."""
    tally.add(
        Key(
            minute=now(),
            client=_client(actor),
            organization=NOBODY,
            member=NOBODY,
            ai_model=NOBODY,
            decision=False,
            reason=code,
        )
    )


def note_search(
    actor: Actor | None, kind: SearchKind, results: int = 0, *, reason: Reason | None = None
) -> None:
    """Count a search or a page of a snapshot, answered with so many lines or refused for the reason."""
    outcome = "" if reason is None else reason.value
    tally.add_search(SearchKey(now(), _client(actor), kind.value, outcome), results)


def _client(actor: Actor | None) -> UUID:
    return NOBODY if actor is None or actor.id is None else actor.id
