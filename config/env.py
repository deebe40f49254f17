"""Read the environment once, typed, and fail at start-up with the variable's name."""

import base64
import binascii
import datetime as dt
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.retry import Retry

_KEY_BYTES = 32


def text(name: str, default: str | None = None) -> str:
    """The variable's text. Raises ImproperlyConfigured where it is not set and has no default."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set")
    return value


def key(name: str) -> str:
    """Base64 of the 32 bytes of an Ed25519 key, kept as text."""
    value = text(name)
    try:
        right = len(base64.b64decode(value, validate=True)) == _KEY_BYTES
    except binascii.Error:
        right = False
    if not right:
        raise ImproperlyConfigured(f"{name} must be base64 of {_KEY_BYTES} random bytes")
    return value


def flag(name: str, *, default: bool) -> bool:
    """`1` or `0`; anything else stops the start."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}")
    return value == "1"


def hours(name: str, default: str) -> dt.timedelta:
    """A number of hours, none or more; anything else stops the start."""
    value = text(name, default)
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number of hours, not {value!r}")
    return dt.timedelta(hours=int(value))


def whole(name: str, default: int, *, most: int) -> int:
    """A whole number from 0 up to `most`; anything else stops the start."""
    value = os.environ.get(name, str(default))
    if not (value.isascii() and value.isdigit() and int(value) <= most):
        raise ImproperlyConfigured(
            f"{name} must be a whole number from 0 to {most}, not {value!r}"
        )
    return int(value)


def words(name: str, default: str | None = None) -> list[str]:
    """A list separated by commas; an empty variable is an empty list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def places(name: str) -> dict[str, str]:
    """Names and the paths of Python functions, `name=package.module.function`, separated by commas."""
    found = dict(word.partition("=")[::2] for word in words(name, ""))
    if not all(key and place.count(".") for key, place in found.items()):
        raise ImproperlyConfigured(f"{name} must be such as name=package.module.function")
    return found


def minutes(name: str, default: str) -> list[timedelta]:
    """Whole minutes above none, separated by commas, the shortest first."""
    said = words(name, default)
    if not said or not all(word.isascii() and word.isdigit() and int(word) for word in said):
        raise ImproperlyConfigured(f"{name} must be whole minutes, such as {default}")
    return sorted(timedelta(minutes=int(word)) for word in said)


def database(name: str) -> dict[str, Any]:
    """A PostgreSQL database from `postgres://user:password@host:port/name`.

    A server that does not answer is given up after two seconds, unless `?connect_timeout=` says otherwise.
    """
    read: dict[str, Any] = environ.Env.db_url_config(text(name))
    if read.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured(f"{name} must name a PostgreSQL database")
    read["OPTIONS"] = {"connect_timeout": 2} | read.get("OPTIONS", {})
    return read


def cache(name: str) -> dict[str, Any]:
    """A cache on Valkey or Redis from `redis://…`. One that does not answer is given up after a second."""
    address = text(name)
    if urlsplit(address).scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured(f"{name} must begin with redis:// or rediss://")
    patience = {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": Retry(NoBackoff(), 1)}
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": address,
        "OPTIONS": patience,
    }


def mail(name: str) -> dict[str, Any]:
    """Django's mail settings from `smtp://…`, `smtp+tls://…` or `smtp+ssl://…`."""
    read: dict[str, Any] = environ.Env.email_url_config(text(name))
    return read


def folder(name: str) -> Path:
    """A folder from `file:///path`, percent-decoded."""
    address = urlsplit(text(name))
    if address.scheme != "file":
        raise ImproperlyConfigured(f"{name} must begin with file://")
    return Path(unquote(address.path))
