"""Pages of a search: signed tokens that carry the moment, where to go on, and what was asked.

A token is good for the same request of the same client for some minutes, and for nothing else. With the
moment in it all pages answer for the first one's state of knowledge, so they agree.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core import signing
from django.utils.translation import gettext_lazy as _

from access.api.authzen_bodies import MemberOfWrongType
from access.queries.decisions import Asked
from registry.actors import Actor
from registry.errors import Invalid

LARGEST_PAGE = 200
TOKEN_SECONDS = 900
_SALT = "access.search.page"


class PageTokenUnreadable(Invalid):
    code = "page_token_unreadable"
    text = _("This page token was not given out by this registry, or was altered.")


class PageTokenExpired(Invalid):
    code = "page_token_expired"
    text = _("This page token has run out: begin the search anew.")


class PageTokenElsewhere(Invalid):
    code = "page_token_elsewhere"
    text = _("This page token belongs to another request.")


@dataclass(frozen=True, slots=True)
class Page:
    """Which page is asked for. `moment` is the first page's, None on the first; `after` is the last key
    told; `position` is what the first page's state of knowledge reflects, where it was asked for."""

    digest: str
    limit: int = LARGEST_PAGE
    moment: dt.datetime | None = None
    after: tuple[str, ...] | None = None
    position: int | None = None

    def at(self, asked: Asked) -> Asked:
        """The question as of the first page's moment."""
        if self.moment is None:
            return asked
        return replace(
            asked,
            as_of=asked.as_of or asked.known_at or self.moment,
            known_at=asked.known_at or self.moment,
        )

    def follow(self, moment: dt.datetime, after: Sequence[str]) -> str:
        """The token of the page after `after`."""
        said = {
            "d": self.digest,
            "l": self.limit,
            "m": (self.moment or moment).isoformat(),
            "a": list(after),
            "p": self.position,
        }
        return signing.dumps(said, salt=_SALT)


def read_page(said: Mapping[str, Any], *, digest: str) -> Page:
    """The page that the request's `page` asks for.

    Raises MemberOfWrongType, PageTokenUnreadable, PageTokenExpired, PageTokenElsewhere.
    """
    limit = said.get("limit")
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 0):
        raise MemberOfWrongType(field="page.limit", wanted="a whole number from 0")
    token = said.get("token")
    if token is None or token == "":
        return Page(digest, LARGEST_PAGE if limit is None else min(limit, LARGEST_PAGE))
    if not isinstance(token, str):
        raise MemberOfWrongType(field="page.token", wanted="a text")
    page = _read_token(token)
    if page.digest != digest or (limit is not None and min(limit, LARGEST_PAGE) != page.limit):
        raise PageTokenElsewhere
    return page


def compute_digest(what: str, actor: Actor, said: Mapping[str, Any]) -> str:
    """What a token is bound to: the address, the client, and the request without its page."""
    kept = {key: said.get(key) for key in ("subject", "action", "resource", "context")}
    text = json.dumps([what, actor.key, kept], sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _read_token(token: str) -> Page:
    try:
        said = signing.loads(token, salt=_SALT, max_age=TOKEN_SECONDS)
    except signing.SignatureExpired as expired:
        raise PageTokenExpired from expired
    except (signing.BadSignature, ValueError) as altered:
        raise PageTokenUnreadable from altered
    return Page(
        said["d"], said["l"], dt.datetime.fromisoformat(said["m"]), tuple(said["a"]), said["p"]
    )
