"""Schemes, and which of them counts as another: registered, recognized by two people's act, ended by one."""

import datetime as dt
from dataclasses import asdict, dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import RecognitionBasis, Role, SchemeKind, SourceGrade
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Forbidden, Invalid, NotFound
from registry.events import Event
from registry.followers import follow
from registry.models import Jurisdiction, Recognition, RecognitionVersion, Scheme
from registry.policies import check_role
from registry.versions import end_at, open_version, span


class SchemeKnown(Conflict):
    code = "scheme_known"
    text = _("This edition of the scheme “%(slug)s” is registered already.")


class LevelUnknown(Invalid):
    code = "level_unknown"
    text = _("The scheme “%(scheme)s” has no level “%(level)s”.")


class RecognitionUnfounded(Invalid):
    code = "recognition_unfounded"
    text = _("A recognition joins two schemes, and cites what it rests on.")


class StatementGrantsNothing(Conflict):
    code = "statement_grants_nothing"
    text = _("A political statement is on record and recognizes nothing: it needs another basis.")


class OwnRecognition(Forbidden):
    """What one proposes, another puts in force."""

    code = "own_recognition"
    text = _("You proposed this recognition: another person must put it in force.")


class RecognitionSettled(Conflict):
    code = "recognition_settled"
    text = _("The recognition is in force already, or has been ended.")


@dataclass(frozen=True, slots=True)
class SchemeProfile:
    """What is said of an edition of a scheme. `months` as in the model; `source` is where it was read."""

    slug: str
    edition: str
    name: str
    kind: SchemeKind
    owner: str
    source: str
    grade: SourceGrade
    levels: tuple[str, ...] = ()
    months: int | None = None
    draft: bool = False
    void_from: dt.date | None = None
    note: str = ""


@command
def register(command: Command, *, profile: SchemeProfile, jurisdiction: str = "") -> Scheme:
    """An edition of a scheme. What changed is another edition. Raises RoleMissing, NotFound, SchemeKnown."""
    check_role(command.by, Role.ADMINISTRATOR)
    clock = read_clock(command)
    place = Jurisdiction.objects.filter(slug=jurisdiction).first()
    if jurisdiction and place is None:
        raise NotFound("jurisdiction", slug=jurisdiction)
    said = asdict(profile) | {"levels": list(profile.levels)}
    row = Scheme(**said, jurisdiction=place, changed_at=clock.at)
    with violation_means("scheme_edition_once", SchemeKnown(slug=profile.slug)):
        row.save(force_insert=True)
    audit.record(
        Event.SCHEME_REGISTERED,
        row,
        command,
        occurred_at=clock.at,
        slug=row.slug,
        edition=row.edition,
        draft=row.draft,
    )
    return row


@dataclass(frozen=True, slots=True)
class Recognized:
    """What a recognition says: `scheme` at `level` or above counts as `satisfies` at `up_to`, for a time."""

    scheme: UUID
    satisfies: UUID
    basis: RecognitionBasis
    citation: str
    level: str = ""
    up_to: str = ""
    transitive: bool = False
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None


@command
def propose_recognition(command: Command, *, recognized: Recognized) -> Recognition:
    """A recognition that grants nothing until another puts it in force.

    Raises RoleMissing, NotFound, LevelUnknown, RecognitionUnfounded.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    clock = read_clock(command)
    schemes = Scheme.objects.in_bulk([recognized.scheme, recognized.satisfies])
    if recognized.scheme == recognized.satisfies or not recognized.citation.strip():
        raise RecognitionUnfounded
    for pk, level in (
        (recognized.scheme, recognized.level),
        (recognized.satisfies, recognized.up_to),
    ):
        if pk not in schemes:
            raise NotFound("scheme")
        check_level(schemes[pk], level)
    starts, ends = recognized.starts_at, recognized.ends_at
    if starts is not None and ends is not None and ends <= starts:
        raise RecognitionUnfounded
    said = asdict(recognized)
    row = Recognition.objects.create(
        scheme_id=said.pop("scheme"),
        satisfies_id=said.pop("satisfies"),
        **said,
        proposed_by=command.by.key,
        proposed_at=clock.at,
        changed_at=clock.at,
    )
    audit.record(
        Event.RECOGNITION_PROPOSED,
        row,
        command,
        occurred_at=clock.at,
        scheme=row.scheme_id,
        satisfies=row.satisfies_id,
        basis=row.basis,
    )
    return row


@command
def enact_recognition(command: Command, *, recognition: UUID) -> Recognition:
    """From its beginning on, and never before now, the one scheme counts as the other.

    Raises RoleMissing, NotFound, Stale, OwnRecognition, RecognitionSettled, StatementGrantsNothing.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    row = lock(Recognition.objects.all(), recognition, command, what="recognition")
    if row.proposed_by == command.by.key:
        raise OwnRecognition
    if row.enacted_at is not None or row.ended_at is not None:
        raise RecognitionSettled
    if row.basis == RecognitionBasis.STATEMENT:
        raise StatementGrantsNothing
    clock = read_clock(command, row)
    start = clock.start(row.starts_at)
    if row.ends_at is not None and row.ends_at <= start:
        raise RecognitionSettled
    row.enacted_by, row.enacted_at = command.by.key, clock.at
    touch(row, clock, "enacted_by", "enacted_at")
    version = RecognitionVersion(recognition=row, valid=span(start, row.ends_at))
    open_version(version, recorded=clock.recorded)
    audit.record(Event.RECOGNITION_ENACTED, row, command, occurred_at=clock.recorded)
    follow(command, None)
    return row


@command
def end_recognition(command: Command, *, recognition: UUID, reason: str) -> Recognition:
    """The one scheme counts as the other no longer, from this commit on; what was only proposed never does.

    Raises RoleMissing, NotFound, Stale, RecognitionSettled.
    """
    check_role(command.by, Role.ADMINISTRATOR, Role.RESTRICTOR)
    row = lock(Recognition.objects.all(), recognition, command, what="recognition")
    if row.ended_at is not None:
        raise RecognitionSettled
    clock = read_clock(command, row)
    for version in row.versions.current():
        end_at(version, at=clock.end, recorded=clock.recorded)
    row.ended_by, row.ended_at, row.end_reason = command.by.key, clock.at, reason
    touch(row, clock, "ended_by", "ended_at", "end_reason")
    audit.record(
        Event.RECOGNITION_ENDED,
        row,
        command,
        occurred_at=clock.recorded,
        private={"reason": reason},
    )
    follow(command, None)
    return row


def check_level(scheme: Scheme, level: str) -> None:
    """Raises LevelUnknown."""
    if level and level not in scheme.levels:
        raise LevelUnknown(scheme=scheme.slug, level=level)
