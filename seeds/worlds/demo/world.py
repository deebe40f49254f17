"""Make the demonstration world, or finish one that was begun."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from access.models import AccessRequest, Program
from registry.models import Organization
from seeds.worlds.demo import (
    asked,
    cohort,
    duties,
    eligible,
    expansion,
    holders,
    june,
    lifecycle,
    notification,
    people,
    points,
    regulator,
    screened,
    setting,
    staged,
    talks,
)
from seeds.worlds.demo.acting import World
from seeds.worlds.demo.credentials import write_credentials
from seeds.worlds.demo.names import EXPANSION, PROGRAM, Size

_BLOCKED = 5
"""The line of the expansion that the regulator holds back: the disputed one."""


def is_complete() -> bool:
    """Whether the world is there, to its last act."""
    return Program.objects.filter(slug=PROGRAM).exists() and june.is_lifted()


def make(
    size: Size,
    *,
    clock: Callable[[], dt.datetime],
    tell: Callable[[str], Any],
    password: str,
    credentials: Path | None = None,
) -> None:
    """Make what is missing of the world; nothing where it is complete, whatever size it has.

    New staff get the password. With `credentials`, client programs are registered and their secrets
    written to that file; again where the world is complete and the file is gone.
    """
    complete = is_complete()
    if complete:
        tell(f"demo: there already, with {_describe()}")
        if credentials is None or credentials.exists():
            return
    enrolled = people.enroll_staff(clock=clock, password=password)
    world = World(size, enrolled.actors, clock, tell)
    if not complete:
        _build(world)
    if credentials is not None:
        able = people.find_able(enrolled, password)
        write_credentials(world, credentials, staff=able, password=password)
        tell(f"demo: who may sign in with what is written to {credentials}")
    if not complete:
        june.stop_and_lift(world)
        tell(f"demo: done, with {_describe()}")


def _build(world: World) -> None:
    setting.set_up(world)
    points.register(world)
    holders.give_access(world)
    lines = expansion.propose(world)
    regulator.take_positions(world, lines[min(_BLOCKED, len(lines) - 1)])
    staged.review(world)
    screened.screen(world)
    notification.tell(world)
    talks.keep(world)
    lifecycle.set_on_their_way(world)
    asked.ask_by_form(world)
    june.restrict(world)
    june.play(world)
    duties.work_on_incident(world)
    eligible.explain(world)
    cohort.hold_back(world)


def _describe() -> str:
    synthetic = Organization.objects.filter(synthetic=True).count()
    lines = AccessRequest.objects.filter(expansion__slug=EXPANSION).count()
    return f"{synthetic} organizations, and {lines} requests in its expansion"
