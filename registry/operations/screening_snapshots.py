"""Snapshots of screening lists: uploaded and looked at, then taken into use whole or not at all."""

import datetime as dt
import itertools
import json
from collections.abc import Iterable
from dataclasses import asdict
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import Role, SnapshotStatus
from registry.commands import Command, command, lock, read_clock, touch
from registry.errors import Conflict, Invalid
from registry.events import Event
from registry.models import (
    ScreeningEntry,
    ScreeningList,
    ScreeningName,
    ScreeningSnapshot,
    SnapshotEntry,
)
from registry.operations.csv_rows import longest
from registry.operations.screening_lists import ListRetired
from registry.operations.screening_readers import Listed, find_reader
from registry.operations.screening_runs import (
    AT_ONCE,
    _lists_changed,
    _take_into_use,
    _take_turn,
)
from registry.policies import check_role
from registry.queries.screening import count_enrolled
from registry.queries.screening_names import latin_of, normalize

_BATCH = 2_000
MOST_PROBLEMS = 500
"""So many problems of a file are kept; of more, how many there are."""


class SnapshotNotPrepared(Conflict):
    code = "snapshot_not_prepared"
    text = _("The snapshot is %(status)s: this step does not apply.")


class SnapshotOlder(Conflict):
    code = "snapshot_older"
    text = _("A snapshot of %(day)s is in use already: an older one cannot take its place.")


class SnapshotOfTheFuture(Invalid):
    code = "snapshot_of_the_future"
    text = _("No list is of a day that has not come yet.")


@command
def upload(
    command: Command, *, screening_list: UUID, as_of: dt.date, file_name: str, content: bytes
) -> ScreeningSnapshot:
    """Read a file with the state of the list on the day `as_of`. Nobody is screened against it yet.

    What is wrong with the file is on the snapshot, never raised. Raises RoleMissing, NotFound, ListRetired,
    SnapshotOfTheFuture, ReaderUnknown.
    """
    check_role(command.by, Role.INTAKE, Role.ADMINISTRATOR)
    of = lock(ScreeningList.objects.all(), screening_list, command, what="screening list")
    if of.retired_at is not None:
        raise ListRetired
    clock = read_clock(command, of)
    # A day begins first at UTC+14: whoever is there may know tomorrow's list.
    if as_of > (clock.recorded + dt.timedelta(hours=14)).date():
        raise SnapshotOfTheFuture
    file = find_reader(of.reader)(content)
    row = ScreeningSnapshot.objects.create(
        screening_list=of,
        number=of.snapshots.count() + 1,
        as_of=as_of,
        file_name=file_name[: longest(ScreeningSnapshot, "file_name")],
        sha256=file.sha256,
        problems=[asdict(problem) for problem in file.problems[:MOST_PROBLEMS]],
        entry_count=0 if file.problems else len(file.listed),
        status=SnapshotStatus.WRONG if file.problems else SnapshotStatus.PREPARED,
        uploaded_by=command.by.key,
        uploaded_at=clock.at,
        changed_at=clock.at,
    )
    if not file.problems:
        _keep_entries(row, file.listed)
    touch(of, clock)
    audit.record(
        Event.SNAPSHOT_UPLOADED,
        row,
        command,
        occurred_at=clock.at,
        screening_list=of.slug,
        as_of=as_of,
        sha256=row.sha256,
        entries=row.entry_count,
        problems=len(file.problems),
    )
    return row


@command
def commit(command: Command, *, snapshot: UUID) -> ScreeningSnapshot:
    """Everybody is screened against it: at once where they are few, by the worker where they are many.

    Raises RoleMissing, NotFound, Stale, SnapshotNotPrepared, ListRetired, SnapshotOlder.
    """
    check_role(command.by, Role.INTAKE, Role.ADMINISTRATOR)
    _take_turn()
    row = _lock_prepared(command, snapshot)
    of = row.screening_list
    if of.retired_at is not None:
        raise ListRetired
    newest = (
        of.snapshots.filter(status__in=[SnapshotStatus.COMMITTED, SnapshotStatus.IN_USE])
        .order_by("-as_of")
        .first()
    )
    if newest is not None and newest.as_of > row.as_of:
        raise SnapshotOlder(day=newest.as_of)
    clock = read_clock(command, row)
    row.status = SnapshotStatus.COMMITTED
    row.committed_by, row.committed_at = command.by.key, clock.recorded
    touch(row, clock, "status", "committed_by", "committed_at")
    audit.record(
        Event.SNAPSHOT_COMMITTED,
        row,
        command,
        occurred_at=clock.recorded,
        screening_list=of.slug,
    )
    if count_enrolled(synthetic=of.synthetic) <= AT_ONCE:
        _take_into_use(command, row)
        _lists_changed(command, synthetic=of.synthetic)
    return row


@command
def withdraw(command: Command, *, snapshot: UUID) -> ScreeningSnapshot:
    """It will not be used. Raises RoleMissing, NotFound, Stale, SnapshotNotPrepared."""
    check_role(command.by, Role.INTAKE, Role.ADMINISTRATOR)
    row = _lock_prepared(command, snapshot)
    clock = read_clock(command, row)
    row.status = SnapshotStatus.WITHDRAWN
    touch(row, clock, "status")
    audit.record(Event.SNAPSHOT_WITHDRAWN, row, command, occurred_at=clock.recorded)
    return row


def _lock_prepared(command: Command, snapshot: UUID) -> ScreeningSnapshot:
    rows = ScreeningSnapshot.objects.select_related("screening_list")
    row = lock(rows, snapshot, command, what="snapshot")
    if row.status != SnapshotStatus.PREPARED:
        raise SnapshotNotPrepared(status=row.get_status_display())
    return row


def _keep_entries(row: ScreeningSnapshot, listed: Iterable[Listed]) -> None:
    """Keep what is new of the list, and name all that the snapshot holds. The list is locked."""
    digests = {digest_entry(one): one for one in listed}
    known = _find_kept(row, digests)
    new = [
        ScreeningEntry(
            screening_list=row.screening_list,
            digest=digest,
            reference=one.reference,
            name=one.name,
            aliases=list(one.aliases),
            identifiers=sorted(set(one.identifiers)),
            jurisdiction=one.jurisdiction,
        )
        for digest, one in digests.items()
        if digest not in known
    ]
    ScreeningEntry.objects.bulk_create(new, batch_size=_BATCH)
    ScreeningName.objects.bulk_create(
        (
            ScreeningName(entry=entry, text=text, normalized=plain, latin=latin_of(plain))
            for entry in new
            for text, plain in {
                name: normalize(name) for name in (entry.name, *entry.aliases)
            }.items()
        ),
        batch_size=_BATCH,
    )
    known |= {entry.digest: entry.pk for entry in new}
    SnapshotEntry.objects.bulk_create(
        (
            SnapshotEntry(snapshot=row, entry_id=known[digest], line=one.line)
            for digest, one in digests.items()
        ),
        batch_size=_BATCH,
    )


def _find_kept(row: ScreeningSnapshot, digests: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    waiting = iter(digests)
    while batch := list(itertools.islice(waiting, _BATCH)):
        entries = ScreeningEntry.objects.filter(
            screening_list=row.screening_list, digest__in=batch
        )
        found |= dict(entries.values_list("digest", "pk"))
    return found


def digest_entry(one: Listed) -> str:
    """What makes an entry the same in two snapshots: every word of it, but not its place in the file."""
    said = {
        "reference": one.reference,
        "name": one.name,
        "aliases": sorted(one.aliases),
        "identifiers": sorted(set(one.identifiers)),
        "jurisdiction": one.jurisdiction,
    }
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
