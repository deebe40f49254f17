"""A yes that has ended is told by no worker: after a revocation, a stop, a suspension, or the clock."""

import http.client
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from access.choices import RevocationReason
from access.models import AnswerRecorder, Grant
from access.operations import grants
from access.queries.scopes import Scope
from registry.choices import ClientKind, Role
from registry.models import AuditEvent
from registry.operations import organizations
from tests import make
from tests.access.test_restrictions import restrict
from tests.authzen import ANYONE, question
from tests.http import Program, sign_in
from tests.journeys.installation import describe_test_database, web

pytestmark = pytest.mark.django_db(transaction=True)
LINES = 8


@pytest.fixture
def base(tmp_path: Path) -> Iterator[str]:
    """Two workers of the web server on the tests' database, and no job anywhere."""
    environment = os.environ | describe_test_database() | {"ANSWERS_FLUSH_SECONDS": "1"}
    with web(environment, tmp_path / "web.log", workers=2) as found:
        yield found


class Lines:
    """Several connections that stay open, so that each worker is asked."""

    def __init__(self, asker: Program) -> None:
        place = urlsplit(asker.base).netloc
        self._headers = {
            "Authorization": f"Bearer {asker.token}",
            "Content-Type": "application/json",
        }
        self._open = [http.client.HTTPConnection(place, timeout=30) for _ in range(LINES)]

    def close(self) -> None:
        for line in self._open:
            line.close()

    def ask_all(self, body: dict[str, Any]) -> list[tuple[bool, str]]:
        """What each says: the decision and its reason."""
        told = []
        for line in self._open:
            line.request("POST", "/access/v1/evaluation", json.dumps(body), self._headers)
            answer = json.loads(line.getresponse().read())
            told.append((answer["decision"], answer["context"]["reason"]["code"]))
        return told


@pytest.fixture
def lines(base: str) -> Iterator[Lines]:
    found = Lines(sign_in(base, make.developer(), *ANYONE, kind=ClientKind.GATEWAY))
    yield found
    found.close()


def revoke(grant: Grant) -> str:
    by = make.by(make.staff(Role.RESTRICTOR))
    grants.revoke(by, grant=grant.id, reason=RevocationReason.ERROR)
    return "grant_revoked"


def stop(grant: Grant) -> str:
    restrict(Scope(organizations=(grant.organization_id,)))
    return "restricted"


def suspend(grant: Grant) -> str:
    by = make.by(make.staff(Role.RESTRICTOR))
    organizations.suspend(by, organization=grant.organization_id, reason="?")
    return "organization_suspended"


ENDS: tuple[Callable[[Grant], str], ...] = (revoke, stop, suspend)


def find_stale(lines: Lines, *, rounds: int) -> list[object]:
    """Grant, ask everywhere, end it, ask everywhere: whatever was not said as it should have been."""
    wrong = list[object]()
    tier = make.tier()
    for number in range(rounds):
        grant = make.recorded_grant(None, tier)
        body = question(grant)
        before = set(lines.ask_all(body))
        reason = ENDS[number % len(ENDS)](grant)
        after = set(lines.ask_all(body))
        if before != {(True, "grant_in_force")} or after != {(False, reason)}:
            wrong.append((number, before, after))
    return wrong


class TestNoStaleYes:
    def test_every_worker_refuses_from_the_commit_on(self, lines: Lines) -> None:
        assert find_stale(lines, rounds=12) == []
        give_up = time.monotonic() + 20
        while AnswerRecorder.objects.count() < 2 and time.monotonic() < give_up:
            time.sleep(0.1)
        assert AnswerRecorder.objects.count() == 2  # both workers were among those asked

    @pytest.mark.soak
    def test_every_worker_refuses_thousands_of_times(self, lines: Lines) -> None:
        assert find_stale(lines, rounds=600) == []

    def test_an_end_that_has_come_refuses_with_every_job_stopped(self, lines: Lines) -> None:
        grant = make.recorded_grant(seconds=3)
        body = question(grant)
        assert set(lines.ask_all(body)) == {(True, "grant_in_force")}
        give_up = time.monotonic() + 20
        while any(yes for yes, _reason in lines.ask_all(body)) and time.monotonic() < give_up:
            time.sleep(0.2)
        assert set(lines.ask_all(body)) == {(False, "grant_expired")}
        assert not AuditEvent.objects.filter(name="grant.expired").exists()
