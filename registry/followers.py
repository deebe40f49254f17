"""What must be rewritten together with a fact, in the transaction that changes it.

The layers below know nothing of what rests on their facts above: the layer above says so once, at the
start. Unlike a knock at the worker's door this is part of the act: where it fails, the act has not been.
"""

from collections.abc import Callable, Collection
from uuid import UUID

from registry.actors import Command

Rewrite = Callable[[Command, Collection[UUID] | None], None]

_followers: list[Rewrite] = []


def set_follower(rewrite: Rewrite) -> None:
    """Call `rewrite` after each change of facts about organizations. One follower; a second replaces it."""
    _followers[:] = [rewrite]


def follow(command: Command, organizations: Collection[UUID] | None) -> None:
    """Facts about these organizations have changed, or about all of them (None). In the caller's transaction,
    as its last act: what is rewritten locks programs, then grants."""
    for rewrite in _followers:
        rewrite(command, organizations)
