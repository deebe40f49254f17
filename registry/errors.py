"""Refusals: the anticipated no. One class and one stable code each, defined beside what raises them.

A refusal is not an error of the program: the caller can act on it, and no one need be paged.
The kinds below say what an interface answers; the code says which rule spoke.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """An anticipated refusal. `values` fill the sentence and travel beside the code."""

    code: ClassVar[str] = "refused"
    text: ClassVar[str | Promise] = _("This is refused.")

    def __init__(self, **values: Any) -> None:
        self.values: Mapping[str, Any] = values
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.text) % self.values


class Invalid(DomainError):
    """What was sent cannot be meant: a field is unknown, missing or contradicts another."""

    code = "invalid"
    text = _("What was sent cannot be used.")


class KnownInFuture(Invalid):
    """The state of knowledge asked about has not come yet."""

    code = "known_at_in_future"
    text = _("Nobody knows yet what will be known then.")


class Forbidden(DomainError):
    """The actor may see this, and may not do it."""

    code = "forbidden"
    text = _("You may not do this.")


class NotFound(DomainError):
    """There is no such thing, or the actor may not know of it: the two answer alike."""

    code = "not_found"
    text = _("There is no such %(what)s.")

    def __init__(self, what: str = "thing", **values: Any) -> None:
        super().__init__(what=what, **values)


class Unavailable(DomainError):
    """What is needed for an answer cannot be had at present. Trying again later may help."""

    code = "unavailable"
    text = _("This cannot be answered at present.")


class Limited(DomainError):
    """This was tried too often. `seconds` says when it may be tried again."""

    code = "limited"
    text = _("This was tried too often: try again in %(seconds)s seconds.")


class Conflict(DomainError):
    """The thing is not in a state that allows this."""

    code = "conflict"
    text = _("The present state does not allow this.")


class WorldsApart(Conflict):
    """What is synthetic never meets what is real."""

    code = "worlds_apart"
    text = _("A synthetic record and a real one cannot be joined.")


class Stale(DomainError):
    """The caller worked from a version that has been replaced."""

    code = "stale_version"
    text = _(
        "This was changed by someone else meanwhile: version %(expected)s was expected, %(found)s is current."
    )
