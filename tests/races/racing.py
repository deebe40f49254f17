"""Two acts at once, on two connections: the lock that decides between them is PostgreSQL's own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from registry.errors import DomainError


def race(*acts: Callable[[], object]) -> list[object]:
    """Run the acts at the same moment; for each its result, or the refusal it met."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            gate.wait(timeout=30)
            return act()
        except DomainError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def winners(results: list[object]) -> int:
    """How many of the acts were not refused."""
    return sum(not isinstance(result, DomainError) for result in results)


def refusals(results: list[object]) -> set[str]:
    """The codes of those that were."""
    return {result.code for result in results if isinstance(result, DomainError)}
