"""A database that is gone, hangs, is locked or takes no writes: a refusal in bounded time, never a yes."""

import threading
import time
from collections.abc import Iterator

import pytest

from tests.journeys.installation import Installation, installation

LONGEST_SECONDS = 8
"""Two for the statement, one of grace, two for a new connection, and room for a busy machine."""


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("faults") / "web.log") as found:
        yield found


def check_refused(found: Installation, *codes: str) -> None:
    """A single question and a batch are answered no with one of these reasons, a search not at all."""
    answer, seconds = found.ask()
    assert (answer.status, answer.body["decision"]) == (200, False)
    assert answer.body["context"]["reason"]["code"] in codes
    assert answer.body["context"]["cache_for"] == 0
    assert seconds < LONGEST_SECONDS
    batch, seconds = found.ask("evaluations", {"evaluations": [found.question] * 3})
    assert [item["decision"] for item in batch.body["evaluations"]] == [False] * 3
    assert seconds < LONGEST_SECONDS
    search, seconds = found.ask("search/subject")
    assert (search.status, search.body["code"] in codes) == (503, True)
    assert seconds < LONGEST_SECONDS


def check_allowed(found: Installation) -> None:
    """Yes again, by the same processes, within moments."""
    give_up = time.monotonic() + 20
    while time.monotonic() < give_up:
        if found.ask()[0].body.get("decision"):
            return
    raise AssertionError(found.ask()[0].body)


class TestTheDatabase:
    def test_paused(self, standing: Installation) -> None:
        check_allowed(standing)
        standing.database.pause()
        try:
            check_refused(standing, "registry_slow", "registry_unavailable")
        finally:
            standing.database.go_on()
        check_allowed(standing)

    def test_gone_and_back(self, standing: Installation) -> None:
        check_allowed(standing)
        standing.database.kill()
        try:
            check_refused(standing, "registry_unavailable")
            malformed, _seconds = standing.ask("evaluation", {"action": {"name": "invoke"}})
            assert malformed.status == 400
        finally:
            standing.database.begin_again()
        check_allowed(standing)

    def test_locked(self, standing: Installation) -> None:
        check_allowed(standing)
        with standing.database.connect() as other, other.transaction():
            other.execute(
                "LOCK TABLE access_grantfacts, access_grantitem IN ACCESS EXCLUSIVE MODE"
            )
            check_refused(standing, "registry_slow")
        check_allowed(standing)

    def test_taking_no_writes(self, standing: Installation) -> None:
        check_allowed(standing)
        database = standing.database
        database.run("ALTER SYSTEM SET default_transaction_read_only = on")
        database.run("SELECT pg_reload_conf()")
        try:
            time.sleep(0.5)  # for the server's processes to hear of it
            check_refused(standing, "registry_read_only")
        finally:
            with database.connect() as connection:
                connection.execute("SET default_transaction_read_only = off")
                connection.execute("ALTER SYSTEM RESET default_transaction_read_only")
                connection.execute("SELECT pg_reload_conf()")
        check_allowed(standing)

    def test_killed_under_load(self, standing: Installation) -> None:
        check_allowed(standing)
        gone, back, end = threading.Event(), threading.Event(), threading.Event()
        wrong: list[object] = []
        threads = [
            threading.Thread(target=lambda: wrong.extend(_ask_on(standing, gone, back, end)))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        standing.database.kill()
        gone.set()
        time.sleep(2)
        back.set()
        standing.database.begin_again()
        end.set()
        for thread in threads:
            thread.join(30)
        assert wrong == []
        assert not any(thread.is_alive() for thread in threads)
        check_allowed(standing)


def _ask_on(
    found: Installation, gone: threading.Event, back: threading.Event, end: threading.Event
) -> list[object]:
    """Ask until the end; whatever was a yes while there was no database, took too long or was no answer."""
    wrong: list[object] = []
    while not end.is_set():
        without = gone.is_set() and not back.is_set()
        answer, seconds = found.ask()
        told = answer.body.get("decision") if answer.status == 200 else answer.status
        still_without = without and not back.is_set()
        if told not in {True, False} or seconds > LONGEST_SECONDS or (still_without and told):
            wrong.append((told, seconds, answer.body))
    return wrong
