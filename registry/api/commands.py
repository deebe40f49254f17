"""From an HTTP request to a command, and from what was done to an HTTP answer."""

import datetime as dt
import re
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from registry.api.permissions import actor_of
from registry.commands import Command, Done
from registry.errors import Invalid, KnownInFuture
from registry.models import Governed

_ETAG = re.compile(r'"(\d{1,9})"')
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class ExpectedVersionUnreadable(Invalid):
    code = "if_match_unreadable"
    text = _('If-Match must be the ETag of the resource, such as "3".')


class KeyUnreadable(Invalid):
    code = "idempotency_key_unreadable"
    text = _("Idempotency-Key must be 1 to 200 printable characters without spaces.")


class MomentUnreadable(Invalid):
    code = "moment_unreadable"
    text = _("“%(field)s” must be an RFC 3339 moment with a time zone.")


def command_of(request: Request) -> Command:
    """The circumstances of the act: the caller, now, and what the headers ask for.

    Raises ExpectedVersionUnreadable, KeyUnreadable.
    """
    return Command(
        by=actor_of(request),
        at=now(),
        request_id=request.request_id,  # type: ignore[attr-defined]  # set by middleware
        idempotency=_idempotency(request),
        expected_version=_expected_version(request),
    )


def answer_done(
    done: Done[Any], serializer: type[BaseSerializer[Any]], *, status: int = 200, **context: Any
) -> Response:
    """What was done, with its version and the revision a reader may ask to see."""
    response = answer_one(done.value, serializer, status=status, **context)
    response["Concordat-Revision"] = done.revision
    return response


def answer_one(
    row: Governed, serializer: type[BaseSerializer[Any]], *, status: int = 200, **context: Any
) -> Response:
    """One resource, with its ETag."""
    body = serializer(row, context=context).data
    return Response(body, status=status, headers={"ETag": f'"{row.version}"'})


def read_moment(request: Request, field: str) -> dt.datetime | None:
    """A query parameter as an aware moment; None where it is not given. Raises MomentUnreadable, KnownInFuture."""
    text = request.query_params.get(field)
    moment = None if text is None else parse_moment(text, field)
    if field == "known_at" and moment is not None and moment > now():
        raise KnownInFuture
    return moment


def parse_moment(text: object, field: str) -> dt.datetime:
    """An aware moment from RFC 3339. A plus sign lost on the way is put back. Raises MomentUnreadable."""
    try:
        found = parse_datetime(text.replace(" ", "+")) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise MomentUnreadable(field=field)
    return found


def _idempotency(request: Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise KeyUnreadable
    return key


def _expected_version(request: Request) -> int | None:
    given = request.headers.get("If-Match")
    if given is None or given == "*":
        return None
    found = _ETAG.fullmatch(given.strip())
    if found is None:
        raise ExpectedVersionUnreadable
    return int(found[1])
