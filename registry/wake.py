"""Knock at the worker's door after a commit. A lost knock costs a little time, never an event.

The layers below know no broker: the composition root sets the hook.
"""

from collections.abc import Callable

from django.db import transaction

_hooks: list[Callable[[], None]] = []


def set_hook(hook: Callable[[], None]) -> None:
    """Call `hook` after each commit that recorded something. One hook; a second replaces it."""
    _hooks[:] = [hook]


def wake_after_commit() -> None:
    """Ask for one knock when this transaction has committed, however much it recorded."""
    waiting = transaction.get_connection().run_on_commit
    if not any(call is _knock for _, call, _ in waiting):
        transaction.on_commit(
            _knock, robust=True
        )  # robust: the commit stands even where the knock fails


def _knock() -> None:
    for hook in _hooks:
        hook()
