"""Servers to measure against each other: ours, an empty Django view, and Cerbos where it is installed."""

import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from config.local.ports import free_port

HERE = Path(__file__).resolve().parent
CONNECTIONS = 16
_PATIENCE_SECONDS = 60
_QUICK_SECONDS = 0.1
_QUICK_IN_A_ROW = 30


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw: requests per second, milliseconds at the median and at the 99th percentile."""

    rate: float
    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Server:
    """Something that listens on loopback."""

    port: int
    pid: int

    def memory(self) -> float:
        """MB of the largest process, as resident set: one web worker where there are several."""
        tree = psutil.Process(self.pid)
        return max(one.memory_info().rss for one in [tree, *tree.children(recursive=True)]) / 1e6


class LoadFailed(Exception):
    """The load tool is missing, or some answers were no answers: a rate would mean nothing."""


def find_wrk() -> str | None:
    """The load tool, where it is installed."""
    return shutil.which("wrk")


def find_cerbos() -> str | None:
    """Cerbos, where it is installed (its binary ships in the npm package @cerbos/cerbos-linux-x64)."""
    return os.environ.get("CERBOS") or shutil.which("cerbos")


@contextmanager
def serving(
    application: str, *, workers: int = 2, environment: Mapping[str, str] = os.environ
) -> Iterator[Server]:
    """A WSGI application as production runs it: granian, one blocking thread in each worker."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", application]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    command += [
        "--blocking-threads",
        "1",
        "--backlog",
        "1024",
        "--no-ws",
        "--log-level",
        "warning",
    ]
    with _running(command, port, HERE.parent, environment=environment) as server:
        yield server


@contextmanager
def cerbos(binary: str, folder: Path, organizations: int) -> Iterator[Server]:
    """Cerbos with one principal policy for each organization, saying what our world says."""
    port = free_port()
    config = write_policies(folder, organizations, port)
    with _running([binary, "server", f"--config={config}"], port, folder) as server:
        yield server


def press(server: Server, *, seconds: int, **environment: str) -> Load:
    """Load the server. Raises LoadFailed where an answer was missing or no success."""
    wrk = find_wrk()
    if wrk is None:
        raise LoadFailed("wrk is not installed")
    command = [
        wrk,
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "--timeout",
        "10s",
        "-s",
        str(HERE / "load.lua"),
    ]
    command.append(f"http://127.0.0.1:{server.port}")
    done = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=True
    )
    found: Mapping[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    if found["refused"] or found["broken"]:
        raise LoadFailed(done.stdout)
    return Load(found["rate"], found["p50"], found["p99"])


def write_policies(folder: Path, organizations: int, port: int) -> Path:
    """Cerbos's configuration and policies; JSON is YAML."""
    policies = folder / "policies"
    policies.mkdir(parents=True)
    never = {
        "apiVersion": "api.cerbos.dev/v1",
        "resourcePolicy": {
            "version": "default",
            "resource": "model",
            "rules": [
                {
                    "actions": ["invoke"],
                    "effect": "EFFECT_DENY",
                    "roles": ["*"],
                    "condition": {"match": {"expr": 'R.id == "none"'}},
                }
            ],
        },
    }
    (policies / "model.json").write_text(json.dumps(never))
    held = 'R.id in ["model-0", "model-1", "model-2", "model-3"]'
    for number in range(organizations):
        allow = {
            "action": "invoke",
            "effect": "EFFECT_ALLOW",
            "condition": {"match": {"expr": held}},
        }
        policy = {
            "apiVersion": "api.cerbos.dev/v1",
            "principalPolicy": {
                "principal": f"org-{number}",
                "version": "default",
                "rules": [{"resource": "model", "actions": [allow]}],
            },
        }
        (policies / f"org-{number}.json").write_text(json.dumps(policy))
    config = folder / "config.json"
    config.write_text(
        json.dumps(
            {
                "server": {
                    "httpListenAddr": f"127.0.0.1:{port}",
                    "grpcListenAddr": f"127.0.0.1:{free_port()}",
                    "requestLimits": {"maxActionsPerResource": 50, "maxResourcesPerRequest": 100},
                },
                "telemetry": {"disabled": True},
                "storage": {
                    "driver": "disk",
                    "disk": {"directory": str(policies), "watchForChanges": False},
                },
            }
        )
    )
    return config


@contextmanager
def _running(
    command: list[str], port: int, cwd: Path, *, environment: Mapping[str, str] = os.environ
) -> Iterator[Server]:
    process = subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(process, command[-1], port)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], name: str, port: int) -> None:
    """Until every worker has loaded its application: a socket listens long before, and answers late."""
    give_up = time.monotonic() + _PATIENCE_SECONDS
    quick = 0
    while time.monotonic() < give_up and quick < _QUICK_IN_A_ROW:
        if process.poll() is not None:
            raise LoadFailed(f"“{name}” ended with {process.returncode}")
        begun = time.monotonic()
        answered = _answers(port)
        quick = quick + 1 if answered and time.monotonic() - begun < _QUICK_SECONDS else 0
        if not answered:
            time.sleep(0.1)
    if quick < _QUICK_IN_A_ROW:
        raise LoadFailed(f"“{name}” does not answer")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("POST", "/access/v1/evaluation", body=b"{}")
        connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()
    return True
