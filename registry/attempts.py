"""Attempts at a secret, counted before the secret is looked at: guessing stays slow, and costs no hashing.

Counted in the cache that all processes share. Where that is away each process counts for itself, so that
nobody is kept out by it and no guessing goes uncounted. What stands in the cache are digests.
"""

import datetime as dt
import hashlib
import ipaddress
import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeVar

from django.core.cache import BaseCache, caches
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from registry.errors import Limited

log = logging.getLogger(__name__)

SHARED, OWN = "default", "process"
"""The aliases of the two caches."""
KNOWN_SECONDS = 30 * 24 * 3600
"""For how long an address counts as known to an account that was let in from it."""
AWAY_SECONDS = 10
"""For how long a process does not ask a shared cache that has failed it: no request waits for it anew."""


class TooManyAttempts(Limited):
    code = "too_many_attempts"
    text = _("Too many failed attempts: try again in %(seconds)s seconds.")


@dataclass(frozen=True, slots=True)
class Window:
    """So many failures in so many seconds, counted from even moments, so that all processes share them."""

    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What guessing is held to. An address that the account was let in from is held to `pair` alone.

    So whoever guesses elsewhere never keeps a known caller out, and a new one for `account.seconds` at most.
    """

    kind: str
    pair: Window
    address: Window
    account: Window


CLIENTS = Limits("client", pair=Window(30, 300), address=Window(100, 300), account=Window(100, 60))
STAFF = Limits("staff", pair=Window(10, 300), address=Window(50, 300), account=Window(20, 60))


class Outcome(Enum):
    UNDECIDED = auto()  # the secret was not judged: it counts for nothing
    FAILED = auto()
    PASSED = auto()


@dataclass(slots=True)
class Attempt:
    """One attempt; whoever looks at the secret says what came of it. `counted` are the keys it stands under."""

    outcome: Outcome = Outcome.UNDECIDED
    counted: list[str] = field(default_factory=list)


@contextmanager
def attempt(limits: Limits, account: str, address: str, *, at: dt.datetime) -> Iterator[Attempt]:
    """One attempt at the account's secret from the address. Raises TooManyAttempts before any of it is read.

    It is counted at once and taken back unless it fails, so that many at the same time do not slip through.
    """
    pair = _name(limits.kind, account, address)
    known = _name(limits.kind, "known", account, address)
    made = Attempt()
    try:
        _count(made, pair, limits.pair, at=at)
        if not is_known(known):
            _count(made, _name(limits.kind, "address", address), limits.address, at=at)
            _count(made, _name(limits.kind, "account", account), limits.account, at=at)
        yield made
    finally:
        if made.outcome is not Outcome.FAILED:
            for key in made.counted:
                take_back(key)
        if made.outcome is Outcome.PASSED:
            forget(made.counted[0])
            _remember(known)


def count(key: str, *, seconds: int) -> int:
    """One more under the key, which is forgotten after so many seconds; how many there are."""
    return _ask(lambda cache: _add(cache, key, seconds))


def take_back(key: str) -> None:
    """One fewer under the key."""

    def take(cache: BaseCache) -> None:
        with suppress(ValueError):  # forgotten meanwhile
            cache.decr(key)

    _ask(take)


def forget(key: str) -> None:
    """None under the key."""
    _ask(lambda cache: cache.delete(key))


def is_known(key: str) -> bool:
    """Whether the address is known to the account."""
    return _ask(lambda cache: cache.get(key) is not None)


def find_address(said: Mapping[str, str], proxies: Sequence[str]) -> str:
    """From where a request comes, by what its server says (WSGI): an address, or the /64 of an IPv6 one.

    Behind proxies it is the last address in `X-Forwarded-For` that is none of theirs.
    """
    hops = [said.get("REMOTE_ADDR", "")]
    if proxies and (forwarded := said.get("HTTP_X_FORWARDED_FOR", "")):
        networks = [network for proxy in proxies if (network := _read_network(proxy)) is not None]
        found = [_strip_port(hop.strip()) for hop in forwarded.split(",")]
        outside = [hop for hop in found if not any(_is_in(hop, network) for network in networks)]
        hops = outside or found
    return _widen(hops[-1])


def _count(made: Attempt, key: str, window: Window, *, at: dt.datetime) -> None:
    number, passed = divmod(at.timestamp(), window.seconds)
    key = f"{key}:{int(number)}"
    made.counted.append(key)
    if count(key, seconds=window.seconds) > window.most:
        log.warning("too many failed attempts: %s", key)
        raise TooManyAttempts(seconds=math.ceil(window.seconds - passed))


def _remember(key: str) -> None:
    _ask(lambda cache: cache.set(key, 1, KNOWN_SECONDS))


def _add(cache: BaseCache, key: str, seconds: int) -> int:
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:  # forgotten between the two calls
        cache.set(key, 1, seconds)
        return 1


T = TypeVar("T")
_asked_again_at = 0.0


def _ask(question: Callable[[BaseCache], T]) -> T:
    global _asked_again_at  # noqa: PLW0603 - of this process, as is the cache that it stands for
    if time.monotonic() >= _asked_again_at:
        try:
            return question(caches[SHARED])
        except RedisError:
            _asked_again_at = time.monotonic() + AWAY_SECONDS
            log.warning("attempts are counted by each process for itself: the cache is away")
    return question(caches[OWN])


def _name(*parts: str) -> str:
    digest = hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()
    return f"attempts:{parts[0]}:{digest}"


def _read_network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _is_in(hop: str, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    try:
        return ipaddress.ip_address(hop) in network
    except ValueError:
        return False


def _strip_port(hop: str) -> str:
    """`192.0.2.1:4711` and `[2001:db8::1]:4711`, as some proxies write, without the port."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _widen(hop: str) -> str:
    """Whoever has an IPv6 address has all of its /64."""
    try:
        address = ipaddress.ip_address(hop)
    except ValueError:
        return hop
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)
