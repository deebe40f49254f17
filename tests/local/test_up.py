"""`make up` as one story: started from nothing, started twice, killed, started again, stopped.

The story runs once, in a copy of the project whose path has a space in it; each test reads one of its
chapters.
"""

import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psutil
import pytest

from config.local.ports import free_port
from tests.services import PROJECT

FIRST_START, NEXT_START, STOP = 120, 60, 40
LEFT_OUT = (".*", "var", "tests", "docs", "__pycache__")


@dataclass
class Installation:
    """A copy of the project with a port of its own, and a browser that looks at it."""

    folder: Path
    port: int
    jar: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the tests' own settings; a proxy that would lead astray."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {"PORT": str(self.port), "http_proxy": "http://127.0.0.1:1"}

    @property
    def log(self) -> Path:
        return self.folder.parent / "up.log"

    def start(
        self, *, seconds: float, until: str = "Ready after"
    ) -> tuple[subprocess.Popen[bytes], float]:
        """Bring it up until it says so; its process and how long it took."""
        said_before = len(self.said())
        begun = time.monotonic()
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "config.local"],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        while until not in self.said()[said_before:]:
            assert process.poll() is None, self.said()
            assert time.monotonic() - begun < seconds, self.said()
            time.sleep(0.05)
        return process, time.monotonic() - begun

    def run(self, **environment: str) -> tuple[int, str]:
        """Try to bring it up where that must fail; the exit status and what was said."""
        tried = subprocess.run(
            [sys.executable, "-m", "config.local"],
            cwd=self.folder,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=NEXT_START,
            check=False,
        )
        return tried.returncode, tried.stdout + tried.stderr

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def visit(self, path: str, **form: str) -> tuple[int, str, str]:
        """Status, final address and text of a page; with a form, posted."""
        browser = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar)
        )
        address = urllib.parse.urljoin(f"http://127.0.0.1:{self.port}/", path)
        data = urllib.parse.urlencode(form).encode() if form else None
        try:
            with browser.open(address, data, timeout=30) as answer:
                return answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.url or address, refused.read().decode()

    def sign_in(self, username: str, password: str) -> None:
        """Sign in on the page that `/` leads to."""
        _, address, page = self.visit("/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None
        self.visit(
            address, username=username, password=password, csrfmiddlewaretoken=token.group(1)
        )

    def knows_me(self) -> bool:
        """Whether the browser is signed in."""
        status, address, page = self.visit("/")
        return status == 200 and "login" not in address and 'type="password"' not in page


@dataclass
class Story:
    """What was seen in each chapter."""

    outside_before: tuple[int, ...]
    outside_after: tuple[int, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    ready: int = 0
    first_page: tuple[int, str, str] = (0, "", "")
    told: dict[str, Any] = field(default_factory=dict)
    told_mode: int = 0
    heard_on: set[str] = field(default_factory=set)
    listeners: int = 0
    second_start: tuple[int, str] = (0, "")
    signed_in: bool = False
    left_over: int = 0
    left_over_after: list[str] = field(default_factory=list)
    still_signed_in: bool = False
    status: int | None = None
    running_at_the_end: list[str] = field(default_factory=list)
    notes_at_the_end: list[Path] = field(default_factory=list)
    interrupted: int | None = None
    running_after_that: list[str] = field(default_factory=list)
    taken_port: tuple[int, str] = (0, "")
    wrong_port: tuple[int, str] = (0, "")


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    outer = Path(mkdtemp(prefix="a story ", dir="/var/tmp"))
    outer.chmod(0o755)
    folder = outer / "the project"
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    installation = Installation(folder, free_port())
    try:
        yield installation
    finally:
        for process in _all_of(folder):
            process.kill()
        shutil.rmtree(outer)


@pytest.fixture(scope="module")
def story(installation: Installation) -> Story:
    folder, var = installation.folder, installation.folder / "var"
    seen = Story(outside_before=_rights(folder.parent))

    up, seen.seconds["from nothing"] = installation.start(seconds=FIRST_START)
    seen.ready = installation.visit("readyz")[0]
    seen.first_page = installation.visit("/")
    seen.told = json.loads((var / "local.json").read_text())
    seen.told_mode = stat.S_IMODE((var / "local.json").stat().st_mode)
    listening = _listening(up)
    seen.listeners, seen.heard_on = len(listening), set(listening)

    seen.second_start = installation.run()
    installation.sign_in(seen.told["staff"][0]["username"], seen.told["staff"][0]["password"])
    seen.signed_in = installation.knows_me()

    old = psutil.Process(up.pid).children(recursive=True)
    up.kill()
    up.wait()
    seen.left_over = sum(map(_runs, old))
    up, seen.seconds["after a kill"] = installation.start(seconds=NEXT_START)
    seen.left_over_after = [process.name() for process in old if _runs(process)]
    seen.still_signed_in = installation.knows_me()

    everything = [psutil.Process(up.pid), *psutil.Process(up.pid).children(recursive=True)]
    begun = time.monotonic()
    up.send_signal(signal.SIGINT)
    seen.status = up.wait(STOP)
    seen.seconds["stopping"] = time.monotonic() - begun
    seen.running_at_the_end = [process.name() for process in everything if _runs(process)]
    seen.running_at_the_end += [process.name() for process in _all_of(folder)]
    seen.notes_at_the_end = [*var.rglob("postmaster.pid"), *var.glob("children.json")]

    up, _ = installation.start(seconds=NEXT_START, until="Tables")
    everything = [psutil.Process(up.pid), *psutil.Process(up.pid).children(recursive=True)]
    up.send_signal(signal.SIGINT)
    seen.interrupted = up.wait(STOP)
    seen.running_after_that = [process.name() for process in everything if _runs(process)]

    with socket.create_server(("127.0.0.1", installation.port)):
        seen.taken_port = installation.run()
    seen.wrong_port = installation.run(PORT="eighty")
    seen.outside_after = _rights(folder.parent)
    sys.stderr.write(
        "".join(f"make up, {what}: {seconds:.1f} s\n" for what, seconds in seen.seconds.items())
    )
    return seen


class TestFromNothing:
    def test_it_is_ready_and_leads_to_a_sign_in_page(self, story: Story) -> None:
        assert story.ready == 200
        status, address, page = story.first_page
        assert (status, 'type="password"' in page) == (200, True)
        assert "login" in address

    def test_it_tells_who_may_sign_in_to_its_owner_only(
        self, story: Story, installation: Installation
    ) -> None:
        assert {"url", "mailbox_url", "staff", "clients"} <= set(story.told)
        assert story.told["url"] == f"http://127.0.0.1:{installation.port}"
        assert story.told_mode == 0o600

    def test_the_told_password_opens(self, story: Story) -> None:
        assert story.signed_in

    def test_everything_listens_on_loopback_only(self, story: Story) -> None:
        assert story.listeners >= 4  # PostgreSQL, Valkey, mail, web
        assert story.heard_on == {"127.0.0.1"}

    def test_its_data_lie_in_its_own_folder(
        self, installation: Installation, story: Story
    ) -> None:
        assert story.status == 0
        assert (installation.folder / "var" / "services" / "postgres" / "PG_VERSION").exists()

    def test_a_folder_outside_stays_as_it_was(self, story: Story) -> None:
        assert story.outside_after == story.outside_before


class TestTwice:
    def test_the_second_start_says_that_the_first_is_running(self, story: Story) -> None:
        status, said = story.second_start
        assert (status, "already running" in said) == (1, True)
        assert "Traceback" not in said


class TestKilled:
    def test_the_next_start_ends_what_was_left_and_keeps_the_data(self, story: Story) -> None:
        assert story.left_over >= 5
        assert story.left_over_after == []
        assert story.still_signed_in

    def test_the_next_start_is_quick(self, story: Story) -> None:
        assert story.seconds["after a kill"] < 20


class TestStopped:
    def test_nothing_of_it_is_left(self, story: Story) -> None:
        assert story.status == 0
        assert story.running_at_the_end == []
        assert story.notes_at_the_end == []

    def test_nothing_is_left_of_a_start_that_was_stopped_half_way(self, story: Story) -> None:
        assert story.interrupted == 0
        assert story.running_after_that == []


class TestWithoutAPort:
    def test_a_taken_one_is_named(self, story: Story, installation: Installation) -> None:
        status, said = story.taken_port
        assert (status, f"Port {installation.port}" in said) == (1, True)
        assert "Traceback" not in said

    def test_a_word_is_no_port(self, story: Story) -> None:
        status, said = story.wrong_port
        assert (status, "eighty" in said, "Traceback" in said) == (1, True, False)


def _rights(folder: Path) -> tuple[int, ...]:
    found = folder.stat()
    return found.st_mode, found.st_uid, found.st_gid


def _listening(up: "subprocess.Popen[bytes]") -> list[str]:
    """The addresses that it and everything it has started listen on."""
    everything = [psutil.Process(up.pid), *psutil.Process(up.pid).children(recursive=True)]
    return [
        found.laddr.ip
        for process in everything
        for found in process.net_connections("all")
        if found.status == psutil.CONN_LISTEN
    ]


def _all_of(folder: Path) -> list[psutil.Process]:
    """Every process that works in the folder, or has it among its arguments."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(folder) in " ".join([process.cwd(), *process.cmdline()]):
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


def _runs(process: psutil.Process) -> bool:
    """Whether it is there, and no mere entry that waits to be read."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
