"""Decisions over HTTP, side by side: ours, an empty Django view and Cerbos, under one load in one run."""

import os
import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import world
from bench.servers import Load, Server, cerbos, find_cerbos, find_wrk, press, serving
from registry.choices import ClientKind
from tests import make
from tests.http import sign_in

SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
ROUNDS = 3
FEW, USUAL, MANY = world.Size(500), world.Size(5_000), world.Size(50_000)
RESTRICTIONS = 1_000
OURS, EMPTY = "config.wsgi:application", "bench.empty:application"


def measure_serving() -> Iterator[str]:
    """One line for each measurement; each ratio is the median of rounds in which the servers take turns."""
    if find_wrk() is None:
        yield "decisions over HTTP were not measured: wrk is not installed"
        return
    made = world.prepare()
    with serving(OURS) as mine:
        token = make_token(mine)
    made.grow(FEW)
    few = _press_alone(token, FEW)
    made.grow(USUAL)
    yield from _compare(token)
    made.grow(MANY)
    many = _press_alone(token, MANY)
    yield f"from {FEW.grants} to {MANY.grants} grants: {few.rate / many.rate:.2f} × the time"
    made.grow(world.Size(MANY.organizations, RESTRICTIONS))
    restricted = _press_alone(token, MANY)
    yield f"with {RESTRICTIONS} restrictions in force: {many.rate / restricted.rate:.2f} × the time"


def _compare(token: str) -> Iterator[str]:
    ours = {"TOKEN": token}
    with serving(OURS) as mine, serving(EMPTY) as empty:
        both = _take_turns(
            lambda: press(mine, seconds=SECONDS, **ours), lambda: press(empty, seconds=SECONDS)
        )
        yield _say("one evaluation", both, "an empty Django view")
        yield f"one web worker holds {mine.memory():.0f} MB"
        if find_cerbos() is None:
            yield "nothing was compared with Cerbos: it is not installed"
            return
        yield from _compare_with_cerbos(mine, ours)


def _compare_with_cerbos(mine: Server, ours: dict[str, str]) -> Iterator[str]:
    binary = find_cerbos()
    assert binary is not None
    with (
        tempfile.TemporaryDirectory() as folder,
        cerbos(binary, Path(folder), USUAL.organizations) as theirs,
    ):
        wants = {"PROPERTIES": ',"properties":{"held":true}'}
        both = _take_turns(
            lambda: press(mine, seconds=SECONDS, **ours),
            lambda: press(theirs, seconds=SECONDS, **wants),
        )
        yield _say("one evaluation", both, "Cerbos")
        both = _take_turns(
            lambda: press(mine, seconds=SECONDS, BATCH="100", **ours),
            lambda: press(theirs, seconds=SECONDS, BATCH="100", **wants),
        )
        yield _say("100 evaluations in one call", both, "Cerbos")


def _press_alone(token: str, size: world.Size) -> Load:
    with serving(OURS) as mine:
        press(mine, seconds=1, TOKEN=token)
        loads = [
            press(mine, seconds=SECONDS, TOKEN=token, ORGANIZATIONS=str(size.organizations))
            for _ in range(ROUNDS)
        ]
    return sorted(loads, key=lambda load: load.rate)[ROUNDS // 2]


def _take_turns(mine: Callable[[], Load], other: Callable[[], Load]) -> list[tuple[Load, Load]]:
    return [(mine(), other()) for _ in range(ROUNDS)]


def _say(what: str, pairs: list[tuple[Load, Load]], reference: str) -> str:
    rate = statistics.median(mine.rate / other.rate for mine, other in pairs)
    tail = statistics.median(mine.p99 / other.p99 for mine, other in pairs)
    return f"{what}: {rate:.2f} × the requests per second of {reference}, p99 {tail:.2f} × its p99"


def make_token(server: Server) -> str:
    """The token of a gateway that may ask about anyone, got as any program would; good for an hour."""
    base = f"http://127.0.0.1:{server.port}"
    return sign_in(base, make.developer(), "access:evaluate_any", kind=ClientKind.GATEWAY).token
