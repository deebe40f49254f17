import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from config.local.children import Children

# A program that starts another, says so, and waits.
PARENT = """
import subprocess, sys, time
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(str(other.pid))
time.sleep(600)
"""
STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1], "w").write("0")
time.sleep(600)
"""


@pytest.fixture
def children(tmp_path: Path) -> Children:
    return Children(tmp_path / "children.json")


def start(children: Children, tmp_path: Path, program: str) -> tuple[psutil.Process, int]:
    """Start it; its process, and the number it wrote once it was up."""
    said = tmp_path / "said"
    children.start("one", [sys.executable, "-c", program, str(said)], cwd=tmp_path)
    give_up = time.monotonic() + 20
    while not (said.exists() and said.read_text()):
        assert time.monotonic() < give_up
        time.sleep(0.01)
    return psutil.Process(children.running["one"].pid), int(said.read_text())


class TestEnd:
    def test_ends_what_the_children_have_started(self, children: Children, tmp_path: Path) -> None:
        parent, other = start(children, tmp_path, PARENT)
        grandchild = psutil.Process(other)
        children.end()
        assert not parent.is_running()
        psutil.wait_procs([grandchild], timeout=10)
        assert not _runs(grandchild)

    def test_ends_them_even_where_the_child_has_ended_by_itself(
        self, children: Children, tmp_path: Path
    ) -> None:
        parent, other = start(children, tmp_path, PARENT)
        grandchild = psutil.Process(other)
        parent.kill()
        children.running["one"].wait()
        assert children.ended() == "one"
        children.end()
        psutil.wait_procs([grandchild], timeout=10)
        assert not _runs(grandchild)

    def test_ends_what_does_not_listen(
        self, children: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("config.local.children.END_SECONDS", 0.2)
        process, _ = start(children, tmp_path, STUBBORN)
        children.end()
        assert not process.is_running()


class TestEndLeftOvers:
    def test_ends_what_a_killed_parent_left_with_all_it_had_started(
        self, children: Children, tmp_path: Path
    ) -> None:
        parent, other = start(children, tmp_path, PARENT)
        grandchild = psutil.Process(other)
        assert Children(children.record).end_left_overs() == 2
        children.running["one"].wait()
        assert not parent.is_running()
        assert not _runs(grandchild)
        assert not children.record.exists()

    def test_spares_a_process_that_has_got_the_number_since(
        self, children: Children, tmp_path: Path
    ) -> None:
        process, _ = start(children, tmp_path, STUBBORN)
        noted = children.record.read_text()
        children.record.write_text(noted.replace(str(process.create_time()), "1.0"))
        assert Children(children.record).end_left_overs() == 0
        assert process.is_running()
        process.kill()
        children.end()

    @pytest.mark.parametrize("text", ["", "[[1,"])
    def test_a_torn_record_stops_nothing(self, children: Children, text: str) -> None:
        children.record.write_text(text)
        assert children.end_left_overs() == 0


class TestWatch:
    def test_tells_when_a_service_ends_that_others_started(self, children: Children) -> None:
        with subprocess.Popen([sys.executable, "-c", ""]) as service:
            children.watch("service", service, note=True)
            service.wait()
            assert children.ended() == "service"
        children.forget()


def _runs(process: psutil.Process) -> bool:
    """Whether it is there, and no mere entry that waits to be read."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
