"""What every step of a notification has in common: the lock, the table's word, and the stage that is written once."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from notifications.choices import FilingStatus, StageKind
from notifications.models import Filing, FilingQuerySet, FilingStage, Obligation
from notifications.operations.duties import lock_subject
from notifications.queries.filings import with_all
from notifications.workflow import Move, Step, move
from registry.commands import Clock, Command, lock, read_clock
from registry.errors import Invalid, NotFound

_FIXED = (
    "document",
    "sha256",
    "pdf_sha256",
    "reviewed_by",
    "reviewed_at",
    "signed_by",
    "signed_at",
)
_SENT = (
    *("channel", "address", "delivery", "dispatched_by", "dispatched_at", "dispatch_proof"),
    *("proof_name", "proof_sha256", "bounced_at", "bounce_reason", "retain_until"),
    "retention_basis",
)


class ReasonNeeded(Invalid):
    code = "filing_reason_needed"
    text = _("Say why.")


class MomentImpossible(Invalid):
    """What is said to have happened cannot have happened then."""

    code = "filing_moment_impossible"
    text = _("This cannot have been before %(earliest)s, and not after now.")


@dataclass(frozen=True, slots=True)
class Act:
    """What is being done to a locked notification: under which command, and at which moments."""

    command: Command
    row: Filing
    clock: Clock


@dataclass(frozen=True, slots=True)
class Taken(Act):
    """An act that the table lets its status take."""

    move: Move


def _take(command: Command, filing: UUID, step: Step) -> Taken:
    """Lock it and ask the table. Raises NotFound, Stale, FilingStepNotOpen."""
    rows = with_all(Filing.objects.visible_to(command.by))
    row = lock(rows, filing, command, what="notification")
    found = move(step, FilingStatus(row.status))
    return Taken(command, row, read_clock(command, row), found)


def _take_with_duty(command: Command, filing: UUID, step: Step) -> Taken:
    """The same where the duty may close or open again: it is locked first, and its row is the locked one."""
    obligation = _lock_duty_of(command, Filing.objects.visible_to(command.by).filter(pk=filing))
    taken = _take(command, filing, step)
    taken.row.obligation = obligation
    return replace(taken, clock=read_clock(command, taken.row, obligation))


def _lock_duty_of(command: Command, known: FilingQuerySet) -> Obligation:
    """Lock what it is about, then the duty. The version that the caller compares is the notification's.

    Raises NotFound.
    """
    found = known.values_list(
        "obligation_id", "obligation__incident_id", "obligation__occurrence_id"
    ).first()
    if found is None:
        raise NotFound("notification")
    duty, incident, occurrence = found
    lock_subject(command, incident=incident, occurrence=occurrence)
    rows = Obligation.objects.select_related(
        "rule", "duty_holder", "incident", "occurrence", "authority__organization"
    )
    return lock(rows, duty, replace(command, expected_version=None), what="obligation")


def _put_stage(
    act: Act, kind: StageKind, *, happened_at: dt.datetime | None = None, **said: Any
) -> None:
    """Write down the stage, with the digest of the content as it is now."""
    FilingStage.objects.create(
        filing=act.row,
        kind=kind,
        by=act.command.by.key,
        happened_at=happened_at or act.clock.at,
        recorded_at=act.clock.at,
        **({"sha256": act.row.sha256} | said),
    )


def _unfix(row: Filing) -> tuple[str, ...]:
    """Take back what review, sign-off and a failed dispatch have fixed; the names of the columns changed."""
    _blank(row, (*_FIXED, *_SENT))
    return (*_FIXED, *_SENT)


def _unsend(row: Filing) -> tuple[str, ...]:
    """Take back what says that it was sent, before it is sent again; the names of the columns changed."""
    _blank(row, _SENT)
    return _SENT


def _blank(row: Filing, names: Iterable[str]) -> None:
    for name in names:
        column = Filing._meta.get_field(name)
        setattr(row, name, None if column.null else "")


def _read_moment(
    said: dt.datetime | None, *, clock: Clock, since: dt.datetime | None
) -> dt.datetime:
    """When a person says that it came about: now, or earlier and not before `since`. Raises MomentImpossible."""
    if said is None:
        return clock.at
    if said > clock.at or (since is not None and said < since):
        raise MomentImpossible(earliest=_write(since))
    return said


def _read_reason(reason: str) -> str:
    """Raises ReasonNeeded."""
    if not reason.strip():
        raise ReasonNeeded
    return reason.strip()


def _write(moment: dt.datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
