"""The password once more, before an act that must be meant: limited, so that an open screen is no way to guess it."""

import logging

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from registry.errors import Forbidden

TRIES = 5
PAUSE_SECONDS = 300
log = logging.getLogger(__name__)


class PasswordWrong(Forbidden):
    code = "password_wrong"
    text = _("This is not your password.")


class TooManyTries(Forbidden):
    code = "too_many_tries"
    text = _(
        "Too many wrong passwords: try again in %(minutes)s minutes, or ask another restrictor."
    )


def check_password(request: HttpRequest, password: str) -> None:
    """See that the person at the screen is the one who signed in. Raises PasswordWrong, TooManyTries.

    Where the cache that counts the tries is away, nobody is kept from stopping access by that.
    """
    key = f"reauthentication:{request.user.pk}"
    if _count_try(key) > TRIES:
        raise TooManyTries(minutes=PAUSE_SECONDS // 60)
    if not request.user.check_password(password):
        raise PasswordWrong
    _forget_tries(key)


def _count_try(key: str) -> int:
    try:
        cache.add(key, 0, PAUSE_SECONDS)
        return int(cache.incr(key))
    except (RedisError, ValueError):  # away; or lapsed between the two calls
        log.warning("tries of a password could not be counted")
        return 0


def _forget_tries(key: str) -> None:
    try:
        cache.delete(key)
    except RedisError:
        log.warning("tries of a password could not be forgotten")
