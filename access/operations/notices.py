"""Notices ahead of whatever ends: each at most once, however often and however late the worker comes."""

from django.db import connection, transaction

from access.events import Event
from access.models import Notice
from access.queries.endings import Ending, find_endings
from registry import audit
from registry.commands import Command

BATCH = 200
_ONE_AT_A_TIME = 7_004_401
"""The advisory lock of who gives notices: a second worker waits, and then finds nothing new."""


def give(command: Command, *, limit: int = BATCH) -> int:
    """Give the next notices that are due at the command's moment; how many.

    Record and event are written together, and the record is what keeps a notice from coming twice.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        found = find_endings(at=command.at, limit=limit)
        for ending in found:
            _give(command, ending)
        return len(found)


def _give(command: Command, ending: Ending) -> None:
    row = Notice.objects.create(
        kind=ending.kind,
        organization_id=ending.organization,
        thing=ending.thing,
        code=ending.code,
        ends_at=ending.ends_at,
        days=ending.days,
        given_at=command.at,
        changed_at=command.at,
    )
    audit.record(
        _name(ending),
        row,
        command,
        occurred_at=command.at,
        kind=ending.kind,
        thing=ending.thing,
        code=ending.code,
        ends_at=ending.ends_at,
        days=ending.days,
    )


def _name(ending: Ending) -> Event:
    """Staff are told of what concerns one holder, and once of what concerns many."""
    if ending.organization is None:
        return Event.NOTICE_SUMMED_UP
    return Event.NOTICE_GIVEN_IN_CAMPAIGN if ending.collective else Event.NOTICE_GIVEN
